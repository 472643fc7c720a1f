import {existsSync} from "node:fs";
import {mkdir, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {dirname, join} from "node:path";
import * as Plot from "@observablehq/plot";
import {build} from "esbuild";

const library = "@observablehq/plot";

const imported = `import * as Plot from "${library}"`;

/** What Mosaic's vgplot imports of it by name. */
const ofOthers = ["interpolateNearest", "interpolatorBarycentric", "interpolatorRandomWalk", "scale"];

/**
 * Lets `work` build a site whose Observable Plot is one file of what the pages use. The Framework serves a library whole,
 * and for Plot all of d3 in 30 files: 85 kB more, compressed, before a page shows its first chart. Afterwards the whole
 * library is back, so that a preview offers every mark.
 */
export async function withPlot<T>(root: string, work: () => Promise<T>): Promise<T> {
  const used = await usedNames(join(root, "src"));
  if (!used) return work();
  const {version} = JSON.parse(
    await readFile(join(root, "node_modules", library, "package.json"), "utf8")
  ) as {version: string};
  const outfile = join(root, "src/.observablehq/cache/_node", `${library}@${version}`, "index.js");
  const whole = existsSync(outfile) ? await readFile(outfile) : undefined;
  await mkdir(dirname(outfile), {recursive: true});
  const contents = `export {${[...used, ...ofOthers].join(", ")}} from "${library}";`;
  await build({
    ...{stdin: {contents, resolveDir: root}, outfile, bundle: true},
    ...{format: "esm", minify: true, target: "es2022", logLevel: "silent"}
  });
  try {
    return await work();
  } finally {
    if (whole) await writeFile(outfile, whole);
    else await rm(outfile);
  }
}

/** The names that the pages' code has after `Plot.`; undefined where it uses Plot in another way, too. */
async function usedNames(src: string): Promise<Set<string> | undefined> {
  const names = new Set<string>();
  const files = (await readdir(src, {recursive: true})).filter(
    (name) => /\.(md|js|ts)$/.test(name) && !name.startsWith(".observablehq")
  );
  for (const name of files) {
    const text = (await readFile(join(src, name), "utf8")).replaceAll(imported, "");
    if (text.includes(library) || /[({[=,:]\s*Plot\s*[\][,;)}]|\bPlot\[/.test(text)) return undefined;
    for (const [, name] of text.matchAll(/\bPlot\.(\w+)/g)) if (name! in Plot) names.add(name!);
  }
  return names;
}
