import {randomBytes} from "node:crypto";
import {eachOf} from "./lake/each.ts";

/** How far back a history goes, unless asked otherwise. */
export const shown = 100;

/** A record that names what came before it. */
export type Recorded = {id: string; earlier?: string[]};

/** The names that a record keeps of those before it: the last one, and what that one names. */
export function withEarlier(last: Recorded | undefined): string[] {
  return last ? [last.id, ...(last.earlier ?? [])].slice(0, shown - 1) : [];
}

/** `first` and the records before it, newest first, up to one that is gone: those that a record names are read several at once. */
export async function readBack<T extends Recorded>(
  first: T | undefined,
  most: number,
  previousOf: (record: T) => string | null,
  find: (id: string) => Promise<T | undefined>
): Promise<T[]> {
  const records = first ? [first] : [];
  let last = first;
  while (last && records.length < most) {
    const previous = previousOf(last);
    const names: string[] = last.earlier ?? (previous === null ? [] : [previous]);
    const read: (T | undefined)[] = await eachOf(names.slice(0, most - records.length), 8, find);
    const gone = read.indexOf(undefined);
    records.push(...(read.slice(0, gone < 0 ? read.length : gone) as T[]));
    last = gone < 0 ? read.at(-1) : undefined;
  }
  return records;
}

/** A name that sorts by time. */
export function newId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  return `${time}-${randomBytes(3).toString("hex")}`;
}
