import {counted, day, exact, percent} from "./numbers.js";
import {resultTable} from "./result-table.js";

/** Which days sold nothing and whether that is odd. */
export function gapsAnswer(rows) {
  const {count_days: days = 0} = rows[0] ?? {};
  const runs = rows.filter((row) => row.days > 0);
  if (!days) return "There are no dated sales yet.";
  if (!runs.length) return `None: each of the ${counted(days, "day")} until the data end sold something.`;
  const silent = runs.reduce((sum, row) => sum + row.days, 0);
  const worst = runs.toSorted((a, b) => Number(b.expected_lines) - Number(a.expected_lines))[0];
  const expected = runs.reduce((sum, row) => sum + Number(row.chance), 0);
  return `${counted(silent, "day")} of ${exact(days)} without a sale, in ${counted(runs.length, "run")}. The oddest began on ${day(worst.starts_on)}: at the pace of the days around it, ${exact(Number(worst.expected_lines).toFixed(1))} sales lines were to be expected, and silence that long has a chance of ${percent(Number(worst.chance), 1)}. ${expected > 0.5 ? "Chance alone explains some of it." : "Slow days explain them better than lost data: each falls where few lines a day were sold."}`;
}

/** How it was computed and of how many. */
export function gapsMethod(rows) {
  const {count_days: days = 0, count_all_lines: lines = 0} = rows[0] ?? {};
  return `n = ${counted(days, "day")}, ${counted(lines, "dated sales line")}. Pace: the mean of the day and 14 days either side; chance: Poisson at that pace. Lines without an order date cannot fill a gap.`;
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
