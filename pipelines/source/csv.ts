import {isUtf8} from "node:buffer";
import {createReadStream} from "node:fs";

/** What a reader of its own finds in a CSV file, independent of DuckDB. */
export type Scan = {
  header: string[];
  records: number;
  /** Exact sums by column of what reads as a number: cents of money, units of integers. */
  sums: Record<string, bigint>;
  /** Whether records end in different ways, which DuckDB refuses to read. */
  hasMixedNewlines: boolean;
  /** Bytes of the longest record. */
  longest: number;
};

const [QUOTE, COMMA, LF, CR] = [0x22, 0x2c, 0x0a, 0x0d];
const LONGEST_RECORD = 16 << 20;

type State = Scan & {
  file: string;
  line: number;
  newlines: Set<string>;
  columns: string[];
  amounts: Map<number, [string, Amount]>;
};
type Amount = "money" | "integer";

/**
 * Reads a CSV file (RFC 4180, comma, UTF-8) byte by byte: counts its records, adds up `amounts` and checks its
 * structure. Blank lines are no records; a first line with none of `columns` is no header. Throws with file, line and
 * reason.
 */
export async function scanCsv(
  file: string,
  columns: string[],
  amounts: Record<string, Amount>
): Promise<Scan> {
  const state: State = {
    file,
    header: [],
    records: -1,
    sums: Object.fromEntries(Object.keys(amounts).map((name) => [name, 0n])),
    hasMixedNewlines: false,
    longest: 0,
    line: 1,
    newlines: new Set(),
    columns,
    amounts: new Map()
  };
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  for await (const chunk of createReadStream(file, {highWaterMark: 1 << 20})) {
    let bytes = rest.length ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    if (isFirst) checkEncoding(state, bytes);
    if (isFirst && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) bytes = bytes.subarray(3);
    isFirst = false;
    rest = bytes.subarray(scanRecords(state, bytes, amounts, false));
    if (rest.length > LONGEST_RECORD) fail(state, "a record longer than 16 MiB: unbalanced quotes?");
  }
  scanRecords(state, rest, amounts, true);
  if (state.records < 0) fail(state, "the file is empty");
  const {header, records, sums, newlines, longest} = state;
  return {header, records, sums, hasMixedNewlines: newlines.size > 1, longest};
}

/** Takes whole records from `bytes` and returns where the first unfinished one begins. */
function scanRecords(state: State, bytes: Buffer, amounts: Record<string, Amount>, isEnd: boolean): number {
  let start = 0;
  while (start < bytes.length) {
    const end = scanRecord(state, bytes, start, amounts, isEnd);
    if (end < 0) break;
    start = end;
  }
  if (!isUtf8(bytes.subarray(0, start))) failAtInvalidUtf8(state, bytes.subarray(0, start));
  return start;
}

/** Takes the record that begins at `start`; returns where the next begins, or -1 if this one is not whole. */
function scanRecord(
  state: State,
  bytes: Buffer,
  start: number,
  amounts: Record<string, Amount>,
  isEnd: boolean
): number {
  const fields = state.records < 0 ? ([] as string[]) : undefined;
  let fieldStart = start;
  let fieldCount = 0;
  let lines = 0;
  let isQuoted = false;
  let isClosed = false;
  const found: [number, number, number][] = [];
  const endField = (end: number) => {
    if (fields) fields.push(unquote(bytes.toString("utf8", fieldStart, end)));
    else if (state.amounts.has(fieldCount)) found.push([fieldCount, fieldStart, end]);
    fieldCount++;
  };
  const endRecord = (end: number, next: number, newline: string) => {
    const isBlank = fieldCount === 0 && end === start && !isClosed;
    if (!isBlank) {
      endField(end);
      takeRecord(state, fields, fieldCount, amounts);
      for (const [index, from, to] of found) add(state, index, bytes, from, to);
    }
    if (newline) state.newlines.add(newline);
    if (next - start > state.longest) state.longest = next - start;
    state.line += lines + (newline ? 1 : 0);
    return next;
  };
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isQuoted) {
      if (byte === LF) lines++;
      else if (byte === 0) fail(state, "a NUL byte", lines);
      else if (byte === QUOTE) {
        if (i + 1 === bytes.length && !isEnd) return -1;
        if (bytes[i + 1] === QUOTE) i++;
        else {
          isQuoted = false;
          isClosed = true;
        }
      }
    } else if (byte === COMMA) {
      endField(i);
      fieldStart = i + 1;
      isClosed = false;
    } else if (byte === LF) {
      return endRecord(i, i + 1, "\n");
    } else if (byte === CR) {
      if (i + 1 === bytes.length && !isEnd) return -1;
      if (bytes[i + 1] !== LF)
        fail(state, "a carriage return that is neither quoted nor followed by a newline", lines);
      return endRecord(i, i + 2, "\r\n");
    } else if (byte === QUOTE) {
      if (i !== fieldStart || isClosed)
        fail(state, "unbalanced quotes: a quote inside an unquoted value", lines);
      isQuoted = true;
    } else if (isClosed) {
      fail(state, "unbalanced quotes: text after a closing quote", lines);
    } else if (byte === 0) {
      fail(state, "a NUL byte", lines);
    }
  }
  if (!isEnd) return -1;
  if (isQuoted) fail(state, "unbalanced quotes: a quoted value never ends");
  return endRecord(bytes.length, bytes.length, "");
}

function takeRecord(
  state: State,
  fields: string[] | undefined,
  count: number,
  amounts: Record<string, Amount>
): void {
  state.records++;
  if (!fields) {
    if (count !== state.header.length)
      fail(state, `${count} ${count === 1 ? "field" : "fields"} where the header has ${state.header.length}`);
    return;
  }
  state.header = fields.map((name) => name.trim().toLowerCase());
  checkHeader(state);
  state.header.forEach((name, index) => {
    if (!name) fail(state, `the header's column ${index + 1} has no name`);
    if (state.header.indexOf(name) !== index) fail(state, `the header names a column twice: ${name}`);
    const amount = amounts[name];
    if (amount) state.amounts.set(index, [name, amount]);
  });
}

/** Names the mistakes people make when they export: another separator, no header at all. */
function checkHeader(state: State): void {
  const {header, columns} = state;
  if (!columns.length || header.some((name) => columns.includes(name))) return;
  const separator = header.length === 1 && /[;\t|]/.exec(header[0] ?? "")?.[0];
  if (separator)
    fail(
      state,
      `values are separated by ${separator === "\t" ? "tabs" : `"${separator}"`}, export with commas`
    );
  fail(state, `the header is missing; expected ${columns.join(",")}`);
}

function checkEncoding(state: State, bytes: Buffer): void {
  const first = bytes.toString("hex", 0, 2);
  if (first === "fffe" || first === "feff") fail(state, "not UTF-8 but UTF-16; save the file as UTF-8");
  if (first === "1f8b" || first === "504b") fail(state, "a compressed file; unpack it");
}

function add(state: State, index: number, bytes: Buffer, start: number, end: number): void {
  const found = state.amounts.get(index);
  if (!found || start === end) return;
  const [name, amount] = found;
  const text = unquote(bytes.toString("utf8", start, end)).replace(/^\p{Zs}+|\p{Zs}+$/gu, "");
  const value = amount === "money" ? cents(text) : units(text);
  if (value !== undefined) state.sums[name] = (state.sums[name] ?? 0n) + value;
}

/** Cents of a decimal text, half away from zero; undefined if it is no number or has more than 16 digits before the point. */
export function cents(text: string): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d+))?$/.exec(text);
  if (!match || !(match[2] || match[3])) return undefined;
  const fraction = (match[3] ?? "").padEnd(3, "0");
  const roundUp = fraction.charCodeAt(2) >= 0x35 ? 1n : 0n;
  const value = BigInt((match[2] || "0") + fraction.slice(0, 2)) + roundUp;
  if (value >= 10n ** 18n) return undefined;
  return match[1] === "-" ? -value : value;
}

/** Units of an integer text (a fraction of zeros is allowed); undefined if it is none or beyond 32 bits. */
export function units(text: string): bigint | undefined {
  const match = /^([+-]?\d+)(\.0+)?$/.exec(text);
  if (!match) return undefined;
  const value = BigInt(match[1]!.replace(/^\+/, ""));
  return value >= -(2n ** 31n) && value < 2n ** 31n ? value : undefined;
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

function failAtInvalidUtf8(state: State, bytes: Buffer): never {
  let line = state.line;
  for (let i = bytes.length - 1; i >= 0; i--) if (bytes[i] === LF) line--;
  for (let start = 0; ; line++) {
    const newline = bytes.indexOf(LF, start);
    const end = newline < 0 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end)) || newline < 0)
      throw new Error(`${state.file}, line ${line}: not UTF-8; save the file as UTF-8`);
    start = end + 1;
  }
}

function fail(state: State, reason: string, lines = 0): never {
  throw new Error(`${state.file}, line ${state.line + lines}: ${reason}`);
}
