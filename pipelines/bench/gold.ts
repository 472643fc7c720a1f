import {mkdir, rm} from "node:fs/promises";
import {join} from "node:path";
import {makeBronze} from "../1-bronze/bronze.ts";
import {makeSilver} from "../2-silver/silver.ts";
import {makeGold} from "../3-gold/gold.ts";
import {readConfig} from "../config.ts";
import {openEngine, run} from "../engine/duckdb.ts";
import {findJson} from "../lake/json.ts";
import {openLake} from "../lake/lake.ts";
import {type Tables, tablesOfSteps} from "../parts.ts";
import {silent} from "../progress.ts";
import {byTable, type Context, type LakeObject, type StepResult} from "../step.ts";
import {createSchemas, showTables} from "../views.ts";

/* From the source to gold in the lake, as a refresh does it, in a process of its own. Prints seconds by layer as JSON. */

const config = readConfig();
const temporary = join(config.home, "tmp");
await mkdir(temporary, {recursive: true});
const engine = await openEngine({memory: config.memory, temp: join(temporary, "spill")});
const {connection} = engine;
const lake = openLake(config);
const context: Context = {
  config,
  lake,
  connection,
  progress: silent,
  temporary,
  steps: [],
  proof: {seconds: 0}
};
await createSchemas(connection);
await run(connection, `create view run as select date '${config.today}' as today`);
const seconds: Record<string, number> = {};

// what the live release is to a refresh
const before = byTable((await findJson<LakeObject[]>(lake, "bench.json")) ?? []);
const bronze = await timed("bronze", () => makeBronze(context));
const silver = await timed("silver", async () => makeSilver(context, await show(bronze)));
const gold = await timed("gold", async () => makeGold(context, await show(silver), before));
const objects = [...silver, ...gold].flatMap((result) => result.objects);
await lake.write("bench.json", JSON.stringify(objects));
engine.close();
await rm(temporary, {recursive: true, force: true});
console.log(JSON.stringify({...seconds, peak: process.resourceUsage().maxRSS * 1024}));

async function timed(layer: string, work: () => Promise<StepResult[]>): Promise<StepResult[]> {
  const began = performance.now();
  const results = await work();
  seconds[layer] = (performance.now() - began) / 1000;
  return results;
}

async function show(results: StepResult[]): Promise<Tables> {
  const tables = tablesOfSteps(results);
  const shown = [...tables.values()].flat().filter(({layer}) => ["bronze", "silver", "gold"].includes(layer));
  await showTables(connection, lake, shown);
  return tables;
}
