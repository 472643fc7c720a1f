import {join} from "node:path";
import {watch} from "chokidar";
import {forgetPrinted} from "../5-site/printed.ts";
import {type Config, hidePassword} from "../config.ts";
import {changedRules} from "../diff/diff.ts";
import {openLake} from "../lake/lake.ts";
import {findPointer} from "../pointer.ts";
import type {Progress} from "../progress.ts";
import {contentOfRelease, findCurrent, type Release, writeRelease} from "../release.ts";
import {readRules} from "../rules.ts";
import {hash, type StepRun} from "../step.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {startDbt} from "../warehouse/dbt-server.ts";
import {openWarehouse} from "../warehouse/postgres.ts";
import {makeDraft} from "./make.ts";
import {emptyStanding, type Standing, varsOf} from "./marts.ts";
import {clearDraft, clearTables} from "./clear.ts";
import {draftFolder, draftLake, draftSchemas, pointDraft} from "./place.ts";
import {changesOf, failedOf, madeOf, type Note, quiet, wordsOf} from "./tell.ts";
import {watchShop} from "./shop.ts";
import {showExtracts} from "./show.ts";

/** A loop that makes a draft of what is saved; `note` is what it says now. */
export type Loop = {note: () => Note; stop: () => Promise<void>};

/** What is watched: what decides rows and figures, and the code that makes them. */
const watched = ["pipelines", "dbt", "loaders"];

/** Milliseconds that saves which follow one another are waited for. */
const patience = 60;

/**
 * Watches the files that decide a release and makes a draft of what differs from the published one, again at each save
 * and at each publication; one at a time, the latest counts. `listen` hears every note.
 */
export async function startLoop(
  config: Config,
  {progress, listen}: {progress: Progress; listen: (note: Note) => void}
): Promise<Loop> {
  const place = {...config, draft: draftLake(config)};
  const lake = openLake(place);
  await clearDraft(config, progress);
  const warehouse = await openWarehouse(config, progress);
  const schemas = draftSchemas(config, warehouse);
  await warehouse.close();
  const environment = await ensureDbt(config, progress);
  const dbt = await startDbt(config, environment, warehouse, schemas, join(draftFolder(config), "dbt"));

  let note = quiet(null);
  let shown: Release | undefined;
  let standing: Standing | undefined;
  let made: string | undefined;
  let abort = new AbortController();
  let isStopped = false;
  let isStale = false;
  let running: Promise<void> | undefined;
  const restart = new Set<string>();

  const say = (change: Partial<Note>) => {
    note = {...note, ...change, restart: [...restart]};
    listen(note);
  };

  async function show(release: Release, isDraftShown: boolean): Promise<void> {
    await pointDraft(lake, isDraftShown ? release.id : null);
    await showExtracts(config, lake, shown, release);
    shown = release;
    say({isDraftShown});
  }

  /** One draft of the files as they are now; nothing where neither they nor the release changed. */
  async function draft(): Promise<void> {
    const live = await findCurrent(lake);
    if (!live) return;
    const rules = await readRules(config.root);
    const wanted = hash(JSON.stringify([live.id, rules]));
    if (wanted === made) return;
    made = undefined;
    if (standing?.release !== live.id) {
      if (standing) await clearTables(config, progress);
      standing = emptyStanding(live.id, schemas);
    }
    const edited = changedRules(live, {rules});
    if (!edited.length) {
      const wasEdited = note.edited.length > 0;
      if (wasEdited || shown?.id !== live.id) await show(live, false);
      say(quiet(live.id));
      if (wasEdited) progress.note(`no edit: the site shows release ${live.id} again`);
      made = wanted;
      return;
    }
    abort = new AbortController();
    const {signal} = abort;
    const steps: StepRun[] = [];
    const began = performance.now();
    const took = () => (performance.now() - began) / 1000;
    say({status: "running", release: live.id, edited, step: null, made: [], reused: 0, seconds: null});
    progress.note(`draft: ${edited.join(", ")} edited`);
    const onGold = () => progress.note(`  gold in ${took().toFixed(1)} s`);
    const telling = onlyMade(progress, (step) => say({step, ...madeOf(steps)}));
    try {
      const bench = {config, lake, progress: telling, dbt, standing, steps, signal, onGold};
      const next = await makeDraft(bench, live);
      signal.throwIfAborted();
      const content = contentOfRelease(next);
      const isSame = content === live.content;
      const release = {
        ...next,
        id: `draft-${content.slice(0, 12)}`,
        content,
        published_at: live.published_at
      };
      if (!isSame) await writeRelease(lake, release);
      const seconds = took();
      const changes = await changesOf(config, lake, live, release);
      await show(isSame ? live : release, !isSame);
      say({status: "draft", step: null, ...madeOf(steps), seconds, changes, error: null});
      progress.note(wordsOf(note));
      made = wanted;
    } catch (error) {
      if (signal.aborted) return;
      made = wanted;
      const failed = error as Error & {step?: string};
      const told = await failedOf(config, lake, failed);
      say({status: "failed", step: null, ...madeOf(steps), seconds: took(), error: told});
      const stays = note.isDraftShown ? "the last good draft" : `release ${live.id}`;
      progress.note(`${hidePassword(failed.message)}\ndraft failed; the site stays with ${stays}`);
    }
  }

  function wake(): void {
    if (isStopped) return;
    isStale = true;
    abort.abort();
    running ??= (async () => {
      while (isStale && !isStopped) {
        isStale = false;
        await draft().catch((error: Error) => progress.note(`draft: ${hidePassword(error.message)}`));
      }
    })().finally(() => (running = undefined));
  }

  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(wake, patience);
  };
  const files = watch(
    watched.map((folder) => join(config.root, folder)),
    {
      ignoreInitial: true,
      ignored: (path) => /\/(test|bench|target|logs|__pycache__|node_modules)$/.test(path)
    }
  );
  files.on("all", (event, path) => {
    if (/[.](sql|yml)$/.test(path)) soon();
    else if (event === "change" && /\/pipelines\/.*[.]ts$/.test(path)) {
      const file = path.slice(config.root.length + 1);
      if (!restart.has(file)) progress.note(`${file} edited: stop and start again to take it up`);
      restart.add(file);
      say({});
    }
  });
  await new Promise<void>((resolve) => files.once("ready", () => resolve()));
  const shop = await watchShop(config, progress);
  const live = await findCurrent(lake);
  let published = live?.id;
  const watchPointer = setInterval(
    () =>
      void findPointer(lake)
        .then((pointer) => {
          if (pointer?.release !== published) soon();
          published = pointer?.release;
        })
        .catch(() => {}),
    config.lake.kind === "s3" ? 15_000 : 1_000
  );
  if (live) {
    await show(live, false);
    // dbt reads its project once before it is needed
    void dbt.run(["parse", ...varsOf(config, live.data_through.whole)]).catch(() => {});
  }
  wake();

  return {
    note: () => note,
    async stop() {
      isStopped = true;
      clearInterval(watchPointer);
      clearTimeout(timer);
      abort.abort();
      await files.close();
      await shop.close();
      await running;
      await dbt.stop();
      // what the Framework keeps may be of the draft
      await forgetPrinted(config.root);
      await clearDraft(config, progress);
    }
  };
}

/** A progress that only tells of the steps that are made; `begin` hears of each. */
function onlyMade(progress: Progress, begin: (step: string) => void): Progress {
  return {
    note: progress.note,
    begin(name) {
      begin(name);
      return {
        update() {},
        end: (done) => void (done.reused || progress.begin(name).end(done)),
        fail: () => progress.begin(name).fail()
      };
    }
  };
}
