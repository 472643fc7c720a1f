import {goToQuestion} from "./builder-chips.js";
import {exactValue} from "./builder-measure.js";
import {bucketEnd, periodKey} from "./builder-period.js";
import {isOther} from "./builder-rows.js";
import {canAsk} from "./semantic/measures.js";

const finer = {year: "month", quarter: "month", month: "day", week: "day", day: null};

/**
 * What can be asked of a mark of an answer: `markOf(measure, keys, value)` gives the mark of mark-menu.js for the keys of the
 * groups, or of the first of them; none for the whole. It is null where rows cannot be selected by it: of "other", and of
 * a dimension that is no column. Unless `isFixed`, filtering and breaking out change the question.
 */
export function marksOf(plan, definitions, {isFixed = false} = {}) {
  return (measure, keys = [], value) => {
    const picked = keys.map((key, index) => ({key, group: plan.groups[index]}));
    const filters = filtersOf(plan.asked, picked);
    if (picked.some(isUnknown) || !canAsk(definitions, filters)) return null;
    const bucket = picked.find(({group}) => group.isGrain);
    const days = bucket ? daysOf(bucket, plan) : {from: plan.period.from, to: plan.period.to};
    const title = value === undefined ? measure.label : `${measure.label} ${exactValue(measure, value)}`;
    const mark = {title, measure: measure.name, ...days, filters};
    return isFixed ? mark : {...mark, ...changesOf(plan, mark, picked)};
  };
}

function isUnknown({key, group}) {
  return group.isGrain ? key === null : isOther(key, group);
}

function filtersOf({filters}, picked) {
  const members = picked.filter(({group}) => !group.isGrain).map(({key, group}) => [group.of, [key]]);
  return {...filters, ...Object.fromEntries(members)};
}

/** The days of a bucket, within those of the question unless it is one of before. */
function daysOf({key, group}, {period}) {
  const end = bucketEnd(key, group.name);
  const isNow = key <= period.to && end >= period.from;
  return {
    from: isNow && key < period.from ? period.from : key,
    to: isNow && end > period.to ? period.to : end
  };
}

/** Filtered by a mark, the question keeps the groups that are left, and a shorter grain; broken out, it has another one. */
function changesOf({asked}, {from, to, filters}, picked) {
  const bucket = picked.find(({group}) => group.isGrain);
  const next = {
    ...asked,
    filters,
    period: bucket ? periodKey(from, to) : asked.period,
    grain: bucket ? finer[asked.grain] : asked.grain,
    top: null,
    isPivoted: false,
    chart: null
  };
  const by = asked.by.filter((name) => !picked.some(({group}) => group.of === name));
  return {
    onFilter: picked.length ? () => goToQuestion({...next, by}) : null,
    onBreakOut: (name) => goToQuestion({...next, grain: bucket ? null : asked.grain, by: [name]})
  };
}
