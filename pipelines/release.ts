import {UsageError} from "./config.ts";
import type {Check} from "./checks.ts";
import {readBack, shown, withEarlier} from "./history.ts";
import {findJson} from "./lake/json.ts";
import type {Lake} from "./lake/lake.ts";
import type {LedgerLine} from "./ledger.ts";
import type {Profile} from "./monitors/profile.ts";
import type {Accepted} from "./monitors/watch.ts";
import type {Shape} from "./source/drift.ts";
import type {Measured} from "./measures.ts";
import {findPointer} from "./pointer.ts";
import {hash, type LakeObject} from "./step.ts";
import type {Exposure} from "./warehouse/dbt.ts";

/** A published run: everything a reader needs to find and trust its tables. */
export type Release = {
  version: 1;
  id: string;
  parent: string | null;
  /** The releases before it, newest first, as many as a history shows; absent in old manifests. */
  earlier?: string[];
  run: string;
  published_at: string;
  /** The latest complete day, per fact table and whole; null without dated rows. */
  data_through: {whole: string | null; tables: Record<string, string | null>};
  source: {
    name: string;
    /** The content of each table. */
    files: Record<string, string>;
    shapes: Record<string, Shape>;
    /** How tables differ from the catalog and from the release before, in words. */
    drift: Record<string, string[]>;
    read?: Record<string, ReadFrom>;
  };
  today: string;
  engine: string;
  /** Identifies all rows, sums and check results; equal content is never published twice. */
  content: string;
  schemas: {gold: string; marts: string};
  /** The release that a rollback brought back, and why. */
  restores?: {release: string; reason: string};
  objects: LakeObject[];
  ledger: LedgerLine[];
  checks: Check[];
  /** What it was like, and what the releases before it were like, newest first; absent in old manifests. */
  profiles?: Profile[];
  /** Bad results that an operator let through. */
  accepted?: Accepted[];
  /** Every measure over all lines; absent in old manifests. */
  measures?: Measured;
  /** The sha256 of each file that decides what the release says; absent in old manifests. */
  rules?: Record<string, string>;
  /** The select of each dbt view by name: the lake shows it over its own gold and marts. */
  views: Record<string, string>;
  /**
   * The select of every dbt model, the columns of every mart with PostgreSQL's types, and the pages dbt knows; absent in
   * old manifests.
   */
  dbt?: {
    selects: Record<string, string>;
    contracts: Record<string, {name: string; type: string}[]>;
    exposures: Exposure[];
  };
  /** sha256 of the SQL that made each extract. */
  extracts: Record<string, string>;
};

/** When a table was read and how its changes were found, by the server's clock in UTC; `verified_at` compared all rows. */
export type ReadFrom = {at: string; by: "checksums" | "cursor"; verified_at: string};

/** The published release, if there is one. */
export async function findCurrent(lake: Lake): Promise<Release | undefined> {
  const pointer = await findPointer(lake);
  return pointer && readRelease(lake, pointer.release);
}

/** The published release, or an error that says how to make one. */
export async function readCurrent(lake: Lake): Promise<Release> {
  const release = await findCurrent(lake);
  if (!release) throw new Error(`no release in lake ${lake.name}: run npx assay refresh`);
  return release;
}

/** A release by its id. */
export async function readRelease(lake: Lake, id: string): Promise<Release> {
  const release = await findRelease(lake, id);
  if (!release) throw new Error(`lake ${lake.name}: missing release: ${id}`);
  return release;
}

/** A release by its id, if its manifest is there. */
export function findRelease(lake: Lake, id: string): Promise<Release | undefined> {
  return findJson<Release>(lake, `releases/${id}.json`);
}

/**
 * A release by what people call it: its id, the beginning of one, `current` or `previous`, the one before that. Throws
 * naming those there are.
 */
export async function findNamed(lake: Lake, wanted: string): Promise<Release> {
  const releases = await listReleases(lake);
  if (!releases.length) throw new UsageError(`no release in lake ${lake.name}: run npx assay refresh`);
  const position = ["current", "previous"].indexOf(wanted);
  if (position >= releases.length) throw new UsageError(`there is no release before ${releases[0]!.id}`);
  if (position >= 0) return releases[position]!;
  const found = releases.filter(({id}) => id.startsWith(wanted));
  if (found.length === 1) return found[0]!;
  const have = releases.slice(0, 5).map(({id}) => id);
  const others = releases.length > have.length ? `, and ${releases.length - have.length} older ones` : "";
  throw new UsageError(
    `${found.length ? "ambiguous" : "unknown"} release: ${wanted} (have ${have.join(", ")}${others}; npx assay releases lists them)`
  );
}

/** Keeps a manifest, with the names of those before it; it is not live before the pointer moves. */
export async function writeRelease(lake: Lake, release: Release): Promise<void> {
  const parent = release.parent === null ? undefined : await findRelease(lake, release.parent);
  const manifest: Release = {...release, earlier: withEarlier(parent)};
  await lake.write(`releases/${release.id}.json`, JSON.stringify(manifest, null, 1));
}

/** The release before one, if it is there and of the same shop: what it can be compared with. */
export async function findComparable(lake: Lake, release: Release): Promise<Release | undefined> {
  return release.parent === null || isFirstOfShop(release) ? undefined : findRelease(lake, release.parent);
}

/** Whether the release before one is of another shop. */
export function isFirstOfShop({profiles}: Release): boolean {
  return profiles?.[0]?.begins === true;
}

/** The published releases, newest first. */
export async function listReleases(lake: Lake, most = shown): Promise<Release[]> {
  return releasesUpTo(lake, await findCurrent(lake), most);
}

/** A release and those before it, newest first. */
export function releasesUpTo(lake: Lake, last: Release | undefined, most = shown): Promise<Release[]> {
  const find = (id: string) => findRelease(lake, id);
  return readBack(last, most, ({parent}) => parent, find);
}

/** What identifies a release's rows, sums and results: content ids, not bytes. */
export function contentOfRelease(
  release: Pick<
    Release,
    "objects" | "ledger" | "checks" | "data_through" | "source" | "views" | "dbt" | "measures"
  >
): string {
  const {objects, ledger, checks, data_through, source, views, dbt, measures} = release;
  const contents = objects.map(({layer, table, chunk, content}) => [layer, table, content, chunk]).sort();
  const said = [ledger, checks, data_through, source.name, source.shapes, views, dbt, measures];
  return hash(JSON.stringify([contents, ...said]));
}
