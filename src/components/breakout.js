import {html} from "htl";
import {exportMenu} from "./export.js";
import {exact, percent, percentChange} from "./format.js";
import {answering, openPanel, wordsOf} from "./panel.js";
import {askMeasures, definitions} from "./semantic/ask.js";
import {baseOf} from "./semantic/spans.js";
import {table} from "./table.js";
import {conditionOf} from "./why-sql.js";

/** Opens the members of a dimension behind a mark, largest first, beside the same days a year earlier. */
export async function openBreakout(mark, name) {
  const {measures, dimensions} = await definitions();
  const measure = measures.find((one) => one.name === mark.measure) ?? measures[0];
  const dimension = dimensions.find((one) => one.name === name);
  openPanel({
    title: `${measure.label} by ${dimension.label.toLowerCase()}`,
    subtitle: wordsOf({...mark, title: null}, ...(mark.from ? ["beside a year earlier"] : [])),
    body: answering("Breaking it out…", () => answer(mark, measure, dimension))
  });
}

async function answer(mark, measure, dimension) {
  const ask = (days, by) =>
    askMeasures({measures: [measure.name], by, where: conditionOf(days, mark.filters)});
  const base = mark.from ? baseOf(mark, "last_year") : mark;
  const by = [dimension.name];
  const [now, before, [whole]] = await Promise.all([ask(mark, by), ask(base, by), ask(mark, [])]);
  const was = new Map(before.map((row) => [row[dimension.name], row[measure.name]]));
  const rows = now
    .map((row) => ({
      member: row[dimension.name] ?? "n/a",
      value: row[measure.name],
      before: mark.from ? (was.get(row[dimension.name]) ?? null) : null
    }))
    .sort((a, b) => b.value - a.value);
  const isSum = measure.kind === "simple" && measure.agg === "sum";
  const show = (value) =>
    measure.format === "percent"
      ? percent(value)
      : exact(value === null ? null : Math.round(value * 100) / 100);
  const node = table(
    [{member: "In all", value: whole[measure.name], before: null, isTotal: true}, ...rows],
    [
      {label: dimension.label, isHead: true, value: ({member}) => member},
      {label: measure.label, isNumber: true, value: ({value}) => show(value)},
      ...(isSum
        ? [
            {
              label: "Share",
              isNumber: true,
              value: ({value}) => (whole[measure.name] > 0 ? percent(value / whole[measure.name]) : "n/a")
            }
          ]
        : []),
      {
        label: "Change",
        isNumber: true,
        value: ({value, before, isTotal}) => (isTotal ? "" : percentChange(value, before))
      }
    ],
    {most: 26, caption: `${measure.label} by ${dimension.label.toLowerCase()}`}
  );
  const title = `${measure.label} by ${dimension.label.toLowerCase()}`;
  const foot = exportMenu({title, subtitle: wordsOf({...mark, title: null}), data: () => node.data()});
  return [node, html`<div class="card-foot"><span></span>${foot}</div>`];
}
