import type {Connection, Query} from "mysql2";
import {grow, openTextParquet, type TextColumn} from "./parquet.ts";
import type {MysqlColumn} from "./tables.ts";

/** What is used of mysql2 beyond its types: a row packet, and the handler every row of a query goes through. */
type Packet = {buffer: Buffer; offset: number; isEOF: () => boolean};
type RowHandler = (this: unknown, packet: Packet, connection: unknown) => unknown;

/**
 * Writes the rows of a select into a Parquet file whose columns are the texts the server sends, and returns their
 * number. A row of MySQL's text protocol is a run of length-prefixed texts, and so is a page of Parquet: bytes are
 * copied, never decoded. What is binary is written as the client does: `0x` and two digits a byte.
 */
export async function copyRows(
  connection: Connection,
  sql: string,
  columns: Pick<MysqlColumn, "name" | "isBinary">[],
  path: string
): Promise<number> {
  const file = await openTextParquet(
    path,
    columns.map(({name}) => name)
  );
  const isBinary = columns.map((column) => column.isBinary);
  try {
    await new Promise<void>((resolve, reject) => {
      const query = connection.query({sql, rowsAsArray: true}) as Query & {row: RowHandler};
      const handle = query.row;
      const take: RowHandler = function (packet, own) {
        if (packet.isEOF()) return handle.call(query, packet, own);
        takeRow(file.columns, isBinary, packet.buffer, packet.offset, file.rows++);
        if (file.isFull()) {
          connection.pause();
          file.flush().then(
            () => connection.resume(),
            (error: Error) => {
              reject(error);
              connection.destroy();
            }
          );
        }
        return take;
      };
      query.row = take;
      query.on("error", reject).on("end", () => resolve());
      // a connection that is lost tells its own listeners, not the query's
      connection.once("error", reject);
      query.on("end", () => connection.off("error", reject));
    });
    return await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

/** Appends the values of a row, each a length and as many bytes, 251 for null. */
function takeRow(columns: TextColumn[], isBinary: boolean[], from: Buffer, start: number, row: number): void {
  let at = start;
  for (let n = 0; n < columns.length; n++) {
    const column = columns[n]!;
    let length = from[at++]!;
    if (length === 251) {
      column.nulls.push(row);
      continue;
    }
    if (length > 251) {
      const width = length === 252 ? 2 : length === 253 ? 3 : 8;
      length = from.readUIntLE(at, Math.min(width, 6));
      at += width;
    }
    if (isBinary[n]) {
      takeValue(column, Buffer.from(`0x${from.toString("hex", at, at + length).toUpperCase()}`));
      at += length;
      continue;
    }
    let {bytes, size} = column;
    if (size + length + 4 > bytes.length) bytes = grow(column, length + 4);
    bytes[size] = length;
    bytes[size + 1] = length >>> 8;
    bytes[size + 2] = length >>> 16;
    bytes[size + 3] = length >>> 24;
    size += 4;
    if (length < 48) for (let i = 0; i < length; i++) bytes[size + i] = from[at + i]!;
    else from.copy(bytes, size, at, at + length);
    column.size = size + length;
    at += length;
  }
}

function takeValue(column: TextColumn, value: Buffer): void {
  const bytes =
    column.size + value.length + 4 > column.bytes.length ? grow(column, value.length + 4) : column.bytes;
  bytes.writeUInt32LE(value.length, column.size);
  value.copy(bytes, column.size + 4);
  column.size += value.length + 4;
}
