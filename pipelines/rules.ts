import {readdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import {hash} from "./step.ts";

/** Where the SQL and YAML that decide rows and figures live. */
const folders = ["pipelines/2-silver", "pipelines/3-gold", "pipelines/monitors", "dbt", "loaders"];

/** The sha256 of every file that decides what a release says, by its path from the project's root. */
export async function readRules(root: string): Promise<Record<string, string>> {
  const paths: string[] = [];
  for (const folder of folders)
    for (const entry of await readdir(join(root, folder), {recursive: true, withFileTypes: true})) {
      const path = join(entry.parentPath, entry.name).slice(root.length + 1);
      if (entry.isFile() && /\.(sql|yml)$/.test(path) && !/^dbt\/(target|logs)\//.test(path))
        paths.push(path);
    }
  const texts = await Promise.all(paths.sort().map((path) => readFile(join(root, path), "utf8")));
  return Object.fromEntries(paths.map((path, n) => [path, hash(texts[n]!)]));
}
