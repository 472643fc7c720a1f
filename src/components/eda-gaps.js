import {counted, date, decimals, exact, percent} from "./format.js";
import {resultTable} from "./result-table.js";

/** Which days sold nothing and whether that is odd. */
export function gapsAnswer(rows) {
  const {count_days: days = 0} = rows[0] ?? {};
  const runs = rows.filter((row) => row.days > 0);
  if (!days) return "There are no dated sales yet.";
  if (!runs.length) return `None: each of the ${counted(days, "day")} until the data end sold something.`;
  const silent = runs.reduce((sum, row) => sum + row.days, 0);
  const worst = runs.toSorted((a, b) => Number(b.expected_lines) - Number(a.expected_lines))[0];
  const expected = Number(rows[0].expected_silent_days);
  const isChance = silent <= expected + 2 * Math.sqrt(expected);
  return `${counted(silent, "day")} of ${exact(days)} without a sale, in ${counted(runs.length, "run")}; were sales spread evenly over the days around, chance would bring ${decimals(expected, 1)}. ${isChance ? "So quiet days alone explain them" : "Chance alone does not explain that many: closing days or lost data do"}. The oddest began on ${date(worst.starts_on)}, where ${decimals(Number(worst.expected_lines), 1)} lines were to be expected.`;
}

/** How it was computed and of how many. */
export function gapsMethod(rows) {
  const {count_days: days = 0, count_all_lines: lines = 0} = rows[0] ?? {};
  return `n = ${counted(days, "day")}, ${counted(lines, "dated sales line")}. Pace: the mean of the day and 14 days either side; chance: Poisson at that pace, summed over all days. Lines without an order date cannot fill a gap.`;
}

/** The runs as a table: there are too few for a picture, or too many for a list. */
export function gapsChart(rows) {
  const runs = rows.filter((row) => row.days > 0);
  if (!runs.length) return "";
  return resultTable(
    {
      columns: [
        {name: "from", type: "DATE"},
        {name: "to", type: "DATE"},
        {name: "days", type: "INTEGER"},
        {name: "expected lines", type: "DECIMAL(18,1)"},
        {name: "chance of silence", type: "VARCHAR"}
      ],
      rows: runs.map((row) => [
        row.starts_on,
        row.ends_on,
        row.days,
        Number(row.expected_lines),
        percent(Number(row.chance), 2)
      ])
    },
    {pageSize: 10, label: "Days without sales"}
  );
}
