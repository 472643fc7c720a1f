import {shownRelease} from "../pipelines/5-site/shown.ts";
import type {LedgerLine} from "../pipelines/ledger.ts";
import {readConfig} from "../pipelines/config.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {findComparable, type Release} from "../pipelines/release.ts";

const config = readConfig();
const lake = openLake(config);
const release = await shownRelease(config, lake);
const parent = await findComparable(lake, release);
const {id, published_at, data_through, source, objects, ledger, checks} = release;

process.stdout.write(
  JSON.stringify({
    id,
    published_at,
    data_through: data_through.whole,
    source: source.name,
    drift: source.drift,
    read: source.read ?? {},
    tables: objects.map(({layer, table, rows}) => ({layer, table, rows})),
    ledger_lines: ledger.length,
    unexplained_lines: ledger.filter(({unexplained, mismatched_rows}) => +unexplained || mismatched_rows)
      .length,
    checks: checks.length,
    failing_checks: checks.filter(({status}) => !["pass", "warn", "skipped"].includes(status)).length,
    undated: {lines: outsideOf(ledger, "count_lines"), revenue: outsideOf(ledger, "revenue_amount")},
    sums: sumsOf(release),
    parent: parent && {id: parent.id, published_at: parent.published_at, sums: sumsOf(parent)}
  })
);

/** What a release is compared with its parent by. */
function sumsOf({objects, ledger}: Release) {
  const rows = (layer: string, table?: string) =>
    objects
      .filter((one) => one.layer === layer && (table === undefined || one.table === table))
      .reduce((sum, one) => sum + one.rows, 0);
  return {
    sales: rows("gold", "fct_sales"),
    revenue: Number(lineOf(ledger, "fct_sales", "sales_amount")?.amount_out ?? 0),
    rejects: rows("rejects"),
    corrections: rows("corrections")
  };
}

/** What no day shows of a measure: that of the lines without an order date. */
function outsideOf(ledger: LedgerLine[], measure: string) {
  return Number(lineOf(ledger, "daily_sales", measure)?.outside ?? 0);
}

function lineOf(ledger: LedgerLine[], table: string, measure: string): LedgerLine | undefined {
  return ledger.find((line) => line.table_name === table && line.measure === measure);
}
