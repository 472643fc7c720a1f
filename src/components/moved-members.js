import {html} from "htl";
import {exact, signedExact} from "./format.js";
import {askMeasures, definitions} from "./semantic/ask.js";
import {categories, memberText} from "./semantic/measures.js";
import {table} from "./table.js";

const most = 5;

/**
 * Who moved a measure, a table for each dimension: the members with the largest change, the others, and the whole, whose
 * parts sum to it; where a thing may count for several members (orders, customers) a row says how much that is.
 */
export async function membersMoved(measure, {before, now}) {
  if (measure.kind === "ratio") return html`<p class="small-print">A ratio has no parts by member.</p>`;
  if (!["sum", "count", "count_distinct"].includes(measure.agg)) return null;
  const categorical = categories(await definitions());
  const place = html`<div></div>`;
  const choice = html`<select onchange=${() => draw()}>
    ${categorical.map(({name, label}) => html`<option value=${name}>${label}</option>`)}
  </select>`;
  const draw = async () => {
    const dimension = categorical.find(({name}) => name === choice.value);
    place.classList.add("is-asking");
    place.replaceChildren(await members(measure, dimension, {before, now}));
    place.classList.remove("is-asking");
  };
  choice.value = categorical.some(({name}) => name === "category") ? "category" : categorical[0]?.name;
  await draw();
  return html`<div class="moved-part">
    <label class="labelled"><span>Who moved it, by</span>${choice}</label>
    ${place}
  </div>`;
}

async function members({name, label}, dimension, conditions) {
  const ask = (where, by) => askMeasures({measures: [name], by, where});
  const by = [dimension.name];
  const [was, is, [wasAll], [isAll]] = await Promise.all([
    ask(conditions.before, by),
    ask(conditions.now, by),
    ask(conditions.before, []),
    ask(conditions.now, [])
  ]);
  const rows = joined(was, is, dimension.name, name);
  const rest = rows.slice(most);
  const whole = {member: "In all", before: wasAll[name] ?? 0, now: isAll[name] ?? 0};
  const others = {member: `${rest.length} others`, ...summed(rest)};
  const shown = [...rows.slice(0, most), ...(rest.length ? [others] : [])];
  const twice = summed(shown);
  const overlap = {
    member: "Counted for several",
    before: whole.before - twice.before,
    now: whole.now - twice.now
  };
  const isOverlapping = Math.abs(overlap.before) > 0.005 || Math.abs(overlap.now) > 0.005;
  return table([...shown, ...(isOverlapping ? [overlap] : []), whole], columnsOf(dimension, label), {
    caption: `Change of ${label.toLowerCase()} by ${dimension.label.toLowerCase()}`
  });
}

function joined(was, is, dimension, measure) {
  const members = new Map();
  for (const [span, rows] of Object.entries({before: was, now: is}))
    for (const row of rows) {
      const member = memberText(row[dimension]);
      const found = members.get(member) ?? {member, before: 0, now: 0};
      members.set(member, {...found, [span]: row[measure] ?? 0});
    }
  const size = ({before, now}) => Math.abs(now - before);
  return [...members.values()].sort((a, b) => size(b) - size(a));
}

function summed(rows) {
  const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
  return {before: total("before"), now: total("now")};
}

function columnsOf(dimension, label) {
  const rounded = (value) => Math.round(value * 100) / 100;
  return [
    {label: dimension.label, isHead: true, value: ({member}) => member},
    {label: `${label} before`, isNumber: true, value: ({before}) => exact(rounded(before))},
    {label: "Now", isNumber: true, value: ({now}) => exact(rounded(now))},
    {label: "Change", isNumber: true, value: ({before, now}) => signedExact(rounded(now - before))}
  ];
}
