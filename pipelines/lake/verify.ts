import {checksum} from "./folder.ts";
import type {Lake} from "./lake.ts";

/** A lake that hands out the bytes of `objects` only as they were written: one damaged behind its back is named. */
export function verifying(lake: Lake, objects: {key: string; checksum: string}[]): Lake {
  const expected = new Map(objects.map((one) => [one.key, one.checksum]));
  const checked = new Map<string, Promise<string>>();
  const check = async (key: string) => {
    const path = await lake.get(key);
    const sum = expected.get(key);
    if (sum !== undefined && (await checksum(path)) !== sum)
      throw new Error(
        `lake ${lake.name}: object damaged: ${key}: its bytes are not those it was written with; npx assay refresh --verify removes it and makes it again`
      );
    return path;
  };
  return {
    ...lake,
    get(key) {
      if (!checked.has(key)) checked.set(key, check(key));
      return checked.get(key)!;
    }
  };
}
