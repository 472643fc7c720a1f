import {html} from "htl";
import {exactValue} from "./builder-measure.js";
import {cellsOf, keyName, keysOf} from "./builder-series.js";
import {resultTable} from "./result-table.js";
import {withUnit} from "./shop.js";
import {askable, whyOf} from "./why-button.js";

const types = {money: "DECIMAL(38,2)", integer: "BIGINT", percent: "DOUBLE", date: "VARCHAR"};

/** An answer as a table, its total on top: a row a group, or (`isPivoted`) the last group across. */
export function answerTable({plan, measures, answer, markOf}) {
  const isPivoted = plan.asked.isPivoted && plan.groups.length > 1;
  const {columns, rows} = isPivoted ? pivoted(plan, measures, answer.rows) : flat(plan, measures, answer);
  const marks = new Map(isPivoted ? [] : ordered(plan, answer.rows).map((row, index) => [rows[index], row]));
  const ending = (row, node) => {
    const {keys, values, isAlone} = marks.get(row) ?? {
      keys: row.slice(0, plan.groups.length - 1),
      values: []
    };
    const mark = markOf(measures[0], keys, isAlone ? undefined : values[0]);
    askable(node, () => mark);
    return whyOf(mark);
  };
  return html`<div>
    ${answer.total && plan.groups.length ? totalLine(measures, answer.total, markOf) : ""}
    ${resultTable({columns, rows}, {pageSize: 30, label: "The answer as a table", nothing: "n/a", ending})}
  </div>`;
}

/** The answer as columns and rows of plain values, as they are exported: `{columns: [{name, type}], rows}`. */
export function flat(plan, measures, {rows}) {
  const columns = [
    ...plan.groups.map(({label}) => ({name: label, type: "VARCHAR"})),
    ...measures.flatMap((measure) => [
      {name: shown(measure), type: types[measure.format]},
      ...(plan.base
        ? [
            {name: `${shown(measure)} before`, type: types[measure.format]},
            {name: `Change of ${shown(measure)}`, type: types[measure.format]}
          ]
        : [])
    ])
  ];
  const names = (keys) =>
    keys.map((key, index) => (plan.groups[index].isGrain ? key : key === null ? null : String(key)));
  return {
    columns,
    rows: ordered(plan, rows).map(({keys, values, before}) => [
      ...names(keys),
      ...measures.flatMap((measure, index) => {
        const [now, then] = [scaled(measure, values[index]), scaled(measure, before?.[index] ?? null)];
        const change = typeof now === "number" && typeof then === "number" ? now - then : null;
        return plan.base ? [now, then, change] : [now];
      })
    ])
  };
}

function pivoted(plan, measures, rows) {
  const last = plan.groups.length - 1;
  const across = keysOf(plan, rows, last).slice(0, 60);
  const heads = new Map(rows.map(({keys}) => [JSON.stringify(keys.slice(0, last)), keys.slice(0, last)]));
  const order = plan.groups
    .slice(0, last)
    .map((_, index) => new Map(keysOf(plan, rows, index).map((key, place) => [key, place])));
  const ordered = [...heads.values()].sort((a, b) =>
    a.reduce((sum, key, index) => sum || order[index].get(key) - order[index].get(b[index]), 0)
  );
  const cells = measures.map((measure, index) => cellsOf(plan, {...measure, kind: "ratio"}, index, rows));
  return {
    columns: [
      ...plan.groups.slice(0, last).map(({label}) => ({name: label, type: "VARCHAR"})),
      ...across.flatMap((key) =>
        measures.map((measure) => ({
          name: `${keyName(key, plan.groups[last], 40)}${measures.length > 1 ? ` · ${shown(measure)}` : ""}`,
          type: types[measure.format]
        }))
      )
    ],
    rows: ordered.map((head) => [
      ...head,
      ...across.flatMap((key) =>
        measures.map((measure, index) => scaled(measure, cells[index].at(...head, key).value))
      )
    ])
  };
}

/** As the chart has them: time as it goes, the rest by value, "other" last. */
function ordered({groups}, rows) {
  const isTimed = groups[0]?.isGrain;
  const value = ({values}) => (typeof values[0] === "number" ? values[0] : -Infinity);
  return isTimed
    ? rows.toSorted((a, b) => (a.keys[0] ?? "~").localeCompare(b.keys[0] ?? "~") || value(b) - value(a))
    : rows.toSorted((a, b) => a.isOther - b.isOther || value(b) - value(a));
}

function totalLine(measures, total, markOf) {
  return html`<p class="builder-total">
    In all:
    ${measures.map((measure, index) => html`<span><b data-total=${measure.name}>${exactValue(measure, total[index])}</b> ${measure.label} ${whyOf(markOf(measure, [], total[index]))}</span>`)}
  </p>`;
}

/** Shares are shown as percent, which their label says. */
function scaled({format}, value) {
  return format === "percent" && typeof value === "number" ? Number((value * 100).toFixed(6)) : value;
}

function shown(measure) {
  const {label, format} = measure;
  return format === "percent" && !label.includes("%") ? `${label} %` : withUnit(measure);
}
