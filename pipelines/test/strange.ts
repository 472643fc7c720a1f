import type {Definitions} from "../../src/components/semantic/select.ts";

/*
 * Lines that no source of today brings: every column null somewhere, days at the ends of time, of the change of
 * calendars and of clocks, words that collations order or take for one another in their own ways, sums beyond what
 * doubles hold, margins below zero, denominators of zero and of nothing.
 * order | day | customer | word | pieces | money | reported | cost | cost today
 */
const rows = [
  "SO1|0001-01-01|1|a|1|0.10|0.10|0.03|0.04",
  "SO1|1582-10-04|1|a|1|0.20|0.20|0.10|0.10",
  "SO1|1582-10-15|2|a |1|0.70|∅|0.30|0.40",
  "SO2|1900-02-28|2|A|2|999999999999999.99|0.01|0.01|∅",
  "SO3|2011-12-30|2|z|1|999999999999999.99|999999999999999.98|999999999999999.97|0.01",
  "SO3|2024-02-29|3|Z|1|0.01|0.01|12.34|12.35",
  "SO4|2024-12-30|3|Ä|1|33.33|33.34|11.11|11.12",
  "SO5|2024-12-31|3|A\u0308|3|0.07|0.07|0.01|0.01",
  "SO6|2025-01-01|4|ä|7|1.15|-1.15|1.15|1.15",
  "SO7|2025-03-30|4|ß|1|2.68|2.67|1.00|1.00",
  "SO7|2025-03-30|4|ẞ|1|1.01|1.00|0.99|1.02",
  "SO8|2025-03-31|4|ss|1|1000000.05|1000000.05|3.00|4.00",
  "SO9|2025-10-26|∅|🚲|1|5.00|-5|2.00|2.00",
  "SO9|2025-10-26|5|～|1|5.00|5.00|2.00|2.00",
  "SO10|9999-12-31|5|İ|1|7.77|7.77|∅|8.00",
  "SO10|9999-12-31|5|null|1|10.00|0|∅|∅",
  "SO11|∅|6||1|0.30|0.30|0.10|0.20",
  "SO11|∅|6| |1|0.00|0.00|0.50|0.60",
  "∅|2025-06-30|7|no order|1|4.00|4.00|1.00|1.00",
  'SO12|2025-07-01|7|it\'s "q" \\ %_|1|-3.00|-3.00|1.00|1.00',
  "SO13|2025-10-01|8|日本|2147483647|9.99|9.99|1.00|1.00",
  "SO14|2025-10-01|8|日本|2147483647|∅|9.99|1.00|1.00",
  "SO15|2026-01-01|9|zero|∅|0.00|0.00|0.00|0.00",
  "∅|∅|∅|∅|∅|∅|∅|∅|∅"
];

const columns = ["order_number", "day", "customer", "word", "pieces", "money", "reported", "cost", "today"];

/** The statement, read alike by DuckDB and PostgreSQL, that makes these lines a table of the shape of `marts.sales`. */
export function strangeSql({dimensions}: Definitions, table: string): string {
  const values = rows.map((row) => `(${row.split("|").map(valueOf).join(", ")})`);
  const words = dimensions.filter(({kind, name}) => kind === "categorical" && !name.startsWith("is_"));
  return `create table ${table} as
with lines as (
  select *, cast(money as decimal(18, 2)) as sales_amount, cast(reported as decimal(18, 2)) as reported_sales_amount,
    cast(cost as decimal(18, 2)) as cost_amount, cast(today as decimal(18, 2)) as current_cost_amount
  from (values ${values.join(", ")}) as given (${columns.join(", ")})
)
select order_number, cast(day as date) as order_date, cast(customer as bigint) as customer_key,
  ${words.map(({expr}) => `word as ${expr}`).join(", ")}, cast(pieces as integer) as quantity,
  sales_amount, reported_sales_amount, cost_amount, current_cost_amount,
  cast(sales_amount as decimal(38, 2)) - cost_amount as margin_amount,
  cast(sales_amount as decimal(38, 2)) - current_cost_amount as margin_today_amount,
  cast(reported_sales_amount as decimal(38, 2)) - cost_amount as reported_margin_amount,
  cast(reported_sales_amount as decimal(38, 2)) - current_cost_amount as reported_margin_today_amount,
  sales_amount <> reported_sales_amount as is_corrected, cost = today as is_cost_assumed
from lines`;
}

function valueOf(text: string): string {
  return text === "∅" ? "null" : `'${text.replaceAll("'", "''")}'`;
}
