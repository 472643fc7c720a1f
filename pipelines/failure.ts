import {FailedChecks} from "./checks.ts";
import {type Config, hidePassword} from "./config.ts";
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

/**
 * The first line of an error without values of rows, which may be personal: quoted ones are withheld, of failed checks
 * only the names stay.
 */
export function shownError(error: Error): string {
  const {withheld} = error as {withheld?: string};
  if (withheld !== undefined) return withheld;
  const [first = ""] = error.message.split("\n");
  if (!(error instanceof FailedChecks)) return hideValues(hidePassword(first));
  const failed = error.checks.filter(({status}) => status === "fail" || status === "error");
  return [first, failed.map(({name}) => name).join(", ")].filter(Boolean).join(": ");
}

/** DuckDB and PostgreSQL quote the value that they cannot convert. */
function hideValues(message: string): string {
  const shown = message.replace(/'[^']*'/g, "'(withheld)'");
  return /invalid (input|value)|out of range|malformed/i.test(shown)
    ? shown.replace(/"[^"]*"/g, '"(withheld)"')
    : shown;
}
