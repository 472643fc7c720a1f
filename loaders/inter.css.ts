import {readFile} from "node:fs/promises";
import {createRequire} from "node:module";
import subsetFont from "subset-font";

/* Inter as a stylesheet of its own: Latin letters and the signs that pages use, two weights. */

const {resolve} = createRequire(import.meta.url);
const whole = await readFile(resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"));
const span = (from: number, to: number) =>
  Array.from({length: to - from + 1}, (_, i) => String.fromCodePoint(from + i));
const signs = [...span(0x20, 0x7e), ...span(0xa0, 0xff), ..."–—‘’“”•…−×÷→←↑↓≤≥∅€"].join("");
const font = await subsetFont(whole, signs, {
  targetFormat: "woff2",
  variationAxes: {wght: {min: 400, max: 600}}
});
process.stdout.write(`@font-face {
  font-family: "Inter";
  font-weight: 400 600;
  font-display: swap;
  src: url(data:font/woff2;base64,${font.toString("base64")}) format("woff2");
}
`);
