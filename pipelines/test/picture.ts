import {existsSync, mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import pixelmatch from "pixelmatch";
import type {Page} from "playwright-core";
import {PNG} from "pngjs";
import {showRuns} from "../5-site/runs.ts";
import {literalRuns} from "./runs.ts";

/*
 * What a page looks like, held against a picture of how it looked. A picture is eight times smaller than its window: how a
 * letter is drawn is lost there, where a line, a card or a bar stands is not.
 */

/** How many times smaller a picture is than its window; it divides every side. */
const scale = 8;

/** A pixel differs by more than `distance`, where black and white are 1 apart; a page by more than `pixels` of any square. */
const tolerance = {distance: 0.1, side: 12, pixels: 14};

/** Whether what pages look like now is what they should look like from now on: `npm run pictures`. */
const isKept = process.env.PICTURES === "update";

const shownFolder = join(import.meta.dirname, "../../.assay/pictures");

/** What goes before a page whose numbers no two builds share, how long a run took: it shows those written down here. */
export const still: Record<string, string> = {
  "/trust/runs": answering(
    "runs",
    showRuns(literalRuns, () => true)
  )
};

/** Gives a page another extract than the one that was built. */
function answering(name: string, extract: unknown): string {
  return `{const usual = globalThis.fetch, extract = ${JSON.stringify(extract)};
    globalThis.fetch = (url, ...rest) =>
      /\\/data\\/${name}\\.[^/]*json(\\?|$)/.test(String(url)) ? Promise.resolve(Response.json(extract)) : usual(url, ...rest);}`;
}

/** The folder of pictures that the pages are held against. */
export const references = join(import.meta.dirname, "pictures");

/** What names a page's picture: `trust-checks-360-light.png`. */
export function pictureName(path: string, width: number, colorScheme: string): string {
  return [...(path.match(/[a-z]+/g) ?? ["overview"]), width, colorScheme].join("-") + ".png";
}

/**
 * Says whether a page looks as the picture `name`: nothing if so, else a sentence; what the page looks like, and where
 * it differs in red, are then in `folder`. A page that still draws has `patience` milliseconds to end.
 */
export async function checkPicture(
  page: Page,
  name: string,
  {folder = shownFolder, patience = isKept ? 1000 : 10_000} = {}
): Promise<string[]> {
  const file = join(references, name);
  const reference = existsSync(file) ? PNG.sync.read(readFileSync(file)) : undefined;
  const isSame = (picture: PNG) => !!reference && difference(reference, picture).pixels <= tolerance.pixels;
  const actual = await takeUntil(page, isSame, patience);
  if (isSame(actual)) return [];
  if (isKept) {
    write(file, actual);
    return [];
  }
  const shown = join(folder, name);
  write(shown, actual);
  if (!reference) return [`${name} is not among the pictures: see ${shown}; npm run pictures keeps it`];
  const differing = shown.replace(".png", ".diff.png");
  write(differing, difference(reference, actual).drawn);
  return [`${name} is not how the page looks: see ${differing}; if that is meant, npm run pictures keeps it`];
}

async function takeUntil(page: Page, isDone: (picture: PNG) => boolean, patience: number): Promise<PNG> {
  const until = Date.now() + patience;
  for (;;) {
    const picture = await takePicture(page);
    if (isDone(picture) || Date.now() >= until) return picture;
    await sleep(100);
  }
}

async function takePicture(page: Page): Promise<PNG> {
  await page.evaluate(steady);
  return shrink(PNG.sync.read(await page.screenshot({animations: "disabled"})));
}

/** Fixes what differs between two builds (a release's name, days, how long a query took), and waits for the fonts. */
async function steady(): Promise<void> {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode as Text;
    const fixed = text.data
      .replace(/\b\d{8}T\d{6}-[0-9a-f]{6}\b/, "20260101T000000-000000")
      .replace(/^\d{4}-\d\d-\d\d$/, "2026-01-01")
      .replace(/(?<=published\s+)\d+ \w{3} \d{4}(, \d\d:\d\d)?/, "1 Jan 2026")
      .replace(/\b\d+ ms$/, "10 ms");
    if (fixed !== text.data) text.data = fixed;
  }
  await document.fonts.ready;
}

/** Each pixel the mean of a square of `picture`. */
function shrink(picture: PNG): PNG {
  const small = new PNG({width: picture.width / scale, height: picture.height / scale});
  for (let i = 0; i < small.data.length; i++) {
    const pixel = i >> 2;
    const [x, y] = [(pixel % small.width) * scale, Math.floor(pixel / small.width) * scale];
    let sum = 0;
    for (let row = y; row < y + scale; row++)
      for (let column = x; column < x + scale; column++)
        sum += picture.data[(row * picture.width + column) * 4 + (i & 3)]!;
    small.data[i] = Math.round(sum / scale ** 2);
  }
  return small;
}

/** The most pixels that differ in any square, and a drawing of all that do. */
function difference(reference: PNG, actual: PNG): {pixels: number; drawn: PNG} {
  const {width, height} = reference;
  if (actual.width !== width || actual.height !== height) return {pixels: Infinity, drawn: actual};
  const drawn = new PNG({width, height});
  const pixels = pixelmatch(reference.data, actual.data, drawn.data, width, height, {
    threshold: tolerance.distance,
    windowSize: tolerance.side,
    includeAA: true
  });
  return {pixels, drawn};
}

function write(file: string, picture: PNG): void {
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, PNG.sync.write(picture, {colorType: 2, deflateLevel: 9}));
}
