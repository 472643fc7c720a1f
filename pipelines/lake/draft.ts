import {openFolderLake} from "./folder.ts";
import type {Lake} from "./lake.ts";

/**
 * A lake over another: what is written stays in `folder`, what is not there is read from `below`, which never changes.
 * Objects and records are named by content, so that neither hides another version of itself.
 */
export function openDraftLake(folder: string, below: Lake): Lake {
  const own = openFolderLake(folder);
  return {
    ...own,
    name: `${below.name} and its draft`,
    get: async (key) => ((await own.head(key)) === undefined ? below.get(key) : own.get(key)),
    find: async (key) => (await own.find(key)) ?? below.find(key),
    head: async (key) => (await own.head(key)) ?? below.head(key),
    async swap(key) {
      throw new Error(`lake ${below.name}: a draft does not move ${key}`);
    }
  };
}
