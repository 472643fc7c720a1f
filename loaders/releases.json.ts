import {movesUpTo} from "../pipelines/5-site/moves.ts";
import {shownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {openLake} from "../pipelines/lake/lake.ts";

/** What moved from release to release, and why. */
const config = readConfig();
const lake = openLake(config);
const note = (text: string) => process.stderr.write(`${text}\n`);

process.stdout.write(JSON.stringify(await movesUpTo(config, lake, await shownRelease(config, lake), note)));
