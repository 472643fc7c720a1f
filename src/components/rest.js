import {html} from "htl";
import {percent, signed} from "./format.js";
import {answering, openPanel, wordsOf} from "./panel.js";
import {askMeasures, definitions} from "./semantic/ask.js";
import {categories, formatOf, mainMeasures, memberText} from "./semantic/measures.js";
import {table} from "./table.js";
import {conditionOf} from "./why-sql.js";

/** Opens a mark beside the rest: other members in the same days or, of a mark that is only days, all other days. */
export function openRest(mark) {
  const isFiltered = Object.values(mark.filters).some(({length}) => length);
  const own = conditionOf(mark, mark.filters);
  const rest = isFiltered
    ? `(${conditionOf(mark, {})}) and not coalesce(${own}, false)`
    : `not coalesce(${own}, false)`;
  const days = wordsOf({...mark, title: null, filters: {}});
  const what = isFiltered ? `everything else on ${days}` : "all other days";
  openPanel({
    title: "Compare to the rest",
    subtitle: `${wordsOf({...mark, title: null})} beside ${what}`,
    body: answering("Counting both…", () => answer(own, rest, mark.filters))
  });
}

async function answer(own, rest, filters) {
  const defined = await definitions();
  const shown = mainMeasures(defined).map(({measure}) => measure);
  const names = shown.map(({name}) => name);
  const [[mine], [others]] = await Promise.all(
    [own, rest].map((where) => askMeasures({measures: names, where}))
  );
  const open = categories(defined).filter(({name}) => filters[name]?.length !== 1);
  const leaning = (await Promise.all(open.map((dimension) => leaningOf(dimension, own, rest)))).flat();
  leaning.sort((a, b) => Math.abs(b.mine - b.rest) - Math.abs(a.mine - a.rest));
  return [
    table(
      shown,
      [
        {label: "Measure", isHead: true, value: ({label}) => label},
        {label: "This", isNumber: true, value: (one) => formatOf(one).full(mine[one.name])},
        {label: "The rest", isNumber: true, value: (one) => formatOf(one).full(others[one.name])}
      ],
      {caption: "This and the rest"}
    ),
    html`<h3>Where it differs most</h3>`,
    leaning.length
      ? table(
          leaning.slice(0, 10),
          [
            {
              label: "Of its revenue",
              isHead: true,
              value: ({dimension, member}) => `${dimension}: ${member}`
            },
            {label: "This", isNumber: true, value: ({mine}) => percent(mine)},
            {label: "The rest", isNumber: true, value: ({rest}) => percent(rest)},
            {label: "Points", isNumber: true, value: ({mine, rest}) => signed((mine - rest) * 100)}
          ],
          {caption: "Shares of revenue"}
        )
      : html`<p class="small-print">Its revenue is spread as that of the rest.</p>`
  ];
}

/** Members with their share of the revenue on both sides, where these differ. */
async function leaningOf({name, label}, own, rest) {
  const sides = await Promise.all(
    [own, rest].map((where) => askMeasures({measures: ["revenue"], by: [name], where}))
  );
  const totals = sides.map((rows) => rows.reduce((sum, {revenue}) => sum + (revenue ?? 0), 0));
  if (totals.some((total) => total <= 0)) return [];
  const shares = sides.map(
    (rows, side) => new Map(rows.map((row) => [row[name], (row.revenue ?? 0) / totals[side]]))
  );
  const members = new Set([...shares[0].keys(), ...shares[1].keys()]);
  return [...members]
    .map((member) => ({
      dimension: label,
      member: memberText(member),
      mine: shares[0].get(member) ?? 0,
      rest: shares[1].get(member) ?? 0
    }))
    .filter(({mine, rest: other}) => Math.abs(mine - other) >= 0.005);
}
