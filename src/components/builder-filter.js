import {html} from "htl";
import {checks} from "./builder-menu.js";
import {memberName} from "./builder-words.js";
import {counted, exact} from "./format.js";
import {identifier, literal} from "./sales-query.js";

const shownAtOnce = 60;

/**
 * The members of a dimension to filter by, most frequent first, with a search: within the listed ones, or in the
 * browser's DuckDB where there are more. `onApply(members)` gets the chosen ones.
 */
export function filterPanel({dimension, offered, chosen, onApply}) {
  const {count, listed} = offered.members[dimension.name] ?? {count: 0, listed: []};
  const known = new Map(listed.map(({member, lines}) => [member, lines]));
  const list = checks([], {values: chosen, onApply});
  const more = html`<p class="menu-hint" role="status"></p>`;
  const search = html`<input
    type="search"
    placeholder=${`Search ${counted(count, "value")}`}
    aria-label=${`Search ${dimension.label}`}
  />`;
  const draw = (members, found) => {
    const first = search.value ? members : [...new Set([...list.chosen, ...members])];
    list.draw(first.slice(0, shownAtOnce).map((member) => rowOf(member, known.get(member))));
    more.textContent =
      found > first.length || first.length > shownAtOnce
        ? `and ${exact(Math.max(found, first.length) - shownAtOnce)} more: search for them`
        : members.length
          ? ""
          : "None of this name";
  };
  const look = () => {
    const wanted = search.value.toLowerCase();
    const members = [...known.keys()].filter((member) =>
      (member ?? "no value").toLowerCase().includes(wanted)
    );
    draw(members, wanted ? members.length : count);
    if (wanted && count > listed.length) searchAll(dimension, search, known, draw);
  };
  search.oninput = look;
  look();
  return html`<div class="menu-filter">${search}${list.rows}${more}${list.foot}</div>`;
}

/** Asks the browser's DuckDB for the members that hold the text, unless the reader types on meanwhile. */
async function searchAll({expr}, search, known, draw) {
  const wanted = search.value;
  await new Promise((resolve) => setTimeout(resolve, 250));
  if (search.value !== wanted) return;
  try {
    const {openDatabase} = await import("./database.js");
    const {query} = await openDatabase();
    const rows = await query(`select ${identifier("member")}, cast(count(*) as double) as lines
from (select cast(${expr} as varchar) as member from marts.sales)
where contains(lower(member), lower(${literal(wanted)}))
group by 1 order by lines desc, member limit 200`);
    for (const {member, lines} of rows) known.set(member, lines);
    if (search.value === wanted)
      draw(
        rows.map(({member}) => member),
        rows.length
      );
  } catch {
    // the listed members stay; the answer itself tells what is wrong with the database
  }
}

function rowOf(member, lines) {
  return {
    value: member,
    label: memberName(member),
    note: member,
    count: lines === undefined ? "" : exact(lines)
  };
}
