import type {SourceTable} from "../catalog.ts";

/** A table as a release found it: its columns in the source's order, with their types where the source has types. */
export type Shape = {columns: {name: string; type: string}[]; key: string[]};

/**
 * What a release says of how a table differs from the catalog and from the release before, a line each. The policies:
 * a column the catalog knows is missing, dropped or renamed: the refresh stops (1-bronze/chunk.ts);
 * another column appears, goes or has a new name: it is carried in bronze as long as it is there, and recorded;
 * order: bronze goes by name, recorded; a type wider or of another kind: bronze is text and silver judges each value,
 * recorded; a type narrower: recorded, since the source may have cut values; a key: chunks are cut and read anew,
 * recorded.
 */
export function driftOf(table: SourceTable, now: Shape, before: Shape | undefined): string[] {
  const unknown = now.columns.filter(({name}) => !table.columns.includes(name));
  const lines = unknown.map(({name}) => `${name} is not in the catalog: kept in bronze, not used further`);
  return before ? [...lines, ...changes(now, before)] : lines;
}

function changes(now: Shape, before: Shape): string[] {
  const find = ({columns}: Shape, name: string) => columns.find((one) => one.name === name);
  const added = now.columns.filter(({name}) => !find(before, name));
  const dropped = before.columns.filter(({name}) => !find(now, name));
  const lines = dropped.map(({name, type}) => {
    const heir = added.find((one) => one.type === type && added.length === dropped.length);
    return heir
      ? `${name} is gone, ${heir.name} is new and of the same type: perhaps renamed`
      : `${name} is gone`;
  });
  lines.push(...added.map(({name, type}) => `${name}${type && ` ${type}`} is new`));
  for (const {name, type} of now.columns) {
    const old = find(before, name)?.type;
    if (old && type && old !== type) lines.push(`${name} was ${old}, is ${type}: ${widthOf(old, type)}`);
  }
  const order = (shape: Shape, other: Shape) =>
    shape.columns
      .map(({name}) => name)
      .filter((name) => find(other, name))
      .join();
  if (order(now, before) !== order(before, now)) lines.push("columns have another order");
  if (now.key.join() !== before.key.join())
    lines.push(`key was (${before.key.join(", ")}), is (${now.key.join(", ")}): chunks cut and read anew`);
  return lines;
}

const integers = ["tinyint", "smallint", "mediumint", "int", "bigint"];
const texts = ["tinytext", "text", "mediumtext", "longtext"];

function widthOf(old: string, type: string): string {
  const [a, b] = [sizesOf(old), sizesOf(type)];
  if (!a || !b || a.family !== b.family || a.isUnsigned !== b.isUnsigned) return "another kind of value";
  const [wider, narrower] = [
    b.sizes.some((n, i) => n > a.sizes[i]!),
    b.sizes.some((n, i) => n < a.sizes[i]!)
  ];
  if (narrower) return "narrower, the source may have cut values";
  return wider ? "wider" : "as wide";
}

/** What a type holds: for numbers digits before and after the point, for texts their length. */
function sizesOf(type: string): {family: string; sizes: number[]; isUnsigned: boolean} | undefined {
  const [, kind = "", inner = ""] = /^(\w+)(?:\(([^)]*)\))?/.exec(type.toLowerCase()) ?? [];
  const [first = 0, second = 0] = inner.split(",").map(Number);
  const isUnsigned = type.includes("unsigned");
  if (integers.includes(kind)) return {family: "integer", sizes: [integers.indexOf(kind)], isUnsigned};
  if (kind === "decimal") return {family: kind, sizes: [first - second, second], isUnsigned};
  if (texts.includes(kind))
    return {family: "text", sizes: [2 ** (8 * (texts.indexOf(kind) + 1)) - 1], isUnsigned};
  if (/^(var)?char$/.test(kind)) return {family: "text", sizes: [first], isUnsigned};
  if (/^(var)?binary$/.test(kind)) return {family: "bytes", sizes: [first], isUnsigned};
  return undefined;
}
