import {html} from "htl";
import {exportMenu} from "./export.js";
import {money, weekdays} from "./shop.js";
import {focusAgain} from "./focus.js";
import {askable, whyButton} from "./why-button.js";
import {compact, counted, exact, percent, percentChange, signed} from "./format.js";

const opened = new Set();

/**
 * The members of one dimension by revenue: member with its bar, value, share, change. Weekdays keep their order.
 * `leaders` as in `leaders.json` with `base`; `chosen` are filtered members; `onSelect(member, event)`; `markOf(row)` is what is asked of a row.
 * `measure` names another number in the place of revenue, then with `tell(row, total)` as the tip of a row; `order` is
 * that of its members where they have one.
 */
export function Leaderboard(
  leaders,
  {dimension, chosen = [], onSelect, markOf, most = 7, measure = money("Revenue"), tell = told, order}
) {
  const {name, label, plural} = dimension;
  const rows = ordered(
    leaders.filter((row) => row.dimension === name),
    name === "weekday" ? weekdays : order
  );
  const total = rows.reduce((sum, {revenue}) => sum + revenue, 0);
  const before = rows.some(({base}) => base === null) ? null : rows.reduce((sum, {base}) => sum + base, 0);
  const members = rows.reduce((sum, row) => sum + row.members, 0);
  const largest = Math.max(...rows.map(({member, revenue}) => (member === null ? 0 : Math.abs(revenue))), 0);
  const body = html`<tbody></tbody>`;
  const more = html`<button class="more" id=${`more-${name}`}></button>`;
  const draw = () => {
    const isOpen = opened.has(name);
    const named = rows.filter(({member}) => member !== null);
    const shown = isOpen ? named : pick(named, chosen, most);
    body.replaceChildren(
      ...shown.map((row) => line({row, name, total, largest, chosen, onSelect, markOf, tell}))
    );
    const rest = rows.filter((row) => !shown.includes(row));
    if (rest.length) body.append(others(rest, total, plural));
    more.hidden = named.length <= most;
    more.textContent = isOpen
      ? `Show the first ${most}`
      : `Show ${named.length === members ? "all" : "the first"} ${named.length}`;
  };
  more.onclick = () => {
    if (opened.has(name)) opened.delete(name);
    else opened.add(name);
    draw();
  };
  draw();
  return focusAgain(
    html`<section class=${`card board ${chosen.length ? "is-filtered" : ""}`} aria-label=${label}>
      <div class="board-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">${label}</th>
              <th scope="col">${measure}</th>
              <th scope="col">Share</th>
              <th scope="col">Change</th>
            </tr>
            <tr class="board-total">
              <th scope="row">${counted(members, label.toLowerCase(), plural)}</th>
              <td data-tip=${exact(total)}>${compact(total)}</td>
              <td>${total > 0 ? "100%" : "n/a"}</td>
              <td>${percentChange(total, before)}</td>
            </tr>
          </thead>
          ${body}
        </table>
      </div>
      <footer class="card-foot">
        ${more}${exportMenu({title: `Revenue by ${label.toLowerCase()}`, data: () => dataOf(rows, label)})}
      </footer>
    </section>`
  );
}

function dataOf(rows, label) {
  const columns = [label, "Revenue", "Before", "Margin", "Pieces"].map((name, index) => ({
    name,
    type: index ? "DOUBLE" : "VARCHAR"
  }));
  const values = ({member, members, revenue, base, margin, quantity}) => [
    member ?? `${members} others`,
    revenue,
    base,
    margin,
    quantity
  ];
  return {columns, rows: rows.map(values)};
}

function ordered(rows, order) {
  if (order) return rows.toSorted((a, b) => order.indexOf(a.member) - order.indexOf(b.member));
  return rows.toSorted((a, b) => b.revenue - a.revenue || (b.base ?? 0) - (a.base ?? 0));
}

/** The first rows, and any chosen one that is not among them. */
function pick(rows, chosen, most) {
  const first = rows.slice(0, most);
  return [...first, ...rows.slice(most).filter(({member}) => chosen.includes(member))];
}

function line({row, name, total, largest, chosen, onSelect, markOf, tell}) {
  const {member, revenue, base} = row;
  const isChosen = chosen.includes(member);
  const width = largest ? (Math.abs(revenue) / largest) * 100 : 0;
  const change = base === null ? "" : base <= 0 ? " new" : "";
  const mark = () => markOf(row);
  const node = html`<tr class=${isChosen ? "is-chosen" : null}>
    <th scope="row">
      <button
        id=${`${name}:${member}`}
        aria-keyshortcuts="?"
        aria-pressed=${String(isChosen)}
        data-tip=${tell(row, total)}
        onclick=${(event) => onSelect(member, event)}
      >
        <span class="board-name">${member}</span
        ><span
          class=${`board-bar ${revenue < 0 ? "bad" : ""} ${member === "n/a" ? "other" : ""}`}
          style=${{width: `${width}%`}}
        ></span>
      </button>
    </th>
    <td>${compact(revenue)}</td>
    <td>${total > 0 ? percent(revenue / total) : "n/a"}</td>
    <td class=${changeClass(revenue, base)}>
      ${change ? (revenue ? "new" : "n/a") : percentChange(revenue, base)}
      ${markOf ? whyButton(mark, {isTabbed: false}) : null}
    </td>
  </tr>`;
  return markOf ? askable(node, mark) : node;
}

function others(rest, total, plural) {
  const sum = (key) => rest.reduce((all, row) => all + row[key], 0);
  const revenue = sum("revenue");
  const base = rest.some((row) => row.base === null) ? null : sum("base");
  return html`<tr class="board-others">
    <th scope="row">${exact(sum("members"))} other ${plural}</th>
    <td data-tip=${exact(revenue)}>${compact(revenue)}</td>
    <td>${total > 0 ? percent(revenue / total) : "n/a"}</td>
    <td class=${changeClass(revenue, base)}>${percentChange(revenue, base)}</td>
  </tr>`;
}

function changeClass(revenue, base) {
  if (base === null || base <= 0 || revenue === base) return "flat";
  return revenue > base ? "good" : "bad";
}

function told({member, revenue, base, margin, quantity, last_order_on}, total) {
  return [
    member,
    `Revenue ${exact(revenue)}${total > 0 ? ` (${percent(revenue / total)})` : ""}`,
    `Margin ${exact(margin)}, ${counted(quantity, "piece")}`,
    base === null ? null : `Before ${exact(base)}, ${signed(revenue - base, exact)}`,
    last_order_on ? `Last order ${last_order_on}` : null
  ]
    .filter(Boolean)
    .join("\n");
}
