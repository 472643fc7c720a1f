import {compact, date, list, month, percentChange, signed, exact} from "./format.js";
import {dimensions} from "./question.js";
import {daysIn} from "./time.js";

/** Sentences computed from an answer; each is text, empty where there is nothing to say. */

/** The most important change and its main cause. */
export function headline({question, current, base, leaders}) {
  const {baseName} = question;
  const when = whenOf(question);
  if (!current?.lines) return `Nothing was sold ${when}.`;
  const was = `Revenue was ${compact(current.revenue)} ${when}`;
  if (!base)
    return `${was}, from ${current.orders === 1 ? "1 order" : `${compact(current.orders)} orders`} of ${compact(current.average_order_value)}${current.orders === 1 ? "" : " each"}.`;
  const change = current.revenue - base.revenue;
  if (change === 0) return `${was}, the same as in the ${baseName}.`;
  const percent = percentChange(current.revenue, base.revenue);
  const how = `${compact(Math.abs(change))}${percent === "n/a" ? "" : ` (${percent})`} ${change > 0 ? "more" : "less"}`;
  return `${was}, ${how} than in the ${baseName}${cause(current, base)}${mainPart(leaders, question, change)}.`;
}

/** The period of a question in words: "in the last 12 months". */
export function whenOf({label, period}) {
  if (period === "all") return "in all";
  return period === "ytd"
    ? `this ${label.toLowerCase()}`
    : `in ${label.toLowerCase().replace(/^last/, "the last")}`;
}

/** Members that stopped before the end of the span and held enough of either side to distort the comparison. */
export function stopped({question, leaders, current, base}) {
  for (const {name, plural} of dimensions.filter(
    ({name}) => !["product_name", "weekday", "age_band"].includes(name)
  )) {
    const members = leaders.filter(
      (row) => row.dimension === name && hasStopped(row, question, current, base)
    );
    if (members.length) return {dimension: name, plural, members};
  }
  return null;
}

/** What a stopped member does to the comparison, in words. */
export function stoppedSentence(answer) {
  const found = stopped(answer);
  if (!found) return "";
  const {current, base, question} = answer;
  const names = found.members.slice(0, 3).map(({member}) => member);
  const more = found.members.length > 3 ? [`${found.members.length - 3} other ${found.plural}`] : [];
  const since = found.members
    .map((row) => row.last_order_on)
    .sort()
    .at(-1);
  const said = `${list([...names, ...more])}: no sales since ${date(since)}`;
  if (!base) return `${said}.`;
  const sum = (key) => found.members.reduce((total, row) => total + row[key], 0);
  const [now, before] = [current.revenue - sum("revenue"), base.revenue - sum("base")];
  if (before <= 0 || daysIn(since, question.to) * 3 < daysIn(question.from, question.to)) return `${said}.`;
  return `${said}. Without ${names.length > 1 ? "them" : names[0]}, revenue went from ${compact(before)} to ${compact(now)} (${percentChange(now, before)}).`;
}

/** The title of the revenue bars: their highest complete bucket, else the highest so far. */
export function peakTitle(buckets, grain) {
  const best = peakOf(buckets) ?? buckets.find(({value}) => value > 0);
  if (!best) return "No revenue in this selection";
  const name = {month, day: date, week: (day) => `the week of ${date(day)}`}[grain](best.start);
  const when = `${grain === "day" ? "on" : "in"} ${name}`;
  return best.isPartial
    ? `Revenue ${when}, not all of its days: ${compact(best.value)}`
    : `Revenue peaked ${when} at ${compact(best.value)}`;
}

/** The complete bucket with most, if any sold. */
export function peakOf(buckets) {
  const complete = buckets.filter(({isPartial, value}) => !isPartial && value > 0);
  return complete.reduce((best, one) => (!best || one.value > best.value ? one : best), null);
}

/** The parts of the change by member, largest first, summing to the whole: `{member, members, change, base, revenue}`. */
export function contributions(leaders, dimension, filters = {}, most = 8) {
  const chosen = filters[dimension];
  const rows = leaders
    .filter((row) => row.dimension === dimension && (!chosen || chosen.includes(row.member)))
    .map((row) => ({...row, change: row.revenue - row.base}));
  const named = rows
    .filter(({member}) => member !== null)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  const rest = [...named.slice(most), ...rows.filter(({member}) => member === null)];
  const others = rest.reduce(
    (sum, row) => ({
      member: null,
      members: sum.members + row.members,
      revenue: sum.revenue + row.revenue,
      base: sum.base + row.base,
      change: sum.change + row.change
    }),
    {members: 0, revenue: 0, base: 0, change: 0}
  );
  return [...named.slice(0, most), ...(others.members ? [others] : [])];
}

/** The title of a contribution: who moved most. */
export function contributionTitle(parts) {
  const [first] = parts;
  if (!first || first.member === null || first.change === 0) return "What moved revenue?";
  return `${first.member} moved revenue most: ${signed(first.change)}`;
}

/** One sentence about delivery times where they are constant; empty where nothing was shipped. */
export function deliverySentence([first]) {
  if (!first) return "";
  const {days, lines} = first;
  return `Delivery takes ${days} ${days === 1 ? "day" : "days"} in ${lines === 1 ? "the one sales line" : `all ${exact(lines)} sales lines`}, so there is nothing to chart.`;
}

/** The title of the distribution of delivery times: within how many days half and nine tenths are shipped. */
export function deliveryTitle(delivery) {
  const total = delivery.reduce((sum, {lines}) => sum + lines, 0);
  const within = (share) => {
    let sum = 0;
    return delivery.find(({lines}) => (sum += lines) >= share * total).days;
  };
  return `Half of the lines ship within ${within(0.5)} days, nine in ten within ${within(0.9)}`;
}

/** Orders or their value: which of the two moved revenue more; the two effects sum to the change. */
function cause(current, base) {
  if (!base.orders || !current.orders) return "";
  const byOrders =
    ((current.orders - base.orders) * (current.average_order_value + base.average_order_value)) / 2;
  const byValue =
    ((current.average_order_value - base.average_order_value) * (current.orders + base.orders)) / 2;
  const change = current.revenue - base.revenue;
  const orders = `${current.orders > base.orders ? "more" : "fewer"} orders (${percentChange(current.orders, base.orders)})`;
  const value = `${current.average_order_value > base.average_order_value ? "larger" : "smaller"} orders (${percentChange(current.average_order_value, base.average_order_value)} each)`;
  const [main, other, against] =
    Math.abs(byOrders) >= Math.abs(byValue) ? [orders, value, byValue] : [value, orders, byOrders];
  if (against !== 0 && against * change < 0) return `, because of ${main} in spite of ${other}`;
  return `, mostly because of ${main}`;
}

function mainPart(leaders, {filters}, change) {
  const dimension = ["category", "subcategory", "product_name"].find(
    (name) =>
      new Set(
        leaders
          .filter((row) => row.dimension === name && (!filters[name] || filters[name].includes(row.member)))
          .map(({member}) => member)
      ).size > 1
  );
  if (!dimension) return "";
  const [first] = contributions(leaders, dimension, filters).filter(
    (part) => part.member !== null && part.change * change > 0
  );
  return first ? `; ${first.member} made ${signed(first.change)} of it` : "";
}

function hasStopped({member, last_order_on, revenue, base: before}, {to}, current, base) {
  if (member === null || !last_order_on || daysIn(last_order_on, to) <= 21) return false;
  const share = (part, whole) => (whole > 0 ? part / whole : 0);
  return share(revenue, current?.revenue) >= 0.05 || (base !== null && share(before, base.revenue) >= 0.05);
}
