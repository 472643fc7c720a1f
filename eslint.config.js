import js from "@eslint/js";
import globals from "globals";
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
      globals: globals.browser
    }
  },
  prettier
);
