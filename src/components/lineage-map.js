import {html, svg} from "htl";
import {byTable, layers, reach, tableOf} from "./lineage-paths.js";

const most = {tables: 4, columns: 3};

/**
 * The way of a column: layers from left to right, in each the tables with the columns it comes from or feeds, and a line
 * for each step, drawn by its kind. Pointing at a column leaves only the way to it. On a phone it is a list.
 */
export function lineageMap(graph, id, {up, down, shown, ask}) {
  const own = {id, layer: graph.tables[tableOf(graph, id)].layer, kind: "value", steps: 0};
  const reached = [
    ...up.filter((one) => shown.has(one.kind)),
    own,
    ...down.filter((one) => shown.has(one.kind))
  ];
  const lines = svg`<svg class="lineage-lines" aria-hidden="true"></svg>`;
  const found = layers.filter((layer) => reached.some((one) => one.layer === layer));
  const map = html`<div class="lineage-map" style=${`--layers: ${found.length}`}>
    ${lines}
    ${found.map((layer) =>
      layerOf(
        graph,
        id,
        layer,
        byTable(
          graph,
          reached.filter((one) => one.layer === layer)
        ),
        ask
      )
    )}
  </div>`;
  const draw = () => drawLines(graph, map, lines, shown);
  for (const more of map.querySelectorAll(".lineage-more"))
    more.onclick = () => {
      more.closest("section").classList.add("is-whole");
      draw();
    };
  const focus = (event) => {
    const row = event.target.closest("[data-id]");
    map.classList.toggle("is-focused", Boolean(row));
    const way = row ? wayBetween(graph, id, row.dataset.id) : new Set();
    for (const one of map.querySelectorAll("[data-id]"))
      one.classList.toggle("is-on", way.has(one.dataset.id));
    for (const one of lines.children)
      one.classList.toggle("is-on", way.has(one.dataset.from) && way.has(one.dataset.to));
  };
  const leave = () => focus({target: map});
  Object.assign(map, {onmouseover: focus, onmouseleave: leave});
  map.addEventListener("focusin", focus);
  map.addEventListener("focusout", leave);
  new ResizeObserver(draw).observe(map);
  return map;
}

function layerOf(graph, id, layer, tables, ask) {
  // the table of the column itself first, files before a database's tables
  const rank = ({table}) => (table === tableOf(graph, id) ? 0 : table.split(".").length > 3 ? 2 : 1);
  const sorted = tables.toSorted((a, b) => rank(a) - rank(b));
  const hidden = sorted.slice(most.tables).reduce((sum, one) => sum + one.columns.length, 0);
  const cut = sorted
    .slice(0, most.tables)
    .reduce((sum, one) => sum + Math.max(0, one.columns.length - most.columns), 0);
  return html`<section class="lineage-layer">
    <h3>${layer}</h3>
    ${sorted.map((one, place) => cardOf(graph, id, one, place < most.tables, ask))}
    ${hidden + cut ? html`<button type="button" class="link lineage-more">${hidden + cut} more</button>` : ""}
  </section>`;
}

function cardOf(graph, id, {table, columns}, isShown, ask) {
  const {layer, title} = graph.tables[table];
  const name = title ?? table.replace(`${layer}.`, "");
  return html`<div class=${`lineage-table${isShown ? "" : " is-extra"}`} data-table=${table}>
    <div class="lineage-name">${name}</div>
    <ul>
      ${columns.map(
        (one, place) =>
          html`<li
            class=${[`kind-${one.kind}`, place < most.columns ? "" : "is-extra", one.id === id ? "is-own" : ""].join(" ")}
            data-id=${one.id}
          >
            ${rowOf(one, id, ask)}
          </li>`
      )}
    </ul>
  </div>`;
}

function rowOf(one, id, ask) {
  const how =
    one.kind === "value"
      ? ""
      : html` <span class="lineage-how">${one.kind === "condition" ? "condition" : "whole"}</span>`;
  if (one.id === id) return html`<strong aria-current="true">${breakable(one.name)}</strong>`;
  const whole = {rows: "which rows", page: "the page"}[one.name];
  return whole
    ? html`<span>${whole}</span>${how}`
    : html`${columnLink(one.id, breakable(one.name), ask)}${how}`;
}

/** A name that may break after an underscore or before a capital. */
function breakable(name) {
  return name.split(/(?<=_)|(?=[A-Z])/).flatMap((part) => [part, html`<wbr />`]);
}

/** A link that shows a column without leaving the page. */
export function columnLink(id, text, ask) {
  const link = html`<a href=${`?column=${encodeURIComponent(id)}`}>${text}</a>`;
  link.onclick = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    ask(id);
  };
  return link;
}

/** All that lies on a way between two columns, either way round. */
function wayBetween(graph, a, b) {
  const ids = (id, way) => new Set(reach(graph, id, way).map((one) => one.id));
  const both = (from, to) => [...ids(from, "down")].filter((id) => ids(to, "up").has(id));
  return new Set([a, b, ...both(a, b), ...both(b, a)]);
}

function drawLines({edges}, map, lines, shown) {
  const origin = map.getBoundingClientRect();
  const rows = new Map();
  for (const row of map.querySelectorAll("[data-id]")) if (row.offsetParent) rows.set(row.dataset.id, row);
  for (const table of map.querySelectorAll("[data-table]"))
    if (table.offsetParent && !rows.has(table.dataset.table))
      rows.set(table.dataset.table, table.firstElementChild);
  const paths = edges
    .filter(([from, to, kind]) => shown.has(kind) && rows.has(from) && rows.has(to))
    .map(([from, to, kind]) => {
      const [a, b] = [rows.get(from), rows.get(to)].map((row) => row.getBoundingClientRect());
      const [x1, y1, x2, y2] = [
        a.right - origin.left,
        a.top + a.height / 2 - origin.top,
        b.left - origin.left,
        b.top + b.height / 2 - origin.top
      ];
      const bend = Math.max(16, (x2 - x1) / 2);
      const d = `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
      return svg`<path class=${`kind-${kind}`} data-from=${from} data-to=${to} d=${d}></path>`;
    });
  lines.replaceChildren(...paths);
  lines.setAttribute("width", origin.width);
  lines.setAttribute("height", origin.height);
}
