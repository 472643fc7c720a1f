import {html} from "htl";
import {FileAttachment} from "observablehq:stdlib";
import {brief} from "./chart-frame.js";
import {compareValues, isNumeric, valueText} from "./result-table.js";

const clipAt = 120;
const rowHeight = 32;
const most = 14;

let loaded;

/**
 * A grid of `{columns: [{name, type}], rows: [[…]]}` for up to ten thousand rows, of which only those in sight are drawn:
 * sorted by a click on a header, columns to be resized, cells walked by the arrow keys and copied with Ctrl/Cmd+C, null
 * told from empty text, long text whole on click. `label` names it for screen readers. Its code comes with the first one;
 * until then it holds its place.
 */
export function resultGrid({columns, rows}, {label = "Result"} = {}) {
  const height = (Math.min(rows.length, most) + 1) * rowHeight + 2;
  const slot = html`<div class="grid-slot" style=${{height: `${height}px`}}></div>`;
  const whole = html`<div class="cell-whole" hidden></div>`;
  const node = html`<div class="result-grid">${slot}${whole}</div>`;
  load()
    .then(({Tabulator}) => draw(Tabulator, slot, {columns, rows, label, height, showWhole: wholeIn(whole)}))
    .catch((error) =>
      slot.replaceChildren(html`<p class="faint">The table could not be drawn: ${error.message}</p>`)
    );
  return node;
}

async function load() {
  return (loaded ??= Promise.all([import("tabulator-tables"), style()]).then(([module]) => {
    const {Tabulator, ...rest} = module;
    Tabulator.registerModule([
      rest.FormatModule,
      rest.FrozenColumnsModule,
      rest.SortModule,
      rest.ResizeColumnsModule,
      rest.ResizeTableModule,
      rest.SelectRangeModule,
      rest.KeybindingsModule,
      rest.InteractionModule,
      rest.AccessorModule,
      rest.EditModule
    ]);
    return {Tabulator};
  }));
}

/** The grid's own style sheet goes before the house's, which may then differ. */
function style() {
  const link = html`<link rel="stylesheet" href=${FileAttachment("../data/tabulator.css").href} />`;
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.prepend(link);
  });
}

function draw(Tabulator, slot, {columns, rows, label, height, showWhole}) {
  const place = html`<div></div>`;
  slot.replaceChildren(place);
  const grid = new Tabulator(place, {
    data: rows.map((row, index) =>
      Object.fromEntries([["n", index + 1], ...row.map((value, at) => [`c${at}`, value])])
    ),
    columns: columns.map((column, index) => columnOf(column, index, rows, showWhole)),
    height,
    rowHeight,
    layout: "fitDataFill",
    nestedFieldSeparator: false,
    selectableRange: 1,
    selectableRangeAutoFocus: false,
    selectableRangeClearCells: false,
    columnDefaults: {headerSortTristate: true, resizable: "header"},
    placeholder: ""
  });
  grid.on("tableBuilt", () => describe(place, label, rows.length));
  slot.addEventListener("copy", (event) => copy(event, grid, columns));
  slot.addEventListener("keydown", (event) => openCell(event, grid));
}

function describe(place, label, count) {
  place.setAttribute("aria-label", label);
  place.setAttribute("aria-rowcount", count + 1);
  // what scrolls is the group of rows; Tabulator names the element inside it
  place.querySelector(".tabulator-tableholder")?.setAttribute("role", "rowgroup");
  place.querySelector(".tabulator-table")?.setAttribute("role", "presentation");
}

function columnOf(column, index, rows, showWhole) {
  const {name, type} = column;
  return {
    field: `c${index}`,
    title: "",
    width: widthOf(column, index, rows),
    hozAlign: isNumeric(type) ? "right" : "left",
    headerHozAlign: isNumeric(type) ? "right" : "left",
    cssClass: isNumeric(type) ? "number" : "",
    titleFormatter: () =>
      html`<button type="button" title=${`${brief(name, 400)}: ${type}`}>
        <bdi>${brief(name, 80)}</bdi>
      </button>`,
    formatter: (cell) => cellNode(cell.getValue(), column, () => showWhole(column, cell.getValue())),
    headerSortStartingDir: isNumeric(type) ? "desc" : "asc",
    sorter: (a, b, left, right, _, direction) => {
      // null comes last both ways
      if (a === null || b === null) return ((a === null) - (b === null)) * (direction === "desc" ? -1 : 1);
      return compareValues(a, b, type) || left.getData().n - right.getData().n;
    }
  };
}

/** Wide enough for nine of ten values, so that nothing is measured and no column moves. */
function widthOf(column, index, rows) {
  const lengths = rows.slice(0, 2000).map((row) => valueText(row[index], column).length);
  const usual = lengths.sort((a, b) => a - b)[Math.floor(lengths.length * 0.98)] ?? 0;
  return Math.round(
    Math.min(360, Math.max(72, Math.max(usual * 7.6 + 28, Math.min(column.name.length, 40) * 7.6 + 44)))
  );
}

function cellNode(value, column, showWhole) {
  if (value === null || value === undefined) return html`<span class="null" title="null">∅</span>`;
  if (value === "") return html`<span class="null" title="empty text">“”</span>`;
  const text = valueText(value, column);
  if (text.length <= clipAt) return html`<span dir=${isNumeric(column.type) ? "ltr" : "auto"}>${text}</span>`;
  return html`<button type="button" class="clip" dir="auto" title="Show all of it" onclick=${showWhole}>
    ${text.slice(0, clipAt)}…
  </button>`;
}

function wholeIn(node) {
  return (column, value) => {
    const close = html`<button type="button" class="quiet">Close</button>`;
    close.onclick = () => (node.hidden = true);
    node.replaceChildren(
      html`<div class="bar">
        <span class="faint"><bdi>${brief(column.name)}</bdi></span
        ><span class="spring"></span>${close}
      </div>`,
      html`<pre tabindex="0" dir="auto">${valueText(value, column)}</pre>`
    );
    node.hidden = false;
    close.focus({preventScroll: true});
  };
}

/** Copies the cells of the chosen range as text with tabs, which spreadsheets take. */
function copy(event, grid, columns) {
  if (!window.getSelection()?.isCollapsed) return;
  const cells = grid.getRanges().at(0)?.getStructuredCells() ?? [];
  if (!cells.length) return;
  const plain = (cell) => {
    const value = cell.getValue();
    const text = value === null ? "" : String(value);
    return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const isOne = cells.length === 1 && cells[0].length === 1;
  const names = cells[0].map((cell) => columns[Number(cell.getField().slice(1))].name);
  const lines = cells.map((row) => row.map(plain).join("\t"));
  event.clipboardData.setData("text/plain", (isOne ? lines : [names.join("\t"), ...lines]).join("\n"));
  event.preventDefault();
}

function openCell(event, grid) {
  if (event.key !== "Enter" || event.target.closest("button")) return;
  const cell = grid.getRanges().at(0)?.getCells()?.flat?.()[0];
  cell?.getElement?.().querySelector("button.clip")?.click();
}
