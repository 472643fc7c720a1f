import {readConfig} from "../pipelines/config.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";

/** Every measure and dimension, for the pages. */
process.stdout.write(JSON.stringify(readDefinitions(readConfig().root)));
