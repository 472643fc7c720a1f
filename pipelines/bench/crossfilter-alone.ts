import {chmod, mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {processEnvironment, readConfig} from "../config.ts";
import {silent} from "../progress.ts";
import {simulate} from "../source/simulate.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {measureCrossfilter} from "./crossfilter.ts";
import {buildSite} from "./site.ts";

/* The cross-filter alone, on the built site of a simulated shop: npx tsx pipelines/bench/crossfilter-alone.ts [LINES] */

const lines = Number(process.argv[2] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), "assay-bench-"));
await chmod(folder, 0o755);
try {
  const shop = join(folder, "shop");
  await simulate({to: shop, lines, seed: 1});
  const env = {
    ...processEnvironment(),
    ASSAY_HOME: join(folder, "home"),
    ASSAY_DBT_ENV: await ensureDbt(readConfig({}), silent),
    SOURCE_URL: shop,
    LAKE_URL: "",
    WAREHOUSE_URL: ""
  };
  const {dist, ask} = await buildSite(env, folder);
  for (const {what, measured, target} of await measureCrossfilter(dist, folder, ask))
    console.log(`${what.padEnd(72)} ${measured.padStart(28)}   ${target}`);
} finally {
  await rm(folder, {recursive: true, force: true});
}
