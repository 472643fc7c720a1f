import {readFile} from "node:fs/promises";
import {createRequire} from "node:module";

const {resolve} = createRequire(import.meta.url);
const font = await readFile(
  resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"),
  "base64"
);
process.stdout.write(`@font-face {
  font-family: "Inter";
  font-weight: 100 900;
  font-display: swap;
  src: url(data:font/woff2;base64,${font}) format("woff2");
}
`);
