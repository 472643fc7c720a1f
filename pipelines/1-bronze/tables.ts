import {join} from "node:path";
import {type SourceTable, sources} from "../catalog.ts";
import type {MysqlPlace} from "../config.ts";
import {findJson} from "../lake/json.ts";
import {checkLedger, sumLines} from "../ledger.ts";
import {hasChanges, latestChange} from "../source/mysql/changes.ts";
import {type Mysql, openMysql, told} from "../source/mysql/connect.ts";
import {type Fingerprint, fingerprint, sumsOf} from "../source/mysql/fingerprint.ts";
import {chunkRows, type ChunkRange, cut, type Layout, rangesOf} from "../source/mysql/layout.ts";
import {copyRows} from "../source/mysql/rows.ts";
import {bronzeColumns, byKey, from, valueOf, within} from "../source/mysql/select.ts";
import {openSnapshot, type Snapshot} from "../source/mysql/snapshot.ts";
import {findTables, type MysqlColumn, type MysqlTable} from "../source/mysql/tables.ts";
import {findOrMake, hash, keepFile, type Context, type StepResult, tell} from "../step.ts";
import {bronzeRelation, checkColumns, sourceToBronze} from "./chunk.ts";

const code = ["rows", "parquet", "thrift", "select", "fingerprint"]
  .map((file) => join(import.meta.dirname, `../source/mysql/${file}.ts`))
  .concat(join(import.meta.dirname, "chunk.ts"));

/**
 * What is remembered of a table between refreshes: where its chunks begin, what each was last known by, and up to
 * when its change cursor was read.
 */
type Chart = {
  /** Identifies key and columns; with others, nothing that is remembered holds. */
  shape: string;
  layout: Layout;
  prints: Record<number, Fingerprint>;
  cursor: string | null;
  /** When all rows were last compared, and how many refreshes ago. */
  verified: {at: string; runs: number};
};

/** A table in the making: what the catalog says, what the server says, and the columns to take. */
type Taken = {table: SourceTable; found: MysqlTable; columns: MysqlColumn[]};

/** Takes every table from one snapshot: only chunks that changed are read. */
export async function makeFromMysql(
  context: Context,
  place: MysqlPlace,
  isVerified: boolean
): Promise<StepResult[]> {
  const mysql = await openMysql(place);
  const found = await findTables(mysql, sources).catch(async (error) => {
    await mysql.close();
    throw error;
  });
  const snapshot = await openSnapshot(mysql, found.values(), context.progress);
  try {
    const results: StepResult[] = [];
    for (const table of sources) {
      const own = found.get(table.name)!;
      const known =
        checkColumns(
          table,
          own.columns.map(({name}) => name)
        ) && table.columns;
      const taken = {table, found: own, columns: bronzeColumns(own, known)};
      results.push(await takeTable(context, snapshot, place, taken, isVerified));
    }
    return results;
  } finally {
    await snapshot.close();
  }
}

async function takeTable(
  context: Context,
  snapshot: Snapshot,
  place: MysqlPlace,
  taken: Taken,
  isVerified: boolean
): Promise<StepResult> {
  const {table, found, columns} = taken;
  return tell(context, `bronze ${table.name}`, async (update) => {
    const file = `sources/${hash(`${place.host}:${place.port}/${place.database}`).slice(0, 16)}/${table.name}.json`;
    const known = await findJson<Chart>(context.lake, file);
    const chart = await compare(snapshot, place, taken, known, isVerified, update);
    // the boundaries count from now on, the cursor only when all that it told is read
    const write = (cursor: string | null) => context.lake.write(file, JSON.stringify({...chart, cursor}));
    await write(known?.shape === chart.shape ? known.cursor : null);
    const chunks = await readChunks(context, snapshot, taken, chart, update);
    await write(chart.cursor);
    const objects = chunks.flatMap(({range, result}) =>
      result.objects.map((object) => ({...object, chunk: range.ordinal}))
    );
    const shape = {
      columns: found.columns.map(({name, type}) => ({name, type})),
      key: found.key.map(({name}) => name)
    };
    const read = {
      at: snapshot.at,
      by: cursorOf(place, found) ? "cursor" : "checksums",
      verified_at: chart.verified.at
    };
    const result = {
      step: `bronze ${table.name}`,
      key: hash(
        JSON.stringify([
          columns.map(({name}) => name),
          chunks.map(({range, result}) => [range.ordinal, result.key])
        ])
      ).slice(0, 32),
      objects,
      facts: {ledger: sumLines(chunks.flatMap(({result}) => result.facts.ledger ?? [])), shape, read}
    };
    return {result, reused: chunks.every(({reused}) => reused)};
  });
}

/** Finds the chunks and what each is known by now, asking only for those that may have changed. */
async function compare(
  {connections, at}: Snapshot,
  place: MysqlPlace,
  {found, columns}: Taken,
  known: Chart | undefined,
  isVerified: boolean,
  update: (text: string) => void
): Promise<Chart> {
  const [mysql] = connections as [Mysql];
  const shape = hash(
    JSON.stringify([
      found.index,
      found.key.map(({name, type}) => [name, type]),
      columns.map((one) => [one.name, valueOf(one), one.isBinary])
    ])
  );
  const before = known?.shape === shape ? known : undefined;
  const cursor = cursorOf(place, found);
  const until = cursor ? await latestChange(mysql, found, cursor) : null;
  const since = before?.cursor ?? null;
  const isFull = isVerified || !cursor || since === null || before!.verified.runs + 1 >= place.verifyEvery;
  const whole: ChunkRange = {ordinal: 0, from: null, until: null};
  let layout = before?.layout ?? (await cut(mysql, found, whole, 1));
  const prints: Chart["prints"] = {...before?.prints};
  let done = 0;
  await onEach(connections, rangesOf(layout), async (connection, range) => {
    const mayDiffer =
      isFull ||
      !prints[range.ordinal] ||
      (await hasChanges(connection, found, range, cursor, since, place.cursor!.lag));
    if (mayDiffer) prints[range.ordinal] = await fingerprint(connection, found, columns, range);
    update(`compared ${++done} of ${layout.length}`);
  });
  layout = await tidy(mysql, found, layout, prints);
  for (const range of rangesOf(layout))
    prints[range.ordinal] ??= await fingerprint(mysql, found, columns, range);
  const verified = isFull ? {at, runs: 0} : {at: before!.verified.at, runs: before!.verified.runs + 1};
  return {shape, layout, prints, cursor: until, verified};
}

/** Cuts chunks that grew to twice their size; gives the range of those without rows to their neighbours. */
async function tidy(
  mysql: Mysql,
  found: MysqlTable,
  layout: Layout,
  prints: Chart["prints"]
): Promise<Layout> {
  let free = Math.max(...layout.map(({ordinal}) => ordinal), -1) + 1;
  const tidied: Layout = [];
  for (const range of rangesOf(layout)) {
    const rows = Number(prints[range.ordinal]!.rows);
    const parts =
      rows >= 2 * chunkRows
        ? await cut(mysql, found, range, free)
        : [{ordinal: range.ordinal, from: range.from}];
    if (parts.length > 1) delete prints[range.ordinal];
    free += parts.length - 1;
    if (rows > 0 || (!tidied.length && range.until === null)) tidied.push(...parts);
    else delete prints[range.ordinal];
  }
  return tidied.map((chunk, n) => (n === 0 ? {...chunk, from: null} : chunk));
}

type Chunk = {range: ChunkRange; result: StepResult; reused: boolean};

async function readChunks(
  context: Context,
  {connections}: Snapshot,
  taken: Taken,
  chart: Chart,
  update: (text: string) => void
): Promise<Chunk[]> {
  const ranges = rangesOf(chart.layout);
  const chunks: Chunk[] = [];
  await onEach(connections, ranges, async (mysql, range) => {
    const print = chart.prints[range.ordinal]!;
    const step = {
      name: `bronze ${taken.table.name} chunk`,
      inputs: {...print},
      code,
      parameters: {
        table: taken.table,
        key: taken.found.key.map(({name}) => name),
        columns: taken.columns.map((one) => [one.name, valueOf(one), one.isBinary])
      }
    };
    const made = await findOrMake(context, step, () => readChunk(context, mysql, taken, range));
    chunks.push({range, ...made});
    update(`chunk ${chunks.length} of ${ranges.length}`);
  });
  return chunks.sort((a, b) => a.range.ordinal - b.range.ordinal);
}

async function readChunk(context: Context, mysql: Mysql, {table, found, columns}: Taken, range: ChunkRange) {
  const path = join(context.temporary, `${table.name}-${range.ordinal}.parquet`);
  const names = columns.map(({name}) => name);
  const values = columns.map((column, n) => `${valueOf(column)} as c${n}`).join(", ");
  const sql = `select ${values} from ${from(found)} where ${within(found, range)} ${byKey(found)}`;
  const sums = await sumsOf(mysql, found, range, table.amounts);
  const rows = await copyRows(mysql.connection, sql, columns, path).catch((error: Error) => {
    throw told(mysql.place, `cannot read ${table.name}`, error);
  });
  const object = await keepFile(context, {
    layer: "bronze",
    table: table.name,
    columns: names.map((name) => ({name, type: "VARCHAR"})),
    path,
    extension: "parquet",
    rows
  });
  const relation = bronzeRelation([await context.lake.get(object.key)]);
  const ledger = await sourceToBronze(context, table, found.name, sums, relation);
  checkLedger(ledger);
  return {objects: [object], facts: {ledger}};
}

function cursorOf({cursor}: MysqlPlace, {columns}: MysqlTable): MysqlColumn | undefined {
  return cursor && columns.find(({name}) => name === cursor.column);
}

/** Does the work on each item in turn, on as many connections as there are. */
async function onEach<T>(
  connections: Mysql[],
  items: T[],
  work: (mysql: Mysql, item: T) => Promise<void>
): Promise<void> {
  const rest = [...items];
  await Promise.all(
    connections.map(async (mysql) => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(mysql, item);
    })
  );
}
