import type {Definitions} from "../../src/components/semantic/select.ts";
import type {Lineage} from "../lineage/lineage.ts";
import type {Release} from "../release.ts";
import {fact} from "../catalog.ts";

/** What stands behind the figures: of each measure the checks of the gold columns it is made of. */
export type Coverage = {
  measures: Record<string, Covered>;
  /** Rows of the fact's source that were refused or superseded, and are in no figure. */
  refused: number;
};

/** `open` names the columns that no check covers; `wrong` the checks that do not pass. */
type Covered = {ledger: number; tests: number; open: string[]; wrong: string[]};

/**
 * Which checks cover each measure: the ledger's lines of the gold columns that its expression comes from by value, and
 * dbt's tests of those columns, by the name dbt gives them. An expression that is no plain column counts as open.
 */
export function coverageOf(
  {ledger, checks}: Pick<Release, "ledger" | "checks">,
  {edges}: Pick<Lineage, "edges">,
  {relation, measures}: Definitions
): Coverage {
  const goldOf = (expr: string) =>
    edges
      .filter(
        ([from, to, kind]) => to === `${relation}.${expr}` && kind === "value" && from.startsWith("gold.")
      )
      .map(([from]) => from);
  const columnsOf = (name: string): string[] => {
    const measure = measures.find((one) => one.name === name)!;
    if (measure.kind === "ratio") return [...columnsOf(measure.numerator), ...columnsOf(measure.denominator)];
    const found = goldOf(measure.expr);
    return found.length ? found : [measure.expr];
  };
  const behind = (column: string) => {
    const [, table, name] = column.split(".");
    const isOf = new RegExp(`^source_[a-z_]+_gold_${table}_${name}(__.*)?$`);
    return {
      column,
      ledger: ledger.filter((line) => line.table_name === table && line.measure === name),
      tests: checks.filter((check) => isOf.test(check.name))
    };
  };
  return {
    measures: Object.fromEntries(
      measures.map(({name}) => {
        const found = [...new Set(columnsOf(name))].map(behind);
        const lines = found.flatMap((one) => one.ledger);
        const tests = found.flatMap((one) => one.tests);
        return [
          name,
          {
            ledger: lines.length,
            tests: tests.length,
            open: found.filter((one) => !one.ledger.length && !one.tests.length).map(({column}) => column),
            wrong: [
              ...lines.filter((one) => Number(one.unexplained) || one.mismatched_rows).map(({hop}) => hop),
              ...tests.filter(({status}) => status !== "pass").map((one) => one.name)
            ]
          }
        ];
      })
    ),
    refused: Number(
      ledger.find(
        ({hop, table_name, measure}) =>
          hop === "bronze → silver" && table_name === fact.from && measure === "rows"
      )?.rejected ?? 0
    )
  };
}
