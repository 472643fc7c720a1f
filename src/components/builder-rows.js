import {bucketBefore, bucketEnd, bucketStarts} from "./builder-period.js";

/**
 * An answer out of rows: `{rows, total, baseTotal}`. `rows` are `{keys, values, before, isOther}`, with a key a group and a
 * value a measure; `before` are the compared values, or null where nothing is compared. Inputs are arrays of objects
 * with the columns of the plan's SQL. Groups that occur on one side only have zero sums and counts on the other, and no
 * ratio.
 */
export function answerRows(plan, measures, {current, base, total, baseTotal}) {
  const valuesOf = (row) => measures.map(({name}) => row?.[name] ?? null);
  const keysOf = (row) => plan.groups.map(({name}) => row[name] ?? null);
  const rows = current.map((row) => ({keys: keysOf(row), values: valuesOf(row), before: null}));
  const answer = {
    rows: plan.base
      ? joined(
          plan,
          measures,
          rows,
          base.map((row) => ({keys: keysOf(row), values: valuesOf(row)}))
        )
      : rows,
    total: total ? valuesOf(total) : null,
    baseTotal: plan.base && baseTotal ? valuesOf(baseTotal) : null
  };
  answer.rows.forEach(
    (row) => (row.isOther = row.keys.some((key, index) => isOther(key, plan.groups[index])))
  );
  return answer;
}

/** Whether a key stands for the members beyond the top. */
export function isOther(key, {top, other}) {
  return top !== null && key === other;
}

/** A measure's value where nothing was sold: zero for sums and counts, none for ratios, days and extremes. */
export function nothingOf({kind, agg}) {
  return kind === "simple" && /^(sum|count)/.test(agg) ? 0 : null;
}

/** Whether the parts of a measure sum to the whole, so that they may be stacked. */
export function isAdditive({kind, agg}) {
  return kind === "simple" && (agg === "sum" || agg === "count");
}

/** The buckets of an answer by grain: `{start, end, isPartial}`, also those without a row. */
export function bucketsOfPlan({asked: {grain}, period}) {
  return bucketStarts(period, grain).map((start) => {
    const end = bucketEnd(start, grain);
    return {start, end, isPartial: start < period.from || end > period.to};
  });
}

function joined({asked, groups, period, base}, measures, rows, baseRows) {
  const nothing = measures.map(nothingOf);
  const grained = groups.findIndex(({isGrain}) => isGrain);
  const partners = grained < 0 ? null : partnersOf(asked, period, base);
  const keyed = new Map(baseRows.map((row) => [JSON.stringify(row.keys), row]));
  const partnerKeys = (keys) => keys.map((key, index) => (index === grained ? partners.get(key) : key));
  const found = new Set();
  const answered = rows.map(({keys, values}) => {
    const before = keyed.get(JSON.stringify(partnerKeys(keys)));
    if (before) found.add(before);
    return {keys, values, before: before?.values ?? nothing};
  });
  return [...answered, ...stopped(baseRows, found, grained, partners, nothing)];
}

/** Groups of before that are gone, at the bucket that is compared with theirs. */
function stopped(baseRows, found, grained, partners, nothing) {
  const nows = new Map([...(partners ?? [])].map(([now, then]) => [then, now]));
  return baseRows
    .filter((row) => !found.has(row))
    .map(({keys, values}) => ({
      keys: keys.map((key, index) => (index === grained ? nows.get(key) : key)),
      values: nothing,
      before: values
    }))
    .filter(({keys}) => !keys.includes(undefined));
}

function partnersOf({vs, grain}, period, base) {
  return new Map(
    bucketStarts(period, grain).map((start, index) => [start, bucketBefore(start, index, {vs, grain, base})])
  );
}
