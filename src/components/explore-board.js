import {html} from "htl";
import {focusAgain} from "./focus.js";
import {counted, exact, percent} from "./format.js";
import {filterText, formatOf, isAdditive, memberText, ordinalOf, pluralOf} from "./semantic/measures.js";
import {compareValues, ranked} from "./semantic/members.js";
import {askable, whyButton} from "./why-button.js";

const few = 7;
const many = 100;
const sought = new Map();

/**
 * The members of one dimension by a measure: value, share (where values add up), change and change in percent, each a
 * column to sort by. Expanded, it shows all members with a field to search them. `board` as of `boardsOf`; `onSelect(member,
 * event)`, `onSort(sort)`, `onOpen(isOpen)`; `markOf(row)` is what is asked of a row, or null.
 */
export function Board(board, options) {
  const {dimension, question} = options;
  const isOpen = question.open === dimension.name;
  const chosen = question.filters[dimension.name] ?? [];
  const body = html`<tbody></tbody>`;
  const foot = html`<p class="small-print board-foot"></p>`;
  const rows = sorted(board.rows, options);
  const draw = () => drawRows(body, foot, {rows, board, isOpen, chosen, options});
  draw();
  const node = html`<section
    class=${`card board explore-board ${chosen.length ? "is-filtered" : ""} ${isOpen ? "is-open" : ""}`}
    aria-label=${`${options.measure.label} by ${dimension.label.toLowerCase()}`}
    data-board=${dimension.name}
  >
    ${isOpen ? searchField(dimension, draw) : null}
    <div class="board-scroll">
      <table>
        ${head(board, options)} ${body}
      </table>
    </div>
    ${foot} ${more(board, isOpen, options)}
  </section>`;
  return focusAgain(node);
}

/** The columns of a measure: a share where values add up, a percent where a change has one. */
function columnsOf(measure, question) {
  const hasRate = formatOf(measure).rate(1, 1) !== null;
  return [
    {key: "value", label: "Value", told: measure.label.toLowerCase()},
    ...(isAdditive(measure) ? [{key: "share", label: "Share", told: "share"}] : []),
    ...(question.base ? [{key: "change", label: "Change", told: "change"}] : []),
    ...(question.base && hasRate ? [{key: "rate", label: "%", told: "change in percent"}] : [])
  ];
}

/** By what the reader chose; else by value, or as weekdays and months are. */
function sorted(rows, {question: {sort}}) {
  if (!sort) return ranked([...rows]);
  const of = {
    value: ({value}) => value,
    share: ({value}) => value,
    change: ({value, base}) => (value === null || base === null ? null : value - base),
    rate: ({value, base}) => (value === null || !(base > 0) ? null : value / base)
  }[sort.key];
  const known = rows.filter((row) => isKnown(of(row)));
  const unknown = rows.filter((row) => !isKnown(of(row)));
  known.sort((a, b) => (sort.isUp ? compareValues(of(a), of(b)) : compareValues(of(b), of(a))));
  return [...known, ...unknown];
}

function isKnown(value) {
  return value !== null && !Number.isNaN(value);
}

function head(board, {dimension, measure, question, onSort}) {
  const {full, short, change, changeFull, rate, tone} = formatOf(measure);
  const {total} = board;
  const percentOf = question.base ? rate(total.value, total.base) : null;
  const cells = {
    value: html`<td class="is-value" data-tip=${full(total.value)}>${short(total.value)}</td>`,
    share: html`<td class="is-share">${total.value > 0 ? "100%" : "n/a"}</td>`,
    change: html`<td
      class=${`is-change ${tone(total.value, total.base)}`}
      data-tip=${changeFull(total.value, total.base)}
    >
      ${change(total.value, total.base)}
    </td>`,
    rate: html`<td class=${`is-rate ${tone(total.value, total.base)}`}>${percentOf}</td>`
  };
  const columns = columnsOf(measure, question);
  const key = question.sort?.key ?? "value";
  const direction = question.sort?.isUp ? "ascending" : "descending";
  const isSorted = question.sort || !ordinalOf(board.rows.map(({member}) => member));
  return html`<thead>
    <tr>
      <th scope="col">${dimension.label}</th>
      ${columns.map(
        (column) =>
          html`<th
            scope="col"
            aria-sort=${isSorted && column.key === key ? direction : null}
            class=${`is-${column.key}`}
          >
            <button
              id=${`sort-${dimension.name}-${column.key}`}
              class="sort"
              aria-label=${`${column.label}: sort by ${column.told}`}
              onclick=${() => onSort({key: column.key, isUp: column.key === key && Boolean(isSorted) && !question.sort?.isUp})}
            >
              ${column.label}${isSorted && column.key === key ? html`<i aria-hidden="true">${question.sort?.isUp ? "↑" : "↓"}</i>` : ""}
            </button>
          </th>`
      )}
    </tr>
    <tr class="board-total">
      <th scope="row">
        ${counted(board.count, dimension.name.startsWith("is_") ? "value" : dimension.label.toLowerCase(), pluralOf(dimension))}
      </th>
      ${columns.map((column) => cells[column.key])}
    </tr>
  </thead>`;
}

function drawRows(body, foot, {rows, board, isOpen, chosen, options}) {
  const {dimension, measure, question} = options;
  const text = isOpen ? (sought.get(dimension.name) ?? "").trim().toLowerCase() : "";
  const found = text ? rows.filter(({member}) => memberText(member).toLowerCase().includes(text)) : rows;
  const shown = isOpen ? found.slice(0, many) : pick(found, chosen);
  const largest = Math.max(0, ...rows.map(({value}) => (typeof value === "number" ? Math.abs(value) : 0)));
  const columns = columnsOf(measure, question);
  body.replaceChildren(...shown.map((row) => line(row, {board, columns, largest, chosen, options})));
  if (!isOpen && board.count > shown.length) body.append(others(shown, board, columns, options));
  const hidden = found.length - shown.length;
  foot.textContent = !isOpen
    ? ""
    : !found.length
      ? rows.length
        ? `No member has “${text}” in its name.`
        : `Nothing of ${filterText(question.filters)} in these days.`
      : hidden > 0
        ? `The first ${many} of ${exact(found.length)}; search to see others.`
        : text
          ? `${exact(found.length)} of ${exact(rows.length)}`
          : "";
  foot.hidden = !foot.textContent;
}

/** The first rows, and any chosen one that is not among them. */
function pick(rows, chosen) {
  return [...rows.slice(0, few), ...rows.slice(few).filter(({member}) => chosen.includes(member))];
}

function line(row, {board, columns, largest, chosen, options}) {
  const {dimension, measure, question, onSelect, markOf} = options;
  const {member, value} = row;
  const isChosen = chosen.includes(member);
  const mark = markOf?.(row);
  const width = largest && typeof value === "number" ? (Math.abs(value) / largest) * 100 : 0;
  const name = memberText(member);
  const node = html`<tr
    class=${isChosen ? "is-chosen" : null}
    data-member=${name}
    data-value=${value ?? ""}
    data-base=${row.base ?? ""}
  >
    <th scope="row">
      <button
        id=${`${dimension.name}:${member === null ? "" : "="}${name}`}
        aria-keyshortcuts=${mark ? "?" : null}
        aria-pressed=${String(isChosen)}
        data-tip=${told(row, board, measure, question)}
        onclick=${(event) => onSelect(member, event)}
      >
        <span class="board-name" dir="auto">${name.slice(0, 200)}</span
        ><span
          class=${`board-bar ${value < 0 ? "bad" : ""} ${name === "n/a" ? "other" : ""}`}
          style=${{width: `${width}%`}}
        ></span>
      </button>
    </th>
    ${columns.map(({key}, n) => cell(key, row, board, measure, n === columns.length - 1 && mark ? whyButton(() => mark, {isTabbed: false}) : null))}
  </tr>`;
  return mark ? askable(node, () => mark) : node;
}

function cell(key, {value, base}, {total}, measure, why) {
  const {short, change, rate, tone} = formatOf(measure);
  const isNew = value !== null && (base === 0 || base === null);
  const text = {
    value: () => short(value),
    share: () => (total.value > 0 && value !== null ? percent(value / total.value) : "n/a"),
    change: () => change(value, base),
    rate: () => (isNew && base === 0 && value > 0 ? "new" : (rate(value, base) ?? ""))
  }[key]();
  const toned = key === "change" || key === "rate" ? tone(value, base) : null;
  return html`<td class=${`is-${key} ${toned ?? ""}`}>${text}${why}</td>`;
}

/** How many members are left; their value only where values add up. */
function others(shown, board, columns, {dimension, measure}) {
  const {short, full, change, rate, tone} = formatOf(measure);
  const count = board.count - shown.length;
  const rest = (key) =>
    isAdditive(measure) && board.total[key] !== null
      ? Number((board.total[key] - shown.reduce((sum, row) => sum + (row[key] ?? 0), 0)).toFixed(2))
      : null;
  const [value, base] = [rest("value"), rest("base")];
  const text = {
    value: value === null ? "" : short(value),
    share: value !== null && board.total.value > 0 ? percent(value / board.total.value) : "",
    change: value === null || base === null ? "" : change(value, base),
    rate: value === null || base === null ? "" : (rate(value, base) ?? "")
  };
  const why =
    value === null ? `${measure.label} of several members does not add up: expand to see each` : full(value);
  return html`<tr class="board-others">
    <th scope="row">
      ${exact(count)} other ${count === 1 ? dimension.label.toLowerCase() : pluralOf(dimension)}
    </th>
    ${columns.map(
      ({key}) =>
        html`<td
          class=${`is-${key} ${key === "change" || key === "rate" ? tone(value, base) : ""}`}
          data-tip=${key === "value" ? why : null}
        >
          ${text[key]}
        </td>`
    )}
  </tr>`;
}

function searchField(dimension, draw) {
  const field = html`<input
    type="search"
    id=${`seek-${dimension.name}`}
    placeholder=${`Search ${pluralOf(dimension)}`}
    aria-label=${`Search ${pluralOf(dimension)}`}
    value=${sought.get(dimension.name) ?? ""}
    oninput=${() => {
      sought.set(dimension.name, field.value);
      draw();
    }}
  />`;
  return field;
}

function more(board, isOpen, {dimension, onOpen}) {
  if (!isOpen && board.count <= few) return null;
  return html`<button
    class="more"
    id=${`more-${dimension.name}`}
    aria-expanded=${String(isOpen)}
    onclick=${() => onOpen(!isOpen)}
  >
    ${isOpen ? `Show the first ${few}` : `Show all ${exact(board.count)}`}
  </button>`;
}

function told({member, value, base}, {total}, measure, question) {
  const {full, changeFull, rate} = formatOf(measure);
  const percentOf = rate(value, base);
  return [
    memberText(member).slice(0, 200),
    `${measure.label} ${full(value)}${isAdditive(measure) && total.value > 0 && value !== null ? ` (${percent(value / total.value)})` : ""}`,
    question.base
      ? `Before ${full(base)}, ${changeFull(value, base)}${percentOf && percentOf !== "n/a" ? ` (${percentOf})` : ""}`
      : null
  ]
    .filter(Boolean)
    .join("\n");
}

/** The boards in two columns of about the same length, which no filter moves: by how many members the extract knows. */
export function inColumns(dimensions, {extract}) {
  const columns = [[], []];
  const lengths = [0, 0];
  for (const dimension of dimensions) {
    const at = lengths[1] < lengths[0] ? 1 : 0;
    columns[at].push(dimension);
    lengths[at] += 4 + Math.min(few + 1, extract.dimensions?.[dimension.name]?.count ?? 0);
  }
  return columns;
}
