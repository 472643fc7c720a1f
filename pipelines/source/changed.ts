import {existsSync} from "node:fs";
import {sources} from "../catalog.ts";
import type {Config} from "../config.ts";
import {findJson} from "../lake/json.ts";
import type {Lake} from "../lake/lake.ts";
import {findCurrent} from "../release.ts";
import {hash} from "../step.ts";
import {checkFolder, findFile} from "./folder.ts";

/** Where a source stands, told without reading its rows: two that are the same had no change between them. */
export type Position = {position: string; at: string; tables: Record<string, Stand>};

/** Where a table stands, and what it is known by; `isSure` is false where an update of a row may be missed. */
export type Stand = {mark: string; isSure: boolean; known: Record<string, string | number | boolean | null>};

/** What has become of a source since the last refresh that ended well, or since a position; null where that is not known. */
export type Changed = {
  position: string;
  changed: boolean | null;
  tables: Record<string, {changed: boolean | null} & Stand["known"]>;
  why: string;
};

/** Asks the source where it stands. Throws naming the file or table that is missing, or a server that is not reached. */
export async function findPosition({source}: Config): Promise<Position> {
  const at = new Date().toISOString();
  const tables =
    source.kind === "mysql"
      ? await (await import("./mysql/position.ts")).positionsInMysql(source)
      : await standsInFolder(source);
  const marks = Object.entries(tables).map(([name, {mark}]) => [name, mark]);
  return {position: hash(JSON.stringify(marks)).slice(0, 32), at, tables};
}

/** Keeps where the source stood before a refresh read it, for the next who asks. */
export async function notePosition(config: Config, lake: Lake, position: Position): Promise<void> {
  const tables = Object.fromEntries(Object.entries(position.tables).map(([name, {mark}]) => [name, mark]));
  await lake.write(fileOf(config), JSON.stringify({...position, tables}));
}

/** Compares where the source stands with where it stood for the last refresh, or with the position `since`. */
export async function findChanged(config: Config, lake: Lake, since?: string): Promise<Changed> {
  const {position, tables} = await findPosition(config);
  const noted = await findJson<Noted>(lake, fileOf(config));
  const isPublished = (await findCurrent(lake)) !== undefined;
  const known = Object.entries(tables).map(([name, stand]) => {
    const before = since === undefined ? noted?.tables[name] : undefined;
    return [name, {changed: before === undefined ? null : before !== stand.mark, ...stand.known}] as const;
  });
  const differing = known.flatMap(([name, {changed}]) => (changed ? [name] : []));
  const unsure = Object.entries(tables).flatMap(([name, {isSure}]) => (isSure ? [] : [name]));
  const [changed, why]: [boolean | null, string] =
    since !== undefined
      ? [position !== since, position === since ? "at the position given" : "at another position than given"]
      : !isPublished
        ? [true, "nothing is published yet"]
        : !noted
          ? [null, "no refresh has noted where this source stood; the next one does"]
          : position === noted.position
            ? [false, `as the refresh of ${noted.at} found it`]
            : [true, `not as the refresh of ${noted.at} found it: ${differing.join(", ") || "other tables"}`];
  const doubt = unsure.length
    ? `; known by count and highest key alone, so that an update may be missed: ${unsure.join(", ")}`
    : "";
  return {position, changed, tables: Object.fromEntries(known), why: why + doubt};
}

type Noted = {position: string; at: string; tables: Record<string, string>};

function fileOf({source}: Config): string {
  const place =
    source.kind === "mysql" ? `${source.host}:${source.port}/${source.database}` : `file:${source.path}`;
  return `sources/${hash(place).slice(0, 16)}/position.json`;
}

/** Size, times and inode of each file: whoever writes a file, or puts another in its place, changes one of them. */
async function standsInFolder({kind, path}: {kind: string; path: string}): Promise<Record<string, Stand>> {
  // the simulated shop is made on first use
  if (kind === "simulated" && !existsSync(path)) return {};
  await checkFolder(path, sources);
  const stands: Record<string, Stand> = {};
  for (const table of sources) {
    const {bytes, modified, changed, inode} = await findFile(path, table);
    const known = {file: table.file, bytes, modified_at: new Date(modified).toISOString()};
    stands[table.name] = {mark: hash(JSON.stringify([bytes, modified, changed, inode])), isSure: true, known};
  }
  return stands;
}
