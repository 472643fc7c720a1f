import type {DuckDBConnection} from "@duckdb/node-api";
import {UsageError} from "../config.ts";
import {parse} from "./sql.ts";

/** Throws unless `text` is one expression, which can only read: nothing in it ends the condition it is put into. */
export async function checkPredicate(connection: DuckDBConnection, text: string): Promise<void> {
  const {error_message, statements = []} = await parse(connection, `select (\n${text}\n)`);
  if (error_message) throw new UsageError(`invalid predicate: ${text}: ${error_message}`);
  const [plain] = (await parse(connection, "select (\ntrue\n)")).statements!;
  const around = (node: Record<string, unknown>) => JSON.stringify({...node, select_list: null});
  const [only, ...others] = statements;
  // without its brackets too, or it may close them and open others
  const bare = await parse(connection, `select\n${text}\n`);
  const isOne =
    !bare.error_message && !others.length && (only?.node.select_list as unknown[] | undefined)?.length === 1;
  if (!isOne || around(only!.node) !== around(plain!.node))
    throw new UsageError(`invalid predicate: ${text} (such as country = 'Canada' and quantity > 1)`);
}
