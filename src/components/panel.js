import {html} from "htl";
import {span} from "./format.js";
import {memberText} from "./semantic/measures.js";

/** Opens a dialog beside the page: Esc or a click outside closes it, and the focus returns. Returns it, or nothing if one is open. */
export function openPanel({title, subtitle, body, footer, className = ""}) {
  if (document.querySelector("dialog.panel-dialog[open]")) return undefined;
  const dialog = html`<dialog class=${`panel-dialog ${className}`} aria-labelledby="panel-title">
    <header>
      <div>
        <h2 id="panel-title">${title}</h2>
        <p class="card-subtitle">${subtitle}</p>
      </div>
      <form method="dialog"><button class="quiet" aria-label="Close">Close</button></form>
    </header>
    ${body} ${footer ? html`<footer>${footer}</footer>` : null}
  </dialog>`;
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.querySelector("#observablehq-main").append(dialog);
  dialog.showModal();
  return dialog;
}

/** A mark in words: its title, its days, the members it is filtered by. */
export function wordsOf({title, from, to, filters}, ...more) {
  const days = from ? [span(from, to)] : ["all days"];
  return [...(title ? [title] : []), ...days, ...Object.values(filters).flat().map(memberText), ...more].join(
    " · "
  );
}

/** A body that says what it waits for, then shows what `answer()` resolves to, or its failure with a retry. */
export function answering(waiting, answer) {
  const body = html`<div class="panel-body" aria-live="polite"></div>`;
  const ask = () => {
    body.replaceChildren(html`<p class="small-print">${waiting}</p>`);
    answer().then(
      (nodes) => body.replaceChildren(...nodes),
      (error) =>
        body.replaceChildren(
          html`<p class="small-print" role="alert">${error.message}</p>`,
          html`<button type="button" class="quiet" onclick=${ask}>Try again</button>`
        )
    );
  };
  ask();
  return body;
}
