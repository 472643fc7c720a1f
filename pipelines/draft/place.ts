import {rm} from "node:fs/promises";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {findJson} from "../lake/json.ts";
import type {Lake} from "../lake/lake.ts";
import {findRelease, type Release} from "../release.ts";
import {hash} from "../step.ts";
import {name, type Warehouse} from "../warehouse/postgres.ts";

/* Where a draft lives: files in a folder of the home, tables in two schemas of its own. Nothing of it is published. */

/** The folder of everything a draft writes. */
export function draftFolder({home}: Pick<Config, "home">): string {
  return join(home, "draft", "files");
}

/** The folder of the draft's lake, over the published one. */
export function draftLake(config: Pick<Config, "home">): string {
  return join(draftFolder(config), "lake");
}

/** The schemas of this home's draft: two homes on one database do not meet. */
export function draftSchemas({home}: Pick<Config, "home">, {schema}: Pick<Warehouse, "schema">) {
  const own = `draft_${hash(home).slice(0, 8)}`;
  return {gold: schema(`${own}_gold`), marts: schema(`${own}_marts`)};
}

/** Which release the preview shows instead of the published one. */
const pointer = "draft.json";

/** Shows a draft, or the published release again. */
export async function pointDraft(lake: Lake, release: string | null): Promise<void> {
  await (release === null ? lake.remove(pointer) : lake.write(pointer, JSON.stringify({release})));
}

/** The draft that is shown, if there is one. */
export async function findDraft(lake: Lake): Promise<Release | undefined> {
  const found = await findJson<{release: string}>(lake, pointer);
  return found && findRelease(lake, found.release);
}

/** Removes the files of a draft, also those of one whose process was killed. */
export async function clearFiles(config: Pick<Config, "home">): Promise<void> {
  await rm(draftFolder(config), {recursive: true, force: true});
}

/** Removes the schemas of this home's draft from the warehouse. */
export async function clearSchemas(config: Pick<Config, "home">, warehouse: Warehouse): Promise<void> {
  const {gold, marts} = draftSchemas(config, warehouse);
  for (const schema of [marts, `${marts}_failures`, gold])
    await warehouse.client.query(`drop schema if exists ${name(schema)} cascade`);
}
