import {html} from "htl";
import {breaks, layers} from "./lineage-paths.js";
import {counted} from "./format.js";

/** What fails without a column, layer by layer: what names it or what is made of it, then what only needs a lost table. */
export function brokenList(graph, id) {
  const broken = breaks(graph, id);
  if (!broken.length)
    return html`<p class="empty">
      Nothing names
      it${id.startsWith("source.") ? ", but the catalog expects it: a refresh stops and says so" : ""}.
    </p>`;
  const named = broken.filter(({isNamed}) => isNamed);
  const others = broken.filter(({isNamed}) => !isNamed);
  return html`<div>
    <p>
      ${counted(named.length, "file")} to edit: each names it, or what is made of it.
      ${others.length ? `${counted(others.length, "other")} only ${others.length === 1 ? "needs" : "need"} a table that is then not made.` : ""}
    </p>
    ${byLayer(graph, named)}
    ${
      others.length
        ? html`<details class="lineage-others">
            <summary>Needs a table that is then not made</summary>
            ${byLayer(graph, others)}
          </details>`
        : ""
    }
  </div>`;
}

function byLayer(graph, broken) {
  const found = layers.filter((layer) => broken.some((one) => one.layer === layer));
  return html`<div class="lineage-breaks">
    ${found.map(
      (layer) =>
        html`<section>
          <h3>${layer}</h3>
          <ul>
            ${broken
              .filter((one) => one.layer === layer)
              .map(
                (one) =>
                  html`<li>
                    ${titleOf(graph, one)}
                    <div class="faint">${one.why}</div>
                  </li>`
              )}
          </ul>
        </section>`
    )}
  </div>`;
}

function titleOf({tables}, {file, makes}) {
  const title = tables[makes[0]]?.title;
  return title
    ? html`<strong>${title}</strong> <span class="faint">${file}</span>`
    : html`<code>${file}</code>`;
}
