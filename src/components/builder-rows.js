import {bucketBefore, bucketEnd, bucketStarts} from "./builder-period.js";

/**
 * An answer out of rows: `{rows, total, baseTotal}`. `rows` are `{keys, values, before, isOther}`, with a key a group and a
 * value a measure; `before` are the compared values, or null where nothing is compared. Inputs are arrays of objects
 * with the columns of the plan's SQL. Groups that occur on one side only have zero sums and counts on the other, and no
 * ratio. A bucket of before with which none is compared (29 February against a year without one) has a row of its own
 * without values, told by `isAlone`, so that the rows add up to the total.
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
  const grained = groups.findIndex(({isGrain}) => isGrain);
  const partners = grained < 0 ? null : partnersOf(asked, period, base);
  const nothing = measures.map(nothingOf);
  const none = measures.map(() => null);
  const keyed = new Map(baseRows.map((row) => [JSON.stringify(row.keys), row]));
  const found = new Set();
  const answered = rows.map(({keys, values}) => {
    const partner = partners?.get(keys[grained]);
    const before = keyed.get(JSON.stringify(partners ? keys.with(grained, partner) : keys));
    if (before) found.add(before);
    return {keys, values, before: before?.values ?? (partner === null ? none : nothing)};
  });
  const left = baseRows.filter((row) => !found.has(row));
  return [...answered, ...stopped(left, {grained, partners, nothing, none})];
}

/** Groups of before that are gone, at the bucket that is compared with theirs or, where none is, at their own. */
function stopped(baseRows, {grained, partners, nothing, none}) {
  const nows = new Map([...(partners ?? [])].map(([now, then]) => [then, now]));
  return baseRows.map(({keys, values}) => {
    const isAlone = partners !== null && !nows.has(keys[grained]);
    return {
      keys: partners && !isAlone ? keys.with(grained, nows.get(keys[grained])) : keys,
      values: isAlone ? none : nothing,
      before: values,
      isAlone
    };
  });
}

function partnersOf({vs, grain}, period, base) {
  return new Map(
    bucketStarts(period, grain).map((start, index) => [start, bucketBefore(start, index, {vs, grain, base})])
  );
}
