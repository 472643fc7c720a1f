import {findTable, gold, silver, sources} from "./catalog.ts";
import {ident, literal} from "./engine/duckdb.ts";
import type {LakeObject} from "./step.ts";

/** What personal data reads on the site. */
const withheld = "(withheld)";

/** The columns of gold that hold personal data: a mart that takes one over keeps its name. */
const personal = gold.flatMap(({columns}) => columns.filter(({pii}) => pii).map(({name}) => name));

/** The relation `read` of an object with its personal data withheld, by the marks of the catalog. */
export function masked(object: LakeObject, read: string): string {
  if (object.layer === "bronze") return maskedBronze(object, read);
  if (object.layer === "rejects") return maskedRejects(object.table, read);
  if (object.layer === "failures") return maskedFailures(read);
  if (object.layer === "corrections") return maskedCorrections(object.table, read);
  return maskedColumns(object, read);
}

function maskedColumns({columns}: LakeObject, read: string): string {
  const values = columns
    .filter(({name}) => personal.includes(name))
    .map(
      ({name, type}) =>
        `${type === "VARCHAR" ? literal(withheld) : `cast(null as ${type})`} as ${ident(name)}`
    );
  return values.length ? `(select * replace (${values.join(", ")}) from ${read})` : read;
}

/** Only what the catalog knows and does not mark stays: any other column may be personal. */
function maskedBronze({table, columns}: LakeObject, read: string): string {
  const open = openColumns(table);
  const values = columns
    .filter(({name}) => !open.includes(name))
    .map(({name}) => `${literal(withheld)} as ${ident(name)}`);
  return values.length ? `(select * replace (${values.join(", ")}) from ${read})` : read;
}

function openColumns(table: string): string[] {
  const {columns, pii} = findTable(sources, table);
  return ["_row", ...columns].filter((name) => !pii.includes(name));
}

/** Only what the catalog knows and does not mark stays in a record: any other column may be personal. */
function maskedRejects(table: string, read: string): string {
  return `(select * replace (${maskedRecord("record", openColumns(table))} as record) from ${read})`;
}

/**
 * A bad row may come from any table: what the catalog knows and does not mark anywhere stays, and what checks count. A
 * monitor keeps a source row in its `record`.
 */
function maskedFailures(read: string): string {
  const marked = [...personal, ...sources.flatMap(({pii}) => pii)];
  const known = [...sources, ...gold].flatMap(({columns}) =>
    columns.map((column) => (typeof column === "string" ? column : column.name))
  );
  const open = ["_row", ...known, ...counted].filter((name) => !marked.includes(name));
  const inner = `case when json_type(record, '$.record') = 'VARCHAR' then ${maskedRecord("(record ->> 'record')::json", open)} end`;
  const row = maskedRecord("record::json", open, `when field = 'record' then to_json(${inner})`);
  return `(select * replace (${row} as record) from ${read})`;
}

/** What checks say of bad rows: numbers, and the words of monitors about columns and members that are not personal. */
const counted = ["subject", "value", "low", "high", "words", "copies", "n_records", "count_rows"];

/** A JSON text of which only the open fields are shown. */
function maskedRecord(record: string, open: string[], unless = ""): string {
  const value = `case ${unless} when field in (${open.map(literal).join(", ")}) then ${record} -> field else to_json(${literal(withheld)}) end`;
  const entries = `list_transform(json_keys(${record}), lambda field: struct_pack(k := field, v := ${value}))`;
  return `to_json(map_from_entries(${entries}))::varchar`;
}

function maskedCorrections(table: string, read: string): string {
  const {pii} = findTable(sources, table);
  const hidden = Object.entries(findTable(silver, table).correctable)
    .filter(([, from]) => pii.includes(from))
    .map(([column]) => column);
  if (!hidden.length) return read;
  const values = ["source_value", "reported", "corrected"].map(
    (name) =>
      `case when column_name in (${hidden.map(literal).join(", ")}) and ${name} is not null then ${literal(withheld)} else ${name} end as ${name}`
  );
  return `(select * replace (${values.join(", ")}) from ${read})`;
}
