import type {Config} from "../config.ts";
import type {Diff} from "../diff/diff.ts";
import {findDiff} from "../diff/find.ts";
import {markdownOf, type Section, sectionsOf} from "../diff/tell.ts";
import {openLake} from "../lake/lake.ts";
import {findNamed} from "../release.ts";
import {formatRows} from "./table.ts";

export type Format = {format: "text" | "markdown"; json?: boolean};

/** `assay diff [BEFORE] [AFTER]`: what moved between two releases, the last two unless named. */
export async function diffWord(
  config: Config,
  before = "previous",
  after = "current",
  options: Format
): Promise<void> {
  const lake = openLake(config);
  const diff = await findDiff(config, lake, await findNamed(lake, before), await findNamed(lake, after));
  const {from, to} = diff;
  const title = `From release ${from.id} (data through ${from.data_through ?? "n/a"}) to ${to.id} (data through ${to.data_through ?? "n/a"})`;
  const head = options.format === "markdown" ? `## ${title}\n\n` : `${title}\n\n`;
  process.stdout.write(options.json ? `${JSON.stringify(diff)}\n` : head + reportOf(diff, options.format));
  const open = diff.measures.filter(({unexplained}) => unexplained !== "0");
  if (open.length)
    throw new Error(
      `unexplained: ${open.map(({measure, unexplained}) => `${measure} ${unexplained}`).join(", ")}`
    );
}

/** A difference for people. */
export function reportOf(diff: Diff, format: Format["format"]): string {
  const sections = sectionsOf(diff);
  if (!sections.length) return "no difference\n";
  return format === "markdown" ? markdownOf(sections) : textOf(sections);
}

/** Sections as tables of a terminal. */
export function textOf(sections: Section[]): string {
  const tables = sections.map(({title, columns, rows}) => {
    const types = columns.map(() => "VARCHAR");
    return `${title}\n${formatRows({columns, types, rows}, "table").replace(/\(\d+ rows?\)\n$/, "")}`;
  });
  return tables.join("\n");
}
