import {defineConfig} from "vitest/config";

export default defineConfig({
  test: {
    include: ["pipelines/test/**/*.test.ts"],
    globalSetup: ["pipelines/test/setup.ts"],
    setupFiles: ["pipelines/test/seed.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    passWithNoTests: false
  }
});
