import {createHash} from "node:crypto";
import {readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openBrowser, serveFolder} from "./browser.ts";
import {assay, copyProject} from "./project.ts";
import {faultsOf, linksOf, openWindow, pages} from "./site.ts";
import {openWorld, type World} from "./world.ts";

/* A shop that has sold nothing is built and opened; then builds fail, and the site stays as it is. */

let world: World;
let project: string;
beforeAll(() => {
  world = openWorld({});
  project = copyProject(join(world.folder, "project"));
});
afterAll(() => world.remove());

const build = () => assay(project, ["build"], world.environment);
const dist = () => join(project, "dist");

/** Path and checksum of every file of the site. */
const site = () =>
  readdirSync(dist(), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map(({parentPath, name}) => join(parentPath, name))
    .sort()
    .map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]);

const edit = (file: string, change: (text: string) => string) => {
  const path = join(project, file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, change(before));
  return () => writeFileSync(path, before);
};

test("the site of an empty shop is built", async () => {
  const {code, stdout, stderr} = await build();
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(new RegExp(`✓ site +${Object.keys(pages).length} rows`))
  ]);
  expect(stdout).toMatch(
    /^published release \S+, data through n\/a .*\nbuilt dist from release \S+, data through n\/a; serve it with any web server\n$/
  );
}, 300_000);

test("every page of an empty shop opens and says that there is nothing yet", async () => {
  const served = await serveFolder(dist());
  const browser = await openBrowser();
  try {
    const said: Record<string, string> = {};
    for (const width of [360, 1440]) {
      const window = await openWindow(browser, served.url, {width});
      const links = new Set<string>();
      for (const path of Object.keys(pages)) {
        const page = await window.open(path);
        if (path === "/explore/sql") await page.waitForSelector(pages[path]!);
        expect([path, await faultsOf(page)]).toEqual([path, {overflow: 0, errors: 0}]);
        said[path] = (await page.textContent("#observablehq-main"))!;
        expect([path, /undefined|NaN|Infinity|\[object/.exec(said[path])?.[0]]).toEqual([path, undefined]);
        for (const link of await linksOf(page)) links.add(link);
        await page.close();
      }
      for (const link of links) expect([link, (await fetch(served.url + link)).status]).toEqual([link, 200]);
      expect(window.wrong).toEqual([]);
      await window.close();
    }
    expect(said["/"]).toContain("No dated sales yet");
    expect(said["/dashboards/sales"]).toContain("No dated sales yet");
    expect(said["/explore/sql"]).toContain("The query ran and found no rows.");
    expect(said["/trust/reconciliation"]).toContain(
      "There are no sales lines to explain; 0 values corrected, 0 rows rejected, 0 superseded by a later record, 0 unexplained."
    );
  } finally {
    await browser.close();
    await served.close();
  }
}, 300_000);

test("a page that cannot be read leaves the old site as it is and is named", async () => {
  const before = site();
  const restore = edit("src/index.md", (text) => `${text}\n\`\`\`js\nconst half = ;\n\`\`\`\n`);
  const {code, stdout, stderr} = await build();
  restore();
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^nothing changed: .*\n$/)]);
  expect(stderr).toContain("✗ site\nassay: pages with errors: index.html; the old dist stays\n");
  expect(site()).toEqual(before);
});

test("a loader that fails leaves the old site as it is, with its own words", async () => {
  const before = site();
  const restore = edit(
    "loaders/release.json.ts",
    () => 'throw new Error("the loader is broken on purpose");\n'
  );
  const {code, stdout, stderr} = await build();
  restore();
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^nothing changed: .*\n$/)]);
  expect(stderr).toContain("✗ site\nassay: the site did not build; the old dist stays\n");
  expect(stderr).toContain("Error: the loader is broken on purpose");
  expect(site()).toEqual(before);
});

test("an extract whose SQL fails stops the refresh, and nothing is built", async () => {
  const before = site();
  const restore = edit("loaders/daily.json.sql", (sql) =>
    sql.replace("marts.daily_sales", "marts.daily_sails")
  );
  const {code, stdout, stderr} = await build();
  restore();
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("assay: loaders/daily.json.sql: unknown table: marts.daily_sails (have ");
  expect(stderr).not.toContain("site");
  expect(site()).toEqual(before);
});

test("without a site before, a failing build leaves none", async () => {
  renameSync(dist(), join(project, "kept"));
  const restore = edit("loaders/release.json.ts", () => 'throw new Error("broken");\n');
  const {code} = await build();
  restore();
  expect(code).toBe(1);
  expect(readdirSync(project)).not.toContain("dist");
  renameSync(join(project, "kept"), dist());
});

test("the next build that succeeds takes the place of the old site and of what a failed one left", async () => {
  const stale = join(dist(), "stale.html");
  writeFileSync(stale, "old");
  const restore = edit("src/index.md", (text) => text.replace("How is the shop?", "How is it going?"));
  const {code, stderr} = await build();
  restore();
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(new RegExp(`✓ site +${Object.keys(pages).length} rows`))
  ]);
  expect(readFileSync(join(dist(), "index.html"), "utf8")).toContain("How is it going?");
  expect(readdirSync(dist())).not.toContain("stale.html");
  expect(readdirSync(project).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
  rmSync(dist(), {recursive: true});
});
