import type {Measure} from "../../src/components/semantic/select.ts";
import type {Config} from "../config.ts";
import type {Diff} from "../diff/diff.ts";
import {findDiff} from "../diff/find.ts";
import type {Lake} from "../lake/lake.ts";
import {findPointer} from "../pointer.ts";
import {isFirstOfShop, type Release, releasesUpTo} from "../release.ts";
import {readDefinitions} from "../semantic/definitions.ts";

/** What the page of releases knows: the measures there are, and releases, newest first. */
export type Moves = {
  measures: {name: string; label: string; format: Measure["format"]; kind: Kind; is_reading: boolean}[];
  releases: Moved[];
};

/** How the parts of a measure's changes add up over releases: exactly, as a ratio's steps, or not at all. */
type Kind = "amount" | "ratio" | "extreme";

/** A release, every measure over all its lines, and what differs from the one before it. */
export type Moved = {
  id: string;
  published_at: string;
  data_through: string | null;
  restores: Release["restores"] | null;
  held: string | null;
  values: Record<string, string | null>;
  /** Null where it has none before it here; `isLost` where the two can no longer be compared. */
  step: Step | {isLost: true} | null;
};

type Step = Pick<Diff, "tables" | "segments" | "rules" | "checks"> & {
  /** Of every measure. */
  parts: Record<string, Diff["measures"][number]["parts"]>;
};

/** How many releases the page goes back. */
const shown = 20;

/** What moved from release to release, up to `last`. `note` hears why two could not be compared. */
export async function movesUpTo(
  config: Config,
  lake: Lake,
  last: Release,
  note: (text: string) => void
): Promise<Moves> {
  const {measures} = readDefinitions(config.root);
  const readings = measures.flatMap(({name, as_reported, as_today}) =>
    [as_reported, as_today].filter((other) => other !== name)
  );
  const releases = ofOneShop(await releasesUpTo(lake, last, shown));
  const pointer = await findPointer(lake);
  const diffs: (Diff | undefined)[] = [];
  // one after another: each comparison that was not kept has an engine of its own
  for (const [n, before] of releases.slice(1).entries())
    diffs.push(await compare(config, lake, before, releases[n]!, note));
  return {
    measures: measures.map((one) => ({
      name: one.name,
      label: one.label,
      format: one.format,
      kind: kindOf(one),
      is_reading: readings.includes(one.name)
    })),
    releases: releases.map((release, n) => ({
      id: release.id,
      published_at: release.published_at,
      data_through: release.data_through.whole,
      restores: release.restores ?? null,
      held: pointer?.release === release.id ? (pointer.held?.reason ?? null) : null,
      values: {
        ...valuesIn(diffs[n - 1], "before"),
        ...valuesIn(diffs[n], "after"),
        ...release.measures?.values
      },
      step: n + 1 === releases.length ? null : diffs[n] ? stepOf(diffs[n]) : {isLost: true}
    }))
  };
}

/** Releases as far back as they are of the same shop as the newest. */
function ofOneShop(releases: Release[]): Release[] {
  const first = releases.findIndex(isFirstOfShop);
  return first < 0 ? releases : releases.slice(0, first + 1);
}

async function compare(
  config: Config,
  lake: Lake,
  before: Release,
  after: Release,
  note: (text: string) => void
): Promise<Diff | undefined> {
  try {
    return await findDiff(config, lake, before, after);
  } catch (error) {
    note(`releases ${before.id} and ${after.id} cannot be compared: ${(error as Error).message}`);
    return undefined;
  }
}

function kindOf(measure: Measure): Kind {
  if (measure.kind === "ratio") return "ratio";
  return measure.agg === "min" || measure.agg === "max" ? "extreme" : "amount";
}

function valuesIn(diff: Diff | undefined, when: "before" | "after"): Record<string, string | null> {
  return Object.fromEntries((diff?.measures ?? []).map((one) => [one.measure, one[when]]));
}

function stepOf({measures, tables, segments, rules, checks}: Diff): Step {
  return {
    tables,
    segments,
    rules,
    checks,
    parts: Object.fromEntries(measures.map(({measure, parts}) => [measure, parts]))
  };
}
