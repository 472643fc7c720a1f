import {existsSync} from "node:fs";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {InUse, withLock} from "../lock.ts";
import type {Progress} from "../progress.ts";
import {openWarehouse} from "../warehouse/postgres.ts";
import {clearFiles, clearSchemas, draftFolder} from "./place.ts";

/** Removes all of a draft: of the one that ends, or of one whose process was killed. */
export async function clearDraft(config: Config, progress: Progress): Promise<void> {
  await clearTables(config, progress);
  await clearFiles(config);
}

/** Removes the tables of a draft. */
export async function clearTables(config: Config, progress: Progress): Promise<void> {
  const warehouse = await openWarehouse(config, progress);
  try {
    await clearSchemas(config, warehouse);
  } finally {
    await warehouse.close();
  }
}

/** Does `work` as the only one who makes drafts in this home. Throws InUse. */
export function withDraftLock<T>(config: Config, progress: Progress, work: () => Promise<T>): Promise<T> {
  return withLock(join(config.home, "draft"), "start", {wait: false, progress}, work);
}

/** Removes what a killed preview left, unless another one is up. */
export async function clearLeft(config: Config, progress: Progress): Promise<void> {
  if (!existsSync(draftFolder(config))) return;
  await withDraftLock(config, progress, () => clearDraft(config, progress)).catch((error: unknown) => {
    if (!(error instanceof InUse)) throw error;
  });
}
