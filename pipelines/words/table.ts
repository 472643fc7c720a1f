/** Rows to print: values are plain, 64-bit integers and decimals are text. */
export type Rows = {columns: string[]; types: string[]; rows: unknown[][]};

/** Rows as a table for people, as CSV (null is empty, empty text is quoted), or as a JSON array of objects. */
export function formatRows(rows: Rows, format: "table" | "csv" | "json"): string {
  return {table: formatTable, csv: formatCsv, json: formatJson}[format](rows);
}

/** A table from objects that share their fields; numbers stand right, and what `right` names. */
export function tableOf(
  objects: Record<string, unknown>[],
  columns = Object.keys(objects[0] ?? {}),
  right: string[] = []
): string {
  const isRight = (name: string) => right.includes(name) || objects.every((one) => isNumber(one[name]));
  const types = columns.map((name) => (isRight(name) ? "BIGINT" : "VARCHAR"));
  return formatTable({columns, types, rows: objects.map((one) => columns.map((name) => one[name]))});
}

function formatTable({columns, types, rows}: Rows): string {
  const isRight = types.map((type) => /INT|DECIMAL|DOUBLE|FLOAT/.test(type));
  const cells = rows.flatMap((row) => linesOf(row.map(shown)));
  const widths = columns.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, i) => (isRight[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width));
  return [
    line(columns),
    line(rule),
    ...cells.map(line),
    `(${rows.length} ${rows.length === 1 ? "row" : "rows"})`,
    ""
  ].join("\n");
}

/** A value on a terminal: null is told from empty text, control characters are shown, not obeyed. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "∅";
  return textOf(value)
    .replaceAll("\r\n", "\n")
    .replace(/(?!\n)\p{Cc}/gu, "�");
}

/** A row whose values have several lines takes as many lines. */
function linesOf(row: string[]): string[][] {
  const parts = row.map((cell) => cell.split("\n"));
  const height = Math.max(1, ...parts.map((lines) => lines.length));
  return Array.from({length: height}, (_, i) => parts.map((lines) => lines[i] ?? ""));
}

function formatCsv({columns, rows}: Rows): string {
  const cell = (value: unknown) => {
    if (value === null || value === undefined) return "";
    const text = textOf(value);
    return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** Numbers that JavaScript holds exactly are numbers, others stay text. */
function formatJson({columns, types, rows}: Rows): string {
  const value = (cell: unknown, type: string) => {
    if (typeof cell !== "string" || !/INT|DECIMAL/.test(type)) return cell;
    const digits = cell.replace(/[-.]|^0+/g, "");
    return digits.length <= 15 ? Number(cell) : cell;
  };
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map((name, i) => [name, value(row[i], types[i]!)]))
  );
  return `${JSON.stringify(objects, null, 1)}\n`;
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
}
