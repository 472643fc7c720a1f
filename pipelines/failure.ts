import type {Config} from "./config.ts";
import type {Lake} from "./lake/lake.ts";
import type {Progress} from "./progress.ts";
import {findCurrent} from "./release.ts";
import {type Run} from "./run.ts";

/** What stays live after a failure. */
export async function whatStays(lake: Lake): Promise<string> {
  const live = await findCurrent(lake).catch(() => null);
  if (live === null) return "what is published cannot be read either";
  return live
    ? `release ${live.id}, data through ${live.data_through.whole ?? "n/a"}, stays live`
    : "nothing is published yet";
}

/** What stays live after a failure, and what to type. */
export async function whatNext(lake: Lake): Promise<string> {
  return `${await whatStays(lake)}; when the cause is mended: npx assay refresh (what was made is kept; npx assay runs lists every attempt)`;
}

/** Posts a failed run to the webhook, if there is one; a webhook that does not answer is only noted. */
export async function tellWebhook({webhook}: Config, record: Run, progress: Progress): Promise<void> {
  if (!webhook) return;
  const body = JSON.stringify({text: `assay: refresh ${record.id} failed: ${record.error}`, run: record.id});
  const headers = {"content-type": "application/json"};
  await fetch(webhook, {method: "POST", headers, body, signal: AbortSignal.timeout(10_000)}).catch(
    (error: Error) => progress.note(`  the webhook could not be told: ${error.message}`)
  );
}
