import {html} from "htl";
import {exportMenu} from "./export.js";
import {percent, percentChange} from "./format.js";
import {answering, openPanel, wordsOf} from "./panel.js";
import {askMeasures, definitions} from "./semantic/ask.js";
import {dimensionOf, formatOf, isAdditive, measureOf, memberText} from "./semantic/measures.js";
import {baseOf} from "./semantic/spans.js";
import {table} from "./table.js";
import {conditionOf} from "./why-sql.js";

/** Opens the members of a dimension behind a mark, largest first, beside the same days a year earlier. */
export async function openBreakout(mark, name) {
  const defined = await definitions();
  const measure = measureOf(defined, mark.measure) ?? defined.measures[0];
  const dimension = dimensionOf(defined, name);
  openPanel({
    title: `${measure.label} by ${dimension.label.toLowerCase()}`,
    subtitle: wordsOf({...mark, title: null}, ...(mark.from ? ["beside a year earlier"] : [])),
    body: answering("Breaking it out…", () => answer(mark, measure, dimension))
  });
}

async function answer(mark, measure, dimension) {
  const ask = (days, by) =>
    askMeasures({measures: [measure.name], by, where: conditionOf(days, mark.filters)});
  const by = [dimension.name];
  const [now, before, [whole]] = await Promise.all([
    ask(mark, by),
    mark.from ? ask(baseOf(mark, "last_year"), by) : [],
    ask(mark, [])
  ]);
  const was = new Map(before.map((row) => [row[dimension.name], row[measure.name]]));
  const rows = now
    .map((row) => ({
      member: memberText(row[dimension.name]),
      value: row[measure.name],
      before: was.get(row[dimension.name]) ?? null
    }))
    .sort((a, b) => b.value - a.value);
  const {full} = formatOf(measure);
  const node = table(
    [{member: "In all", value: whole[measure.name], before: null, isTotal: true}, ...rows],
    [
      {label: dimension.label, isHead: true, value: ({member}) => member},
      {label: measure.label, isNumber: true, value: ({value}) => full(value)},
      ...(isAdditive(measure)
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
