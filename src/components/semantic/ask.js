import {FileAttachment} from "observablehq:stdlib";
import {openDatabase} from "../database.js";
import {selectSql} from "./select.js";

let read;

/** Every measure and dimension of dbt's semantic YAML: `Definitions` of select.ts. */
export function definitions() {
  return (read ??= FileAttachment("../../data/semantic.json").json());
}

/** The SQL of a question (`Question` of select.ts) over the browser's DuckDB, its numbers as doubles. */
export async function sqlOf(question) {
  return selectSql(await definitions(), question, {relation: "marts.sales", numbers: "double"});
}

/** Answers a question in the browser's DuckDB: an array of objects, dimensions as text, measures as numbers. */
export async function askMeasures(question) {
  const [sql, {query}] = await Promise.all([sqlOf(question), openDatabase()]);
  return query(sql);
}
