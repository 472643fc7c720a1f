import {readFileSync} from "node:fs";
import {join} from "node:path";
import {findTable, gold, sources} from "../catalog.ts";
import {type Check, FailedChecks, failuresOf} from "../checks.ts";
import {UsageError} from "../config.ts";
import {ident, literal, query, queryOne, run} from "../engine/duckdb.ts";
import {typedAmount} from "../ledger.ts";
import type {Release} from "../release.ts";
import {simulatedName} from "../source/source.ts";
import {type Context, hash, keep, type LakeObject, runStep} from "../step.ts";
import {type Monitor, monitors, profiled} from "./monitors.ts";
import {kept, measuresOf, type Profile, profileTables} from "./profile.ts";

const code = ["watch.ts", "monitors.ts", "profile.ts"].map((name) => join(import.meta.dirname, name));

/** A bad result that an operator let through: `rows` identifies it, another one is news again. */
export type Accepted = {monitor: string; reason: string; rows: string};

/** What an operator asks to let through, and why. */
export type Accept = {monitors: string[]; reason: string};

/** What the monitors found: `profiles` is the release's own, then those before it. */
export type Watched = {
  profiles: Profile[];
  accepted: Accepted[];
  checks: Check[];
  failures: LakeObject[];
};

/** What is watched: content ids of the views `bronze.*` and `gold.*`, where they come from, and the release before. */
export type Scene = {
  contents: Map<string, string>;
  source: string;
  before: Pick<Release, "profiles" | "accepted"> | undefined;
  dataThrough: string | null;
  accept?: Accept | undefined;
  /** What an operator does who accepts monitors of these names; by default a refresh. */
  acceptBy?: ((names: string) => string) | undefined;
};

/** Throws if an operator accepts what is not watched. */
export function checkAccept(accept: Accept | undefined): void {
  const unknown = accept?.monitors.find((name) => !monitors.some((one) => one.name === name));
  if (unknown === undefined) return;
  const blocking = monitors.filter(({severity}) => severity === "block").map(({name}) => name);
  throw new UsageError(`unknown monitor: ${unknown} (those that block: ${blocking.join(", ")})`);
}

/**
 * Asks every monitor of the tables, which are in views, and throws FailedChecks if one blocks. A release with the same
 * rows as the one before is compared with what that one was compared with, so that it says the same.
 */
export async function watch(context: Context, scene: Scene): Promise<Watched> {
  const inputs = Object.fromEntries(
    [...scene.contents].filter(([name]) => profiled.includes(name) || name.startsWith("gold."))
  );
  const content = hash(JSON.stringify(Object.entries(inputs).sort()));
  const {source, before, dataThrough} = scene;
  const {history, begins} = historyOf(before?.profiles ?? [], content, source);
  const texts = readTexts(context.config.root);
  const step = {
    name: "monitors",
    inputs,
    sql: JSON.stringify(texts),
    code,
    parameters: {dataThrough, history: hash(JSON.stringify(history))}
  };
  const {facts, objects} = await runStep(context, step, async () => {
    await run(context.connection, texts.expected!, "pipelines/monitors/expected.sql");
    const tables = await profileTables(context);
    const past = [tables, ...history.map((one) => one.tables)];
    const checks: Check[] = [];
    const failures: LakeObject[] = [];
    for (const monitor of monitors) {
      await showWatched(context, monitor, past, dataThrough);
      const {check, failure} = await ask(context, monitor, texts[monitor.check]!);
      checks.push(check);
      if (failure) failures.push(failure);
    }
    return {objects: failures, facts: {tables, checks}};
  });
  const {checks, accepted} = judge(facts.checks as Check[], objects, scene);
  const blocking = checks.filter(({status}) => status === "fail");
  if (blocking.length) throw new FailedChecks(wordsOf(blocking, scene), checks, objects);
  const isOther = begins || accepted.some(({monitor}) => monitor.startsWith("same_shop_"));
  const own: Profile = {
    content,
    source,
    tables: facts.tables as Profile["tables"],
    ...(isOther && {begins: true})
  };
  return {profiles: [own, ...history], accepted, checks, failures: objects};
}

/**
 * The profiles a release is compared with, newest first: of other rows, and of this shop as far as is known. The shop
 * that is simulated is none, and `begins` says that the release before was of it.
 */
function historyOf(
  profiles: Profile[],
  content: string,
  source: string
): {history: Profile[]; begins: boolean} {
  const other = profiles.findIndex((one) => one.content !== content);
  const past = other < 0 ? [] : profiles.slice(other, other + kept - 1);
  if (past[0]?.source === simulatedName && source !== simulatedName) return {history: [], begins: true};
  const first = past.findIndex(({begins}) => begins);
  return {
    history: first < 0 ? past : past.slice(0, first + 1),
    begins: other !== 0 && profiles[0]?.begins === true
  };
}

function readTexts(root: string): Record<string, string> {
  const names = ["expected", ...new Set(monitors.map(({check}) => check))];
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(root, `pipelines/monitors/${name}.sql`), "utf8")])
  );
}

/** Shows what the SQL of a monitor reads: `watched`, `profile` (position 0 is now, 1 the release before) and `monitor`. */
async function showWatched(
  {connection}: Context,
  monitor: Monitor,
  past: Profile["tables"][],
  dataThrough: string | null
): Promise<void> {
  const {table, days, share, amount, member} = monitor;
  const rows = past.flatMap((tables, position) =>
    tables[table] ? measuresOf(tables[table]).map((one) => ({position, ...one})) : []
  );
  const shape = '[{"position":"integer","measure":"varchar","name":"varchar","value":"double"}]';
  await run(
    connection,
    `create or replace temp view watched as ${watchedSql(monitor)};
     create or replace temp table profile as
       select unnest(from_json(${literal(JSON.stringify(rows))}, ${literal(shape)}), recursive := true);
     create or replace temp table monitor as select
       ${dataThrough === null ? "null::date" : `date ${literal(dataThrough)}`} as data_through,
       ${days ?? "null::integer"} as days, ${share ?? "null"}::double as share,
       ${literal(member?.column ?? "")} as dimension, ${literal(amount ?? "rows")} as what`
  );
}

/** A table as checks read it: `day`, `amount` and `member` as declared; of a source table its rows and their content. */
function watchedSql({table, day, amount, member}: Monitor): string {
  const name = table.split(".")[1]!;
  if (table.startsWith("bronze.")) {
    const type = amount && findTable(sources, name).amounts[amount]!;
    const typed = type ? typedAmount(ident(amount), type) : "null";
    return `select _row, hash(*columns(* exclude (_row))) as content, to_json(t)::varchar as record, ${typed} as amount
      from ${table} as t`;
  }
  const own = member && !member.through ? [`${ident(member.column)}::varchar as member`] : [];
  const columns = [
    `${day ? ident(day) : "null::date"} as day`,
    `${amount ? ident(amount) : "1"} as amount`,
    ...own
  ];
  if (!member?.through) return `select ${columns.join(", ")} from ${table}`;
  const to = findTable(gold, name).references[member.through]!;
  return `select ${columns.join(", ")}, found.${ident(member.column)}::varchar as member
    from ${table} as fact join gold.${to.table} as found on found.${ident(to.column)} = fact.${ident(member.through)}`;
}

/** Asks a monitor: the bad rows are those whose value is known to lie outside its expected range. */
async function ask(
  context: Context,
  monitor: Monitor,
  sql: string
): Promise<{check: Check; failure?: LakeObject}> {
  const {connection} = context;
  const {name, check, table, severity, description} = monitor;
  const file = `pipelines/monitors/${check}.sql`;
  await run(connection, `create or replace temp table asked as ${sql.replace(/;\s*$/, "")}`, file);
  const bad = "is_known and (coalesce(value < low, false) or coalesce(value > high, false))";
  const counts = await queryOne<{bad: number; known: number; seen: number; detail: string | null}>(
    connection,
    `select count(*) filter (${bad})::integer as bad, count(*) filter (is_known)::integer as known,
      count(*)::integer as seen, max(words) filter (is_known) as detail from asked`
  );
  const told: Check = {
    name,
    kind: "monitor",
    status: counts.bad ? (severity === "block" ? "fail" : "warn") : "pass",
    failures: counts.bad,
    description,
    table,
    severity
  };
  if (!counts.known) return {check: {...told, detail: "not enough history"}};
  if (!counts.bad) return {check: {...told, ...(counts.seen === 1 && {detail: counts.detail!})}};
  const worst = await query<{words: string}>(
    connection,
    `select words from asked where ${bad} group by words order by min(rowid)`
  );
  const words = worst.slice(0, 3).map((row) => row.words);
  const others = worst.length - words.length;
  const detail = [...words, ...(others ? [`${others} more`] : [])].join("; ");
  const rows = `(select to_json(t)::varchar as record from (select * exclude (is_known) from asked where ${bad}) as t)`;
  const failure = await keep(context, "failures", failuresOf(name), rows, file);
  return {check: {...told, detail}, failure};
}

/** The checks with what operators accepted, now or of the release before: as long as the bad rows are the same. */
function judge(
  asked: Check[],
  failures: LakeObject[],
  {before, accept}: Scene
): {checks: Check[]; accepted: Accepted[]} {
  const accepted: Accepted[] = [];
  const checks = asked.map((check) => {
    if (check.status !== "fail") return check;
    const rows = failures.find(({table}) => table === failuresOf(check.name))!.content;
    const earlier = before?.accepted?.find((one) => one.monitor === check.name && one.rows === rows);
    const reason = accept?.monitors.includes(check.name) ? accept.reason : earlier?.reason;
    if (reason === undefined) return check;
    accepted.push({monitor: check.name, reason, rows});
    return {...check, status: "warn", accepted: reason};
  });
  return {checks, accepted};
}

const byRefresh = (names: string) => `npx assay refresh --accept ${names} --reason "why"`;

function wordsOf(blocking: Check[], {acceptBy = byRefresh}: Scene): string {
  const lines = blocking.map(({name, table, detail}) => `  ${name}, ${table}: ${detail}`);
  const names = blocking.map(({name}) => name).join(" ");
  return [
    `monitors: ${blocking.length} ${blocking.length === 1 ? "blocks" : "block"}; nothing is published`,
    ...lines,
    `mend the source, or accept it: ${acceptBy(names)}`
  ].join("\n");
}
