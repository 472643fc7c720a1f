import {breaks, byTable, findColumns, layers, reach} from "../../src/components/lineage-paths.js";
import {type Config, UsageError} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {findLineage, type Lineage} from "../lineage/lineage.ts";
import {openProgress} from "../progress.ts";
import {readCurrent} from "../release.ts";

/** `assay lineage COLUMN`: where a column comes from, what it feeds, and what fails without it. */
export async function lineageWord(config: Config, column: string, options: {json?: boolean}): Promise<void> {
  const lineage = await findLineage(config, await readCurrent(openLake(config)), openProgress());
  const id = columnOf(lineage, column);
  const answer = {
    column: id,
    from: reach(lineage, id, "up"),
    feeds: reach(lineage, id, "down"),
    breaks: breaks(lineage, id)
  };
  if (options.json) return console.log(JSON.stringify({...answer, unread: lineage.unread}));
  for (const {file, why} of lineage.unread) console.log(`not followed: ${file}: ${why}`);
  console.log(`${id}\n`);
  console.log(`comes from${listOf(lineage, answer.from)}\n`);
  console.log(`feeds${listOf(lineage, answer.feeds)}\n`);
  console.log(`breaks if removed${brokenList(answer.breaks)}`);
}

/** The one column that a text means. */
function columnOf(lineage: Lineage, text: string): string {
  const found = findColumns(lineage, text);
  if (found.length === 1) return found[0]!;
  if (!found.length)
    throw new UsageError(
      `unknown column: ${text} (TABLE.COLUMN, EXTRACT.json.FIELD or PAGE#CHART; tables: ${Object.keys(lineage.tables).join(", ")})`
    );
  throw new UsageError(`ambiguous column: ${text} (have ${found.join(", ")})`);
}

const marks = {value: "", condition: " (condition)", table: " (whole)"};

/** One line a table: its columns, those apart that only decide rows, and those of which the parser cannot tell. */
function listOf(lineage: Lineage, reached: ReturnType<typeof reach>): string {
  return grouped(byTable(lineage, reached), ({table, columns}) => {
    const names = columns.map(({name, kind}) => `${name}${marks[kind as keyof typeof marks]}`);
    return `${table}: ${names.join(", ")}`;
  });
}

function brokenList(broken: ReturnType<typeof breaks>): string {
  return grouped(broken, ({file, why}) => `${file}: ${why}`);
}

function grouped<T extends {layer: string}>(all: T[], text: (one: T) => string): string {
  if (!all.length) return "\n  nothing";
  const found = layers.filter((layer) => all.some((one) => one.layer === layer));
  const lines = (layer: string) =>
    all.filter((one) => one.layer === layer).map((one) => `\n    ${text(one)}`);
  return found.map((layer) => `\n  ${layer}${lines(layer).join("")}`).join("");
}
