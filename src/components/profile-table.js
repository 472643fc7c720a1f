import {html, svg} from "htl";
import {compact, counted, date, exact, percent, span} from "./format.js";
import {kept, scaleOf} from "./profile-sql.js";

/**
 * A row per column of a profile: name and meaning, nulls, distinct values, distribution, range, most frequent values.
 * `onRows({columns, kind, value, rows})` makes values and nulls buttons that ask for their rows.
 */
export function profileTable({rows, columns}, {label = "Columns", onRows} = {}) {
  return html`<table class="profile" role="table" aria-label=${label}>
    <thead role="rowgroup">
      <tr role="row">
        ${["Column", "Null", "Distinct", "Distribution", "Range", "Most frequent values"].map(
          (name, index) =>
            html`<th role="columnheader" scope="col" class=${index === 1 || index === 2 ? "number" : null}>
              ${name}
            </th>`
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${columns.map((column) => columnRow(column, rows, onRows))}
    </tbody>
  </table>`;
}

function columnRow(column, rows, onRows) {
  const {name, type, description, distinct, nulls} = column;
  return html`<tr role="row" data-column=${name}>
    <th role="rowheader" scope="row">
      <bdi class="profile-name">${name}</bdi> <span class="profile-type">${typeText(type)}</span>
      ${description ? html`<p class="profile-means">${description}</p>` : null}
    </th>
    <td role="cell" class="number profile-nulls">${nullsOf(column, rows, onRows)}</td>
    <td
      role="cell"
      class="number profile-distinct"
      data-tip=${`${exact(distinct)} of ${counted(rows - nulls, "value")}`}
    >
      ${compact(distinct)}<span class="on-phone"> distinct</span>
    </td>
    <td role="cell" class="profile-shape">${shapeOf(column, rows)}</td>
    <td role="cell" class="profile-range">${rangeOf(column)}</td>
    <td role="cell" class="profile-top">${topOf(column, rows, onRows)}</td>
  </tr>`;
}

function typeText(type) {
  const text = type.toLowerCase();
  return text === "varchar" ? "text" : text.length > 30 ? text.replace(/\(.*/, "") : text;
}

function nullsOf({name, nulls}, rows, onRows) {
  if (!nulls) return html`0%<span class="on-phone"> null</span>`;
  const text = [share(nulls, rows), html`<span class="on-phone"> null</span>`];
  const tip = `${counted(nulls, "row")} without a value`;
  return onRows
    ? html`<button
        type="button"
        class="link"
        data-tip=${tip}
        aria-label=${`${name}: ${tip}, show them`}
        onclick=${() => onRows({columns: [name], kind: "null", rows: nulls})}
      >
        ${text}
      </button>`
    : html`<span data-tip=${tip}>${text}</span>`;
}

/** `<0.1%` rather than a rounded 0, `>99.9%` rather than a rounded 100. */
function share(part, whole) {
  if (!whole) return "n/a";
  const ratio = part / whole;
  if (part && ratio < 0.0005) return "<0.1%";
  return part < whole && ratio >= 0.9995 ? ">99.9%" : percent(ratio);
}

/** A value as people read it: keys and years ungrouped, days in words, long text by its beginning. */
export function valueText(value, {name, type}) {
  if (value === "") return "empty text";
  const scale = scaleOf(type);
  if (scale === "day" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return date(value);
  if (scale === "whole" || scale === "number") {
    if (/(^|_)(key|id|row|year)$/i.test(name)) return value;
    return /^-?\d+(\.\d+)?$/.test(value) ? exact(value) : value;
  }
  return value.length >= kept.letters ? `${value}…` : value;
}

function rangeOf(column) {
  const {low, high, distinct} = column;
  if (low === null) return html`<span class="faint">no value</span>`;
  const [from, to] = [low, high].map((value) => brief(valueText(value, column)));
  return distinct === 1
    ? html`<bdi dir="auto">${from}</bdi>`
    : html`<bdi dir="auto">${from}</bdi> <span class="faint">to</span> <bdi dir="auto">${to}</bdi>`;
}

function brief(text, most = 24) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

function topOf(column, rows, onRows) {
  const {name, top, distinct, nulls} = column;
  if (!top.length) return html`<span class="faint">none</span>`;
  if (distinct > kept.values && distinct === rows - nulls)
    return html`<span class="faint">each value once</span>`;
  return html`<ul class="profile-values">
    ${top.map(({value, rows: n}) => {
      const tip = `${brief(valueText(value, column), 200)}\n${counted(n, "row")}, ${share(n, rows)}`;
      const text = [
        html`<bdi dir="auto">${brief(valueText(value, column), 28)}</bdi> `,
        html`<span class="faint">${n >= rows * 0.01 ? share(n, rows) : `× ${compact(n)}`}</span>`
      ];
      return html`<li>
        ${
          onRows
            ? html`<button
                type="button"
                class="profile-value"
                data-tip=${tip}
                onclick=${() => onRows({columns: [name], kind: "is", value, rows: n})}
              >
                ${text}
              </button>`
            : html`<span class="profile-value" data-tip=${tip}>${text}</span>`
        }
      </li>`;
    })}
  </ul>`;
}

const size = {width: 168, height: 32};

/** Bars along the axis of numbers and days; of other values the share that each of the first ones has. */
function shapeOf(column, rows) {
  const {bars, top, name} = column;
  if (bars.length > 1) return barsOf(column, rows);
  // shares too small to be seen say nothing
  if (!top.length || top[0].rows < rows * 0.02) return null;
  let x = 0;
  const parts = top.map(({value, rows: n}, index) => {
    const width = (n / rows) * size.width;
    const part = svg`<rect class="profile-bar" x=${x} y="8" height="16" width=${Math.max(0, width - 1)}
      style=${`fill-opacity: ${1 - index * 0.16}`}
      data-tip=${`${brief(valueText(value, column), 60)}\n${counted(n, "row")}, ${share(n, rows)}`}></rect>`;
    x += width;
    return part;
  });
  const rest = size.width - x;
  return svg`<svg viewBox=${`0 0 ${size.width} ${size.height}`} height=${size.height} preserveAspectRatio="none"
    role="img" aria-label=${`${name}: shares of its most frequent values`}>
    ${parts}${rest > 0.5 ? svg`<rect class="profile-rest" x=${x} y="8" height="16" width=${rest}></rect>` : ""}
  </svg>`;
}

function barsOf(column, rows) {
  const {bars, name} = column;
  const most = Math.max(...bars);
  const step = size.width / bars.length;
  const heightOf = (n) => (n ? Math.max(1.5, (n / most) * (size.height - 2)) : 0);
  return svg`<svg viewBox=${`0 0 ${size.width} ${size.height}`} height=${size.height} preserveAspectRatio="none"
    role="img" aria-label=${`${name}: rows along its range`}>
    <line class="profile-base" x1="0" x2=${size.width} y1=${size.height - 0.5} y2=${size.height - 0.5}></line>
    ${bars.map(
      (n, index) => svg`<g data-tip=${`${reachOf(column, index)}\n${counted(n, "row")}, ${share(n, rows)}`}>
        <rect class="profile-hit" x=${index * step} y="0" width=${step} height=${size.height}></rect>
        <rect class="profile-bar" x=${index * step + 0.5} y=${size.height - heightOf(n)}
          width=${Math.max(0.5, step - 1)} height=${heightOf(n)}></rect>
      </g>`
    )}
  </svg>`;
}

/** The values that a bar counts. */
function reachOf({name, type, start, width}, index) {
  const scale = scaleOf(type);
  const [from, to] = [start + index * width, start + (index + 1) * width];
  if (scale === "day") return span(isoDay(from), isoDay(to - 1));
  if (scale === "moment") return `${isoMoment(from)} to ${isoMoment(to)}`;
  const text = (number) => (/(^|_)(key|id|row|year)$/i.test(name) ? String(number) : exact(number));
  if (scale === "whole") return width === 1 ? text(from) : `${text(from)} to ${text(to - 1)}`;
  return `${text(rounded(from, width))} to ${text(rounded(to, width))}`;
}

function rounded(number, width) {
  return width > 1e-6 && width < 1e12
    ? Number(number.toFixed(Math.max(0, 2 - Math.floor(Math.log10(width)))))
    : number;
}

function isoDay(days) {
  const day = new Date(days * 86_400_000);
  return Number.isNaN(Number(day)) ? "" : day.toISOString().slice(0, 10);
}

function isoMoment(seconds) {
  const moment = new Date(seconds * 1000);
  return Number.isNaN(Number(moment)) ? "n/a" : moment.toISOString().slice(0, 16).replace("T", " ");
}
