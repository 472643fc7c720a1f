import {coverageOf} from "../pipelines/5-site/coverage.ts";
import {shownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {findLineage} from "../pipelines/lineage/lineage.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";

/** Which checks stand behind each measure. */
const config = readConfig();
const release = await shownRelease(config, openLake(config));
const lineage = await findLineage(config, release);

process.stdout.write(JSON.stringify(coverageOf(release, lineage, readDefinitions(config.root))));
