import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import ts from "typescript-eslint";

export default ts.config(
  {ignores: ["dist*/", ".assay*/", "src/.observablehq/", "src/data/", "dbt/target/"]},
  js.configs.recommended,
  ...ts.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", {argsIgnorePattern: "^_"}]
    }
  },
  {
    files: ["src/**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "document",
          "window",
          "navigator",
          "location",
          "history",
          "localStorage",
          "matchMedia",
          "getComputedStyle",
          "URL",
          "URLSearchParams",
          "Worker",
          "Response",
          "TextDecoder",
          "DecompressionStream",
          "Blob",
          "fetch",
          "console",
          "performance",
          "setTimeout",
          "clearTimeout",
          "requestAnimationFrame",
          "ResizeObserver",
          "IntersectionObserver",
          "HTMLElement",
          "CustomEvent",
          "Event",
          "AbortController",
          "queueMicrotask",
          "structuredClone",
          "Node"
        ].map((name) => [name, "readonly"])
      )
    }
  },
  prettier
);
