import {html} from "htl";
import {openDatabase} from "./database.js";
import {mixOfOrders, priceVolumeMix, treeOf} from "./drivers.js";
import {driversSql, spansOf} from "./drivers-sql.js";
import {exportMenu} from "./export.js";
import {exact, percent, signed, signedExact, span} from "./format.js";
import {membersMoved} from "./moved-members.js";
import {answering, openPanel, wordsOf} from "./panel.js";
import {Segments} from "./segments.js";
import {askMeasures, definitions} from "./semantic/ask.js";
import {formatOf, measureOf} from "./semantic/measures.js";
import {baseOf} from "./semantic/spans.js";
import {table} from "./table.js";
import {conditionOf} from "./why-sql.js";

const bases = [
  {value: "last_year", label: "A year earlier"},
  {value: "previous", label: "The days before"}
];

/** Opens what moved a mark's measure since the same days a year earlier, or since as many days before. */
export async function openMoved(mark) {
  const defined = await definitions();
  const measure = measureOf(defined, mark.measure) ?? defined.measures[0];
  const place = html`<div></div>`;
  const draw = (base) => {
    const compared = baseOf(mark, base);
    place.replaceChildren(
      Segments(bases, {id: "moved-base", label: "Compared with", value: base, onChange: draw}),
      answering("Taking the change apart…", () => answer(mark, measure, compared))
    );
  };
  const subtitle = wordsOf({...mark, title: measure.label});
  if (openPanel({title: "Why did it move?", subtitle, body: place})) draw("last_year");
}

async function answer(mark, measure, base) {
  const {query} = await openDatabase();
  const [before, now] = [base, mark].map((days) => conditionOf(days, mark.filters));
  const ask = (where) => askMeasures({measures: [measure.name], where});
  const [rows, [was], [is]] = await Promise.all([query(driversSql(before, now)), ask(before), ask(now)]);
  const spans = spansOf(rows);
  const [from, to] = [was[measure.name], is[measure.name]];
  const told = html`<p class="sentence">${sentence(measure, from, to, base)}</p>`;
  if (!spans.before.orders || !spans.now.orders)
    return [
      told,
      html`<p class="small-print">
        ${spans.now.orders ? `Nothing was sold on ${span(base.from, base.to)}: all of it is new.` : "Nothing was sold in these days."}
      </p>`
    ];
  const [tree, goods] = [treeOf(measure.name, spans), priceVolumeMix(measure.name, spans)];
  const kinds = tree && leavesOf(tree).some(({key}) => key === "order_mix") ? mixOfOrders(spans) : [];
  return [
    told,
    ...(tree ? [cause(tree, kinds), treeTable(tree, measure, "Drivers")] : []),
    ...(kinds.length ? [kindsTable(kinds)] : []),
    ...(goods ? [treeTable(goods, measure, "Price, volume and mix of the products")] : []),
    await membersMoved(measure, {before, now})
  ];
}

function sentence(measure, from, to, base) {
  const {short, change, rate} = formatOf(measure);
  const percentOf = rate(to, from);
  const moved =
    to === null || from === null ? "" : `, ${change(to, from)}${percentOf === null ? "" : ` (${percentOf})`}`;
  return `${measure.label} was ${short(to)}${moved} against ${short(from)} on ${span(base.from, base.to)}.`;
}

/** The factor with the largest effect, in words. */
function cause(tree, kinds) {
  const {change} = tree;
  const [first] = leavesOf(tree).toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  const share = change ? ` (${percent(first.effect / change, 0)} of the change)` : "";
  const kind = first.key === "order_mix" ? kinds[0] : null;
  const which = kind
    ? `: orders of ${kind.kind} went from ${percent(kind.share[0])} to ${percent(kind.share[1])} of all`
    : "";
  return html`<p><b>${first.label}</b> moved it most, by ${signed(first.effect)}${share}${which}.</p>`;
}

/** The factors of a tree that no other factors make. */
function leavesOf({parts}) {
  return parts.flatMap((part) => (part.parts.length ? part.parts : [part]));
}

function treeTable({before, now, change, parts}, measure, caption) {
  const largest = Math.max(
    ...parts.flatMap((part) => [part, ...part.parts]).map(({effect}) => Math.abs(effect)),
    1e-9
  );
  const rows = [
    {label: measure.label, before, now, effect: change, isTotal: true},
    ...parts.flatMap((part) => [{...part, depth: 1}, ...part.parts.map((inner) => ({...inner, depth: 2}))])
  ];
  const value = (number) => (number === null ? "" : exact(number));
  const columns = [
    {
      label: caption,
      isHead: true,
      value: ({label, depth = 0, isTotal}) =>
        html`<span class=${isTotal ? "moved-total" : `moved-depth-${depth}`}>${label}</span>`
    },
    {label: "Before", isNumber: true, value: ({before}) => value(before)},
    {label: "Now", isNumber: true, value: ({now}) => value(now)},
    {
      label: "Effect",
      isNumber: true,
      value: ({key, effect, isTotal}) =>
        html`<span class="moved-effect" data-driver=${key ?? "change"} data-effect=${effect}
          >${isTotal ? null : bar(effect, largest)}${signedExact(effect)}</span
        >`
    }
  ];
  return withExport(table(rows, columns, {caption}), `${caption}: ${measure.label}`);
}

function bar(effect, largest) {
  const width = `${(Math.abs(effect) / largest) * 48}px`;
  return html`<i class=${effect < 0 ? "bad" : "good"} style=${{width}}></i>`;
}

function kindsTable(kinds) {
  const columns = [
    {label: "Orders that hold", isHead: true, value: ({kind}) => kind},
    {label: "Share before", isNumber: true, value: ({share}) => percent(share[0])},
    {label: "Share now", isNumber: true, value: ({share}) => percent(share[1])},
    {
      label: "Value before",
      isNumber: true,
      value: ({orders, values}) => (orders[0] ? exact(Math.round(values[0])) : "n/a")
    },
    {
      label: "Value now",
      isNumber: true,
      value: ({orders, values}) => (orders[1] ? exact(Math.round(values[1])) : "n/a")
    }
  ];
  return withExport(table(kinds, columns, {most: 8, caption: "The mix of orders"}), "The mix of orders");
}

/** A table with its export below. */
function withExport(node, title) {
  return html`<div class="moved-part">
    ${node}
    <div class="card-foot"><span></span>${exportMenu({title, data: () => node.data()})}</div>
  </div>`;
}
