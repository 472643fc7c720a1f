import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {changeClass, changeOf, exactValue, shortValue} from "./builder-measure.js";
import {bucketEnd} from "./builder-period.js";
import {bucketsOfPlan} from "./builder-rows.js";
import {cellsOf, isGrey, keyName, keysOf} from "./builder-series.js";
import {brief, frame, labelled, sideways} from "./chart-frame.js";
import {date, monthName, percent, tick} from "./format.js";
import {hatch} from "./hatch.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];
const tip = {fill: "var(--card)", stroke: "var(--line-strong)", fontSize: 12};

/**
 * An answer as a chart of a type, one below the other for each measure: `answer` of `answerRows`, `listed` the known
 * members of a dimension, whose order gives colours that stay.
 */
export function drawAnswer(type, {plan, measures, answer, listed}, width) {
  if (type === "figure") return figures(plan, measures, answer);
  const drawn = measures.filter(({format}) => format !== "date");
  return html`<div class="builder-charts">
    ${drawn.map((measure) => {
      const cells = cellsOf(plan, measure, measures.indexOf(measure), answer.rows);
      const keys = plan.groups.map((_, index) => keysOf(plan, answer.rows, index));
      return draw[type]({plan, measure, cells, keys, listed, width});
    })}
  </div>`;
}

const draw = {
  bars: columns,
  ranked,
  lines,
  stacked: (parts) => series({...parts, isStacked: true}),
  grouped: (parts) => series({...parts, isStacked: false}),
  heat
};

function figures({base, baseLabel}, measures, {total, baseTotal}) {
  return html`<div class="builder-figures">
    ${measures.map((measure, index) => {
      const [value, before] = [total?.[index] ?? null, baseTotal?.[index] ?? null];
      return html`<div
        class="builder-figure"
        data-figure=${measure.name}
        data-value=${value ?? ""}
        data-tip=${`${measure.label}: ${exactValue(measure, value)}`}
      >
        <div class="figure-label">${measure.label}</div>
        <div class="figure-value">${shortValue(measure, value)}</div>
        ${
          base
            ? html`<div class="figure-change">
                  <b class=${changeClass(measure, value, before)}>${changeOf(measure, value, before)}</b>
                </div>
                <div class="figure-base">from ${shortValue(measure, before)}: ${baseLabel}</div>`
            : html`<div class="figure-base">${baseLabel}</div>`
        }
      </div>`;
    })}
  </div>`;
}

/** Columns over time or an order, in front of what they are compared with in grey; a bucket that is cut is hatched. */
function columns({plan, measure, cells, keys: [keys], width}) {
  const group = plan.groups[0];
  const partial = partialOf(plan);
  const rows = keys.map((key) => ({
    key,
    ...cells.at(key),
    isPartial: partial.has(key),
    isGrey: isGrey(key, group)
  }));
  const {mark, fill} = hatch("var(--c1)");
  const room = (width - 68) / keys.length;
  const compared = plan.base ? rows.filter(({before}) => typeof before === "number") : [];
  const peak = peakOf(rows, measure);
  return labelled(
    chartLabel(plan, measure, plan.base ? "grey" : null),
    Plot.plot({
      ...frame(width, null),
      ...axisOf(measure, rows),
      marginTop: 24,
      marginBottom: 40,
      x: {type: "band", domain: keys, padding: room > 8 ? 0.25 : 0.05, axis: null},
      marks: [
        mark,
        Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
        axisOfKeys(keys, group, width),
        Plot.barY(compared, {x: "key", y: "before", fill: "var(--last-year)", inset: room > 12 ? -2 : 0}),
        Plot.barY(rows, {
          x: "key",
          y: "value",
          fill: ({isPartial, isGrey}) => (isGrey ? "var(--other)" : isPartial ? fill : "var(--c1)"),
          insetLeft: room > 12 ? 2 : 0,
          insetRight: room > 12 ? 2 : 0
        }),
        Plot.ruleY([0], {stroke: "var(--line-strong)"}),
        peak &&
          Plot.text([peak], {
            x: "key",
            y: "value",
            dy: -8,
            text: ({value}) => shortValue(measure, value),
            fontWeight: 600,
            fill: "var(--ink)",
            stroke: "var(--card)",
            strokeWidth: 4
          }),
        Plot.tip(
          rows,
          Plot.pointerX({
            ...tip,
            x: "key",
            y: ({value, before}) => Math.max(value ?? 0, before ?? 0, 0),
            title: (row) => told(plan, measure, [keyName(row.key, group)], row)
          })
        )
      ]
    })
  );
}

/** Horizontal bars by value; what they are compared with is the grey bar behind each. */
function ranked({plan, measure, cells, keys: [all], width}) {
  const group = plan.groups[0];
  const keys = all
    .toSorted(
      (a, b) =>
        isGrey(a, group) - isGrey(b, group) ||
        (cells.at(b).value ?? -Infinity) - (cells.at(a).value ?? -Infinity)
    )
    .slice(0, 60);
  const rows = keys.map((key, index) => ({key, index, ...cells.at(key), isGrey: isGrey(key, group)}));
  const isWide = width >= 480;
  const compared = plan.base ? rows.filter(({before}) => typeof before === "number") : [];
  const values = rows.flatMap(({value, before}) => [value ?? 0, before ?? 0]);
  const more = all.length - keys.length;
  return labelled(
    `${chartLabel(plan, measure, plan.base ? "grey" : null)}${more ? `, the ${keys.length} first of ${all.length}` : ""}`,
    Plot.plot({
      ...sideways(width, {
        names: keys.map((key) => keyName(key, group, 60)),
        height: 28,
        right: plan.base && isWide ? 168 : 64
      }),
      x: {
        ...sideways(width, {names: []}).x,
        domain: [Math.min(0, ...values), Math.max(0, ...values) || 1],
        tickFormat: tickOf(measure)
      },
      marks: [
        Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: isWide ? 5 : 2}),
        Plot.barX(compared, {x: "before", y: "index", fill: "var(--last-year)", insetTop: 2, insetBottom: 2}),
        Plot.barX(rows, {
          x: "value",
          y: "index",
          fill: ({isGrey}) => (isGrey ? "var(--other)" : "var(--c1)"),
          insetTop: plan.base ? 7 : 5,
          insetBottom: plan.base ? 7 : 5
        }),
        Plot.text(rows, {
          x: ({value, before}) => Math.max(0, value ?? 0, plan.base ? (before ?? 0) : 0),
          y: "index",
          text: ({value, before}) =>
            `${shortValue(measure, value)}${plan.base && isWide ? ` · ${changeOf(measure, value, before).replace(/^.*\((.*)\)$/, "$1")}` : ""}`,
          textAnchor: "start",
          dx: 6,
          fill: "var(--ink-soft)"
        }),
        Plot.ruleX([0], {stroke: "var(--line-strong)"}),
        Plot.tip(
          rows,
          Plot.pointerY({
            ...tip,
            x: ({value}) => Math.max(0, value ?? 0),
            y: "index",
            title: (row) => told(plan, measure, [keyName(row.key, group)], row)
          })
        )
      ]
    })
  );
}

/** Lines over time, named at their ends; what a single line is compared with is its faint twin. */
function lines({plan, measure, cells, keys: [starts, names = [null]], listed, width}) {
  const grain = plan.groups[0].name;
  const group = plan.groups[1];
  const isSingle = !group;
  const color = colorsOf(names, group, listed);
  const dated = starts.filter((start) => start !== null);
  const rows = names.flatMap((name) =>
    dated.map((start) => ({
      start,
      name,
      x: new Date(start),
      ...(isSingle ? cells.at(start) : cells.at(start, name))
    }))
  );
  const right = isSingle
    ? 16
    : Math.min(
        width * 0.3,
        24 + 7 * Math.max(...names.map((name) => brief(keyName(name, group), 18).length))
      );
  const axis = axisOf(measure, rows);
  const ends = placed(
    names
      .map((name) => ({name, row: rows.findLast((row) => row.name === name && row.value !== null)}))
      .filter(({row}) => row),
    axis,
    frame(width).height
  );
  return labelled(
    chartLabel(plan, measure, isSingle && plan.base ? "faint" : null),
    Plot.plot({
      ...frame(width, null),
      ...axis,
      marginTop: 24,
      marginRight: right,
      marginBottom: 40,
      x: {type: "utc", axis: null},
      marks: [
        Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
        axisOfDays(dated, grain, width),
        isSingle && plan.base
          ? Plot.lineY(rows, {
              x: "x",
              y: "before",
              stroke: "var(--c1)",
              strokeOpacity: 0.35,
              strokeWidth: 1.5
            })
          : null,
        Plot.lineY(rows, {x: "x", y: "value", z: "name", stroke: ({name}) => color(name), strokeWidth: 2}),
        dated.length === 1 ? Plot.dot(rows, {x: "x", y: "value", fill: ({name}) => color(name)}) : null,
        axis.y.domain[0] <= 0 ? Plot.ruleY([0], {stroke: "var(--line-strong)"}) : null,
        ...(isSingle
          ? []
          : ends.map(({name, row, dy}) =>
              Plot.text([row], {
                x: "x",
                y: "value",
                dx: 6,
                dy,
                textAnchor: "start",
                text: () => brief(keyName(name, group), 18),
                fill: color(name),
                fontWeight: 600
              })
            )),
        Plot.tip(
          rows,
          Plot.pointer({
            ...tip,
            x: "x",
            y: "value",
            title: (row) =>
              told(
                plan,
                measure,
                [group ? keyName(row.name, group) : null, keyName(row.start, plan.groups[0])],
                row
              )
          })
        )
      ].filter(Boolean)
    })
  );
}

/** Columns of a few series, one on top of the other or side by side. */
function series({plan, measure, cells, keys: [firsts, names], listed, width, isStacked}) {
  const [group, second] = plan.groups;
  const color = colorsOf(names, second, listed);
  const rows = firsts.flatMap((first) => names.map((name) => ({first, name, ...cells.at(first, name)})));
  const title = (row) => told(plan, measure, [keyName(row.name, second), keyName(row.first, group)], row);
  const total = (first) => names.reduce((sum, name) => sum + (cells.at(first, name).value ?? 0), 0);
  const domain = isStacked
    ? axisOf(
        measure,
        firsts.map((first) => ({value: total(first)}))
      )
    : axisOf(measure, rows);
  const placing = isStacked ? {x: "first"} : {fx: "first", x: "name"};
  const scale = {type: "band", domain: firsts, padding: isStacked ? 0.2 : 0.12, axis: null, label: null};
  return labelled(
    chartLabel(plan, measure, null),
    html`<div>
      ${legend(names, second, color)}
      ${Plot.plot({
        ...frame(width, null),
        ...domain,
        marginTop: 16,
        marginBottom: 40,
        ...(isStacked ? {x: scale} : {fx: scale, x: {domain: names, axis: null, padding: 0.05}}),
        marks: [
          Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
          isStacked
            ? axisOfKeys(firsts, group, width)
            : Plot.axisFx({
                tickFormat: (key) => shortKey(key, group, width, firsts),
                tickSize: 0,
                label: null,
                fill: "var(--ink-soft)",
                anchor: "bottom"
              }),
          (isStacked ? Plot.barY : Plot.barY)(rows, {
            ...placing,
            y: ({value}) => value ?? 0,
            fill: ({name}) => color(name),
            order: isStacked ? names : undefined,
            title,
            tip
          }),
          Plot.ruleY([0], {stroke: "var(--line-strong)"})
        ]
      })}
    </div>`
  );
}

/** A table whose cells are shaded by their value; below zero in red. */
function heat({plan, measure, cells, keys: [firsts, seconds]}) {
  const [group, second] = plan.groups;
  const values = firsts
    .flatMap((first) => seconds.map((key) => cells.at(first, key).value))
    .filter((value) => typeof value === "number");
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const from = measure.kind === "ratio" ? low : Math.min(0, low);
  const share = (value) => (high > from ? (value - from) / (high - from) : 1);
  const shown = firsts.filter((first) => seconds.some((key) => cells.at(first, key).value !== null));
  return html`<div>
    <p class="chart-label">${chartLabel(plan, measure, null)}</p>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${measure.label}>
      <table class="heat-table">
        <caption class="hidden">
          ${measure.label} by ${group.label} and ${second.label}
        </caption>
        <thead>
          <tr>
            <th scope="col">${group.label}</th>
            ${seconds.map((key) => html`<th scope="col" dir="auto">${keyName(key, second, 24)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (first) =>
              html`<tr>
                <th scope="row" dir="auto">${keyName(first, group, 40)}</th>
                ${seconds.map((key) => heatCell(plan, measure, [keyName(first, group), keyName(key, second)], cells.at(first, key), share))}
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

function heatCell(plan, measure, names, cell, share) {
  if (typeof cell.value !== "number") return html`<td class="none">–</td>`;
  const part = Math.round(100 * share(cell.value));
  return html`<td
    class=${part > 50 ? "is-dark" : null}
    style=${{background: `color-mix(in oklab, var(--heat-1) ${part}%, var(--heat-0))`}}
    data-tip=${told(plan, measure, names, cell)}
  >
    ${shortValue(measure, cell.value)}
  </td>`;
}

function legend(names, group, color) {
  return html`<div class="builder-legend">
    ${names.map((name) => html`<span><i style=${{background: color(name)}}></i><bdi>${keyName(name, group, 30)}</bdi></span>`)}
  </div>`;
}

/** A hue for every member, by its place among the known ones so that it stays; others and n/a are grey. */
function colorsOf(names, group, listed) {
  if (!group) return () => "var(--c1)";
  const place = (name) => (listed[group.of] ?? []).findIndex(({member}) => member === name);
  const hued = names.filter((name) => !isGrey(name, group)).toSorted((a, b) => place(a) - place(b));
  return (name) => (isGrey(name, group) ? "var(--other)" : (hues[hued.indexOf(name)] ?? "var(--other)"));
}

function chartLabel({baseLabel, groups}, measure, twin) {
  const grain = groups.find(({isGrain}) => isGrain);
  return `${measure.label}${grain ? ` by ${grain.name}` : ""}${twin ? `, in ${twin} ${baseLabel}` : ""}`;
}

function axisOf(measure, rows) {
  const values = rows
    .flatMap(({value, before}) => [value, before])
    .filter((value) => typeof value === "number");
  const top = Math.max(0, ...values);
  return {
    y: {
      ...frame(600, null).y,
      tickFormat: tickOf(measure),
      domain: [Math.min(0, ...values), top === 0 && Math.min(0, ...values) === 0 ? 1 : top * 1.08]
    }
  };
}

function tickOf({format}) {
  return format === "percent" ? (value) => percent(value, 0) : tick;
}

function partialOf(plan) {
  if (!plan.groups[0].isGrain) return new Set();
  return new Set(
    bucketsOfPlan(plan)
      .filter(({isPartial}) => isPartial)
      .map(({start}) => start)
  );
}

function peakOf(rows, {format}) {
  const known = rows.filter(({value}) => typeof value === "number" && value > 0);
  if (known.length < 2 || format === "date") return null;
  return known.reduce((best, row) => (row.value > best.value ? row : best));
}

/** Ticks of band keys: as many as have room, two-level where they are days. */
function axisOfKeys(keys, group, width) {
  const shown = spread(
    keys,
    group.isGrain ? Math.min(12, Math.floor((width - 68) / 64)) : Math.floor((width - 68) / 40)
  );
  return Plot.axisX(shown, {
    tickFormat: (key, index) => tickName(shown, index, group, width / keys.length),
    tickSize: 0,
    label: null,
    fill: "var(--ink-soft)"
  });
}

function axisOfDays(starts, grain, width) {
  const shown = spread(starts, Math.max(2, Math.min(8, Math.floor((width - 120) / 72))));
  const names = shown.map((start) => new Date(start));
  return Plot.axisX(names, {
    tickFormat: (_, index) => tickName(shown, index, {isGrain: true, name: grain}, 0),
    tickSize: 0,
    label: null,
    fill: "var(--ink-soft)"
  });
}

function tickName(shown, index, group, room) {
  const key = shown[index];
  if (!group.isGrain) return brief(keyName(key, group), Math.max(3, Math.floor(room / 7)));
  if (key === null) return "no date";
  if (group.name === "year") return key.slice(0, 4);
  const isNew = index === 0 || shown[index - 1]?.slice(0, 4) !== key.slice(0, 4);
  const name =
    group.name === "quarter"
      ? keyName(key, group).slice(0, 2)
      : group.name === "month"
        ? monthName(key)
        : date(key).replace(/ \d{4}$/, "");
  return isNew ? `${name}\n${key.slice(0, 4)}` : name;
}

function shortKey(key, group, width, keys) {
  return group.isGrain
    ? keyName(key, group)
    : brief(keyName(key, group), Math.max(4, Math.floor(width / keys.length / 7)));
}

function spread(keys, most) {
  const step = Math.max(1, Math.ceil(keys.length / Math.max(1, most)));
  return keys.filter((_, index) => index % step === 0);
}

/** Names at the ends of lines, moved apart where they would touch. */
function placed(ends, {y: {domain}}, height) {
  const scale = (value) => height - 40 - ((value - domain[0]) / (domain[1] - domain[0] || 1)) * (height - 64);
  let last = -Infinity;
  return ends
    .toSorted((a, b) => scale(a.row.value) - scale(b.row.value))
    .map(({name, row}) => {
      const at = Math.max(scale(row.value), last + 14);
      last = at;
      return {name, row, dy: at - scale(row.value)};
    });
}

function told(plan, measure, names, {value, before, isPartial, start, key}) {
  const day = start ?? key;
  return [
    ...names.filter(Boolean).map((name) => brief(name)),
    `${measure.label} ${exactValue(measure, value)}`,
    isPartial && plan.asked.grain
      ? `days missing: the data are to ${date(plan.period.to < bucketEnd(day, plan.asked.grain) ? plan.period.to : bucketEnd(day, plan.asked.grain))}`
      : null,
    plan.base ? `${plan.baseLabel}: ${exactValue(measure, before)}` : null,
    plan.base && typeof before === "number" ? changeOf(measure, value, before, true) : null
  ]
    .filter(Boolean)
    .join("\n");
}
