import {html} from "htl";
import {exportMenu} from "./export.js";
import {focusAgain} from "./focus.js";
import {dataOfTable} from "./table.js";

const open = new Set();

/**
 * A card: a title that is a finding or a question, a subtitle (measure · grain · filter · data through) and a badge, a body drawn at
 * the card's width by `draw(width)` in `height` pixels, and the same numbers as a table opened by `table()`, which are also
 * what its menu exports beside the picture, unless `data()` gives them.
 */
export function card({
  id,
  title,
  subtitle,
  badge,
  height,
  draw,
  table,
  data = table && (() => dataOfTable(table())),
  controls,
  className = ""
}) {
  const body = html`<div class="card-body" style=${{minHeight: `${height}px`}}></div>`;
  const ruler = html`<div></div>`;
  const node = html`<section class=${`card panel ${className}`} aria-label=${title}>
    <header class="card-head">
      <div>
        <h2>${title}</h2>
        <p class="card-subtitle">${subtitle}</p>
        ${badge ?? null}
      </div>
      ${controls ?? null}
    </header>
    ${ruler}${body} ${data ? foot({id, title, subtitle, body, table, data}) : null}
  </section>`;
  drawAtWidth(body, ruler, draw);
  focusAgain(node);
  return node;
}

/** Draws at the width of a ruler above the body, and again when that changes. */
function drawAtWidth(node, ruler, draw) {
  let drawn;
  new ResizeObserver(([{contentRect}]) => {
    const width = Math.floor(contentRect.width);
    if (!width || width === drawn) return;
    drawn = width;
    node.replaceChildren(draw(width));
    focusAgain(node);
  }).observe(ruler);
}

function foot({id, title, subtitle, body, table, data}) {
  const menu = exportMenu({title, subtitle, data, chart: () => body.firstElementChild});
  return html`<footer class="card-foot">${table ? details(id, table) : null}${menu}</footer>`;
}

/** The table is made when it is first opened, and stays open when the card is drawn anew. */
function details(id, table) {
  const place = html`<div></div>`;
  const node = html`<details class="card-table">
    <summary id=${`${id}-table`}>As a table</summary>
    ${place}
  </details>`;
  node.addEventListener("toggle", () => {
    if (node.open) open.add(id);
    else open.delete(id);
    if (node.open && !place.hasChildNodes()) place.append(table());
  });
  node.open = open.has(id);
  return node;
}
