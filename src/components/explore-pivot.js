import {html} from "htl";
import {card} from "./card.js";
import {focusAgain} from "./focus.js";
import {date, exact, month} from "./format.js";
import {Segments} from "./segments.js";
import {
  categories,
  dimensionOf,
  filterText,
  formatOf,
  measureOf,
  memberText,
  pluralOf
} from "./semantic/measures.js";
import {membersOf} from "./semantic/members.js";
import {bucketsFrom} from "./semantic/spans.js";
import {startOf, yearBefore} from "./time.js";
import {withUnit} from "./shop.js";

const most = {rows: 25, members: 12, buckets: 24};
const shapes = [
  {value: "value", label: "Value"},
  {value: "change", label: "Change"},
  {value: "rate", label: "Change %"}
];

/**
 * The chosen measure by a dimension in rows and another dimension or a grain in columns, or null where none is asked:
 * `{rows, columns, cells, total, rowCount, columnCount}`. Totals of rows, of columns and of all are asked for
 * themselves: not every measure adds up.
 */
export async function pivotOf(question, {definitions}) {
  if (!question?.rows || !question.columns || question.rows === question.columns) return null;
  const {askSpans} = await import("./semantic/ask.js");
  const measure = measureOf(definitions, question.measure);
  const {filters, from, to, base, spans} = question;
  const isTime = question.grains.includes(question.columns) && !dimensionOf(definitions, question.columns);
  const both = ({grain, ...more}, before = base && spans[base]) =>
    grain
      ? byTime({measures: [measure.name], filters, grain, ...more}, {from, to}, before)
      : askSpans({measures: [measure.name], filters, ...more}, {from, to}, before);
  const [[total], [rowsNow, rowsBefore]] = await Promise.all([
    both({}).then(([now, before]) => [
      {value: now[0][measure.name], base: before?.[0][measure.name] ?? null}
    ]),
    both({by: [question.rows]})
  ]);
  const all = membersOf(measure, question.rows, rowsNow, rowsBefore);
  const rows = all.slice(0, most.rows);
  const across = isTime
    ? await timeColumns(question, measure, both)
    : await memberColumns(question, measure, both);
  const cells = await cellsOf(question, measure, {both, rows, isTime, columns: across.columns});
  return {isTime, rows, rowCount: all.length, total, cells, ...across};
}

/** Grains are asked span by span: a bucket may hold days of both. */
async function byTime(question, now, before) {
  const {askOnce} = await import("./semantic/ask.js");
  return Promise.all([askOnce({...question, ...now}), before ? askOnce({...question, ...before}) : null]);
}

async function memberColumns({columns: name}, measure, both) {
  const [now, before] = await both({by: [name]});
  const all = membersOf(measure, name, now, before);
  const columns = all
    .slice(0, most.members)
    .map((row) => ({key: row.member, label: memberText(row.member), ...row}));
  return {columns, columnCount: all.length};
}

async function timeColumns({columns: grain, from, to, base}, measure, both) {
  const [now, before] = await both({grain}, beforeOf(grain, {from, to, base}));
  const valued = (rows) => new Map((rows ?? []).map((row) => [row[grain], row[measure.name]]));
  const [values, valuesBefore] = [valued(now), valued(before)];
  const all = bucketsFrom({from, to}, grain, {values, before: null, nothing: null});
  const columns = all.slice(-most.buckets).map(({start, value, isPartial}) => ({
    ...{key: start, value, isPartial},
    label: bucketLabel(start, grain),
    base: valuesBefore.get(startOf(yearBefore(start < from ? from : start, grain), grain)) ?? null
  }));
  return {columns, columnCount: all.length};
}

/** Columns of time are held against the same days a year before, whatever else the page compares with. */
function beforeOf(grain, {from, to, base}) {
  return base === "last_year" ? {from: yearBefore(from, grain), to: yearBefore(to, grain)} : null;
}

async function cellsOf(question, measure, {both, rows, columns, isTime}) {
  const {rows: name, columns: other, from, filters} = question;
  const chosen = {...filters, [name]: rows.map(({member}) => member)};
  const more = isTime
    ? {by: [name], grain: other, filters: chosen}
    : {by: [name, other], filters: {...chosen, [other]: columns.map(({key}) => key)}};
  const [now, before] = await both(more, isTime ? beforeOf(other, question) : undefined);
  const at = (member, key) => JSON.stringify([member, key]);
  const valued = (found) =>
    new Map((found ?? []).map((row) => [at(row[name], row[other]), row[measure.name]]));
  const [values, valuesBefore] = [valued(now), valued(before)];
  const keyBefore = (key) => (isTime ? startOf(yearBefore(key < from ? from : key, other), other) : key);
  return rows.map(({member}) =>
    columns.map(({key}) => ({
      value: values.get(at(member, key)) ?? null,
      base: valuesBefore.get(at(member, keyBefore(key))) ?? null
    }))
  );
}

function bucketLabel(start, grain) {
  if (grain === "year") return start.slice(0, 4);
  if (grain === "quarter") return `Q${Math.ceil(Number(start.slice(5, 7)) / 3)} ${start.slice(0, 4)}`;
  return grain === "month" ? month(start) : date(start);
}

/** The card of a pivot: what it is of, chosen in its head, and its table. `onAsk(changes)`, `onSelect(name, member, event)`. */
export function PivotCard(question, pivot, context, {onAsk, onSelect}) {
  const {definitions} = context;
  const measure = measureOf(definitions, question.measure);
  const named = (name) => dimensionOf(definitions, name)?.label.toLowerCase() ?? name;
  const isAsked = question.rows && question.columns;
  return card({
    id: "pivot",
    className: "pivot",
    title: isAsked
      ? `${measure.label} by ${named(question.rows)} and ${named(question.columns)}`
      : "Cross two dimensions",
    subtitle: `${withUnit(measure)} · ${filterText(question.filters)} · data through ${date(question.through)}`,
    height: isAsked ? 160 : 24,
    controls: controls(question, definitions, onAsk),
    draw: () => body(question, pivot, {definitions, measure, onAsk, onSelect})
  });
}

function controls(question, definitions, onAsk) {
  const offered = categories(definitions).map(({name, label}) => ({value: name, label}));
  const times = question.grains.map((grain) => ({
    value: grain,
    label: `${grain[0].toUpperCase()}${grain.slice(1)}`
  }));
  const select = (key, label, choices) => {
    const node = html`<select id=${`pivot-${key}`} onchange=${() => onAsk({[key]: node.value || null})}>
      <option value="">choose…</option>
      ${choices.map(({value, label}) => html`<option value=${value} selected=${value === question[key]}>${label}</option>`)}
    </select>`;
    return html`<label class="labelled"><span>${label}</span>${node}</label>`;
  };
  return focusAgain(
    html`<div class="pivot-controls">
      ${select("rows", "Rows", offered)} ${select("columns", "Columns", [...times, ...offered])}
    </div>`
  );
}

function body(question, pivot, {definitions, measure, onAsk, onSelect}) {
  if (!question.rows || !question.columns)
    return html`<p class="small-print">
      Choose rows and columns: each cell is ${measure.label.toLowerCase()} of the selection above, asked of
      the browser's DuckDB.
    </p>`;
  if (question.rows === question.columns)
    return html`<p class="small-print">Rows and columns are the same: choose another for one of them.</p>`;
  if (pivot?.error)
    return html`<p class="small-print" role="alert">The pivot could not be asked: ${pivot.error}</p>`;
  if (!pivot) return html`<div class="skeleton" style="height: 240px"></div>`;
  if (!pivot.rows.length)
    return html`<p class="small-print">Nothing of ${filterText(question.filters)} in these days.</p>`;
  return html`<div>
    ${Segments(
      shapes.filter(({value}) => value !== "rate" || formatOf(measure).rate(1, 1) !== null),
      {
        id: "cells",
        label: "What cells show",
        value: question.cells,
        onChange: (cells) => onAsk({cells})
      }
    )}
    ${pivotTable(question, pivot, {definitions, measure, onSelect})} ${rest(question, pivot, definitions)}
  </div>`;
}

function pivotTable(question, {rows, columns, cells, total, isTime}, {definitions, measure, onSelect}) {
  const format = formatOf(measure);
  const name = dimensionOf(definitions, question.rows).label;
  const largest = Math.max(
    0,
    ...cells.flat().map(({value}) => (typeof value === "number" ? Math.abs(value) : 0))
  );
  const cell = (one, isTotal) =>
    pivotCell(one, {measure, format, shape: question.cells, largest: isTotal ? 0 : largest});
  const head = (dimension, member, label) =>
    html`<button class="link" onclick=${(event) => onSelect(dimension, member, event)}>
      ${label.slice(0, 60)}
    </button>`;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Pivot">
    <table class="table pivot-table">
      <thead>
        <tr>
          <th scope="col">${name}</th>
          <th scope="col" class="number">All</th>
          ${columns.map(
            ({key, label, isPartial}) =>
              html`<th scope="col" class="number">
                ${isTime ? `${label}${isPartial ? "*" : ""}` : head(question.columns, key, label)}
              </th>`
          )}
        </tr>
        <tr class="pivot-total">
          <th scope="row">All</th>
          ${cell(total, true)} ${columns.map((column) => cell(column, true))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row, i) =>
            html`<tr data-member=${memberText(row.member)}>
              <th scope="row">${head(question.rows, row.member, memberText(row.member))}</th>
              ${cell(row, true)} ${cells[i].map((one) => cell(one, false))}
            </tr>`
        )}
      </tbody>
    </table>
  </div>`;
}

function pivotCell(
  {value, base},
  {measure, format: {short, full, change, changeFull, rate, tone}, shape, largest}
) {
  const text =
    value === null && shape === "value"
      ? ""
      : {
          value: () => short(value),
          change: () => change(value, base),
          rate: () => rate(value, base) ?? "n/a"
        }[shape]();
  const isNone = text === "n/a" || text === "";
  const heat = shape === "value" && largest && typeof value === "number" ? Math.abs(value) / largest : 0;
  const told = [
    `${measure.label} ${full(value)}`,
    base === null ? null : `Before ${full(base)}, ${changeFull(value, base)}`
  ];
  return html`<td
    class=${`number ${shape === "value" ? "" : isNone ? "flat" : tone(value, base)}`}
    data-value=${value ?? ""}
    data-tip=${value === null && base === null ? null : told.filter(Boolean).join("\n")}
    style=${{"--heat": `${Math.round(heat * 100)}%`}}
  >
    ${text}
  </td>`;
}

function rest(question, {rows, rowCount, columns, columnCount, isTime}, definitions) {
  const said = [];
  if (rowCount > rows.length)
    said.push(
      `the first ${rows.length} of ${exact(rowCount)} ${pluralOf(dimensionOf(definitions, question.rows))}`
    );
  if (columnCount > columns.length)
    said.push(
      isTime
        ? `the last ${columns.length} of ${exact(columnCount)} ${question.columns}s`
        : `the first ${columns.length} of ${exact(columnCount)} ${pluralOf(dimensionOf(definitions, question.columns))}`
    );
  if (isTime && columns.some(({isPartial}) => isPartial)) said.push("* not all of its days");
  return said.length ? html`<p class="small-print">${said.join(" · ")}. Totals are of all.</p>` : null;
}
