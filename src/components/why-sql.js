import {literal} from "./sales-query.js";

/** The condition of a mark: days, if it has any, and chosen members, in words that the browser's DuckDB and `assay trace` both read. */
export function conditionOf({from, to}, filters) {
  const days = !from
    ? []
    : from === to
      ? [`order_date = ${literal(from)}`]
      : [`order_date between ${literal(from)} and ${literal(to)}`];
  const parts = Object.entries(filters)
    .filter(([, members]) => members.length)
    .map(([name, members]) => oneOf(name, members));
  return [...days, ...parts].join(" and ") || "true";
}

/** Of null too, of which `in` knows nothing. */
function oneOf(name, members) {
  const named = members.filter((member) => member !== null).map(literal);
  const tests = [
    ...(named.length === 1 ? [`${name} = ${named[0]}`] : []),
    ...(named.length > 1 ? [`${name} in (${named.join(", ")})`] : []),
    ...(members.includes(null) ? [`${name} is null`] : [])
  ];
  return tests.length > 1 ? `(${tests.join(" or ")})` : tests[0];
}

/** One row of exact sums, as text: gold's, those reported, and what corrections do not explain. */
export function sumsSql(condition) {
  return `with lines as (select * from marts.sales where ${condition}),
changes as (
  select column_name, change from assay.corrections
  where table_name = 'crm_sales_details' and column_name in ('sls_sales', 'sls_quantity')
    and _row in (select _row from lines)
)
select
  cast(count(*) as double) as rows,
  cast(coalesce(sum(sales_amount), 0) as varchar) as revenue,
  cast(coalesce(sum(quantity), 0) as varchar) as pieces,
  cast(coalesce(sum(reported_sales_amount), 0) as varchar) as reported_revenue,
  cast(coalesce(sum(quantity), 0) - (select coalesce(sum(change), 0) from changes where column_name = 'sls_quantity') as varchar)
    as reported_pieces,
  cast(coalesce(sum(sales_amount), 0) - coalesce(sum(reported_sales_amount), 0)
    - (select coalesce(sum(change), 0) from changes where column_name = 'sls_sales') as varchar) as unexplained
from lines`;
}

/** Corrections of the amounts by rule. */
export function rulesSql(condition) {
  return `select
  rule,
  cast(count(distinct _row) as double) as rows,
  cast(sum(change) filter (column_name = 'sls_sales') as varchar) as revenue,
  cast(sum(change) filter (column_name = 'sls_quantity') as varchar) as pieces
from assay.corrections
where table_name = 'crm_sales_details' and column_name in ('sls_sales', 'sls_quantity')
  and _row in (select _row from marts.sales where ${condition})
group by rule
order by rule`;
}

/** Which rows, in the order of the source. */
export function rowsSql(condition, limit) {
  return `select cast(_row as double) as _row from marts.sales where ${condition} order by _row limit ${limit}`;
}

/** The table or file that the lines were read from. */
export const sourceSql = `select from_table from assay.ledger
where hop = 'source → bronze' and table_name = 'crm_sales_details' limit 1`;

/** Hundredths of a text of the source as the pipeline types it: none where it is no number. */
export function centsOf(text) {
  const [, sign, whole, fraction = ""] = /^([+-]?)(?=[.]?\d)(\d*)[.]?(\d*)$/.exec(text?.trim() ?? "") ?? [];
  if (whole === undefined || text.trim().endsWith(".")) return 0n;
  const digits = fraction.padEnd(3, "0");
  const cents = BigInt(whole || "0") * 100n + BigInt(digits.slice(0, 2)) + (digits[2] >= "5" ? 1n : 0n);
  return sign === "-" ? -cents : cents;
}

/** Pieces of a text of the source: whole numbers only. */
export function piecesOf(text) {
  const [, whole] = /^([+-]?\d+)([.]0+)?$/.exec(text?.trim() ?? "") ?? [];
  return whole === undefined ? 0n : BigInt(whole);
}

/** A sum of hundredths as text. */
export function fromCents(cents) {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
