import {existsSync} from "node:fs";
import {join} from "node:path";
import {showRuns} from "../pipelines/5-site/runs.ts";
import {shownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {listRuns} from "../pipelines/run.ts";

/** The last runs: how each ended, how long it took, what it did and why. */
const config = readConfig();
const lake = openLake(config);
// which makes the first one where there is none
await shownRelease(config, lake);
const runs = await listRuns(lake, 50);

process.stdout.write(JSON.stringify(showRuns(runs, (path) => existsSync(join(config.root, path)))));
