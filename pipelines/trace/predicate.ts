import {UsageError} from "../config.ts";
import type {DuckDBConnection} from "@duckdb/node-api";
import {literal, queryOne} from "../engine/duckdb.ts";

/** What `TABLE where CONDITION` says: DuckDB's own spelling of the condition, and the columns it names. */
export type Predicate = {schema: string; table: string; condition: string; columns: string[]};

/** A node of DuckDB's syntax tree. */
type Node = {[name: string]: unknown};

/** Reads `TABLE where CONDITION` with DuckDB's parser. Throws UsageError where it is more than that. */
export async function readPredicate(connection: DuckDBConnection, text: string): Promise<Predicate> {
  const select = await parse(connection, text);
  const plain = await parse(connection, "t");
  const {from_table: from, where_clause: where} = select;
  const rest = {...select, from_table: null, where_clause: null};
  const isPlain = (from as Node)?.type === "BASE_TABLE" && sameTree(rest, {...plain, from_table: null});
  if (!isPlain) throw new UsageError(`one table and one condition: TABLE where CONDITION (given ${text})`);
  const {schema_name: schema, table_name: table} = from as {schema_name: string; table_name: string};
  const nodes = nodesOf(where);
  if (nodes.some((node) => node.class === "SUBQUERY"))
    throw new UsageError(`a condition has no subquery: give an expression over the columns of ${table}`);
  const columns = nodes
    .filter((node) => node.class === "COLUMN_REF")
    .map((node) => (node.column_names as string[]).at(-1)!.toLowerCase());
  return {
    schema: schema.toLowerCase(),
    table: table.toLowerCase(),
    condition: where ? await spell(connection, where) : "true",
    columns: [...new Set(columns)]
  };
}

/** The syntax tree of `from TEXT`: DuckDB serializes selects alone, whatever does more than read has none. */
async function parse(connection: DuckDBConnection, text: string): Promise<Node> {
  const statement = `from ${text}`;
  const {tree} = await queryOne<{tree: string}>(
    connection,
    `select json_serialize_sql(${literal(statement)})::varchar as tree`
  );
  const {error, statements} = readTree(tree) as {error: boolean; statements?: {node: Node}[]};
  if (!error && statements?.length === 1) return statements[0]!.node;
  const message = await connection.extractStatements(statement).then(
    () => "a condition only reads: TABLE where CONDITION",
    (wrong: Error) => wrong.message.replace(/^Failed to extract statements: /, "")
  );
  throw new UsageError(`${message}\ngive TABLE where CONDITION, such as fct_sales where country = 'Canada'`);
}

/** Begins a text that stands for a number of more digits than JavaScript keeps. */
const exact = "\u0000";

/** A tree out of JSON, numbers that JavaScript would change as texts. */
function readTree(json: string): unknown {
  const token = /"(?:[^"\\]|\\.)*"|-?(?:[0-9]{16,}|Infinity|NaN|nan|inf)/g;
  return JSON.parse(
    json.replace(token, (text) => (text.startsWith('"') ? text : JSON.stringify(exact + text)))
  );
}

/** The JSON of such a tree, its numbers as they were. */
function writeTree(tree: unknown): string {
  return JSON.stringify(tree).replace(/"\\u0000([^"]*)"/g, "$1");
}

/** A condition as DuckDB writes it: nothing of the text given gets into another statement. */
async function spell(connection: DuckDBConnection, where: unknown): Promise<string> {
  const tree = writeTree({
    error: false,
    statements: [{node: {...(await parse(connection, "t")), where_clause: where}, named_param_map: []}]
  });
  const {sql} = await queryOne<{sql: string}>(
    connection,
    `select json_deserialize_sql(${literal(tree)}::json)::varchar as sql`
  ).catch((error: Error) => {
    throw new UsageError(`a condition that DuckDB cannot write again: ${error.message}`);
  });
  return sql.slice("SELECT * FROM t WHERE ".length);
}

function nodesOf(tree: unknown): Node[] {
  if (typeof tree !== "object" || tree === null) return [];
  const within = Object.values(tree).flatMap(nodesOf);
  return Array.isArray(tree) ? within : [tree as Node, ...within];
}

function sameTree(a: Node, b: Node): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
