import {html} from "htl";
import {counted, exact, exactTo} from "./format.js";

const clipAt = 80;

/**
 * A table of `{columns: [{name, type}], rows: [[…]]}`: pages of `pageSize`, sorted by a click on a header, numbers
 * right-aligned, null as a faint mark, long text clipped and whole on click. `label` names it for screen readers,
 * `nothing` is written for a number that is null, `ending(row, node)` gives a row a last cell, headed by a hidden "Ask".
 */
export function resultTable({columns, rows}, {pageSize = 100, label = "Result", nothing = "∅", ending} = {}) {
  const state = {page: 0, by: null, isDown: false, rows};
  const head = html`<thead></thead>`;
  const body = html`<tbody></tbody>`;
  const pager = html`<div class="pager"></div>`;
  const scroller = html`<div class="table-scroll" tabindex="0" role="region" aria-label=${label}>
    <table class="result">
      ${head}${body}
    </table>
  </div>`;

  function draw() {
    const pages = Math.max(1, Math.ceil(rows.length / pageSize));
    const from = state.page * pageSize;
    head.replaceChildren(headerRow(columns, state, sortBy));
    if (ending) head.firstElementChild.append(html`<th scope="col"><span class="hidden">Ask</span></th>`);
    const shown = state.rows.slice(from, from + pageSize);
    body.replaceChildren(...shown.map((row) => ended(bodyRow(columns, row, nothing), row)));
    pager.replaceChildren(
      ...(pages > 1 ? pagerParts(state.page, pages, from, pageSize, rows.length, turn) : [])
    );
  }

  function ended(node, row) {
    if (ending) node.append(html`<td class="ask">${ending(row, node)}</td>`);
    return node;
  }

  function sortBy(index) {
    state.isDown = state.by === index ? !state.isDown : isNumeric(columns[index].type);
    state.by = index;
    state.page = 0;
    state.rows = sorted(rows, index, columns[index].type, state.isDown);
    draw();
    head.querySelectorAll("button")[index]?.focus();
  }

  function turn(page) {
    state.page = page;
    draw();
    scroller.scrollTop = 0;
  }

  draw();
  return html`<div class="result-table">${scroller}${pager}</div>`;
}

/** Whether a DuckDB (or Arrow) type holds numbers. */
export function isNumeric(type) {
  return (
    /^(decimal|double|float|real|u?(tiny|small|big|huge)?int(eger)?\d*\b)/i.test(type) && !type.endsWith("]")
  );
}

/** Whether a DuckDB type holds days or moments. */
export function isDated(type) {
  return /^(date|timestamp)/i.test(type) && !type.endsWith("]");
}

function headerRow(columns, {by, isDown}, sortBy) {
  return html`<tr>
    ${columns.map(
      ({name, type}, index) =>
        html`<th
          scope="col"
          class=${isNumeric(type) ? "number" : ""}
          aria-sort=${by === index ? (isDown ? "descending" : "ascending") : "none"}
        >
          <button type="button" title=${`${name}: ${type}`} onclick=${() => sortBy(index)}>
            <bdi>${name}</bdi><span aria-hidden="true">${by === index ? (isDown ? " ↓" : " ↑") : ""}</span>
          </button>
        </th>`
    )}
  </tr>`;
}

function bodyRow(columns, row, nothing) {
  return html`<tr>
    ${columns.map(
      ({name, type}, index) =>
        html`<td
          class=${isNumeric(type) ? "number" : isDated(type) ? "date" : ""}
          dir=${isNumeric(type) ? null : "auto"}
        >
          ${cell(row[index], name, type, nothing)}
        </td>`
    )}
  </tr>`;
}

function cell(value, name, type, nothing) {
  if (value === null || value === undefined)
    return html`<span class="null" title="null">${isNumeric(type) ? nothing : "∅"}</span>`;
  if (value === "") return html`<span class="null" title="empty text">“”</span>`;
  const text = valueText(value, {name, type});
  if (isNumeric(type)) return text;
  return text.length > clipAt ? clipped(text) : html`<span class="text">${text}</span>`;
}

/** A value as the tables write it: null as nothing, numbers grouped. */
export function valueText(value, {name, type}) {
  if (value === null || value === undefined) return "";
  return isNumeric(type) ? numberText(value, name, type) : String(value);
}

/** The order of two values of a type, neither null. */
export function compareValues(a, b, type) {
  return isNumeric(type) ? Number(a) - Number(b) : String(a).localeCompare(String(b));
}

/** Numbers that name something (keys, years) are not grouped; money keeps its cents. */
function numberText(value, name, type) {
  if (/(^|_)(key|id|row|year)$/i.test(name)) return String(value);
  const scale = /^decimal\(\d+, ?(\d+)\)/i.exec(type)?.[1];
  if (typeof value === "number" && Number.isFinite(value)) {
    if (scale) return exactTo(value, Number(scale));
    if (!Number.isInteger(value)) return exact(Number(value.toPrecision(6)));
  }
  return scale && /^-?\d+([.]\d+)?$/.test(value) ? exactTo(String(value), Number(scale)) : exact(value);
}

function clipped(text) {
  const button = html`<button
    type="button"
    class="clip"
    aria-expanded="false"
    title="Show all of it"
  ></button>`;
  const show = (isOpen) => {
    button.textContent = isOpen ? text : `${text.slice(0, clipAt)}…`;
    button.setAttribute("aria-expanded", String(isOpen));
  };
  button.onclick = () => show(button.getAttribute("aria-expanded") === "false");
  show(false);
  return button;
}

function pagerParts(page, pages, from, pageSize, count, turn) {
  const step = (text, label, to, isOff) =>
    html`<button type="button" class="quiet" aria-label=${label} disabled=${isOff} onclick=${() => turn(to)}>
      ${text}
    </button>`;
  return [
    step("← Previous", "Previous page", page - 1, page === 0),
    html`<span
      >${exact(from + 1)} to ${exact(Math.min(from + pageSize, count))} of ${counted(count, "row")}</span
    >`,
    step("Next →", "Next page", page + 1, page === pages - 1)
  ];
}

function sorted(rows, index, type, isDown) {
  const sign = isDown ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[index], b[index]];
    if (left === null || right === null) return (left === null) - (right === null);
    return sign * compareValues(left, right, type);
  });
}
