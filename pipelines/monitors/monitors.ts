import {gold, sources} from "../catalog.ts";

/**
 * What is watched in every release, as plain data: which question of `CHECK.sql` is asked of which table. A monitor
 * that fails with `warn` is told, with `block` nothing is published until the source is mended or an operator accepts
 * it. Only what is almost surely wrong blocks: an honest shop must never be stopped.
 */
export type Monitor = {
  name: string;
  /** The file `pipelines/monitors/CHECK.sql`. */
  check: string;
  /** `layer.table` as the lake shows it. */
  table: string;
  severity: "warn" | "block";
  description: string;
  /** What the check reads as `day`, `amount` and `member`; a member's column may be behind a reference of the table. */
  day?: string;
  amount?: string;
  member?: {column: string; through?: string};
  /** How many days are added up, and which share of the usual value is never news. */
  days?: number;
  share?: number;
};

/** The tables that a release keeps a profile of. */
export const profiled: string[] = [
  ...sources.map(({name}) => `bronze.${name}`),
  ...gold.filter(({from}) => from).map(({name}) => `gold.${name}`)
];

/** The day of a table's rows. */
export const days: Record<string, string> = {
  "gold.fct_sales": "order_date",
  "gold.dim_customers": "created_on"
};

/** The columns whose members are few and known: one more or one less is news. */
export const dimensions: Record<string, string[]> = {
  "gold.dim_products": ["category", "subcategory", "product_line"],
  "gold.dim_customers": ["country", "marital_status", "gender"]
};

/** The numbers that a shop knows its own by, and that no other shop has. */
export const numbers: Record<string, string> = {
  "gold.dim_customers": "customer_number",
  "gold.dim_products": "product_number"
};

/** What is sold by what: `through` is a reference of the fact table. */
const sold = [
  {table: "gold.fct_sales", through: "current_product_key", column: "category"},
  {table: "gold.fct_sales", through: "current_product_key", column: "product_line"},
  {table: "gold.fct_sales", through: "customer_key", column: "country"}
];

const bare = (table: string) => table.split(".")[1]!;

export const monitors: Monitor[] = [
  {
    name: "data_through_fct_sales",
    check: "data_through",
    table: "gold.fct_sales",
    severity: "warn",
    description: "The last day that counts is complete; later days that are not were left out.",
    day: "order_date"
  },
  {
    name: "volume_fct_sales_by_day",
    check: "volume",
    table: "gold.fct_sales",
    severity: "warn",
    description: "The last complete day has as many sales lines as that weekday usually has.",
    day: "order_date",
    days: 1,
    share: 0.6
  },
  {
    name: "volume_fct_sales_by_week",
    check: "volume",
    table: "gold.fct_sales",
    severity: "warn",
    description: "The last seven days have as many sales lines as weeks usually have.",
    day: "order_date",
    days: 7,
    share: 0.3
  },
  {
    name: "volume_fct_sales_sales_amount_by_week",
    check: "volume",
    table: "gold.fct_sales",
    severity: "warn",
    description: "The last seven days have as much revenue as weeks usually have.",
    day: "order_date",
    amount: "sales_amount",
    days: 7,
    share: 0.5
  },
  ...sold.map(({table, through, column}) => ({
    name: `stopped_${bare(table)}_${column}`,
    check: "stopped",
    table,
    severity: "warn" as const,
    description: `No ${column.replaceAll("_", " ")} stopped selling while the rest went on.`,
    day: days[table]!,
    member: {column, through}
  })),
  ...Object.entries(days).map(([table, day]) => ({
    name: `freshness_${bare(table)}`,
    check: "freshness",
    table,
    severity: "warn" as const,
    description: `${bare(table)} has rows up to the day the data go through, and not fewer days than before.`,
    day
  })),
  ...Object.entries(dimensions).flatMap(([table, columns]) =>
    columns.map((column) => ({
      name: `members_${bare(table)}_${column}`,
      check: "members",
      table,
      severity: "warn" as const,
      description: `${bare(table)} has the same ${column.replaceAll("_", " ")} members as in the release before.`,
      member: {column}
    }))
  ),
  ...Object.entries(numbers).map(([table, column]) => ({
    name: `same_shop_${bare(table)}`,
    check: "same_shop",
    table,
    severity: "block" as const,
    description: `${bare(table)} still has some of the numbers of the release before: it is of the same shop.`,
    member: {column}
  })),
  ...profiled.flatMap((table) => [
    {
      name: `lost_rows_${bare(table)}`,
      check: "lost_rows",
      table,
      severity: "block" as const,
      description: `${bare(table)} kept at least half of the rows it had in the release before.`
    },
    {
      name: `growth_${bare(table)}`,
      check: "growth",
      table,
      severity: "warn" as const,
      description: `${bare(table)} grew or shrank as it usually does from release to release.`
    },
    {
      name: `empty_column_${bare(table)}`,
      check: "empty_column",
      table,
      severity: "block" as const,
      description: `No column of ${bare(table)} that had values lost all of them.`
    },
    {
      name: `null_rate_${bare(table)}`,
      check: "null_rate",
      table,
      severity: "warn" as const,
      description: `Each column of ${bare(table)} is null as often as in the releases before.`
    }
  ]),
  ...sources.flatMap(({name, amounts}) => [
    {
      name: `duplicates_${name}`,
      check: "duplicates",
      table: `bronze.${name}`,
      severity: "warn" as const,
      description: `Hardly any row of ${name} is there twice, the same in every column.`
    },
    ...Object.entries(amounts)
      .filter(([, type]) => type === "money")
      .map(([amount]) => ({
        name: `total_row_${name}`,
        check: "total_row",
        table: `bronze.${name}`,
        severity: "block" as const,
        description: `The last row of ${name} is not the total of all others.`,
        amount
      }))
  ])
];
