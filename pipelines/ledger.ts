import type {DuckDBConnection} from "@duckdb/node-api";
import {type Check, FailedChecks} from "./checks.ts";
import {query} from "./engine/duckdb.ts";

/**
 * One line of the ledger: how a measure of one table came through one hop.
 * amount_out = amount_in + corrected − rejected − outside + unexplained, exact; unexplained must be zero.
 * `rows` counts rows; every other measure is a declared amount, nulls counting as zero.
 * Numbers are decimal texts, so that no cent is lost.
 */
export type LedgerLine = {
  hop: string;
  from_table: string;
  table_name: string;
  measure: string;
  amount_in: string;
  amount_out: string;
  corrected: string;
  rejected: string;
  outside: string;
  unexplained: string;
  /** Rows that do not agree with their origin one by one, so that two errors cannot cancel. */
  mismatched_rows: number;
  reasons: {
    corrected?: Record<string, string>;
    rejected?: Record<string, string>;
    outside?: Record<string, string>;
  };
};

/** One flow: what went in and out, and what explains the difference. */
export type Flow = {
  in: string;
  out: string;
  corrected?: Record<string, string>;
  rejected?: Record<string, string>;
  outside?: Record<string, string>;
  mismatchedRows?: number;
};

/** Balances a flow into a ledger line. */
export function ledgerLine(
  hop: string,
  from_table: string,
  table_name: string,
  measure: string,
  flow: Flow
): LedgerLine {
  const corrected = sum(flow.corrected);
  const rejected = sum(flow.rejected);
  const outside = sum(flow.outside);
  const unexplained = toCents(flow.out) - (toCents(flow.in) + corrected - rejected - outside);
  return {
    hop,
    from_table,
    table_name,
    measure,
    amount_in: fromCents(toCents(flow.in)),
    amount_out: fromCents(toCents(flow.out)),
    corrected: fromCents(corrected),
    rejected: fromCents(rejected),
    outside: fromCents(outside),
    unexplained: fromCents(unexplained),
    mismatched_rows: flow.mismatchedRows ?? 0,
    reasons: {
      ...(flow.corrected && {corrected: sumByReason([flow.corrected])}),
      ...(flow.rejected && {rejected: sumByReason([flow.rejected])}),
      ...(flow.outside && {outside: sumByReason([flow.outside])})
    }
  };
}

/** Adds up the lines of the parts of a table, in the order of the first part. */
export function sumLines(lines: LedgerLine[]): LedgerLine[] {
  const groups = new Map<string, LedgerLine[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.hop, line.from_table, line.table_name, line.measure]);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((parts) => {
    const total = (name: "amount_in" | "amount_out") =>
      fromCents(parts.reduce((sum, part) => sum + toCents(part[name]), 0n));
    const reasons: LedgerLine["reasons"] = {};
    for (const kind of ["corrected", "rejected", "outside"] as const) {
      const given = parts.flatMap((part) => (part.reasons[kind] ? [part.reasons[kind]] : []));
      if (given.length) reasons[kind] = sumByReason(given);
    }
    const {hop, from_table, table_name, measure} = parts[0]!;
    const mismatchedRows = parts.reduce((sum, part) => sum + part.mismatched_rows, 0);
    const flow = {in: total("amount_in"), out: total("amount_out"), ...reasons, mismatchedRows};
    return ledgerLine(hop, from_table, table_name, measure, flow);
  });
}

function sumByReason(parts: Record<string, string>[]): Record<string, string> {
  const sums = new Map<string, bigint>();
  for (const part of parts)
    for (const [reason, amount] of Object.entries(part))
      sums.set(reason, (sums.get(reason) ?? 0n) + toCents(amount));
  return Object.fromEntries(
    [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, sum]) => [reason, fromCents(sum)])
  );
}

/** Throws if a line does not balance, naming hop, table, measure and difference. */
export function checkLedger(lines: LedgerLine[]): void {
  const wrong = lines.filter(isUnbalanced);
  if (!wrong.length) return;
  const told = wrong.map((line) => {
    const rows = line.mismatched_rows ? `, ${line.mismatched_rows} rows differ from their origin` : "";
    return `  ${line.hop} ${line.table_name}, ${line.measure}: in ${line.amount_in}, out ${line.amount_out}, unexplained ${line.unexplained}${rows}`;
  });
  throw new FailedChecks(
    `the ledger does not balance; nothing is published\n${told.join("\n")}`,
    ledgerChecks(lines),
    [],
    lines
  );
}

/** The ledger as checks, one a hop. */
export function ledgerChecks(lines: LedgerLine[]): Check[] {
  const hops = [...new Set(lines.map(({hop}) => hop))];
  return hops.map((hop) => {
    const own = lines.filter((line) => line.hop === hop);
    const wrong = own.filter(isUnbalanced);
    return {
      name: `ledger_${hop.replace(" → ", "_to_")}`,
      kind: "ledger",
      status: wrong.length ? "fail" : "pass",
      failures: wrong.length,
      description: `Every row and amount that went from ${hop.replace(" → ", " to ")} came out, or is explained.`,
      severity: "block",
      detail: wrong.length
        ? wrong
            .map((line) => `${line.table_name}, ${line.measure}: ${line.unexplained} unexplained`)
            .join("; ")
        : `${own.length} sums of ${new Set(own.map((line) => line.table_name)).size} tables balance`
    };
  });
}

/** Whether a line has something unexplained. */
export function isUnbalanced(line: LedgerLine): boolean {
  return toCents(line.unexplained) !== 0n || line.mismatched_rows > 0;
}

/** The sums of an amount by reason, from a query with columns reason and amount. */
export async function byReason(connection: DuckDBConnection, sql: string): Promise<Record<string, string>> {
  const rows = await query<{reason: string; amount: string | null}>(connection, sql);
  return Object.fromEntries(rows.map(({reason, amount}) => [reason, amount ?? "0"]));
}

/** A DuckDB expression that types source text as an amount; the scan of the source follows the same rule. */
export function typedAmount(column: string, amount: "money" | "integer"): string {
  return amount === "money"
    ? `try_cast(nullif(regexp_extract(trim(${column}), '^[+-]?[0-9]*[.]?[0-9]+$', 0), '') as decimal(18, 2))`
    : `try_cast(split_part(nullif(regexp_extract(trim(${column}), '^[+-]?[0-9]+([.]0+)?$', 0), ''), '.', 1) as integer)`;
}

/** Hundredths of a decimal text. */
export function toCents(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  const cents = BigInt(whole.replace("-", "") || "0") * 100n + BigInt(fraction.padEnd(2, "0").slice(0, 2));
  return text.startsWith("-") ? -cents : cents;
}

/** The decimal text of hundredths, without a fraction of zeros. */
export function fromCents(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.00$/, "");
  return cents < 0n ? `-${text}` : text;
}

function sum(parts: Record<string, string> = {}): bigint {
  return Object.values(parts).reduce((total, part) => total + toCents(part), 0n);
}
