import {readdir, readFile} from "node:fs/promises";
import {join} from "node:path";

/** The SQL of the loaders in `folder` whose names begin with `prefix`, by the rest of the name. */
export async function sqlOfLoaders(folder: string, prefix: string): Promise<Record<string, string>> {
  const files = (await readdir(folder)).filter(
    (file) => file.startsWith(prefix) && file.endsWith(".json.sql")
  );
  const texts = files.sort().map(async (file) => {
    const name = file.slice(prefix.length, -".json.sql".length);
    return [name, (await readFile(join(folder, file), "utf8")).trim()] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}
