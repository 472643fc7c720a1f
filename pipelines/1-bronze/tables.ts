import {join} from "node:path";
import {type SourceTable, sources} from "../catalog.ts";
import type {MysqlPlace} from "../config.ts";
import {findJson} from "../lake/json.ts";
import {checkLedger} from "../ledger.ts";
import {joinParts, type Part} from "../parts.ts";
import type {ReadFrom} from "../release.ts";
import {type Chart, compare, type Compared, cursorOf} from "../source/mysql/chart.ts";
import {type Mysql, openMysql, told} from "../source/mysql/connect.ts";
import {fingerprint, sumsOf} from "../source/mysql/fingerprint.ts";
import {type ChunkRange, rangesOf} from "../source/mysql/layout.ts";
import {copyRows} from "../source/mysql/rows.ts";
import {bronzeColumns, byKey, from, valueOf, within} from "../source/mysql/select.ts";
import {onEach, openSnapshot, type Snapshot} from "../source/mysql/snapshot.ts";
import {findTables, type MysqlColumn, type MysqlTable} from "../source/mysql/tables.ts";
import {
  findOrMake,
  hash,
  findMade,
  keepFile,
  type Context,
  type Made,
  proving,
  type StepResult,
  tell
} from "../step.ts";
import {bronzeRelation, sourceToBronze} from "./chunk.ts";

const code = ["rows", "parquet", "thrift", "select", "fingerprint"]
  .map((file) => join(import.meta.dirname, `../source/mysql/${file}.ts`))
  .concat(join(import.meta.dirname, "chunk.ts"));

/** A table to take: what the catalog says, what the server says, and the columns of bronze. */
type Taken = {table: SourceTable; found: MysqlTable; columns: MysqlColumn[]};

/** Takes every table from one snapshot: only chunks that changed are read. */
export async function makeFromMysql(context: Context, place: MysqlPlace): Promise<StepResult[]> {
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
      const taken = {table, found: own, columns: bronzeColumns(table, own)};
      const make = (update: (text: string) => void) => takeTable(context, snapshot, taken, update);
      results.push(await tell(context, `bronze ${table.name}`, make));
    }
    return results;
  } finally {
    await snapshot.close();
  }
}

async function takeTable(
  context: Context,
  snapshot: Snapshot,
  taken: Taken,
  update: (text: string) => void
): Promise<Made> {
  const {lake, isVerified = false} = context;
  const {table, found, columns} = taken;
  const [{place}] = snapshot.connections as [Mysql];
  const database = hash(`${place.host}:${place.port}/${place.database}`).slice(0, 16);
  const file = `sources/${database}/${table.name}.json`;
  const known = await findJson<Chart>(lake, file);
  const compared = await compare(snapshot, found, columns, known, {isVerified, update});
  const {chart} = compared;
  // where chunks begin counts from now on, the cursor only when all that it told of is read
  const bounds = {shape: chart.shape, chunks: chart.chunks};
  const cursor = known?.shape === chart.shape && known.cursor ? {cursor: known.cursor} : {};
  await remember(context, file, {...bounds, ...cursor}, known);
  const parts = await readChunks(context, snapshot, taken, compared, update);
  await remember(context, file, chart, {...bounds, ...cursor});

  const read: ReadFrom = {
    at: snapshot.at,
    by: cursorOf(place, found) ? "cursor" : "checksums",
    verified_at: chart.cursor?.verified_at ?? snapshot.at
  };
  const shape = {
    columns: found.columns.map(({name, type}) => ({name, type})),
    key: found.key.map(({name}) => name)
  };
  const {result, reused} = joinParts(`bronze ${table.name}`, parts);
  return {result: {...result, facts: {...result.facts, shape, read}}, reused};
}

async function remember(
  {lake}: Context,
  file: string,
  chart: Chart,
  known: Chart | undefined
): Promise<void> {
  const text = JSON.stringify(chart);
  if (text !== JSON.stringify(known)) await lake.write(file, text);
}

async function readChunks(
  context: Context,
  {connections}: Snapshot,
  taken: Taken,
  {chart, isFresh}: Compared,
  update: (text: string) => void
): Promise<Part[]> {
  const {table, found, columns} = taken;
  const ranges = rangesOf(chart.chunks);
  const parts: Part[] = [];
  const stepOf = (range: ChunkRange) => ({
    name: `bronze ${table.name} chunk`,
    inputs: {...range.print!},
    code,
    parameters: {table, key: found.key.map(({name}) => name), columns: columns.map(selected)}
  });
  await onEach(connections, ranges, async (mysql, range) => {
    // what a cursor spared us to compare, yet is to be read, is known by what this snapshot has
    if (!isFresh(range.ordinal) && !(await findMade(context, stepOf(range))))
      range.print = await fingerprint(mysql, found, columns, range);
    const made = await findOrMake(context, stepOf(range), () => readChunk(context, mysql, taken, range));
    parts.push({ordinal: range.ordinal, ...made});
    update(`chunk ${parts.length} of ${ranges.length}`);
  });
  chart.chunks = ranges.map(({ordinal, from: start, print}) => ({ordinal, from: start, print: print!}));
  return parts.sort((a, b) => a.ordinal - b.ordinal);
}

const selected = (column: MysqlColumn) => [column.name, valueOf(column), column.isBinary];

async function readChunk(context: Context, mysql: Mysql, taken: Taken, range: ChunkRange) {
  const {table, found, columns} = taken;
  const path = join(context.temporary, `${table.name}-${range.ordinal}.parquet`);
  const values = columns.map((column, n) => `${valueOf(column)} as c${n}`).join(", ");
  const sql = `select ${values} from ${from(found)} where ${within(found, range)} ${byKey(found)}`;
  const sums = await proving(context, () => sumsOf(mysql, found, range, table.amounts));
  const rows = await copyRows(mysql.connection, sql, columns, path).catch((error: Error) => {
    throw told(mysql.place, `cannot read ${table.name}`, error);
  });
  if (!found.isTransactional) await checkStill(mysql, taken, range);
  const object = await keepFile(context, {
    layer: "bronze",
    table: table.name,
    columns: columns.map(({name}) => ({name, type: "VARCHAR"})),
    path,
    extension: "parquet",
    rows
  });
  const relation = bronzeRelation([await context.lake.get(object.key)]);
  const ledger = await proving(context, () => sourceToBronze(context, table, found.name, sums, relation));
  checkLedger(ledger);
  return {objects: [object], facts: {ledger}};
}

/** A table that no snapshot covers must not have changed while it was read. */
async function checkStill(mysql: Mysql, {found, columns}: Taken, range: ChunkRange): Promise<void> {
  const {rows, hash: now} = await fingerprint(mysql, found, columns, range);
  if (rows !== range.print!.rows || now !== range.print!.hash)
    throw new Error(
      `source ${mysql.name}: ${found.name} changed while it was read, and its engine has no snapshots; run again when its writers are done, or convert it: alter table ${found.sql} engine = InnoDB`
    );
}
