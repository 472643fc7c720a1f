import {appendFileSync, readFileSync, writeFileSync} from "node:fs";
import {readdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import {ident, literal, openEngine, query, run} from "../engine/duckdb.ts";

/** No other text of the shop, the site or its libraries holds these. */
const word = "Xq7Canaria";
const births = ["1931-07-19", "1931-07-20", "1931-07-21", "2931-07-19"];

/** How a canary may read in text; JSON and Arrow may also write a date as days or milliseconds since 1970. */
const marks = [word, ...births, ...births.map((day) => String(Date.parse(day)))];

/**
 * Gives a folder of exports customers whose personal data are canaries: kept, superseded, without an id, with a date
 * that is corrected; and a column of e-mail addresses that the catalog does not know.
 */
export function addCanaries(folder: string): void {
  const customers = join(folder, "source_crm/cust_info.csv");
  const lines = readFileSync(customers, "utf8").trimEnd().split("\n");
  writeFileSync(customers, lines.map((line, i) => `${line},${i ? "" : "cst_email"}\n`).join(""));
  appendFileSync(
    customers,
    [
      `90001,CU00090001,${word} Old,${word} Former,S,F,2023-01-01,${word}@old.example`,
      `90001,CU00090001, ${word} First ,${word} Last,S,F,2024-01-01,${word}@kept.example`,
      `,CU00090002,${word} Nobody,${word} Nameless,S,M,2024-01-01,${word}@rejected.example`,
      `90003,CU00090003,${word} Third,${word} Corrected,M,M,not a date,${word}@corrected.example`,
      ""
    ].join("\n")
  );
  appendFileSync(
    join(folder, "source_erp/CUST_AZ12.csv"),
    [
      `NASCU00090001,${births[1]},Female`,
      `NASCU00090001,${births[0]},Female`,
      `,${births[2]},Male`,
      `CU00090003,${births[3]},Male`,
      `CU00090004,${word} was born in July,Male`,
      ""
    ].join("\n")
  );
  const sales = join(folder, "source_crm/sales_details.csv");
  const [, sale] = readFileSync(sales, "utf8").split("\n");
  const [, product, , ...rest] = sale!.split(",");
  for (const customer of ["90001", "90003"])
    appendFileSync(sales, `${[`SO9${customer}`, product, customer, ...rest].join(",")}\n`);
}

/** The files below a folder that hold a canary, with the canary; DuckDB's files are read through DuckDB. */
export async function findCanaries(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, {recursive: true, withFileTypes: true})) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    found.push(...(await canariesIn(path)).map((mark) => `${path.slice(folder.length + 1)}: ${mark}`));
  }
  return found;
}

/** The canaries in a file, with the column in a file of DuckDB. */
export async function canariesIn(path: string): Promise<string[]> {
  if (path.endsWith(".duckdb")) return canariesOfDatabase(path);
  const bytes = await readFile(path);
  return marks.filter((mark) => bytes.includes(mark));
}

/** Every column of every table, cast to text. */
async function canariesOfDatabase(path: string): Promise<string[]> {
  const engine = await openEngine({memory: "400MB", temp: `${path}.spill`});
  const {connection} = engine;
  try {
    await run(connection, `attach ${literal(path)} as found (read_only)`);
    const columns = await query<{schema: string; table: string; column: string}>(
      connection,
      `select schema_name as "schema", table_name as "table", column_name as "column"
       from duckdb_columns() where database_name = 'found'`
    );
    if (!columns.length) throw new Error(`no column in ${path}`);
    const list = `[${marks.map(literal).join(", ")}]`;
    const found: string[] = [];
    for (const {schema, table, column} of columns) {
      const rows = await query<{mark: string}>(
        connection,
        `select distinct mark from found.${ident(schema)}.${ident(table)}, unnest(${list}) as marks(mark)
         where contains(${ident(column)}::varchar, mark)`
      );
      found.push(...rows.map(({mark}) => `${schema}.${table}.${column}: ${mark}`));
    }
    return found;
  } finally {
    engine.close();
  }
}
