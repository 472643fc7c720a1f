import {existsSync} from "node:fs";
import {join} from "node:path";
import type {LakeObject} from "../step.ts";
import {eachOf} from "./each.ts";
import {checksum} from "./folder.ts";
import type {Lake} from "./lake.ts";

/** How many objects that are nowhere but in a bucket are read. */
const few = 4;

/**
 * Whether objects are in the lake as they were written, in words. In a bucket the sizes of all are compared, and the
 * bytes of those in the cache and a few others. Throws naming the first that is missing or damaged.
 */
export async function checkObjects(lake: Lake, objects: LakeObject[], isRemote: boolean): Promise<string> {
  const sizes = await eachOf(objects, 16, ({key}) => lake.head(key));
  const wrong = objects.findIndex(({bytes}, n) => sizes[n] !== bytes);
  if (wrong >= 0)
    throw new Error(
      `${sizes[wrong] === undefined ? "missing" : "damaged"} object: ${objects[wrong]!.key}; run npx assay refresh, which makes it again`
    );
  const read = isRemote ? chosen(lake, objects) : objects;
  await eachOf(read, 4, async ({key, checksum: expected}) => {
    if ((await checksum(await lake.get(key))) !== expected)
      throw new Error(`damaged object: ${key}; npx assay refresh --verify removes it and makes it again`);
  });
  if (!isRemote) return `${objects.length} objects as they were written`;
  return `${objects.length} objects there with their sizes, ${read.length} read and as they were written`;
}

/** Removes what is damaged among objects of a lake that knows no checksums itself, and says so: it is made again. */
export async function removeDamaged(
  lake: Lake,
  objects: LakeObject[],
  note: (text: string) => void
): Promise<void> {
  await eachOf(objects, 4, async ({key, bytes, checksum: expected}) => {
    if ((await lake.head(key)) !== bytes || (await checksum(await lake.get(key))) === expected) return;
    note(`  lake ${lake.name}: ${key} is damaged: removed, and made again`);
    await lake.remove(key);
  });
}

/** Those in the cache and a few others, drawn by their checksums: as good as by chance, and the same every time. */
function chosen(lake: Lake, objects: LakeObject[]): LakeObject[] {
  const isNear = ({key}: LakeObject) => existsSync(join(lake.folder, key));
  const far = objects.filter((one) => !isNear(one));
  far.sort((a, b) => (a.checksum < b.checksum ? -1 : 1));
  return [...objects.filter(isNear), ...far.slice(0, few)];
}
