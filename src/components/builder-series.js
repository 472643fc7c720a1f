import {bucketName} from "./builder-period.js";
import {bucketsOfPlan, isAdditive, isOther, nothingOf} from "./builder-rows.js";
import {memberName} from "./builder-words.js";
import {months, weekdays} from "./shop.js";

const orders = [weekdays, months];

const most = {series: 6, columns: 400, grouped: 12, ordinal: 31};

/** The charts that suit an answer, the one to begin with first. */
export function chartsOf(plan, measures, rows) {
  const {groups} = plan;
  if (!groups.length) return ["figure", "table"];
  if (groups.length > 2 || !rows.length || measures.every(({format}) => format === "date")) return ["table"];
  const [first, second] = groups.map((group, index) => keysOf(plan, rows, index).length * (group ? 1 : 0));
  if (groups.length === 1) return oneGroup(plan, rows, first);
  const isStacked =
    measures.every(isAdditive) && rows.every(({values}) => values.every((value) => value >= 0));
  const few = second <= most.series;
  const drawn = [
    groups[0].isGrain && few ? "lines" : null,
    few && isStacked && first <= most.columns ? "stacked" : null,
    few && first <= most.grouped ? "grouped" : null
  ];
  const heat = first * second <= 2000 && second <= 60 ? "heat" : null;
  const all = groups[0].isGrain ? [...drawn, heat] : [heat, ...drawn];
  return [...all.filter(Boolean), "table"];
}

/** The keys of a group in the order they are drawn in: time, weekdays and months as they follow, else by the first measure; "other" last. */
export function keysOf(plan, rows, index) {
  const group = plan.groups[index];
  if (group.isGrain) {
    const dated = bucketsOfPlan(plan).map(({start}) => start);
    return rows.some(({keys}) => keys[index] === null) ? [...dated, null] : dated;
  }
  const sums = new Map();
  for (const {keys, values} of rows)
    sums.set(keys[index], (sums.get(keys[index]) ?? 0) + (Number(values[0]) || 0));
  const keys = [...sums.keys()];
  const order = orderOf(keys);
  return keys.sort(
    (a, b) =>
      isOther(a, group) - isOther(b, group) ||
      (order ? order.indexOf(a) - order.indexOf(b) : sums.get(b) - sums.get(a))
  );
}

/** Whether keys are weekdays or months, which have an order of their own. */
export function isOrdinal(keys) {
  return orderOf(keys) !== null;
}

/** A key of a group as it is written. */
export function keyName(key, group, letters) {
  return group.isGrain ? bucketName(key, group.name) : memberName(key, letters);
}

/** Whether a key is drawn grey. */
export function isGrey(key, group) {
  return isOther(key, group) || key === "n/a" || key === null;
}

/**
 * The cells of one measure, by the keys of its groups: `at(...keys)` gives `{value, before}`. A bucket of time without a
 * row has zero sums and no ratio.
 */
export function cellsOf(plan, measure, index, rows) {
  const cells = new Map(
    rows.map(({keys, values, before}) => [
      JSON.stringify(keys),
      {value: values[index], before: before?.[index] ?? null}
    ])
  );
  const nothing = {value: plan.groups[0]?.isGrain ? nothingOf(measure) : null, before: null};
  return {at: (...keys) => cells.get(JSON.stringify(keys)) ?? nothing};
}

function oneGroup(plan, rows, count) {
  if (plan.groups[0].isGrain) {
    const drawn = count > most.columns || count > 62 ? ["lines", "bars"] : ["bars", "lines"];
    return [...drawn.filter((one) => one === "lines" || count <= most.columns), "table"];
  }
  if (count > 500) return ["table"];
  const isOrdered = isOrdinal(keysOf(plan, rows, 0));
  const columns = count <= most.ordinal ? ["bars"] : [];
  return [...(isOrdered ? [...columns, "ranked"] : ["ranked", ...columns]), "table"];
}

function orderOf(keys) {
  const known = keys.filter((key) => key !== "n/a" && key !== null);
  const order = known.length ? orders.find((names) => known.every((key) => names.includes(key))) : null;
  return order ? [...order, "n/a", null] : null;
}
