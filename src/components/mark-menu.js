import {definitions} from "./semantic/ask.js";
import {openMenu} from "./menu.js";
import {pageUrl} from "./root.js";
import {categories} from "./semantic/measures.js";

/**
 * What can be asked of any mark or figure: `{title, measure, from, to, filters, onFilter}`; `measure` (revenue unless
 * named) is one of the semantic definitions, `onFilter` filters the page by the mark where it can. `anchor` is an element
 * or a point.
 */
export function openMarkMenu(mark, anchor) {
  const asked = {measure: "revenue", ...mark};
  openMenu(
    anchor,
    [
      {label: "Why this number?", hint: "to the source", onSelect: open("why.js", "openWhy", asked)},
      ...(asked.from ? [{label: "Why did it move?", onSelect: open("moved.js", "openMoved", asked)}] : []),
      {label: "Compare to the rest", onSelect: open("rest.js", "openRest", asked)},
      {label: "Break out by…", onSelect: () => chooseDimension(asked, anchor)},
      {label: "See the rows", onSelect: open("mark-rows.js", "openRows", asked)},
      null,
      {label: "Filter by this", onSelect: asked.onFilter ?? (() => (location.href = dashboardOf(asked)))}
    ],
    {title: mark.title, label: "Ask about this"}
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

async function chooseDimension(mark, anchor) {
  const choices = categories(await definitions());
  openMenu(
    anchor,
    choices.map((dimension) => ({
      label: dimension.label,
      onSelect: open("breakout.js", "openBreakout", mark, dimension.name)
    })),
    {title: mark.title, label: "Break out by"}
  );
}

function dashboardOf({from, to, filters}) {
  const query = new URLSearchParams(from ? {from, to} : {period: "all"});
  for (const [dimension, members] of Object.entries(filters))
    for (const member of members) query.append(dimension, member);
  return pageUrl("dashboards/sales", `?${query}`);
}
