import {html} from "htl";
import {fileName, isFileName, pageFiles} from "./builder-page.js";
import {copyButton} from "./copy-button.js";
import {sqlText} from "./sql-text.js";

/** A button that shows the three files that make a page of the question, to be pasted into the repository. */
export function copyAsPage(plan, {definitions}) {
  return html`<button
    type="button"
    class="quiet"
    id="copy-as-page"
    aria-haspopup="dialog"
    onclick=${() => open(plan, definitions)}
  >
    Copy as page
  </button>`;
}

function open(plan, definitions) {
  const files = html`<div class="builder-files"></div>`;
  const input = html`<input
    id="page-name"
    value=${fileName(plan, definitions)}
    spellcheck="false"
    autocomplete="off"
  />`;
  const hint = html`<p class="menu-hint" role="status"></p>`;
  const draw = () => {
    const isName = isFileName(input.value);
    hint.textContent = isName ? "" : "Small letters, digits and single hyphens, a letter first";
    input.setAttribute("aria-invalid", String(!isName));
    if (isName) files.replaceChildren(...pageFiles(input.value, plan, definitions).map(fileBlock));
  };
  input.oninput = draw;
  const dialog = html`<dialog class="why builder-dialog" aria-labelledby="page-dialog-title">
    <header>
      <h2 id="page-dialog-title">This question as a page</h2>
      <button type="button" class="quiet" onclick=${() => dialog.close()}>Close</button>
    </header>
    <p>
      Three files in the repository: the page, the SQL that makes its numbers with every refresh, and a test
      that holds them against SQL of its own. Then add the page to <code>observablehq.config.ts</code>.
    </p>
    <label class="page-name">Name <span>${input}</span></label>
    ${hint} ${files}
  </dialog>`;
  draw();
  document.querySelector("#observablehq-main").append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    document.getElementById("copy-as-page")?.focus();
  });
  dialog.showModal();
}

function fileBlock({path, text}) {
  const body = path.endsWith(".sql")
    ? sqlText(text)
    : html`<pre class="sql-text" tabindex="0" aria-label=${path}><code>${text}</code></pre>`;
  return html`<section data-path=${path}>
    <div class="bar">
      <h3><code>${path}</code></h3>
      <span class="spring"></span>${copyButton("Copy", () => text)}
    </div>
    ${body}
  </section>`;
}
