import {join} from "node:path";
import {readConfig} from "../config.ts";
import {openBrowser, serveFolder} from "../test/browser.ts";

/* Takes the README's picture of the built site: tsx pipelines/bench/picture.ts */

const {root} = readConfig();
const site = await serveFolder(join(root, "dist"));
const browser = await openBrowser();
const page = await browser.newPage({viewport: {width: 1280, height: 800}, colorScheme: "light"});
await page.goto(site.url, {waitUntil: "networkidle"});
await page.screenshot({path: join(root, ".github/overview.png")});
await browser.close();
await site.close();
