import * as Plot from "@observablehq/plot";
import {tipStyle} from "./chart-frame.js";
import {date, exact, compact, monthName} from "./format.js";
import {asImage} from "./image.js";
import {shop, weekdays} from "./shop.js";
import {withWhy} from "./why-button.js";
import {addDays, startOf} from "./time.js";

const names = weekdays.map((name) => name.slice(0, 3));

/** The days the calendar shows: the chosen span, and at least the year that ends with it; on a phone the last 53 weeks. */
export function calendarDays(daily, {from, to, width = 1280}) {
  const year = addDays(startOf(to, "week"), -364);
  const begin = width < 640 || from > year ? year : from;
  return daily.filter(({day}) => day >= begin && day <= to);
}

/** One cell per day, weeks across, weekdays down; days outside the chosen span are faint; `markOf(row)` is what is asked of a day. */
export function Calendar(days, {width, height = 176, from, to, onRange, markOf} = {}) {
  const rows = days.map((row) => ({
    ...row,
    week: startOf(row.day, "week"),
    weekday: names[(new Date(row.day).getUTCDay() + 13 - shop.week) % 7]
  }));
  const weeks = weeksTo(to, rows[0]?.week);
  const high = Math.max(...rows.map(({revenue}) => revenue), 1);
  const chart = Plot.plot({
    width,
    height,
    marginLeft: 36,
    marginRight: 0,
    marginTop: 20,
    marginBottom: 4,
    padding: weeks.length > 100 ? 0 : 0.12,
    ariaLabel: `Revenue by day, ${weeks.length} weeks, darker is more`,
    x: {domain: weeks, axis: null},
    y: {domain: names},
    color: {type: "identity"},
    marks: [
      Plot.axisY({
        tickSize: 0,
        label: null,
        ticks: names.filter((_, index) => index % 2 === 0),
        fill: "var(--ink-soft)"
      }),
      Plot.axisX(monthStarts(weeks, width), {
        anchor: "top",
        tickSize: 0,
        label: null,
        tickFormat: label,
        fill: "var(--ink-soft)",
        textAnchor: "start"
      }),
      Plot.cell(rows, {
        x: "week",
        y: "weekday",
        fill: ({revenue}) => heat(revenue / high),
        fillOpacity: ({day}) => (day >= from && day <= to ? 1 : 0.35),
        stroke: ({revenue}) => (revenue < 0 ? "var(--bad)" : "none"),
        rx: 2
      }),
      Plot.tip(
        rows,
        Plot.pointer({
          x: "week",
          y: "weekday",
          title: ({day, weekday, revenue, orders}) =>
            `${weekday} ${date(day)}\nRevenue ${exact(revenue)}\nOrders ${exact(orders)}`,
          ...tipStyle
        })
      )
    ]
  });
  if (onRange) {
    chart.style.cursor = "pointer";
    chart.addEventListener("click", () => {
      const row = chart.value;
      if (row) onRange({from: row.day, to: row.day});
    });
  }
  asImage(chart);
  return markOf ? withWhy(chart, markOf) : chart;
}

/** The legend: zero to the largest day. */
export function calendarLegend(days) {
  return `none 0 … darkest ${compact(Math.max(...days.map(({revenue}) => revenue), 0))} a day`;
}

/** The first days of at least 53 weeks up to a day, from the first shown on if that is earlier. */
function weeksTo(day, first) {
  const last = startOf(day, "week");
  const weeks = [last];
  while (weeks.length < 53 || (first && weeks[0] > first)) weeks.unshift(addDays(weeks[0], -7));
  return weeks;
}

function heat(share) {
  return `color-mix(in oklab, var(--heat-1) ${Math.round(Math.max(0, Math.min(1, share)) * 100)}%, var(--heat-0))`;
}

function monthStarts(weeks, width) {
  const starts = weeks.filter((week, i) => i === 0 || week.slice(0, 7) !== weeks[i - 1].slice(0, 7));
  const step = Math.ceil(starts.length / Math.max(2, Math.floor(width / 72)));
  return starts.filter((_, i) => i > 0 && (i - 1) % step === 0);
}

function label(week) {
  const name = monthName(addDays(week, 6));
  return name === "Jan" ? `${name} ${addDays(week, 6).slice(0, 4)}` : name;
}
