import {html} from "htl";
import {brokenList} from "./lineage-breaks.js";
import {findColumns, idsOf, reach} from "./lineage-paths.js";
import {columnLink, lineageMap} from "./lineage-map.js";
import {counted} from "./format.js";

const examples = ["figures.json.margin", "figures.json.revenue"];
const kinds = {
  value: "its value flows",
  condition: "it decides rows",
  table: "read as a whole"
};

/** A search over all columns and, for the one in `?column=`, its way in both directions and what breaks without it. */
export function lineageExplorer(graph) {
  const ids = idsOf(graph);
  const input = html`<input
    type="search"
    list="lineage-columns"
    placeholder="a column, such as sales_amount"
    aria-label="Column"
    autocomplete="off"
    spellcheck="false"
  />`;
  const body = html`<div aria-live="polite"></div>`;
  const node = html`<div class="lineage">
    <form class="lineage-search" role="search">
      ${input}<button type="submit">Show</button>
      <datalist id="lineage-columns">${ids.map((id) => html`<option value=${id}></option>`)}</datalist>
    </form>
    ${body}
  </div>`;
  const ask = (text) => {
    history.pushState(null, "", `?column=${encodeURIComponent(text)}`);
    show();
  };
  const show = () => {
    const asked = new URLSearchParams(location.search).get("column");
    const example = examples.find((id) => ids.includes(id)) ?? ids[0];
    const found = asked ? findColumns(graph, asked) : [example].filter(Boolean);
    input.value = found.length === 1 ? found[0] : (asked ?? "");
    body.replaceChildren(found.length === 1 ? column(graph, found[0], ask) : choice(found, asked, ask));
  };
  node.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim()) ask(input.value.trim());
  };
  // a column taken from the list is shown at once
  input.oninput = (event) => {
    if (event.inputType !== "insertText" && ids.includes(input.value)) ask(input.value);
  };
  const back = () => (node.isConnected ? show() : window.removeEventListener("popstate", back));
  window.addEventListener("popstate", back);
  show();
  return node;
}

function choice(found, asked, ask) {
  if (!found.length)
    return html`<p class="empty">No column is called ${asked}. Try a part of a name from the list.</p>`;
  return html`<div>
    <p>${counted(found.length, "column")} end so. Which one?</p>
    <ul class="lineage-choice">
      ${found.map((id) => html`<li>${columnLink(id, id, ask)}</li>`)}
    </ul>
  </div>`;
}

function column(graph, id, ask) {
  const up = reach(graph, id, "up");
  const down = reach(graph, id, "down");
  const count = (kind) => [...up, ...down].filter((one) => one.kind === kind).length;
  const shown = new Set(count("value") > 2 ? ["value"] : Object.keys(kinds));
  const map = html`<div></div>`;
  const draw = () => map.replaceChildren(lineageMap(graph, id, {up, down, shown, ask}));
  const toggles = Object.entries(kinds).map(([kind, text]) => {
    const box = html`<input type="checkbox" checked=${shown.has(kind)} disabled=${!count(kind)} />`;
    box.onchange = () => {
      if (box.checked) shown.add(kind);
      else shown.delete(kind);
      draw();
    };
    return html`<label class=${`lineage-kind kind-${kind}`}
      >${box}<i aria-hidden="true"></i>${text} <span class="faint">${count(kind)}</span></label
    >`;
  });
  draw();
  return html`<div>
    <p class="lineage-sentence"><code>${id}</code> ${sentence(graph, id, up, down)}</p>
    <div class="lineage-kinds" role="group" aria-label="What to draw">${toggles}</div>
    ${map}
    <h2>Breaks if removed</h2>
    ${brokenList(graph, id)}
  </div>`;
}

function sentence(graph, id, up, down) {
  const values = (reached, layer) =>
    reached.filter((one) => one.kind === "value" && (!layer || one.layer === layer));
  const from = values(up, "source").length;
  const pages = new Set(values(down, "pages").map((one) => one.id.split("#")[0]));
  return [
    from
      ? `is made of ${counted(from, "source column")}`
      : up.length
        ? "is made of no source column's value"
        : "is where the way begins",
    values(down).length
      ? `, flows into ${counted(values(down).length, "other")} and is shown on ${pages.size ? counted(pages.size, "page") : "no page"}.`
      : ", and its value flows nowhere."
  ].join("");
}
