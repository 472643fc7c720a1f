import {chmod, mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {} from "vitest";
import type {TestProject} from "vitest/node";
import {readConfig} from "../config.ts";
import {openProgress, silent} from "../progress.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {openEmbedded} from "../warehouse/embedded.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A PostgreSQL server for all tests; each world takes a prefix of its own. */
    warehouse: string;
    /** The Python environment that has dbt. */
    dbt: string;
    /** A folder for what files of tests make once and share. */
    shared: string;
  }
}

/** Starts one PostgreSQL from npm and installs dbt once for all tests. */
export default async function setup({provide}: TestProject): Promise<() => Promise<void>> {
  const config = readConfig({});
  provide("dbt", await ensureDbt(config, openProgress()));
  const home = await mkdtemp(join(tmpdir(), "assay-test-"));
  await chmod(home, 0o711);
  const server = await openEmbedded({...config, home}, silent);
  provide("warehouse", server.url);
  const shared = await mkdtemp(join(tmpdir(), "assay-shared-"));
  provide("shared", shared);
  return async () => {
    await server.stop();
    await rm(home, {recursive: true, force: true});
    await rm(shared, {recursive: true, force: true});
  };
}
