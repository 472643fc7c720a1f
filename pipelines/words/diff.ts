import type {Config} from "../config.ts";
import type {Diff} from "../diff/diff.ts";
import {findDiff} from "../diff/find.ts";
import {markdownOf, sectionsOf} from "../diff/tell.ts";
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
  const [from, to] = [await findNamed(lake, before), await findNamed(lake, after)];
  const diff = await findDiff(config, lake, from, to);
  const title = `from release ${from.id} (data through ${from.data_through.whole ?? "n/a"}) to ${to.id} (data through ${to.data_through.whole ?? "n/a"})`;
  process.stdout.write(options.json ? `${JSON.stringify(diff)}\n` : reportOf(diff, title, options.format));
  const open = diff.measures.filter(({unexplained}) => unexplained !== "0");
  if (open.length)
    throw new Error(
      `unexplained: ${open.map(({measure, unexplained}) => `${measure} ${unexplained}`).join(", ")}`
    );
}

/** A difference for people. */
export function reportOf(diff: Diff, title: string, format: Format["format"]): string {
  const sections = sectionsOf(diff);
  if (!sections.length) return `${title}: no difference\n`;
  if (format === "markdown") return `## ${title}\n\n${markdownOf(sections)}`;
  const tables = sections.map(({title: name, columns, rows}) => {
    const types = columns.map(() => "VARCHAR");
    return `${name}\n${formatRows({columns, types, rows}, "table").replace(/\(\d+ rows?\)\n$/, "")}`;
  });
  return `${title}\n\n${tables.join("\n")}`;
}
