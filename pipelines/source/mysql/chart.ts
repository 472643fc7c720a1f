import type {MysqlPlace} from "../../config.ts";
import {hasChanges, latestChange} from "./changes.ts";
import type {Mysql} from "./connect.ts";
import {fingerprint} from "./fingerprint.ts";
import {type Chunk, layOut, rangesOf, tidy} from "./layout.ts";
import {valueOf} from "./select.ts";
import {onEach, type Snapshot} from "./snapshot.ts";
import type {MysqlColumn, MysqlTable} from "./tables.ts";

/**
 * What is remembered of a table between refreshes: its chunks and what each is known by. With a change cursor, up to
 * when it was read, when all rows were last compared by the server's clock, and how many refreshes ago.
 */
export type Chart = {
  /** Identifies key and columns; with others, nothing that is remembered holds. */
  shape: string;
  chunks: Chunk[];
  cursor?: {until: string; verified_at: string; runs: number};
};

/** What a comparison found: the chart as it is now, and the ordinals of chunks whose print is of this snapshot. */
export type Compared = {chart: Chart; isFresh: (ordinal: number) => boolean};

/** Finds the chunks of a table and what each is known by now, asking only for those that may have changed. */
export async function compare(
  snapshot: Snapshot,
  table: MysqlTable,
  columns: MysqlColumn[],
  known: Chart | undefined,
  {isVerified, update}: {isVerified: boolean; update: (text: string) => void}
): Promise<Compared> {
  const {connections, at} = snapshot;
  const [mysql] = connections as [Mysql];
  const shape = JSON.stringify([table.index ?? null, table.key.map(nameAndType), columns.map(nameAndValue)]);
  const before = known?.shape === shape ? known : undefined;
  const cursor = cursorOf(mysql.place, table);
  const until = cursor && (await latestChange(mysql, table, cursor));
  const since = before?.cursor;
  const isFull = isVerified || !cursor || !since || since.runs + 1 >= mysql.place.verifyEvery;

  const chunks = before?.chunks ?? (await layOut(mysql, table));
  const fresh = new Set<number>();
  const look = async (connection: Mysql, chunk: Chunk & {until: string[] | null}) => {
    chunk.print = await fingerprint(connection, table, columns, chunk);
    fresh.add(chunk.ordinal);
    return chunk.print;
  };
  const ranges = rangesOf(chunks);
  let done = 0;
  await onEach(connections, ranges, async (connection, range) => {
    const {lag = 0} = mysql.place.cursor ?? {};
    if (isFull || !range.print || (await hasChanges(connection, table, range, cursor, since.until, lag)))
      await look(connection, range);
    update(`compared ${++done} of ${ranges.length}`);
  });
  const withPrints = ranges.map(({ordinal, from, print}) => ({ordinal, from, print: print!}));
  const tidied = rangesOf(await tidy(mysql, table, withPrints));
  const isSame = (range: Chunk, n: number) => range.ordinal === ranges[n]?.ordinal;
  if (!tidied.every(isSame)) fresh.clear();
  for (const range of tidied) if (!range.print) await look(mysql, range);
  return {
    chart: {
      shape,
      chunks: tidied.map(({ordinal, from, print}) => ({ordinal, from, print: print!})),
      ...(until && {
        cursor: isFull ? {until, verified_at: at, runs: 0} : {...since, until, runs: since.runs + 1}
      })
    },
    isFresh: (ordinal) => fresh.has(ordinal)
  };
}

/** The change cursor of a table, if it has the column that the source declares. */
export function cursorOf({cursor}: MysqlPlace, {columns}: MysqlTable): MysqlColumn | undefined {
  return cursor && columns.find(({name}) => name === cursor.column);
}

const nameAndType = ({name, type}: MysqlColumn) => [name, type];
const nameAndValue = (column: MysqlColumn) => [column.name, valueOf(column), column.isBinary];
