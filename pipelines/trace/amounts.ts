import {findTable, type GoldTable, silver, type SourceTable} from "../catalog.ts";
import {ident, literal} from "../engine/duckdb.ts";
import {typedAmount} from "../ledger.ts";

/** A declared amount on its way: its column in gold (corrected, and as reported), silver and source. */
export type Amount = {
  name: string;
  gold?: string;
  goldReported?: string;
  silver: string;
  source: string;
  /** The source text of a bronze row as an amount. */
  typed: string;
};

/** The amounts that the catalog declares of a source table. */
export function amountsOf(source: SourceTable, gold?: GoldTable): Amount[] {
  const {correctable} = findTable(silver, source.name);
  return Object.entries(source.amounts).flatMap(([column, type]) => {
    const kept = Object.keys(correctable).find((name) => correctable[name] === column);
    if (kept === undefined) return [];
    const named = (from: string) => Object.entries(gold?.amounts ?? {}).find(([, own]) => own === from)?.[0];
    const [own, reported] = [named(kept), named(`reported_${kept}`)];
    return [
      {
        name: own ?? kept,
        ...(own && {gold: own}),
        ...(reported && {goldReported: reported}),
        silver: kept,
        source: column,
        typed: typedAmount(ident(column), type)
      }
    ];
  });
}

/** The exact sum of an expression, null counting as zero. */
export function sumOf(expression: string, as: string): string {
  return `coalesce(sum(cast(${expression} as decimal(38, 2))), 0)::varchar as ${ident(as)}`;
}

/** Rows and sums by reason of each amount: columns name, reason, rows, amount. */
export function byReasonOf(
  names: string[],
  one: (name: string, n: number) => {reason: string; amount: string; from: string}
): string {
  return names
    .map((name, n) => {
      const {reason, amount, from} = one(name, n);
      return `select ${literal(name)} as name, ${reason} as reason, count(*)::integer as rows, ${sumOf(amount, "amount")}
        from ${from} where ${reason} is not null group by 2`;
    })
    .join(" union all ");
}
