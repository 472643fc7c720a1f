import {percent, points} from "./format.js";
import {isFiltered, memberText} from "./crossfilter-view.js";

/** The member whose share of a selection differs most from its share of all sales, as a sentence. */
export function standsOut(view, cards, label) {
  if (!isFiltered(view))
    return "Click a member (shift-click adds one) or drag over bars: every other chart shows what goes with it, in front of all sales in grey.";
  const [first] = cards
    .flatMap(({chart, shares}) => changesOf(chart, shares()))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  if (!first || Math.abs(first.change) < 0.005)
    return `In no other chart does a share of ${label.toLowerCase()} differ from that of all sales by half a point.`;
  const {chart, member, share, all} = first;
  return `What goes with it most: ${chart.label} ${brief(memberText(member))} is ${percent(share)} of the selection's ${label.toLowerCase()}, ${percent(all)} of all sales' (${points(share, all)}).`;
}

function changesOf(chart, rows) {
  const sum = (key) => rows.reduce((all, row) => all + row[key], 0);
  const [value, total] = [sum("value"), sum("total")];
  if (!(value > 0 && total > 0) || rows.some((row) => row.value < 0 || row.total < 0)) return [];
  return rows.map((row) => {
    const [share, all] = [row.value / value, row.total / total];
    return {chart, member: row.member, share, all, change: share - all};
  });
}

function brief(text) {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
