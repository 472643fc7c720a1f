#!/usr/bin/env tsx
import {Command, CommanderError, Option} from "commander";
import {Cancelled} from "./cancelled.ts";
import {readConfig, UsageError, hidePassword} from "./config.ts";

const program = new Command("assay")
  .description("A shop's data from source row to page, where every number adds up")
  .showHelpAfterError()
  .exitOverride();

const json = () => new Option("--json", "print facts as JSON");
const format = () =>
  new Option("--format <format>", "how rows are printed").choices(["table", "csv", "json"]).default("table");
const wait = () => new Option("--wait", "wait for a refresh that is running");

program
  .command("refresh")
  .description("carry the source through every layer and publish a release")
  .addOption(wait())
  .option("--verify", "compare all rows of a MySQL source, whatever its change cursor tells")
  .option("--accept <monitors...>", "publish although these monitors would stop it, with --reason")
  .option("--reason <words>", "why; on record in the run and the release")
  .addOption(json())
  .action(async (options) => (await import("./words/refresh.ts")).refreshWord(readConfig(), options));

program
  .command("build")
  .description("refresh, then build the static site in dist")
  .addOption(wait())
  .action(async (options) => (await import("./5-site/build.ts")).build(readConfig(), options));

program
  .command("start")
  .description("refresh, then serve the site for preview and keep the warehouse up")
  .option("--port <port>", "port of the preview server", "3000")
  .action(async (options) => (await import("./5-site/preview.ts")).preview(readConfig(), options));

program
  .command("status")
  .description("what is published, how fresh it is, whether it adds up")
  .addOption(json())
  .action(async (options) => (await import("./words/status.ts")).statusWord(readConfig(), options));

program
  .command("changed")
  .description("whether the source changed since the last refresh, without reading its rows")
  .option("--since <position>", "compare with this position instead, as an earlier call said it")
  .addOption(json())
  .action(async (options) => (await import("./words/changed.ts")).changedWord(readConfig(), options));

program
  .command("sql <query>")
  .description("ask the published release: schemas bronze, silver, gold, marts, extracts, assay")
  .addOption(format())
  .addOption(json())
  .action(async (query, options) => (await import("./words/sql.ts")).sqlWord(readConfig(), query, options));

program
  .command("ask [measures]")
  .description("measures by dimensions, as dbt's semantic YAML defines them; alone, which there are")
  .option("--by <dimensions>", "one row for each member of these, such as country,category")
  .addOption(
    new Option("--grain <grain>", "one row for each span of time").choices([
      "day",
      "week",
      "month",
      "quarter",
      "year"
    ])
  )
  .option("--where <predicate>", "only these sales lines, such as \"category = 'Bikes'\"")
  .option("--as-reported", "money as the source reports it, not as corrected")
  .addOption(new Option("--engine <engine>", "who answers").choices(["lake", "warehouse"]).default("lake"))
  .addOption(format())
  .addOption(json())
  .action(async (measures, options) =>
    (await import("./words/ask.ts")).askWord(readConfig(), measures, options)
  );

program
  .command("ledger")
  .description("every hop of every table: in, out, explained, unexplained")
  .addOption(json())
  .action(async (options) => (await import("./words/records.ts")).ledgerWord(readConfig(), options));

program
  .command("checks [name]")
  .description("what was checked and since when it fails; of one check its history and its bad rows")
  .option("--limit <rows>", "most bad rows to print", "50")
  .addOption(json())
  .action(async (name, options) =>
    (await import("./words/checks.ts")).checksWord(readConfig(), name, options)
  );

program
  .command("rejects [table]")
  .description("the rows of a table that were refused, with the reason and since which release they wait")
  .option("--left", "those that were refused once, and what became of them")
  .option("--limit <rows>", "most rows to print", "50")
  .addOption(json())
  .action(async (table, options) =>
    (await import("./words/rejects.ts")).rejectsWord(readConfig(), table, options)
  );

program
  .command("corrections [table]")
  .description("the values of a table that were changed, with the rule")
  .option("--limit <rows>", "most rows to print", "50")
  .addOption(json())
  .action(async (table, options) =>
    (await import("./words/records.ts")).correctionsWord(readConfig(), table, options)
  );

program
  .command("trace <predicate>")
  .description("why a number is what it is: TABLE where CONDITION, down to the rows of the source")
  .option("--limit <rows>", "most rows to print", "100")
  .option("--release <id>", "another release than the published one")
  .addOption(json())
  .action(async (predicate, options) =>
    (await import("./words/trace.ts")).traceWord(readConfig(), predicate, options)
  );

program
  .command("lineage <column>")
  .description("where a column comes from, what it feeds, and what breaks without it")
  .addOption(json())
  .action(async (column, options) =>
    (await import("./words/lineage.ts")).lineageWord(readConfig(), column, options)
  );

program
  .command("run [steps...]")
  .description(
    "carry out steps of a run one by one, as an orchestrator does: bronze, silver.TABLE, gold.TABLE, monitors, warehouse, marts, extracts.NAME, release (which publishes), site"
  )
  .option("--run <key>", "what the run is called that these steps join or open")
  .addOption(
    new Option("--end <status>", "end the run without publishing it").choices(["failed", "unpublished"])
  )
  .option("--months <months...>", "with gold.fct_sales: the months (2013-06, undated) that are made again")
  .option("--accept <monitors...>", "publish although these monitors would stop it, with --reason")
  .option("--reason <words>", "why it is accepted, or ends; on record in the run")
  .addOption(wait())
  .addOption(json())
  .action(async (steps, options) => (await import("./words/run.ts")).runWord(readConfig(), steps, options));

program
  .command("dagster")
  .description("show and run the steps in Dagster, whose environment is installed on first use")
  .option("--port <port>", "port of its pages", "3070")
  .option("--host <host>", "address of its pages; they have no login", "127.0.0.1")
  .action(async (options) => (await import("./words/dagster.ts")).dagsterWord(readConfig(), options));

program
  .command("graph")
  .description("the steps of a run, what each reads and what is checked of it, for orchestrators")
  .addOption(json())
  .action(async (options) => (await import("./words/graph.ts")).graphWord(readConfig(), options));

program
  .command("runs [run]")
  .description(
    "every attempt, whatever became of it; of one (its id, the beginning of it, or last) the steps over time, and why each was done"
  )
  .addOption(json())
  .action(async (run, options) =>
    run === undefined
      ? (await import("./words/history.ts")).runsWord(readConfig(), options)
      : (await import("./words/run-record.ts")).runRecordWord(readConfig(), run, options)
  );

program
  .command("releases")
  .description("what was published, newest first")
  .addOption(json())
  .action(async (options) => (await import("./words/history.ts")).releasesWord(readConfig(), options));

program
  .command("diff [before] [after]")
  .description("what moved between two releases (ids, previous, current), by how much, and why")
  .addOption(
    new Option("--format <format>", "how it is printed").choices(["text", "markdown"]).default("text")
  )
  .addOption(json())
  .action(async (before, after, options) =>
    (await import("./words/diff.ts")).diffWord(readConfig(), before, after, options)
  );

program
  .command("plan")
  .description("what the edit on disk would change in the published release, before anything is published")
  .addOption(
    new Option("--format <format>", "how it is printed").choices(["text", "markdown"]).default("markdown")
  )
  .addOption(json())
  .action(async (options) => (await import("./words/plan.ts")).planWord(readConfig(), options));

program
  .command("rollback <release>")
  .description("bring a release back (an id, or previous) in lake, warehouse and site, and hold it")
  .option("--reason <words>", "why; shown until refreshes may publish again")
  .option("--no-site", "leave dist as it is")
  .addOption(wait())
  .addOption(json())
  .action(async (release, options) =>
    (await import("./words/rollback.ts")).rollbackWord(readConfig(), release, options)
  );

program
  .command("resume")
  .description("let refreshes publish again after a rollback")
  .action(async () => (await import("./words/rollback.ts")).resumeWord(readConfig()));

program
  .command("gc")
  .description("remove what no kept release needs")
  .requiredOption("--keep <releases>", "how many of the newest releases stay")
  .option("--dry-run", "only say what would be removed")
  .addOption(json())
  .action(async (options) => (await import("./words/gc.ts")).gcWord(readConfig(), options));

program
  .command("simulate")
  .description(
    "write the exports of an invented shop into a folder, or fill a MySQL database and let it live on"
  )
  .option("--to <folder>", "folder to write to")
  .option("--into [url]", "database to fill: mysql://user@host:3306/database (default: SOURCE_URL)")
  .option("--lines <number>", "sales lines (default: 100000)")
  .option("--days <number>", "with --into: days the shop of the database lives on")
  .option("--seed <number>", "another seed is another shop", "1")
  .action(async (options) => (await import("./words/simulate.ts")).simulateWord(options));

program
  .command("up")
  .description("start the servers of docker-compose.yml, after writing into .env what it lacks")
  .action(async () => (await import("./words/up.ts")).upWord());

program
  .command("warehouse")
  .description("keep the embedded warehouse up and print its URL")
  .action(async () => (await import("./words/warehouse.ts")).warehouseWord(readConfig()));

program
  .command("doctor")
  .description("check what Assay needs, and say how to mend what is missing")
  .addOption(json())
  .action(async (options) => (await import("./words/doctor.ts")).doctorWord(readConfig(), options));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const {message, next} = error as Error & {next?: string};
    process.stderr.write(`assay: ${hidePassword(message)}\n${next ? `${next}\n` : ""}`);
    process.exitCode = error instanceof Cancelled ? 130 : error instanceof UsageError ? 2 : 1;
  }
}
