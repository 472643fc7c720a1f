import {spawn} from "node:child_process";
import {once} from "node:events";
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {setTimeout as sleep} from "node:timers/promises";
import type {Page} from "playwright-core";
import {address, freePort} from "../draft/front.ts";
import type {Note} from "../draft/tell.ts";
import {openBrowser} from "../test/browser.ts";
import {copyProject} from "../test/project.ts";

type Row = {what: string; measured: string; target: string};

/** From a save to what is seen of it, with npm start of a world that is published. */
export async function measureDraft(env: NodeJS.ProcessEnv, folder: string): Promise<Row[]> {
  const project = copyProject(join(folder, "live"));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "pipelines/cli.ts", "start", "--port", String(port)],
    {cwd: project, env, stdio: ["ignore", "ignore", "pipe"]}
  );
  const ended = once(child, "close");
  for await (const line of createInterface({input: child.stderr})) if (line.includes("the site is at")) break;
  child.stderr.resume();
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const url = `http://127.0.0.1:${port}`;
    await page.goto(`${url}/trust/reconciliation`);
    await page.locator("h1").waitFor();
    await sleep(10_000);
    const notes = listen(`${url}${address}`);
    const saved = (file: string, change: (text: string) => string, until: () => Promise<unknown>) =>
      timeOf(join(project, file), change, until);
    const rows: Row[] = [];
    const tell = (what: string, milliseconds: number, target: string) =>
      rows.push({what: `draft: ${what}`, measured: `${(milliseconds / 1000).toFixed(2)} s`, target});

    const byPage = (text: string) => `${text}\n\nedited just now\n`;
    tell(
      "a page edited, until it shows",
      await saved("src/trust/reconciliation.md", byPage, () => shows(page)),
      "≤ 1 s"
    );

    let gold = 0;
    const began = performance.now();
    const silver = "pipelines/2-silver/crm_sales_details.sql";
    const whole = await saved(
      silver,
      (text) => text.replace("given_sales <> expected_sales)", "false)"),
      async () => {
        await notes.until(
          ({status, made}) => status === "running" && made.some(({step}) => step === "gold fct_sales")
        );
        gold = performance.now() - began;
        await notes.until(({status}) => status === "draft");
      }
    );
    tell("a silver table edited, until the lake has its gold", gold, "≤ 3 s");
    tell("the same, until marts are tested and all extracts are shown", whole, "");
    await notes.until(({status}) => status === "published");

    const comment = (text: string) => `${text}\n-- edited\n`;
    const isDraft = () => notes.until(({status}) => status === "draft");
    tell(
      "a mart edited, until it is built, tested and shown",
      await saved("dbt/models/marts/daily_sales.sql", comment, isDraft),
      ""
    );
    await notes.until(({status}) => status === "published");
    tell(
      "an extract edited, until it is shown",
      await saved("loaders/months.json.sql", comment, isDraft),
      ""
    );
    notes.close();
    return rows;
  } finally {
    await browser.close();
    child.kill("SIGTERM");
    await ended;
  }
}

/** Milliseconds from a save until what is waited for; the file is as before afterwards. */
async function timeOf(
  path: string,
  change: (text: string) => string,
  until: () => Promise<unknown>
): Promise<number> {
  const before = readFileSync(path, "utf8");
  const began = performance.now();
  writeFileSync(path, change(before));
  try {
    await until();
    return performance.now() - began;
  } finally {
    writeFileSync(path, before);
  }
}

function shows(page: Page): Promise<void> {
  return page.getByText("edited just now").waitFor();
}

/** The notes of the loop as they come. */
function listen(url: string) {
  const stop = new AbortController();
  let last: Note | undefined;
  const read = async () => {
    const {body} = await fetch(url, {signal: stop.signal});
    let text = "";
    const decoder = new TextDecoder();
    for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, {stream: true});
      const events = text.split("\n\n");
      text = events.pop()!;
      for (const event of events) last = JSON.parse(event.replace(/^data: /, "")) as Note;
    }
  };
  void read().catch(() => {});
  return {
    async until(is: (note: Note) => boolean): Promise<void> {
      for (let n = 0; n < 6000; n++) {
        if (last && is(last)) return;
        if (last?.status === "failed") throw new Error(`the draft failed: ${last.error!.message}`);
        await sleep(10);
      }
      throw new Error("the draft did not come in a minute");
    },
    close: () => stop.abort()
  };
}
