import {findJson} from "./lake/json.ts";
import type {Lake} from "./lake/lake.ts";

/** Which release is live. `held`: no refresh publishes over it until it is let go. */
export type Pointer = {release: string; held?: Hold};

/** Why a release stays, and since when. */
export type Hold = {reason: string; since: string};

const key = "releases/current.json";

/** The pointer, if anything was published. */
export function findPointer(lake: Lake): Promise<Pointer | undefined> {
  return findJson<Pointer>(lake, key);
}

/** Moves the pointer if it still is `expected`. Throws Overtaken. */
export async function movePointer(lake: Lake, next: Pointer, expected: Pointer | undefined): Promise<void> {
  if (!(await lake.swap(key, JSON.stringify(next), expected && JSON.stringify(expected))))
    throw overtaken(lake);
}

/** Another release was published while a run was under way. */
export class Overtaken extends Error {}

/** The error of a run that began before another one published: its data may be older. */
export function overtaken(lake: Lake): Overtaken {
  return new Overtaken(
    `lake ${lake.name}: another release was published meanwhile; run npx assay refresh again`
  );
}
