import type {Config} from "../config.ts";
import {eachOf} from "./each.ts";
import {openDraftLake} from "./draft.ts";
import {openFolderLake} from "./folder.ts";
import {openS3Lake} from "./s3.ts";

/** The few verbs every lake has. Keys are `/`-separated; a failed verb names the key. */
export type Lake = {
  /** How messages name the lake. */
  name: string;
  /** The local folder below which `get` finds files. */
  folder: string;
  /** Keeps a file under `key`, whole or not at all. */
  put: (key: string, file: string) => Promise<void>;
  /** Keeps a text under `key`, whole or not at all. */
  write: (key: string, text: string) => Promise<void>;
  /** A local path with the bytes of `key`. */
  get: (key: string) => Promise<string>;
  /** The text under `key`, if there is one. */
  find: (key: string) => Promise<string | undefined>;
  /** The size of `key` in bytes, if there is one. */
  head: (key: string) => Promise<number | undefined>;
  remove: (key: string) => Promise<void>;
  /** Everything there is, for who clears up: readers go by names. */
  list: () => AsyncIterable<Listed>;
  /** Replaces the text under `key` only if it still is `expected` (undefined: absent); false if it is not. */
  swap: (key: string, text: string, expected: string | undefined) => Promise<boolean>;
};

/** A file of the lake: its size, and when it was written in milliseconds. */
export type Listed = {key: string; bytes: number; writtenAt: number};

/** Opens the lake that LAKE_URL names, below a draft if there is one. `note` hears what was mended on the way. */
export function openLake(
  {lake, draft}: Pick<Config, "lake" | "draft">,
  {note = warn}: {note?: (text: string) => void} = {}
): Lake {
  const below = lake.kind === "s3" ? openS3Lake(lake, {note}) : openFolderLake(lake.path);
  return draft === undefined ? below : openDraftLake(draft, below);
}

/** Local paths with the bytes of objects, a few of which are fetched at once. */
export function getAll(lake: Lake, objects: {key: string}[]): Promise<string[]> {
  return eachOf(objects, 8, ({key}) => lake.get(key));
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}
