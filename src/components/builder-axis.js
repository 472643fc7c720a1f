import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {changeOf, exactValue} from "./builder-measure.js";
import {bucketEnd} from "./builder-period.js";
import {bucketsOfPlan} from "./builder-rows.js";
import {isGrey, keyName} from "./builder-series.js";
import {brief, frame, tipStyle} from "./chart-frame.js";
import {date, monthName, percent, tick} from "./format.js";
import {withUnit} from "./shop.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/** How tips look. */
export const tip = {...tipStyle};

/** What a chart shows, and what its grey twin is. */
export function chartLabel({baseLabel, groups}, measure, twin) {
  const grain = groups.find(({isGrain}) => isGrain);
  return `${withUnit(measure)}${grain ? ` by ${grain.name}` : ""}${twin ? `, in ${twin} ${baseLabel}` : ""}`;
}

/** The vertical axis of rows of a measure, from zero. */
export function axisOf(measure, rows) {
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

/** How a tick of a measure is written. */
export function tickOf({format}) {
  return format === "percent" ? (value) => percent(value, 0) : tick;
}

/** Ticks of band keys: as many as have room, two-level where they are days. */
export function axisOfKeys(keys, group, width) {
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

/** Ticks of days on a line chart. */
export function axisOfDays(starts, grain, width) {
  const shown = spread(starts, Math.max(2, Math.min(8, Math.floor((width - 120) / 72))));
  const names = shown.map((start) => new Date(start));
  return Plot.axisX(names, {
    tickFormat: (_, index) => tickName(shown, index, {isGrain: true, name: grain}, 0),
    tickSize: 0,
    label: null,
    fill: "var(--ink-soft)"
  });
}

/** A key below a group of columns. */
export function shortKey(key, group, width, keys) {
  return group.isGrain
    ? keyName(key, group)
    : brief(keyName(key, group), Math.max(4, Math.floor(width / keys.length / 7)));
}

/** A hue for every member, by its place among the known ones so that it stays; others and n/a are grey. */
export function colorsOf(names, group, listed) {
  if (!group) return () => "var(--c1)";
  const place = (name) => (listed[group.of] ?? []).findIndex(({member}) => member === name);
  const hued = names.filter((name) => !isGrey(name, group)).toSorted((a, b) => place(a) - place(b));
  return (name) => (isGrey(name, group) ? "var(--other)" : (hues[hued.indexOf(name)] ?? "var(--other)"));
}

/** The names of series with their colours. */
export function legend(names, group, color) {
  return html`<div class="builder-legend">
    ${names.map((name) => html`<span><i style=${{background: color(name)}}></i><bdi>${keyName(name, group, 30)}</bdi></span>`)}
  </div>`;
}

/** The buckets with days missing. */
export function partialOf(plan) {
  if (!plan.groups[0].isGrain) return new Set();
  return new Set(
    bucketsOfPlan(plan)
      .filter(({isPartial}) => isPartial)
      .map(({start}) => start)
  );
}

/** The words of a tip: names, exact value, what it is compared with. */
export function told(plan, measure, names, {value, before, isPartial, start, key}) {
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

function spread(keys, most) {
  const step = Math.max(1, Math.ceil(keys.length / Math.max(1, most)));
  return keys.filter((_, index) => index % step === 0);
}
