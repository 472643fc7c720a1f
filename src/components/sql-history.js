import {html} from "htl";
import {counted} from "./format.js";
import {forgetHistory, readHistory} from "./query-history.js";

/** The menu of the queries this browser ran: `{node, draw}`; a click calls `open` with `{sql, values}`. */
export function historyMenu(open) {
  const list = html`<div class="history-list"></div>`;
  const node = html`<details class="menu">
    <summary>History</summary>
    ${list}
  </details>`;
  const pick = (entry) => {
    node.open = false;
    open(entry);
  };
  const forget = () => {
    forgetHistory();
    draw();
    // the button that had the focus is gone
    node.querySelector("summary").focus();
  };
  const draw = () => {
    const entries = readHistory();
    list.replaceChildren(
      ...(entries.length
        ? [
            ...entries.map((entry) => entryButton(entry, pick)),
            html`<button type="button" class="forget" onclick=${forget}>Forget all</button>`
          ]
        : [html`<p class="faint">Queries you run are kept here, in this browser only.</p>`])
    );
  };
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    node.open = false;
    node.querySelector("summary").focus();
  });
  draw();
  return {node, draw};
}

function entryButton({sql, values, rows}, pick) {
  const shown = values && typeof values === "object" ? values : {};
  const said = Object.entries(shown).map(([name, value]) => `${name} = ${value}`);
  return html`<button type="button" onclick=${() => pick({sql, values: shown})}>
    <code>${sql.replace(/\s+/g, " ").slice(0, 120)}</code
    ><span class="faint"
      >${said.length ? `${said.join(", ").slice(0, 40)} · ` : ""}${counted(Number(rows) || 0, "row")}</span
    >
  </button>`;
}
