import {appendFileSync, readFileSync} from "node:fs";
import {inflateSync} from "node:zlib";
import {hidePassword, UsageError} from "../config.ts";

/**
 * Dagster Pipes, the protocol between Dagster and a process it starts (version 0.1): two variables of the environment
 * hold JSON, packed by zlib in base64: what is asked for, and where messages go. A message is a line of JSON.
 */
export type Pipes = {
  asked: Asked;
  log: (level: "info" | "warning" | "error", message: string) => void;
  materialized: (asset: string[], version: string, metadata: Metadata) => void;
  checked: (asset: string[], result: CheckResult) => void;
  /** A message that the definitions read. */
  say: (payload: unknown) => void;
  close: (error?: Error) => void;
};

/** What Dagster asks for: the run, keys of the selected assets by `/`, and what the definitions add. */
export type Asked = {
  run_id: string;
  job_name: string | null;
  retry_number: number;
  asset_keys: string[] | null;
  partition_key: string | null;
  extras: Record<string, unknown>;
};

export type Metadata = Record<string, {type: string; raw_value: unknown}>;

export type CheckResult = {name: string; passed: boolean; severity: "WARN" | "ERROR"; metadata: Metadata};

/** Opens the pipes that Dagster holds to this process; undefined if it did not start it. Throws UsageError. */
export function openPipes(env: NodeJS.ProcessEnv): Pipes | undefined {
  const {DAGSTER_PIPES_CONTEXT: context, DAGSTER_PIPES_MESSAGES: messages} = env;
  if (context === undefined && messages === undefined) return undefined;
  const asked = readAsked(unpack("DAGSTER_PIPES_CONTEXT", context));
  const write = writerOf(unpack("DAGSTER_PIPES_MESSAGES", messages));
  const send = (method: string, params: unknown) =>
    write(JSON.stringify({__dagster_pipes_version: "0.1", method, params}));
  send("opened", {extras: {}});
  let isOpen = true;
  return {
    asked,
    log: (level, message) => send("log", {message: hidePassword(message), level: level.toUpperCase()}),
    materialized: (asset, data_version, metadata) =>
      send("report_asset_materialization", {asset_key: keyOf(asset), data_version, metadata}),
    checked: (asset, {name, passed, severity, metadata}) =>
      send("report_asset_check", {asset_key: keyOf(asset), check_name: name, passed, severity, metadata}),
    say: (payload) => send("report_custom_message", {payload}),
    close(error) {
      if (isOpen) send("closed", error ? {exception: exceptionOf(error)} : {});
      isOpen = false;
    }
  };
}

/** A key as Pipes writes it: parts by `/`, a `/` or `\` in a part after a `\`. */
export function keyOf(parts: string[]): string {
  return parts.map((part) => part.replace(/[\\/]/g, "\\$&")).join("/");
}

function exceptionOf({name, message}: Error) {
  return {message: hidePassword(message), stack: [], name, cause: null, context: null};
}

function unpack(variable: string, text: string | undefined): Record<string, unknown> {
  const hint = "Dagster Pipes sets it; unset both DAGSTER_PIPES_ variables to run a step by hand";
  if (text === undefined) throw new UsageError(`missing ${variable}: ${hint}`);
  try {
    const value: unknown = JSON.parse(inflateSync(Buffer.from(text, "base64")).toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new UsageError(`invalid ${variable}: not JSON packed by zlib in base64 (${hint})`);
}

/** The context itself, or the file it lies in. */
function readAsked(given: Record<string, unknown>): Asked {
  const found = (given.data ?? readFile(given.path)) as Partial<Asked> | null;
  if (typeof found?.run_id !== "string")
    throw new UsageError("invalid DAGSTER_PIPES_CONTEXT: missing run_id; launch the step from Dagster again");
  return {...(found as Asked), extras: found.extras ?? {}};
}

function readFile(path: unknown): unknown {
  if (typeof path !== "string")
    throw new UsageError("invalid DAGSTER_PIPES_CONTEXT: neither data nor path (Pipes of another version?)");
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "missing file" : "damaged file";
    throw new UsageError(`${why} of DAGSTER_PIPES_CONTEXT: ${path}; launch the step from Dagster again`);
  }
}

function writerOf({path, stdio}: Record<string, unknown>): (line: string) => void {
  if (typeof path === "string") return (line) => appendFileSync(path, `${line}\n`);
  if (stdio === "stderr" || stdio === "stdout")
    return (line) => void process[stdio as "stderr" | "stdout"].write(`${line}\n`);
  throw new UsageError("invalid DAGSTER_PIPES_MESSAGES: neither path nor stdio (Pipes of another version?)");
}
