import {html} from "htl";
import {fileName, isFileName, pageFiles} from "./builder-page.js";
import {copyButton} from "./copy-button.js";
import {openPanel} from "./panel.js";
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
  draw();
  const dialog = openPanel({
    title: "This question as a page",
    className: "builder-dialog",
    body: [
      html`<p>
        Three files in the repository: the page, the SQL that makes its numbers with every refresh, and a test
        that holds them against SQL of its own. Then add the page to <code>observablehq.config.ts</code>.
      </p>`,
      html`<label class="page-name">Name <span>${input}</span></label>`,
      hint,
      files
    ]
  });
  dialog.addEventListener("close", () => document.getElementById("copy-as-page")?.focus());
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
