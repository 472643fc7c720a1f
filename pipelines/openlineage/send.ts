import {appendFile, mkdir} from "node:fs/promises";
import {dirname} from "node:path";
import type {Receiver} from "../config.ts";
import {eachOf} from "../lake/each.ts";
import type {RunEvent} from "./event.ts";

/**
 * Sends events within `patience` milliseconds, those of one run of a job one after another, and the last when all others
 * are there. Throws naming the receiver, without what its URL may hold of secrets.
 */
export async function send(receiver: Receiver, events: RunEvent[], patience: number): Promise<void> {
  if (receiver.kind === "file") {
    await mkdir(dirname(receiver.path), {recursive: true});
    await appendFile(receiver.path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    return;
  }
  const runs = new Map<string, RunEvent[]>();
  for (const event of events.slice(0, -1))
    runs.set(event.run.runId, [...(runs.get(event.run.runId) ?? []), event]);
  const signal = AbortSignal.timeout(patience);
  let sent = 0;
  const sendAll = async (some: RunEvent[]) => {
    for (const event of some) {
      await post(receiver, event, signal).catch((error: Error) => {
        const {cause} = error as {cause?: Error};
        const why = error.name === "TimeoutError" ? `no answer within ${patience / 1000} s` : error.message;
        const told = events.length > 1 ? `, ${sent} of ${events.length} events told` : "";
        throw new Error(`${receiver.name}: ${cause?.message || why}${told}`);
      });
      sent++;
    }
  };
  await eachOf([...runs.values()], 4, sendAll);
  await sendAll(events.slice(-1));
}

async function post(
  {url, authorization}: Extract<Receiver, {kind: "http"}>,
  event: RunEvent,
  signal: AbortSignal
): Promise<void> {
  const headers = {"content-type": "application/json", ...(authorization && {authorization})};
  const answer = await fetch(url, {method: "POST", headers, body: JSON.stringify(event), signal});
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`answered ${answer.status} to ${event.eventType} of ${event.job.name}`);
}
