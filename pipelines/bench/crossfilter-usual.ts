/**
 * The page that the cross-filter is held against: the same charts made the usual way, from all lines as CSV, kept as an
 * array of objects, filtered and rolled up with d3 at each move of the brush over days.
 */
export function usualPage(frame: unknown): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>The usual way</title>
<style>main { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px; font: 12px sans-serif }
svg { width: 100%; height: 260px } .is-wide { grid-column: 1 / -1 }</style>
<main></main>
<script src="d3.js"></script>
<script type="module">
const frame = ${JSON.stringify(frame).replaceAll("<", "\\u003c")};
${script}
</script>
`;
}

const script = `
const rows = await d3.csv("sales.csv", (row) => ({
  ...row,
  order_date: row.order_date || null,
  sales_amount: +row.sales_amount,
  unit_price: +row.unit_price,
  margin_share: +row.margin_amount / +row.sales_amount
}));
const keyOf = (chart) => {
  if (chart.kind === "members") return (row) => row[chart.name];
  if (chart.kind === "time") {
    const starts = chart.bins.map(({from}) => from);
    return (row) => (row.order_date === null ? -1 : d3.bisectRight(starts, row.order_date) - 1);
  }
  const ends = chart.bins.slice(1).map(({from}) => from);
  return (row) => d3.bisectRight(ends, row[chart.name]);
};
const sum = (lines) => d3.sum(lines, (row) => row.sales_amount);
const charts = frame.charts.map((chart) => {
  const key = keyOf(chart);
  const all = d3.rollup(rows, sum, key);
  const names = chart.bins ? d3.range(chart.bins.length) : [...all.keys()].sort((a, b) => all.get(b) - all.get(a)).slice(0, 50);
  const svg = d3.select("main").append("svg").attr("data-chart", chart.name).classed("is-wide", chart.kind === "time");
  const width = svg.node().clientWidth;
  const x = d3.scaleBand(names, [0, width]).padding(0.05);
  const y = d3.scaleLinear([0, d3.max(all.values())], [240, 0]);
  return {chart, key, names, svg, x, y};
});
const draw = ({names, svg, x, y}, sums) =>
  svg.selectAll("rect.cf-value").data(names).join("rect").attr("class", "cf-value").attr("fill", "steelblue")
    .attr("x", (name) => x(name)).attr("width", x.bandwidth())
    .attr("y", (name) => y(sums.get(name) ?? 0)).attr("height", (name) => 240 - y(sums.get(name) ?? 0));
for (const one of charts) draw(one, d3.rollup(rows, sum, one.key));

const time = charts.find(({chart}) => chart.kind === "time");
const cover = time.svg.append("rect").attr("class", "cf-cover").attr("width", time.svg.node().clientWidth).attr("height", 240).attr("fill", "transparent");
let began = null;
let last = null;
const binAt = (event) => Math.max(0, Math.min(time.names.length - 1, Math.floor(d3.pointer(event)[0] / time.x.step())));
cover.on("pointerdown", (event) => (began = last = binAt(event)));
cover.on("pointerup", () => (began = null));
cover.on("pointermove", (event) => {
  const bin = binAt(event);
  if (began === null || bin === last) return;
  last = bin;
  const [low, high] = d3.extent([began, bin]);
  const [from, to] = [time.chart.bins[low].from, time.chart.bins[high].to];
  const left = rows.filter(({order_date}) => order_date >= from && order_date <= to);
  requestAnimationFrame(() => {
    for (const one of charts) if (one !== time) draw(one, d3.rollup(left, sum, one.key));
    setTimeout(() => performance.measure("crossfilter", {start: event.timeStamp}));
  });
});
`;
