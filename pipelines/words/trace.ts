import {type Config, UsageError} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {findRelease, readCurrent, type Release} from "../release.ts";
import type {Line} from "../trace/lines.ts";
import type {Step, Sums} from "../trace/steps.ts";
import {trace, type Trace} from "../trace/trace.ts";
import {createSchemas} from "../views.ts";
import {withShown} from "./sql.ts";
import {tableOf} from "./table.ts";

/** `assay trace`: why a number is what it is. Exits 1 if its sums do not agree. */
export async function traceWord(
  config: Config,
  predicate: string,
  options: {limit: string; release?: string; json?: boolean}
): Promise<void> {
  if (!/^\d{1,6}$/.test(options.limit))
    throw new UsageError(`invalid --limit: ${options.limit} (a number of rows)`);
  const found = await traceOf(config, predicate, {...options, limit: Number(options.limit)});
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : told(found));
  if (found.differences.length) process.exitCode = 1;
}

/** Traces a predicate in the published release, or in another. */
export async function traceOf(
  config: Config,
  predicate: string,
  {limit = 100, release: id}: {limit?: number; release?: string} = {}
): Promise<Trace> {
  const lake = openLake(config);
  const release: Release | undefined =
    id === undefined
      ? await readCurrent(lake)
      : /^[\w-]+$/.test(id)
        ? await findRelease(lake, id)
        : undefined;
  if (!release) throw new UsageError(`unknown release: ${id} (npx assay releases lists them)`);
  return withShown(config, lake, createSchemas, (connection) =>
    trace({connection, lake, release, root: config.root}, predicate, limit)
  );
}

function told({predicate, release, steps, cost, lines, differences}: Trace): string {
  const names = [...new Set(steps.flatMap(({amounts}) => Object.keys(amounts)))];
  const columns = ["step", "what", "rows", ...names];
  const parts = [
    `${predicate}, release ${release}`,
    tableOf(steps.flatMap(linesOf), columns),
    ...(cost ? [tableOf(costLines(cost), ["step", "what", "rows", "cost_amount"])] : []),
    differences.length
      ? `the sums do not agree:\n${differences.map((one) => `  ${one}`).join("\n")}`
      : steps.some(({rows}) => rows)
        ? "the sums agree, row by row and to the cent"
        : "nothing matches: no row, and every sum is 0",
    ...(lines.length ? [tableOf(lines.map(lineOf))] : [])
  ];
  return `${parts.join("\n\n").replaceAll(/\n{3,}/g, "\n\n")}\n`;
}

function linesOf({step, table, rows, amounts, reported, corrected, rejected, read_at}: Step) {
  const line = (what: string, count: number | null, sums: Sums) => ({step, what, rows: count, ...sums});
  const explained = (word: string, found: Step["corrected"]) =>
    Object.entries(found ?? {}).map(([reason, own]) => line(`  ${word}: ${reason}`, own.rows, own.amounts));
  const isReported = Object.keys(reported ?? {}).some((name) => reported![name] !== amounts[name]);
  return [
    line(read_at ? `${table}, read at ${read_at}` : table, rows, amounts),
    ...explained("corrected", corrected),
    ...(isReported ? [line("  as reported", null, reported!)] : []),
    ...explained("rejected", rejected)
  ];
}

function costLines({rows, versions, cost_amount, kept, reported, corrected}: NonNullable<Trace["cost"]>) {
  return [
    {step: "gold", what: `cost of ${versions} product versions`, rows, cost_amount},
    {step: "silver", what: "crm_prd_info, cost × quantity", rows, cost_amount: kept},
    ...Object.entries(corrected).map(([rule, own]) => ({
      step: "silver",
      what: `  corrected: ${rule}`,
      rows: own.rows,
      cost_amount: own.amounts.cost_amount!
    })),
    {step: "bronze", what: "crm_prd_info, as reported", rows, cost_amount: reported}
  ];
}

function lineOf({key, values, rejected, origin, cost}: Line) {
  const at = ({object, row}: Line["origin"]) => `${object.split("/").at(-1)!.slice(0, 12)}#${row}`;
  const shown = Object.entries(values).map(([name, {source, kept}]) => [name, valueOf(source, kept)]);
  const rules = Object.entries(values).flatMap(([name, {rule}]) => (rule ? [`${name}: ${rule}`] : []));
  return {
    key,
    ...Object.fromEntries(shown),
    rule: rejected === null ? rules.join("; ") : `rejected: ${rejected}`,
    row: at(origin),
    ...(cost && {cost: cost.cost, "cost row": at(cost.origin)})
  };
}

/** A text of the source and what was kept of it: once if they say the same. */
function valueOf(source: string | null, kept: string | null): string {
  const plain = (text: string | null) =>
    (text ?? "∅")
      .trim()
      .replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3")
      .replace(/\.0+$/, "");
  return plain(source) === plain(kept) ? plain(kept) : `${source ?? "∅"} → ${kept ?? "∅"}`;
}
