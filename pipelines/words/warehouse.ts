import {once} from "node:events";
import {type Config, UsageError} from "../config.ts";
import {openProgress} from "../progress.ts";
import {openEmbedded} from "../warehouse/embedded.ts";

/** `assay warehouse`: keeps the embedded server up until it is interrupted. */
export async function warehouseWord(config: Config): Promise<void> {
  if (config.warehouse.kind !== "embedded")
    throw new UsageError("WAREHOUSE_URL names a server of yours: it is not kept here");
  const server = await openEmbedded(config, openProgress());
  console.log(server.url);
  console.error("the embedded warehouse is up; Ctrl-C stops it");
  const tick = setInterval(() => {}, 1 << 30);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  clearInterval(tick);
  await server.stop();
}
