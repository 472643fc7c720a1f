import {needsDatabase} from "./question.js";
import {filtered, literal} from "./sales-query.js";
import {iso} from "./time.js";

const asked = new Map();

/** The filters that a customer has. */
export const customerFilters = ["country", "age_band"];

/**
 * What the customers' dashboard shows of a question: the rows of every `customers_*.json` extract by its name, asked of
 * the browser's DuckDB where a filter, chosen days or a cell of the scores (`own.cell`) want it, with `error` where that
 * fails: `{step, message}`. `textsOf()` gives the SQL of the extracts, `onWork(step)` is told what is done, null at the end.
 */
export async function customersOf(question, extracts, last, textsOf, onWork) {
  if (!question) return null;
  const cell = cellOf(question.own.cell);
  if (!needsDatabase(question) && !cell) return {question, cell, ...extracts};
  let step = "starting the browser's DuckDB";
  try {
    const key = JSON.stringify([question.spans, question.filters, cell]);
    if (!asked.has(key)) {
      onWork("Starting the browser's DuckDB (once, about 10 MB)…");
      const {openDatabase} = await import("./database.js");
      const [{query}, texts] = await Promise.all([openDatabase(), textsOf()]);
      onWork("Counting the customers of this selection…");
      step = "asking the browser's DuckDB";
      asked.set(key, await fromDatabase(question, cell, {query, texts, extracts}));
    }
    return {question, cell, ...asked.get(key)};
  } catch (error) {
    return {...(last ?? {question, cell, ...extracts}), error: {step, message: error.message}};
  } finally {
    onWork(null);
  }
}

/** Scores written as in an address, `5-4`: recency and frequency; null for any other text. */
export function cellOf(text) {
  const [, recency, frequency] = /^([1-5])-([1-5])$/.exec(text ?? "") ?? [];
  return recency ? {recency: Number(recency), frequency: Number(frequency)} : null;
}

async function fromDatabase(question, cell, {query, texts, extracts}) {
  const answer = {...extracts};
  const {filters} = question;
  const rowsOf = async (sql) => (await query(sql)).map(withDays);
  const isFiltered = Object.keys(filters).length > 0;
  const chosen = {filters, spans: question.spans};
  if (isFiltered)
    for (const name of ["curve", "returns", "cohorts", "rfm", "months"])
      answer[name] = await rowsOf(chosenSql(texts[name], {filters}));
  if (isFiltered || question.period === null) {
    answer.spans = await rowsOf(chosenSql(texts.spans, chosen));
    answer.members = [];
    for (const one of customerFilters)
      answer.members.push(
        ...(await rowsOf(chosenSql(texts.members, {...chosen, except: one}))).filter(
          ({dimension}) => dimension === one
        )
      );
  }
  const where = cell ? `recency_score = ${cell.recency} and frequency_score = ${cell.frequency}` : undefined;
  if (isFiltered || cell) answer.top = await rowsOf(chosenSql(texts.top, {filters, where}));
  return answer;
}

/** The SQL of an extract over chosen customers and, with `spans`, one chosen period. */
function chosenSql(text, {filters, except, spans, where = "true"}) {
  const sql = text.replaceAll("where true", () => `where ${filtered(filters, except)} and ${where}`);
  return spans ? sql.replaceAll("marts.periods", () => periodSql(spans)) : sql;
}

/** One row of the shape of `marts.periods`. */
function periodSql({current, previous, last_year}) {
  const days = (span, name) =>
    `cast(${span ? literal(span.from) : "null"} as date) as ${name}starts_on, cast(${span ? literal(span.to) : "null"} as date) as ${name}ends_on`;
  return `(select 1 as position, 'chosen' as period, '' as label, ${days(current, "")}, ${days(previous, "previous_")}, ${days(last_year, "last_year_")})`;
}

function withDays(row) {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? iso(value) : value])
  );
}
