const most = 400_000_000;

/** How `read_csv` tells types: days and moments only in ISO form, so that no day is taken for a month. */
const sniffed =
  "header = true, sample_size = -1, dateformat = '%Y-%m-%d', auto_type_candidates = ['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'VARCHAR']";

/**
 * Reads a file of CSV, TSV, JSON or Parquet into what the database's `addTable` takes: `{name, bytes, read}`. `taken`
 * are names of tables there are. Throws a sentence where the file is none of these.
 */
export async function tableOfFile(file, taken) {
  const name = tableName(file.name, taken);
  if (!file.size) throw new Error(`${file.name} is empty.`);
  if (file.size > most) throw new Error(`${file.name} is larger than the 400 MB that a page can read.`);
  const buffer = await file.arrayBuffer();
  const kind = kindOf(file.name, new Uint8Array(buffer));
  if (kind === "parquet") return {name, ...(await typedCsv(await parquetRows(file.name, buffer)))};
  const text = textOf(buffer);
  if (kind === "json") return {name, ...(await typedCsv(jsonRows(file.name, text)))};
  if (text.includes("\0")) throw new Error(`${file.name} is no CSV, TSV, JSON or Parquet.`);
  const delimiter = /\.(tsv|tab)$/i.test(file.name) ? ", delim = '\\t'" : "";
  return {name, bytes: await bytesOf(text), read: `${sniffed}${delimiter}`};
}

function kindOf(name, bytes) {
  const magic = String.fromCharCode(...bytes.slice(0, 4));
  if (magic === "PAR1") return "parquet";
  if (/\.parquet$/i.test(name))
    throw new Error(`${name} is no Parquet file: it does not begin with its mark.`);
  return /\.(json|ndjson|jsonl)$/i.test(name) ? "json" : "csv";
}

/** A name without quotes to write, that no other table has. */
function tableName(file, taken) {
  const plain = file
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  const base = /^\p{L}/u.test(plain) ? plain : `file_${plain}`.replace(/_$/, "");
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base}_${number}`;
  return name;
}

/** UTF-8 or UTF-16 by its mark; bytes that are no UTF-8 are read as Windows-1252, as spreadsheets write them. */
function textOf(buffer) {
  const [first, second] = new Uint8Array(buffer);
  const marked =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff && "utf-16be";
  if (marked) return new TextDecoder(marked).decode(buffer);
  try {
    return new TextDecoder("utf-8", {fatal: true}).decode(buffer);
  } catch {
    return new TextDecoder("windows-1252").decode(buffer);
  }
}

async function bytesOf(text) {
  return new Uint8Array(await new Blob([text]).arrayBuffer());
}

function jsonRows(name, text) {
  const rows = parsed(name, text);
  const found = Array.isArray(rows) ? rows : (Object.values(rows ?? {}).find(isRows) ?? [rows]);
  if (!isRows(found)) throw new Error(`${name} holds no list of objects, so it is no table.`);
  const names = [...new Set(found.flatMap((row) => Object.keys(row)))];
  const columns = names.map((key) => ({key, name: key, type: jsonType(found.map((row) => row[key]))}));
  return {columns, rows: found};
}

const isRows = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((row) => row && typeof row === "object" && !Array.isArray(row));

function parsed(name, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    try {
      return text
        .split("\n")
        .filter((line) => line.trim())
        .map((line) => JSON.parse(line));
    } catch {
      throw new Error(`${name} is no JSON: ${error.message}.`);
    }
  }
}

function jsonType(values) {
  const all = values.filter((value) => value !== null && value !== undefined);
  const are = (test) => all.length > 0 && all.every(test);
  if (are((value) => typeof value === "boolean")) return "BOOLEAN";
  if (are(Number.isSafeInteger)) return "BIGINT";
  if (are((value) => typeof value === "number")) return "DOUBLE";
  if (are((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)))) return "DATE";
  const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z?$/;
  return are((value) => moment.test(value) && !Number.isNaN(Date.parse(value))) ? "TIMESTAMP" : "VARCHAR";
}

/** The browser's DuckDB has no Parquet in it, so another reader takes its place. */
async function parquetRows(name, buffer) {
  const {parquetMetadata, parquetReadObjects, parquetSchema} = await import("hyparquet");
  try {
    const metadata = parquetMetadata(buffer);
    const columns = parquetSchema(metadata).children.map(({element, children}) => ({
      key: element.name,
      name: element.name,
      type: children.length ? "VARCHAR" : parquetType(element)
    }));
    const codecs = metadata.row_groups.flatMap((group) => group.columns.map((one) => one.meta_data.codec));
    const unread = codecs.find((codec) => !/^(UNCOMPRESSED|SNAPPY)$/.test(codec));
    if (unread)
      throw new Error(`it is compressed with ${unread}; write it with snappy or without compression`);
    return {columns, rows: await parquetReadObjects({file: buffer, metadata})};
  } catch (error) {
    throw new Error(`${name} cannot be read as Parquet: ${error.message}.`, {cause: error});
  }
}

function parquetType({type, converted_type: converted, logical_type: logical, precision, scale = 0}) {
  const kind = logical?.type ?? converted ?? "";
  if (kind === "DATE") return "DATE";
  if (/^TIMESTAMP/.test(kind) || type === "INT96") return "TIMESTAMP";
  if (kind === "DECIMAL") return `DECIMAL(${Math.min(38, precision)}, ${scale})`;
  if (type === "BOOLEAN") return "BOOLEAN";
  if (/^TIME/.test(kind)) return "VARCHAR";
  if (/^(FLOAT|DOUBLE)$/.test(type) || kind === "FLOAT16") return "DOUBLE";
  return /^INT/.test(type) ? (/^UINT_?64/.test(kind) ? "HUGEINT" : "BIGINT") : "VARCHAR";
}

/** Rows as a CSV text with the types of its columns; null is an empty field, empty text is "". */
async function typedCsv({columns, rows}) {
  const named = distinctNames(columns);
  const types = named.map(({name, type}) => `'${name.replaceAll("'", "''")}': '${type}'`);
  const lines = rows.map((row) => named.map(({key, type}) => field(row[key], type)).join(","));
  const longest = lines.reduce((most, line) => Math.max(most, 4 * line.length + 100), 2_000_000);
  return {
    bytes: await bytesOf(`${lines.join("\n")}\n`),
    read: `auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false, max_line_size = ${longest}, columns = {${types.join(", ")}}`
  };
}

/** DuckDB tells names apart without regard to case. */
function distinctNames(columns) {
  const seen = new Set();
  return columns.map((column, index) => {
    let name = column.name || `column_${index + 1}`;
    for (let number = 2; seen.has(name.toLowerCase()); number++) name = `${column.name}_${number}`;
    seen.add(name.toLowerCase());
    return {...column, name};
  });
}

function field(value, type) {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : dated(value, type);
  if (typeof value === "number" && !Number.isFinite(value)) return type === "DOUBLE" ? String(value) : "";
  const text = typeof value === "object" ? JSON.stringify(value, jsonValue) : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}

function dated(value, type) {
  const text = value.toISOString();
  return type === "DATE" ? text.slice(0, 10) : text.replace("T", " ").replace("Z", "");
}

function jsonValue(_, value) {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
