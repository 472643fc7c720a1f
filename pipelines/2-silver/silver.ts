import {readFileSync} from "node:fs";
import {join} from "node:path";
import {findTable, type SilverTable, silver, type SourceTable, sources} from "../catalog.ts";
import {BrokenContract} from "../checks.ts";
import {describe, ident, literal, query, queryOne, run} from "../engine/duckdb.ts";
import {byReason, ledgerLine, type LedgerLine, typedAmount} from "../ledger.ts";
import {contentOfPart, contentsOf, makeParts, type Some, type Tables} from "../parts.ts";
import {
  type Context,
  findOrMake,
  fromOf,
  inputsOf,
  type LakeObject,
  keep,
  proving,
  runStep,
  type StepResult,
  tell
} from "../step.ts";
import {showTables} from "../views.ts";

const code = [import.meta.filename, join(import.meta.dirname, "../ledger.ts")];

/** The relation every row of a silver table is read from, as the SQL file returns it: judged, not yet split. */
const judged = "judged";

/**
 * Judges every bronze row: each TABLE.sql becomes a table, its rejects and its corrections.
 * Reads views `bronze.TABLE` and `run`.
 */
export async function makeSilver(
  context: Context,
  bronze: Tables,
  {tables = silver, anew}: Some<SilverTable> = {}
): Promise<StepResult[]> {
  const {config} = context;
  const contents = new Map([...contentsOf(bronze), ["run", config.today]]);
  const results: StepResult[] = [];
  for (const table of tables) {
    const name = `silver ${table.name}`;
    const file = `pipelines/2-silver/${table.name}.sql`;
    const sql = readFileSync(join(config.root, file), "utf8").replace(/;\s*$/, "");
    const inputs = await inputsOf(sql, contents, file);
    const step = {name, inputs, sql, code, parameters: {table}, isAnew: anew !== undefined};
    const own = `bronze.${table.name}`;
    const parts = bronze.get(own)!;
    const judge = () => judgeTable(context, table, sql, file);
    if (!table.isRowwise || parts[0]!.chunk === undefined) results.push(await runStep(context, step, judge));
    else {
      const makePart = (part: LakeObject) =>
        findOrMake(
          context,
          {
            ...step,
            inputs: {...inputs, [own]: contentOfPart(part)},
            isAnew: anew?.has(part.chunk!) === true
          },
          async () => {
            await showTables(context.connection, context.lake, [part]);
            return judge();
          }
        );
      const from = fromOf(step);
      results.push(
        await tell(context, name, async (update) => ({
          ...(await makeParts(name, parts, makePart, update)),
          from
        }))
      );
      await showTables(context.connection, context.lake, parts);
    }
  }
  return results;
}

async function judgeTable(context: Context, table: SilverTable, sql: string, file: string) {
  const {connection} = context;
  const source = findTable(sources, table.name);
  await run(connection, `create or replace table ${judged} as ${sql}`, file);
  try {
    await checkColumns(context, table, file);
    await proving(context, async () => {
      await checkOneRowEach(context, table);
      await checkSuccessors(context, table);
      await checkValues(context, table);
    });
    const kept = `(select * exclude (_reject_reason) from ${judged} where _reject_reason is null)`;
    const objects = [await keep(context, "silver", table.name, kept)];
    const ledger = await proving(context, async () => {
      objects.push(...(await keepRecords(context, table, source)));
      return bronzeToSilver(context, table, source);
    });
    return {objects, facts: {ledger}};
  } finally {
    await run(connection, `drop table if exists ${judged}`);
  }
}

async function checkColumns({connection}: Context, table: SilverTable, file: string): Promise<void> {
  const have = (await describe(connection, judged)).map((column) => column.name);
  const want = Object.keys(table.correctable).flatMap((x) => [x, `reported_${x}`, `${x}_rule`]);
  const missing = ["_row", "_reject_reason", ...want].filter((name) => !have.includes(name));
  if (missing.length)
    throw new BrokenContract(
      `${file}: column ${missing.join(", ")} is missing; every silver table returns it`
    );
}

async function checkOneRowEach({connection}: Context, table: SilverTable): Promise<void> {
  const counts = await queryOne<{before: number; after: number; known: number}>(
    connection,
    `select (select count(*) from bronze.${table.name})::double as before, count(*)::double as after,
      count(distinct case when _row in (select _row from bronze.${table.name}) then _row end)::double as known
     from ${judged}`
  );
  if (counts.before !== counts.after || counts.known !== counts.before)
    throw new BrokenContract(
      `silver ${table.name}: ${counts.before} bronze rows became ${counts.after} (${counts.known} of them known once); ` +
        `pipelines/2-silver/${table.name}.sql must return exactly one row for each bronze row`
    );
}

/**
 * A record is superseded by one that is kept, or by a later one that is superseded in turn (so that the last of such a
 * chain is replaced by a kept one): a dedup on the wrong column throws away what nothing replaces.
 */
async function checkSuccessors({connection}: Context, table: SilverTable): Promise<void> {
  if (!table.identities.length) return;
  const isSame = (columns: string[]) =>
    columns.map((name) => `kept.${ident(name)} is not distinct from refused.${ident(name)}`).join(" and ");
  const replaced = table.identities.map(
    (columns) =>
      `semi join heirs as kept on ${isSame(columns)} and (kept._reject_reason is null or kept._row > refused._row)`
  );
  const [lost] = await query<{row: string; count: string}>(
    connection,
    `with heirs as (from ${judged} where _reject_reason is null or starts_with(_reject_reason, 'superseded')),
     refused as (from heirs where _reject_reason is not null)
     select min(_row)::varchar as row, count(*)::varchar as count from refused
     where ${replaced.map((join) => `_row not in (select _row from refused ${join})`).join(" and ")} having count(*) > 0`
  );
  if (lost)
    throw new BrokenContract(
      `silver ${table.name}: ${lost.count} rows are refused as superseded, and nothing that replaces them has their ` +
        `${table.identities.map((columns) => columns.join(" and ")).join(" or ")} (row ${lost.row}); see pipelines/2-silver/${table.name}.sql`
    );
}

/** Rules that say a text could not be typed. A few are dirt; most of a column means that its format changed. */
const untyped = ["not a number", "not a date"];

/** What counts against a correctable column, as conditions over judged and bronze. */
function conditionsOf(column: string, from: string) {
  const [x, reported, rule] = columnsOf(column);
  const isGiven = `trim(bronze.${ident(from)}) <> ''`;
  return {
    isGiven,
    // no silent change (reported differs from kept), no silent loss (text was there, nothing is kept): each needs a rule
    isSilent: `_reject_reason is null and ${rule} is null and (${x} is distinct from ${reported} or (${x} is null and ${isGiven}))`,
    // a zero date is how MySQL writes that there is none
    isUntyped: `${isGiven} and ${rule} in (${untyped.map(literal).join(", ")}) and not starts_with(bronze.${ident(from)}, '0000-00-00')`
  };
}

async function checkValues(context: Context, table: SilverTable): Promise<void> {
  const columns = Object.entries(table.correctable);
  if (!columns.length) return;
  const counts = columns.flatMap(([column, from], n) =>
    Object.entries(conditionsOf(column, from)).map(
      ([name, condition]) => `(count(*) filter (${condition}))::double as ${name}${n}`
    )
  );
  const found = await queryOne<Record<string, number>>(
    context.connection,
    `select ${counts.join(", ")} from ${judged} join bronze.${table.name} as bronze using (_row)`
  );
  for (const [n, [column, from]] of columns.entries()) {
    const [given, silent, bad] = ["isGiven", "isSilent", "isUntyped"].map((name) => found[`${name}${n}`]!);
    if (bad! >= 100 && bad! * 2 > given!) throw await badFormat(context, table, column, from, bad!, given!);
    if (silent! > 0) throw await silentChange(context, table, column, from);
  }
}

async function silentChange(
  {connection}: Context,
  table: SilverTable,
  column: string,
  from: string
): Promise<Error> {
  const rows = await query<{_row: string; source: string | null; kept: string | null}>(
    connection,
    `select _row, bronze.${ident(from)} as source, ${columnsOf(column)[0]}::varchar as kept
     from ${judged} join bronze.${table.name} as bronze using (_row)
     where ${conditionsOf(column, from).isSilent} order by _row limit 3`
  );
  const told = (samples: string[]) =>
    `silver ${table.name}: ${column} changes without a rule (${samples.join("; ")}); ` +
    `give ${column}_rule its reason in pipelines/2-silver/${table.name}.sql`;
  const samples = rows.map((row) => `row ${row._row}: ${row.source ?? "null"} became ${row.kept ?? "null"}`);
  return withheldUnless(
    isOpen(table, from),
    new BrokenContract(told(samples)),
    told(rows.map((row) => `row ${row._row}`))
  );
}

async function badFormat(
  {connection}: Context,
  table: SilverTable,
  column: string,
  from: string,
  bad: number,
  given: number
): Promise<Error> {
  const {rule, row, sample} = await queryOne<{rule: string; row: string; sample: string}>(
    connection,
    `select min(${columnsOf(column)[2]}) as rule, min(_row)::varchar as row, arg_min(bronze.${ident(from)}, _row) as sample
     from ${judged} join bronze.${table.name} as bronze using (_row) where ${conditionsOf(column, from).isUntyped}`
  );
  const told = (where: string) =>
    `silver ${table.name}: ${column}: ${bad} of ${given} values are ${rule} (${where}); ` +
    `the source writes them in another format: export it as before, or teach pipelines/2-silver/${table.name}.sql the new one`;
  return withheldUnless(
    isOpen(table, from),
    new BrokenContract(told(`row ${row}: ${sample}`)),
    told(`row ${row}`)
  );
}

function isOpen(table: SilverTable, from: string): boolean {
  return !findTable(sources, table.name).pii.includes(from);
}

/** An error with what a page may say instead of it. */
function withheldUnless(isShown: boolean, error: Error, withheld: string): Error {
  return isShown ? error : Object.assign(error, {withheld});
}

async function keepRecords(context: Context, table: SilverTable, source: SourceTable): Promise<LakeObject[]> {
  return [
    await keep(context, "rejects", table.name, rejectsOf(source)),
    await keep(context, "corrections", table.name, await correctionsOf(context, table, source))
  ];
}

/** The kept value, the reported value and the rule of a correctable column, as SQL names. */
function columnsOf(x: string): [string, string, string] {
  const column = (name: string) => `${judged}.${ident(name)}`;
  return [column(x), column(`reported_${x}`), column(`${x}_rule`)];
}

function rejectsOf(source: SourceTable): string {
  return `(select ${literal(source.name)} as table_name, _row, ${keyOf(source)} as key, _reject_reason as reason,
      starts_with(_reject_reason, 'superseded') as is_superseded, to_json(bronze)::varchar as record
    from ${judged} join bronze.${source.name} as bronze using (_row)
    where _reject_reason is not null
    order by _row)`;
}

async function correctionsOf(
  {connection}: Context,
  table: SilverTable,
  source: SourceTable
): Promise<string> {
  const types = new Map((await describe(connection, judged)).map((column) => [column.name, column.type]));
  const parts = Object.entries(table.correctable).map(([x, from]) => {
    const [kept, reported, rule] = columnsOf(x);
    const isAmount = from in source.amounts || /DECIMAL/.test(types.get(x) ?? "");
    const change = isAmount ? changeOf(kept, reported) : "null";
    return `select ${literal(table.name)} as table_name, ${literal(x)} as column_name, _row, ${keyOf(source)} as key,
        bronze.${ident(from)} as source_value, ${reported}::varchar as reported,
        ${kept}::varchar as corrected, ${rule} as rule, cast(${change} as decimal(38, 2)) as change
      from ${judged} join bronze.${source.name} as bronze using (_row)
      where _reject_reason is null and ${rule} is not null`;
  });
  const none = `select null::varchar as table_name, null::varchar as column_name, null::bigint as _row,
    null::varchar as key, null::varchar as source_value, null::varchar as reported, null::varchar as corrected,
    null::varchar as rule, null::decimal(38, 2) as change where false`;
  return `(select * from (${[none, ...parts].join(" union all ")}) order by column_name, _row)`;
}

/** What a correction adds to an amount, null counting as zero; wide enough for any two amounts. */
function changeOf(kept: string, reported: string): string {
  return `coalesce(cast(${kept} as decimal(38, 2)), 0) - coalesce(cast(${reported} as decimal(38, 2)), 0)`;
}

function keyOf(source: SourceTable): string {
  return `concat_ws('/', ${source.key.map((name) => `coalesce(bronze.${ident(name)}, '')`).join(", ")})`;
}

/** Rows kept and rejected, and each amount from its typed source text to the kept value, compared row by row. */
async function bronzeToSilver(
  {connection}: Context,
  table: SilverTable,
  source: SourceTable
): Promise<LedgerLine[]> {
  const counts = await queryOne<{before: string; after: string}>(
    connection,
    `select (select count(*) from bronze.${source.name})::varchar as before,
      (count(*) filter (_reject_reason is null))::varchar as after from ${judged}`
  );
  const rejectedRows = await byReason(
    connection,
    `select _reject_reason as reason, count(*)::varchar as amount from ${judged}
     where _reject_reason is not null group by 1 order by 1`
  );
  const line = (measure: string, flow: Parameters<typeof ledgerLine>[4]) =>
    ledgerLine("bronze → silver", source.name, table.name, measure, flow);
  const lines = [line("rows", {in: counts.before, out: counts.after, rejected: rejectedRows})];
  for (const [amount, type] of Object.entries(source.amounts)) {
    const x = Object.entries(table.correctable).find(([, from]) => from === amount)?.[0];
    if (x)
      lines.push(
        line(x, await flowOf(connection, source.name, x, typedAmount(`bronze.${ident(amount)}`, type)))
      );
  }
  return lines;
}

async function flowOf(connection: Context["connection"], table: string, x: string, typed: string) {
  const from = `from ${judged} join bronze.${table} as bronze using (_row)`;
  const [kept, reported, rule] = columnsOf(x);
  const total = await queryOne<{in: string; out: string; mismatched: string}>(
    connection,
    `select coalesce(sum(cast(${typed} as decimal(38, 2))), 0)::varchar as "in",
      coalesce(sum(cast(${kept} as decimal(38, 2))) filter (_reject_reason is null), 0)::varchar as "out",
      count(*) filter (${typed} is distinct from ${reported})::varchar as mismatched ${from}`
  );
  const corrected = await byReason(
    connection,
    `select ${rule} as reason,
      sum(${changeOf(kept, reported)})::varchar as amount
     from ${judged} where _reject_reason is null and ${rule} is not null group by 1 order by 1`
  );
  const rejected = await byReason(
    connection,
    `select _reject_reason as reason, coalesce(sum(cast(${reported} as decimal(38, 2))), 0)::varchar as amount
     from ${judged} where _reject_reason is not null group by 1 order by 1`
  );
  return {in: total.in, out: total.out, corrected, rejected, mismatchedRows: Number(total.mismatched)};
}
