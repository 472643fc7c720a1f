import {definitions} from "./semantic/ask.js";
import {openMenu} from "./menu.js";
import {dimensions} from "./question.js";
import {wordsOf} from "./panel.js";
import {pageUrl} from "./root.js";
import {categories} from "./semantic/measures.js";

/**
 * What can be asked of any mark or figure: `{title, measure, from, to, filters, onFilter, onBreakOut}`; `measure` (revenue
 * unless named) is one of the semantic definitions, `onFilter` filters the page by the mark where it can (null where it is
 * already; the sales dashboard where there is none), `onBreakOut(dimension)` breaks it out in the page. `anchor` is an element or a point.
 */
export function openMarkMenu(mark, anchor) {
  const asked = {measure: "revenue", ...mark};
  const filter = filterOf(asked);
  openMenu(
    anchor,
    [
      {label: "Why this number?", hint: "to the source", onSelect: open("why.js", "openWhy", asked)},
      ...(asked.from ? [{label: "Why did it move?", onSelect: open("moved.js", "openMoved", asked)}] : []),
      {label: "Compare to the rest", onSelect: open("rest.js", "openRest", asked)},
      {label: "Break out by…", onSelect: () => chooseDimension(asked, anchor)},
      {label: "See the rows", onSelect: open("mark-rows.js", "openRows", asked)},
      ...(filter ? [null, {label: "Filter by this", onSelect: filter}] : [])
    ],
    {title: wordsOf(mark), label: "Ask about this"}
  );
}

const panels = {
  "why.js": () => import("./why.js"),
  "moved.js": () => import("./moved.js"),
  "rest.js": () => import("./rest.js"),
  "breakout.js": () => import("./breakout.js"),
  "mark-rows.js": () => import("./mark-rows.js")
};

/** Opens a panel, whose code comes when it is first asked for. */
function open(file, name, ...given) {
  return async () => (await panels[file]())[name](...given);
}

/** Filters the page or, where it has no filters of its own, leads to the dashboard that has those of the mark. */
function filterOf(mark) {
  if (mark.onFilter !== undefined) return mark.onFilter;
  const isKnown = ([name, members]) => dimensions.some((one) => one.name === name) && !members.includes(null);
  return Object.entries(mark.filters).every(isKnown) ? () => (location.href = dashboardOf(mark)) : null;
}

async function chooseDimension(mark, anchor) {
  const choices = categories(await definitions());
  const breakOut = ({name}) =>
    mark.onBreakOut ? () => mark.onBreakOut(name) : open("breakout.js", "openBreakout", mark, name);
  openMenu(
    anchor,
    choices.map((dimension) => ({
      label: dimension.label,
      onSelect: breakOut(dimension)
    })),
    {title: wordsOf(mark), label: "Break out by"}
  );
}

function dashboardOf({from, to, filters}) {
  const query = new URLSearchParams(from ? {from, to} : {period: "all"});
  for (const [dimension, members] of Object.entries(filters))
    for (const member of members) query.append(dimension, member);
  return pageUrl("dashboards/sales", `?${query}`);
}
