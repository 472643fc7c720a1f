import {join} from "node:path";
import type {Config} from "../config.ts";
import {openFolderLake} from "../lake/folder.ts";
import {findJson} from "../lake/json.ts";

/** What `make` makes, kept in the home under a name that says what it is made of; processes may ask side by side. */
export async function remember<T>({home}: Config, name: string, make: () => Promise<T>): Promise<T> {
  const folder = openFolderLake(join(home, "lineage"));
  const kept = await findJson<T>(folder, `${name}.json`);
  if (kept) return kept;
  const made = await make();
  await folder.write(`${name}.json`, JSON.stringify(made));
  return made;
}
