import type {GoldTable} from "../catalog.ts";
import {span} from "../1-bronze/chunk.ts";
import {ident, run} from "../engine/duckdb.ts";
import {contentOfPart, makeParts, neighboursOf, parquetOf, type Tables, touchedBy} from "../parts.ts";
import {
  contentOfTable,
  type Context,
  type Facts,
  findMade,
  findOrMake,
  fromOf,
  hash,
  type LakeObject,
  type Made,
  type Step
} from "../step.ts";
import {showTables} from "../views.ts";

/** Makes the objects of a gold table from a select; `showOwn` is done before it is compared with its silver table. */
type Make = (select: string, showOwn: () => Promise<void>) => Promise<{objects: LakeObject[]; facts?: Facts}>;

/** A table, the step that makes it, the tables it is made of, those of the live release, and parts that are made again. */
type Subject = {
  table: GoldTable;
  step: Step;
  silver: Tables;
  before: Tables;
  anew?: Set<number> | undefined;
};

/**
 * Makes a gold table in the parts that its silver table has. A part is made again if its rows changed, or rows of a
 * lookup that it refers to; where a lookup changed in other rows than those, the part of the live release still holds.
 */
export async function makeInParts(
  context: Context,
  {table, step, silver, before, anew}: Subject,
  make: Make,
  update: (text: string) => void
): Promise<Made> {
  const {connection, lake} = context;
  const own = `silver.${table.from}`;
  const parts = silver.get(own)!;
  const neighbours = await neighboursOf(connection, lake, parts, table.parts!.by);
  const touched = await touchedParts(context, table, silver, before);
  const stepOf = (part: LakeObject, tables: Tables) => {
    const inputs = Object.keys(step.inputs).map((name) => [name, contentOfTable(tables.get(name)!)]);
    const around = hash(JSON.stringify([part.chunk, neighbours.get(part)!.map(contentOfPart)]));
    return {...step, inputs: {...Object.fromEntries(inputs), [own]: around} as Record<string, string>};
  };
  const makePart = async (part: LakeObject) => {
    const isAnew = anew?.has(part.chunk!) === true;
    const isUntouched = !isAnew && touched !== undefined && !touched.has(part.chunk!);
    const known = isUntouched && (await findMade(context, stepOf(part, new Map([...silver, ...before]))));
    return findOrMake(context, {...stepOf(part, silver), isAnew}, async () => {
      if (known) return known;
      await showPart(context, table, silver, part, neighbours.get(part)!);
      const rows = `_row between ${BigInt(part.chunk!) * span} and ${BigInt(part.chunk! + 1) * span - 1n}`;
      return make(`from (${step.sql}) where ${rows}`, () => showTables(connection, lake, [part]));
    });
  };
  try {
    return {...(await makeParts(step.name, parts, makePart, update)), from: fromOf(step)};
  } finally {
    const shown = [...silver.values()].flat().filter(({layer}) => layer === "silver");
    await showTables(connection, lake, shown);
  }
}

/** The parts that refer to a row of a lookup that differs from the live release; undefined where that cannot be told. */
async function touchedParts(
  {connection, lake}: Context,
  {from, parts: depends}: GoldTable,
  silver: Tables,
  before: Tables
): Promise<Set<number> | undefined> {
  const touched = new Set<number>();
  for (const [lookup, {key, by}] of Object.entries(depends!.lookups)) {
    const [old, now] = [before.get(`silver.${lookup}`), silver.get(`silver.${lookup}`)!];
    if (!old || JSON.stringify(old[0]!.columns) !== JSON.stringify(now[0]!.columns)) return undefined;
    if (contentOfTable(old) === contentOfTable(now)) continue;
    const parts = silver.get(`silver.${from}`)!;
    const found = await touchedBy(connection, lake, parts, by, [old, now], key);
    for (const chunk of found) touched.add(chunk);
  }
  return touched;
}

/** Shows in `silver` only what a part depends on. */
async function showPart(
  {connection, lake}: Context,
  {from, parts: depends}: GoldTable,
  silver: Tables,
  part: LakeObject,
  neighbours: LakeObject[]
): Promise<void> {
  const {by, lookups} = depends!;
  const own = `silver.${ident(from!)}`;
  const ownRows = `from ${await parquetOf(lake, [part])}`;
  const others = neighbours.filter((other) => other !== part);
  const around = others.length
    ? `union all from ${await parquetOf(lake, others)} semi join (select ${ident(by)} ${ownRows}) as part using (${ident(by)})`
    : "";
  await run(connection, `create or replace view ${own} as ${ownRows} ${around}`);
  for (const [lookup, {key, by: column}] of Object.entries(lookups)) {
    const rows = await parquetOf(lake, silver.get(`silver.${lookup}`)!);
    const seen = ident(`part_${lookup}`);
    await run(
      connection,
      `create or replace temp table ${seen} as
         from ${rows} where ${ident(key)} in (select ${ident(column)} ${ownRows});
       create or replace view silver.${ident(lookup)} as from ${seen}`
    );
  }
}
