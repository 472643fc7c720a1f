import {FailedChecks} from "../checks.ts";
import type {Config} from "../config.ts";
import type {Progress} from "../progress.ts";
import {lockWarehouse} from "./lock.ts";
import {openWarehouse, type Warehouse} from "./postgres.ts";
import {findMissingRights} from "./rights.ts";

/** Does `work` with the warehouse open and locked for writing. What the server refuses is said with what mends it. */
export async function withWarehouse<T>(
  config: Config,
  {wait, progress}: {wait: boolean; progress: Progress},
  work: (warehouse: Warehouse) => Promise<T>
): Promise<T> {
  const warehouse = await openWarehouse(config, progress);
  try {
    await lockWarehouse(warehouse, {wait, progress});
    return await work(warehouse);
  } catch (error) {
    throw await explain(warehouse, error as Error);
  } finally {
    await warehouse.close();
  }
}

async function explain(warehouse: Warehouse, error: Error): Promise<Error> {
  const {step} = error as {step?: string};
  const where = `warehouse ${warehouse.name}${step ? `, step ${step}` : ""}`;
  const say = (text: string) => new Error(`${where}: ${text}`, {cause: error});
  if (await isLost(warehouse))
    return say(`the connection was lost: ${error.message}; npx assay doctor says whether the server is back`);
  const code = codeOf(error);
  if (
    code === "42501" ||
    (error instanceof FailedChecks && /permission denied|must be owner/.test(error.message))
  ) {
    const lines = await findMissingRights(warehouse);
    const mend = lines.length ? `; a superuser types in this database:\n${indented(lines)}` : "";
    return Object.assign(error, {message: `${where}: ${error.message}${mend}`});
  }
  if (code === "57014" && /statement timeout/.test(error.message))
    return say(`${error.message}; to let a statement take longer, add statement_timeout=2h to WAREHOUSE_URL`);
  if (code === "53100") return say(`the server's disk is full: ${error.message}`);
  return error;
}

/** Whether the session is gone. */
async function isLost({client}: Warehouse): Promise<boolean> {
  const silence = {text: "select 1", query_timeout: 10_000};
  return client.query(silence).then(
    () => false,
    () => true
  );
}

function codeOf(error: unknown): string | undefined {
  const {code, cause} = error as {code?: string; cause?: unknown};
  return code ?? (cause ? codeOf(cause) : undefined);
}

function indented(lines: string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}
