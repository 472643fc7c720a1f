import type {Diff} from "./diff.ts";
import type {MeasureChange} from "./measures.ts";
import {type Reason, reasons} from "./reasons.ts";
import type {RowChange, TableChange} from "./rows.ts";

/** A table of a report: a title, the names of its columns, rows of texts. */
export type Section = {title: string; columns: string[]; rows: string[][]};

/** What a difference says, in tables; those that are empty are left out. */
export function sectionsOf(diff: Diff): Section[] {
  const moved = diff.measures.filter(hasMoved);
  const given = reasons.filter((reason) =>
    moved.some(({parts}) => parts.some((part) => part.reason === reason))
  );
  const tables = diff.tables.filter(({added, removed, changed}) => added || removed || changed);
  return [
    {
      title: "Measures: what moved, and the parts that sum to it",
      columns: ["measure", "before", "after", "change", ...given],
      rows: moved.map((one) => measureRow(one, given))
    },
    {
      title: "Where it concentrates",
      columns: ["measure", "dimension", "member", "change", "share of the change", "usual share"],
      rows: diff.segments.map((one) => [
        one.measure,
        one.dimension,
        one.member ?? "no value",
        signed(one.change),
        percent(one.share),
        percent(one.usual)
      ])
    },
    {
      title: "Rows",
      columns: ["table", "before", "after", "added", "removed", "changed", "columns that changed"],
      rows: tables.map(tableRow)
    },
    {
      title: "Rows, for example",
      columns: ["table", "key", "", "values"],
      rows: tables.flatMap(({table, samples}) =>
        samples.map((one) => [table, one.key, one.change, valuesOf(one)])
      )
    },
    {
      title: "What else is different",
      columns: ["layer", "table", "rows before", "rows after"],
      rows: diff.others.map(({layer, table, before, after}) => [layer, table, count(before), count(after)])
    },
    {title: "Files that decide it", columns: ["file"], rows: diff.rules.map((file) => [file])},
    {
      title: "Checks",
      columns: ["check", "before", "after"],
      rows: diff.checks.map(({name, before, after}) => [name, before ?? "none", after ?? "none"])
    }
  ].filter(({rows}) => rows.length);
}

/** Whether a measure is another than before, or is left without an explanation. */
export function hasMoved({before, after, unexplained}: MeasureChange): boolean {
  return before !== after || unexplained !== "0";
}

/** Sections as Markdown. */
export function markdownOf(sections: Section[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const row = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return sections
    .map(({title, columns, rows}) =>
      [`### ${title}`, "", row(columns), row(columns.map(() => "---")), ...rows.map(row), ""].join("\n")
    )
    .join("\n");
}

function measureRow(one: MeasureChange, given: Reason[]): string[] {
  const told = [one.measure, amount(one, one.before), amount(one, one.after)];
  const open = one.unexplained === "0" ? "" : ` (${one.unexplained} unexplained)`;
  const parts = given.map((reason) => {
    const part = one.parts.find((each) => each.reason === reason);
    return part ? amount(one, part.change, true) : "";
  });
  return [...told, `${one.change === null ? "n/a" : amount(one, one.change, true)}${open}`, ...parts];
}

function tableRow({table, before, after, added, removed, changed, columns}: TableChange): string[] {
  const told = columns.map((one) => `${one.column} ${one.changed} (${percent(one.share)})`);
  return [table, count(before), count(after), count(added), count(removed), count(changed), told.join(", ")];
}

function valuesOf({change, values}: RowChange): string {
  const shown = Object.entries(values).map(([column, [before, after]]) => {
    if (change === "added") return `${column} ${after}`;
    if (change === "removed") return `${column} ${before}`;
    return `${column} ${before ?? "null"} → ${after ?? "null"}`;
  });
  return shown.join(", ");
}

function amount({format}: MeasureChange, value: string | null, isChange = false): string {
  if (value === null) return "n/a";
  if (format === "percent")
    return isChange ? `${signed((Number(value) * 100).toFixed(2))} points` : percent(Number(value));
  const text = /^-?\d+(\.\d{1,2})?$/.test(value) ? value : Number(value).toFixed(2);
  return isChange ? signed(text) : grouped(text);
}

function signed(text: string): string {
  return text.startsWith("-") ? `−${grouped(text.slice(1))}` : `+${grouped(text)}`;
}

function grouped(text: string): string {
  const [whole, fraction] = text.split(".") as [string, string?];
  return (
    whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction === undefined ? "" : `.${fraction.padEnd(2, "0")}`)
  );
}

function count(value: number | null): string {
  return value === null ? "none" : grouped(String(value));
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
