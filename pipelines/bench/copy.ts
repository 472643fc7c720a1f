import {chmod, rm} from "node:fs/promises";
import {join} from "node:path";
import {addConstraints, copyFile, createTable} from "../4-warehouse/load.ts";
import {findTable, gold} from "../catalog.ts";
import {readConfig} from "../config.ts";
import {literal, openEngine, run} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {silent} from "../progress.ts";
import {readCurrent} from "../release.ts";
import {openWarehouse} from "../warehouse/postgres.ts";

type Row = {what: string; measured: string; target: string};

/** The sales of a published release into PostgreSQL, side by side with a COPY that the server does from a file. */
export async function measureCopy(environment: NodeJS.ProcessEnv, folder: string, tell: (row: Row) => void) {
  const config = readConfig(environment);
  const table = {...findTable(gold, "fct_sales"), references: {}};
  const file = join(folder, "fct_sales.csv");
  const rows = await writeSales(
    openLake(config),
    file,
    folder,
    table.columns.map(({name}) => name)
  );
  const warehouse = await openWarehouse(config, silent);
  const {client} = warehouse;
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1000;
  };
  const load = async (copy: () => Promise<unknown>) => {
    await client.query(
      `drop schema if exists bench cascade; create schema bench; begin; ${createTable("bench", table)}`
    );
    const seconds = await timed(copy);
    await client.query("commit");
    return seconds;
  };
  try {
    const [bare, own]: [number[], number[]] = [[], []];
    for (let n = 0; n < 3; n++) {
      bare.push(await load(() => client.query(`copy bench.fct_sales from ${literal(file)} (format csv)`)));
      own.push(await load(() => copyFile(client, "bench.fct_sales", file)));
    }
    const keys = await timed(() =>
      client.query(`${addConstraints("bench", table)}; analyze bench.fct_sales`)
    );
    await client.query("drop schema bench cascade");
    const [least, mine] = [Math.min(...bare), Math.min(...own)];
    tell({
      what: `COPY of ${rows.toLocaleString("en")} sales, against a bare COPY from a file`,
      measured: `${Math.round(rows / mine / 1000)}k rows/s, ${(least / mine).toFixed(2)}`,
      target: "≥ 0.9"
    });
    tell({what: "their key and ANALYZE", measured: `${keys.toFixed(1)} s`, target: ""});
  } finally {
    await warehouse.close();
    await rm(file);
  }
}

async function writeSales(
  lake: ReturnType<typeof openLake>,
  file: string,
  folder: string,
  columns: string[]
): Promise<number> {
  const {objects} = await readCurrent(lake);
  const sales = objects.filter((one) => one.layer === "gold" && one.table === "fct_sales");
  const paths = await Promise.all(sales.map(({key}) => lake.get(key)));
  const engine = await openEngine({memory: "400MB", temp: join(folder, "spill")});
  await run(
    engine.connection,
    `copy (select ${columns.join(", ")} from read_parquet([${paths.map(literal).join(", ")}])) to ${literal(file)} (format csv, header false)`
  );
  engine.close();
  await chmod(file, 0o644);
  return sales.reduce((sum, {rows}) => sum + rows, 0);
}
