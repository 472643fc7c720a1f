import {html} from "htl";
import {hops} from "./ledger-paths.js";
import {words} from "./ledger-matrix.js";
import {waterfall, waterfallSteps} from "./waterfall.js";

/** The waterfall of a measure into a mart, with the two chosen. Returns `{node, show(path)}`. */
export function waterfallPicker(paths) {
  const offered = paths.filter((path) => (path.lines[hops[4]] ?? []).length);
  if (!offered.length)
    return {node: html`<p class="empty">No mart adds up a measure of this release.</p>`, show: () => {}};
  const slot = html`<div></div>`;
  const measure = html`<select aria-label="Measure">
    ${offered.map((path, index) => html`<option value=${index}>${words(path.measure)}</option>`)}
  </select>`;
  const mart = html`<select aria-label="Mart"></select>`;
  const path = () => offered[Number(measure.value)];

  function offerMarts() {
    const lines = path().lines[hops[4]];
    const moved = lines.findIndex(({outside}) => /[1-9]/.test(outside));
    mart.replaceChildren(
      ...lines.map(({table_name}, index) => html`<option value=${index}>${table_name}</option>`)
    );
    mart.value = String(Math.max(0, moved));
    draw();
  }
  function draw() {
    const line = path().lines[hops[4]][Number(mart.value)];
    slot.replaceChildren(waterfall(waterfallSteps(path(), line), {measure: path().measure}));
  }
  measure.onchange = offerMarts;
  mart.onchange = draw;
  const show = (one) => {
    const index = offered.indexOf(one);
    if (index < 0) return;
    measure.value = String(index);
    offerMarts();
    node.scrollIntoView({block: "nearest"});
  };
  const preferred = offered.findIndex((one) => one.measure === "sales_amount");
  measure.value = String(Math.max(0, preferred));
  offerMarts();
  const node = html`<section class="card waterfall-card">
    <div class="bar"><label>Measure ${measure}</label> <label>into mart ${mart}</label></div>
    ${slot}
  </section>`;
  return {node, show};
}
