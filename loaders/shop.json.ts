import {movesUpTo} from "../pipelines/5-site/moves.ts";
import {restatementsOf} from "../pipelines/5-site/restatements.ts";
import {shownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";
import {readEvents, readTargets} from "../pipelines/shop.ts";

/** What charts over time mark and aim at: the shop's own events and targets, and what releases restated. */
const config = readConfig();
const lake = openLake(config);
const measures = readDefinitions(config.root).measures.map(({name}) => name);
const moves = await movesUpTo(config, lake, await shownRelease(config, lake), () => {});
const shop = {
  events: readEvents(config.root),
  targets: readTargets(config.root, measures),
  restatements: restatementsOf(moves)
};

process.stdout.write(JSON.stringify(shop));
