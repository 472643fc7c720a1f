import {shownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {findLineage} from "../pipelines/lineage/lineage.ts";

/** Which column comes from which, as `npx assay lineage` reads it. */
const config = readConfig();
process.stdout.write(JSON.stringify(await findLineage(config, await shownRelease(config, openLake(config)))));
