import {objectsOf} from "./objects.js";

/** Files of a result `{columns: [{name, type}], rows: [[…]]}`; types are DuckDB's. */

/** A result as CSV: null is an empty field, empty text is "". */
export function csvOf({columns, rows}) {
  const field = (value) => {
    if (value === null || value === undefined) return "";
    const text = String(value);
    return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return (
    [columns.map(({name}) => name), ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n"
  );
}

/** A result as a JSON array of objects. */
export function jsonOf(result) {
  return JSON.stringify(objectsOf(result), null, 1);
}

/** The file of `csvOf`, with a mark by which spreadsheets know that it is UTF-8. */
export function csvBlob(data) {
  return new Blob(["\ufeff", csvOf(data)], {type: "text/csv"});
}

/** The file of `jsonOf`. */
export function jsonBlob(data) {
  return new Blob([jsonOf(data)], {type: "application/json"});
}

/** A workbook of two sheets: the rows, and where they come from (`facts`, pairs of texts). */
export async function xlsxBlob({columns, rows}, facts) {
  const {default: writeXlsxFile} = await import("write-excel-file/browser");
  const head = columns.map(({name}) => ({value: name, fontWeight: "bold"}));
  const width = (index) =>
    Math.min(
      60,
      Math.max(
        columns[index].name.length,
        ...rows.slice(0, 100).map((row) => String(row[index] ?? "").length)
      ) + 2
    );
  return writeXlsxFile([
    {
      sheet: "Data",
      data: [head, ...rows.map((row) => row.map(cellOf))],
      columns: columns.map((_, index) => ({width: width(index)})),
      stickyRowsCount: 1
    },
    {
      sheet: "Provenance",
      data: facts.map(([name, value]) => [
        {value: name, fontWeight: "bold"},
        {value, type: String}
      ]),
      columns: [{width: 24}, {width: 90}]
    }
  ]).toBlob();
}

/** The longest text that a cell of a workbook holds. */
const longest = 32_767;

/** Numbers stay numbers; any other value is text, so that no name is taken for a formula. */
function cellOf(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "boolean") return {value};
  return {value: String(value).slice(0, longest), type: String};
}

/** A Parquet file: numbers as doubles, or as integers where the type is one; days as dates; all else text. */
export async function parquetBlob({columns, rows}) {
  const {parquetWriteBuffer} = await import("hyparquet-writer");
  const columnData = columns.map(({name, type = "VARCHAR"}, index) => {
    const data = rows.map((row) => row[index] ?? null);
    return {name, ...typed(data, type)};
  });
  const schema = [
    {name: "root", num_children: columns.length},
    ...columnData.map(({name, element}) => ({name, repetition_type: "OPTIONAL", ...element}))
  ];
  const buffer = parquetWriteBuffer({columnData: columnData.map(({name, data}) => ({name, data})), schema});
  return new Blob([buffer], {type: "application/vnd.apache.parquet"});
}

function typed(data, type) {
  const isAll = (test) => data.every((value) => value === null || test(value));
  if (/^date$/i.test(type) && isAll((value) => /^\d{4}-\d{2}-\d{2}$/.test(value)))
    return {
      data: data.map((value) => value && new Date(value)),
      element: {type: "INT32", converted_type: "DATE"}
    };
  if (/int/i.test(type) && isAll(Number.isSafeInteger))
    return {data: data.map((value) => (value === null ? null : BigInt(value))), element: {type: "INT64"}};
  if (isAll((value) => typeof value === "boolean")) return {data, element: {type: "BOOLEAN"}};
  if (isAll((value) => typeof value === "number")) return {data, element: {type: "DOUBLE"}};
  return {
    data: data.map((value) => (value === null ? null : String(value))),
    element: {type: "BYTE_ARRAY", converted_type: "UTF8"}
  };
}
