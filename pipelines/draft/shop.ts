import {basename, join} from "node:path";
import {type FSWatcher, watch} from "chokidar";
import type {Config} from "../config.ts";
import type {Progress} from "../progress.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {checkShop, readShop, type Shop} from "../shop.ts";
import {touch, touchLoaders} from "./show.ts";

const files = ["shop.yml", "events.csv", "targets.csv"];

/**
 * Shows in the preview what the shop says of itself, at each save. A file that is wrong is told and not shown: the pages
 * stay as they are.
 */
export async function watchShop({root}: Pick<Config, "root">, progress: Progress): Promise<FSWatcher> {
  const measures = readDefinitions(root).measures.map(({name}) => name);
  let shop = readShop(root);

  async function show(file: string): Promise<void> {
    checkShop(root, measures);
    const before = shop;
    shop = readShop(root);
    if (shop.fiscal_year_starts !== before.fiscal_year_starts)
      progress.note("src/shop.yml: the fiscal year is cut anew by npm run refresh");
    await (file === "shop.yml" ? showFields(root, before, shop) : touch(join(root, "loaders/shop.json.ts")));
  }

  const watcher = watch(join(root, "src"), {depth: 0, ignoreInitial: true});
  watcher.on("all", (_, path) => {
    if (!files.includes(basename(path))) return;
    show(basename(path)).catch((error: Error) =>
      progress.note(`${error.message}; the pages stay as they are`)
    );
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return watcher;
}

/** The fields are in the head of every page, which the site's configuration writes; loaders read the week alone. */
async function showFields(root: string, before: Shop, now: Shop): Promise<void> {
  if (before.first_day_of_week !== now.first_day_of_week) await touchLoaders(root);
  await touch(join(root, "observablehq.config.ts"));
}
