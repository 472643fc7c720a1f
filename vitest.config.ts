import {defineConfig} from "vitest/config";

export default defineConfig({
  test: {
    include: ["pipelines/test/**/*.test.ts"],
    globalSetup: ["pipelines/test/setup.ts"],
    setupFiles: ["pipelines/test/seed.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // CI names each test that needed its second try; elsewhere the first failure stands
    retry: process.env.CI ? 1 : 0,
    passWithNoTests: false
  }
});
