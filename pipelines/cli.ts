#!/usr/bin/env tsx
import {Command, CommanderError, Option} from "commander";
import {readConfig, UsageError, hidePassword} from "./config.ts";

const program = new Command("assay")
  .description("A shop's data from source row to page, where every number adds up")
  .showHelpAfterError()
  .exitOverride();

const json = () => new Option("--json", "print facts as JSON");
const wait = () => new Option("--wait", "wait for a refresh that is running");

program
  .command("refresh")
  .description("carry the source through every layer and publish a release")
  .addOption(wait())
  .option("--verify", "compare all rows of a MySQL source, whatever its change cursor tells")
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
  .command("sql <query>")
  .description("ask the published release: schemas bronze, silver, gold, marts, extracts, assay")
  .addOption(
    new Option("--format <format>", "how rows are printed").choices(["table", "csv", "json"]).default("table")
  )
  .addOption(json())
  .action(async (query, options) => (await import("./words/sql.ts")).sqlWord(readConfig(), query, options));

program
  .command("ledger")
  .description("every hop of every table: in, out, explained, unexplained")
  .addOption(json())
  .action(async (options) => (await import("./words/records.ts")).ledgerWord(readConfig(), options));

for (const [word, what] of [
  ["rejects", "the rows of a table that were refused, with the reason"],
  ["corrections", "the values of a table that were changed, with the rule"]
] as const)
  program
    .command(`${word} [table]`)
    .description(what)
    .option("--limit <rows>", "most rows to print", "50")
    .addOption(json())
    .action(async (table, options) =>
      (await import("./words/records.ts")).recordsWord(readConfig(), word, table, options)
    );

program
  .command("lineage <column>")
  .description("where a column comes from, what it feeds, and what breaks without it")
  .addOption(json())
  .action(async (column, options) =>
    (await import("./words/lineage.ts")).lineageWord(readConfig(), column, options)
  );

program
  .command("runs")
  .description("every attempt, whatever became of it")
  .addOption(json())
  .action(async (options) => (await import("./words/history.ts")).runsWord(readConfig(), options));

program
  .command("releases")
  .description("what was published, newest first")
  .addOption(json())
  .action(async (options) => (await import("./words/history.ts")).releasesWord(readConfig(), options));

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
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
