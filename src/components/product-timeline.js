import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {tipStyle} from "./chart-frame.js";
import {Bars} from "./bars.js";
import {counted, date, tickRoom} from "./format.js";
import {asImage} from "./image.js";
import {Steps, spansOf} from "./product-steps.js";

/**
 * Revenue by month over last year's, and below it, on the same months, price and cost of one piece as steps, then what
 * happened to the records: `events` are `{day, kind, text}`, of kind `version` or `correction`.
 */
export function ProductTimeline(buckets, {width, steps, events, onRange}) {
  const domain = [new Date(buckets[0].start), new Date(buckets.at(-1).end)];
  const margins = {marginLeft: tickRoom, marginRight: 8};
  return html`<div class="product-timeline">
    ${Bars(buckets, {width, height: 220, grain: "month", onRange})}
    <p class="chart-label">
      Price and cost of one piece
      <span class="step-key"><i></i>list price</span> <span class="step-key is-cost"><i></i>cost</span>
    </p>
    ${Steps(steps, {width, height: 180, domain, hasLabels: false, ...margins})}
    ${events.length ? strip(events, {width, domain, ...margins}) : ""}
  </div>`;
}

/** What the finding of the timeline is: when it sold, and how its price and cost moved. */
export function timelineTitle({first_order_on, last_order_on, lines}, steps, through) {
  if (!first_order_on) return lines ? "No line has an order date" : "It was never sold";
  const [prices, costs] = ["price", "cost"].map(
    (kind) => spansOf(steps).filter((span) => span.kind === kind && !span.isAssumed).length - 1
  );
  const moves = [
    prices > 0 ? counted(prices, "price step") : null,
    costs > 0 ? counted(costs, "cost step") : null
  ].filter(Boolean);
  const until = last_order_on >= through ? "to the end of the data" : `to ${date(last_order_on)}`;
  return `Sold from ${date(first_order_on)} ${until}${moves.length ? `, with ${moves.join(" and ")}` : ""}`;
}

/** Versions and corrections of a product as events of its timeline. */
export function eventsOf({versions, corrections}) {
  return [
    ...versions
      .filter(({valid_from}) => valid_from)
      .map(({valid_from, version}) => ({
        day: valid_from,
        kind: "version",
        text: `version ${version} begins`
      })),
    ...corrections
      .filter(({day, what}) => day && what === "sales line")
      .map(({day, column_name, source_value, corrected, rule}) => ({
        day,
        kind: "correction",
        text: `${column_name}: ${source_value ?? "∅"} → ${corrected ?? "∅"}\n${rule}`
      }))
  ];
}

function strip(events, {width, domain, ...margins}) {
  const shown = events
    .map((event) => ({...event, at: new Date(event.day)}))
    .filter(({at}) => at >= domain[0] && at <= domain[1]);
  if (!shown.length) return "";
  const at = {version: 0, correction: 1};
  const chart = asImage(
    Plot.plot({
      width,
      height: 48,
      ...margins,
      marginTop: 8,
      marginBottom: 8,
      ariaLabel: "Versions and corrections over time",
      x: {type: "utc", domain, axis: null},
      y: {domain: [1.5, -0.5], axis: null},
      marks: [
        Plot.dot(shown, {
          x: "at",
          y: ({kind}) => at[kind],
          symbol: ({kind}) => (kind === "version" ? "triangle" : "circle"),
          r: 5,
          fill: ({kind}) => (kind === "version" ? "var(--c2)" : "var(--bad)"),
          stroke: "var(--card)"
        }),
        Plot.tip(
          shown,
          Plot.pointer({
            x: "at",
            y: ({kind}) => at[kind],
            title: ({day, text}) => `${date(day)}\n${text}`,
            ...tipStyle
          })
        )
      ]
    })
  );
  const count = (kind) => shown.filter((event) => event.kind === kind).length;
  const words = [
    count("version")
      ? html`<span class="event-key is-version"
          ><i></i>${counted(count("version"), "version begins", "versions begin")}</span
        >`
      : null,
    count("correction")
      ? html`<span class="event-key"><i></i>${counted(count("correction"), "corrected value")}</span>`
      : null
  ];
  return html`<p class="chart-label">Its records ${words}</p>
    ${chart}`;
}
