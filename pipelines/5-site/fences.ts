import {readFile, writeFile} from "node:fs/promises";
import {join} from "node:path";

/** The notebooks whose SQL fences are copies of loaders. */
export const notebooks = ["customers", "products", "sales"].map((name) => `src/eda/${name}.md`);

const fence = /^```sql id=(\w+)Sql\n([^]*?)\n```$/gm;

/** The SQL fences of a page's Markdown: the loader that each is a copy of, and its text. */
export function fencesOf(markdown: string): {loader: string; sql: string}[] {
  return [...markdown.matchAll(fence)].map(([, name, sql]) => ({loader: loaderOf(name!), sql: sql!}));
}

/** The Markdown with each SQL fence as `sqlOf(loader)` has it. */
export function withFences(markdown: string, sqlOf: (loader: string) => string): string {
  return markdown.replace(
    fence,
    (_, name: string) => `\`\`\`sql id=${name}Sql\n${sqlOf(loaderOf(name)).trim()}\n\`\`\``
  );
}

/** `oneTime` is a copy of `eda_one_time`. */
function loaderOf(name: string): string {
  return `eda_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

async function writeFences(): Promise<void> {
  for (const file of notebooks) {
    const markdown = await readFile(file, "utf8");
    const texts = new Map<string, string>();
    for (const {loader} of fencesOf(markdown))
      texts.set(loader, await readFile(join("loaders", `${loader}.json.sql`), "utf8"));
    await writeFile(
      file,
      withFences(markdown, (loader) => texts.get(loader)!)
    );
  }
}

if (process.argv[1] === import.meta.filename) await writeFences();
