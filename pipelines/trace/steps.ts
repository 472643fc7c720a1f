import {type DuckDBConnection} from "@duckdb/node-api";
import {query, queryOne} from "../engine/duckdb.ts";
import {fromCents, toCents} from "../ledger.ts";
import {type Amount, byReasonOf, sumOf} from "./amounts.ts";
import {relationOf} from "../parts.ts";
import type {Place} from "./pick.ts";
import type {Start} from "./start.ts";

/** Sums by the name of the amount, as exact decimal texts. */
export type Sums = Record<string, string>;

/** Rows and sums of one reason or rule. */
export type Reason = {rows: number; amounts: Sums};

/** What a trace finds at one layer. `reported` are the amounts before corrections. */
export type Step = {
  step: "marts" | "gold" | "silver" | "bronze" | "source";
  table: string;
  rows: number;
  amounts: Sums;
  reported?: Sums;
  corrected?: Record<string, Reason>;
  rejected?: Record<string, Reason>;
  objects?: string[];
  read_at?: string;
};

/** Rows and sums at each layer, from the reader's rows down to the source. */
export async function readSteps(place: Place, start: Start, amounts: Amount[]): Promise<Step[]> {
  const {connection, release} = place;
  const {source, gold, mart} = start;
  const steps: Step[] = [];
  const named = (pick: (amount: Amount) => string | undefined) =>
    amounts.flatMap((amount) =>
      pick(amount) === undefined ? [] : [[amount.name, pick(amount)!] as [string, string]]
    );
  if (mart) {
    const columnOf = (own: string | undefined) =>
      Object.keys(mart.amounts).find((column) => own !== undefined && mart.amounts[column] === own);
    const own = await sums(
      connection,
      "mart_rows",
      named((amount) => columnOf(amount.gold))
    );
    const reported = await sums(
      connection,
      "mart_rows",
      named((amount) => columnOf(amount.goldReported))
    );
    steps.push({step: start.layer as Step["step"], table: start.table, ...own, reported: reported.amounts});
  }
  if (gold) {
    const own = await sums(
      connection,
      "gold_rows",
      named((amount) => amount.gold)
    );
    const reported = await sums(
      connection,
      "gold_rows",
      named((amount) => amount.goldReported)
    );
    steps.push({step: "gold", table: gold.name, ...own, reported: reported.amounts});
  }
  const kept = await sums(
    connection,
    "silver_rows",
    amounts.map(({name}, n) => [name, `kept${n}`])
  );
  const reported = await sums(
    connection,
    "silver_rows",
    amounts.map(({name}, n) => [name, `reported${n}`])
  );
  const names = amounts.map(({name}) => name);
  const corrected = await reasons(
    connection,
    byReasonOf(names, (_, n) => ({reason: `rule${n}`, amount: changeOf(n), from: "silver_rows"}))
  );
  const rejected = start.layer === "bronze" ? {rejected: await refused(place, start, names)} : {};
  steps.push({
    step: "silver",
    table: source.name,
    ...kept,
    corrected,
    reported: reported.amounts,
    ...rejected
  });
  const texts = await sums(
    connection,
    "bronze_rows",
    amounts.map(({name}, n) => [name, `typed${n}`])
  );
  steps.push({step: "bronze", table: source.name, ...texts});
  const taken = release.ledger.find(
    ({hop, table_name: table}) => hop === "source → bronze" && table === source.name
  );
  const read_at = release.source.read?.[source.name]?.at;
  steps.push({step: "source", table: taken?.from_table ?? source.file, ...texts, ...(read_at && {read_at})});
  return steps;
}

/** Where sums do not agree, in words: none if all is well. */
export async function findDifferences(
  {connection}: Place,
  {mart, gold, layer}: Start,
  amounts: Amount[],
  steps: Step[]
): Promise<string[]> {
  const at = (name: Step["step"]) => steps.find(({step}) => step === name);
  const [silver, bronze] = [at("silver")!, at("bronze")!];
  const own = gold && steps.find(({step, table}) => step === "gold" && table === gold.name)!;
  const found: string[] = [];
  const compare = (what: string, a: string | number, b: string | number) => {
    if (toCents(String(a)) !== toCents(String(b)))
      found.push(
        `${what}: ${a} against ${b}, ${fromCents(toCents(String(a)) - toCents(String(b)))} unexplained`
      );
  };
  if (mart)
    for (const part of ["amounts", "reported"] as const)
      for (const [name, sum] of Object.entries(steps[0]![part]!))
        compare(
          `${layer} → gold, ${name}${part === "reported" ? " as reported" : ""}`,
          sum,
          own![part]![name]!
        );
  if (own) compare("gold → silver, rows", own.rows, silver.rows);
  const rejected = Object.values(silver.rejected ?? {});
  compare(
    "silver → bronze, rows",
    silver.rows + rejected.reduce((sum, {rows}) => sum + rows, 0),
    bronze.rows
  );
  for (const {name, gold: column, goldReported} of amounts) {
    if (column) compare(`gold → silver, ${name}`, own!.amounts[name]!, silver.amounts[name]!);
    if (goldReported)
      compare(`gold → silver, ${name} as reported`, own!.reported![name]!, silver.reported![name]!);
    const corrections = Object.values(silver.corrected!);
    const corrected = addUp([silver.reported!, ...corrections.map(({amounts: sums}) => sums)], name);
    compare(`silver, ${name} kept against reported and corrected`, silver.amounts[name]!, corrected);
    const typed = addUp([silver.reported!, ...rejected.map(({amounts: sums}) => sums)], name);
    compare(`silver → bronze, ${name} as reported`, typed, bronze.amounts[name]!);
  }
  const differing = await differingRows(connection, gold !== undefined, amounts);
  if (differing) found.push(`${differing} rows differ from their origin one by one`);
  return found;
}

/** Rows that do not agree with their origin, so that two errors cannot cancel. */
async function differingRows(
  connection: DuckDBConnection,
  hasGold: boolean,
  amounts: Amount[]
): Promise<number> {
  const apart = amounts.flatMap(({gold, goldReported}, n) => [
    `silver.reported${n} is distinct from bronze.typed${n}`,
    ...(hasGold && gold ? [`silver.kept${n} is distinct from gold."${gold}"`] : []),
    ...(hasGold && goldReported ? [`silver.reported${n} is distinct from gold."${goldReported}"`] : [])
  ]);
  const joins = hasGold ? "left join gold_rows as gold using (_row)" : "";
  const {rows} = await queryOne<{rows: number}>(
    connection,
    `select (count(*) filter (${["bronze._row is null", ...apart].join(" or ")}))::integer as rows
     from silver_rows as silver left join bronze_rows as bronze using (_row) ${joins}`
  );
  return rows;
}

async function sums(
  connection: DuckDBConnection,
  table: string,
  columns: [name: string, column: string][]
): Promise<{rows: number; amounts: Sums}> {
  const parts = columns.map(([name, column]) => sumOf(column, name));
  const {rows, ...found} = await queryOne<Record<string, string>>(
    connection,
    `select ${["count(*)::varchar as rows", ...parts].join(", ")} from ${table}`
  );
  return {rows: Number(rows), amounts: exactly(found)};
}

async function reasons(connection: DuckDBConnection, sql: string): Promise<Record<string, Reason>> {
  const found: Record<string, Reason> = {};
  if (!sql) return found;
  for (const {name, reason, rows, amount} of await query<{
    name: string;
    reason: string;
    rows: number;
    amount: string;
  }>(connection, `${sql} order by reason, name`)) {
    const own = (found[reason] ??= {rows: 0, amounts: {}});
    own.rows = Math.max(own.rows, rows);
    own.amounts[name] = fromCents(toCents(amount));
  }
  return found;
}

/** The rows that silver refused, by reason, with the amounts that their texts say. */
async function refused(
  {connection, lake, release}: Place,
  {source}: Start,
  names: string[]
): Promise<Record<string, Reason>> {
  const parts = release.objects.filter(({layer, table}) => layer === "rejects" && table === source.name);
  const from = `(from bronze_rows join ${await relationOf(lake, parts)} as rejects using (_row))`;
  const found = await reasons(
    connection,
    byReasonOf(names, (_, n) => ({reason: "reason", amount: `typed${n}`, from}))
  );
  if (names.length) return found;
  const rows = await query<{reason: string; rows: number}>(
    connection,
    `select reason, count(*)::integer as rows from ${from} group by 1 order by 1`
  );
  return Object.fromEntries(rows.map(({reason, rows: count}) => [reason, {rows: count, amounts: {}}]));
}

function changeOf(n: number): string {
  return `coalesce(cast(kept${n} as decimal(38, 2)), 0) - coalesce(cast(reported${n} as decimal(38, 2)), 0)`;
}

function addUp(parts: Sums[], name: string): string {
  return fromCents(parts.reduce((sum, part) => sum + toCents(part[name] ?? "0"), 0n));
}

function exactly(found: Record<string, string>): Sums {
  return Object.fromEntries(Object.entries(found).map(([name, sum]) => [name, fromCents(toCents(sum))]));
}
