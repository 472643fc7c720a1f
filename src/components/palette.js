import Combobox from "@github/combobox-nav";
import fuzzysort from "fuzzysort";
import {html} from "htl";
import {brief} from "./chart-frame.js";
import {paletteItems, waysOn} from "./palette-items.js";

const most = 12;

/** Opens the search of pages, questions, members, measures and tables: words find, arrows choose, Enter goes, Esc closes. */
export function openPalette() {
  const list = html`<ul role="listbox" id="palette-list" aria-label="Results"></ul>`;
  const input = html`<input
    type="search"
    aria-label="Search pages, questions, measures and tables"
    placeholder="Page, question, product, measure, table…"
    autocomplete="off"
    spellcheck="false"
  />`;
  const none = html`<p class="palette-none" role="status"></p>`;
  const dialog = html`<dialog class="palette" aria-label="Search">${input}${none}${list}</dialog>`;
  const combobox = new Combobox(input, list, {firstOptionSelectionMode: "active"});
  let items = [];
  const draw = () => {
    const found = fuzzysort.go(input.value.trim(), items, {keys: ["label", "kind"], all: true, limit: most});
    const inOrder = (a, b) => b.score - a.score || items.indexOf(a.obj) - items.indexOf(b.obj);
    const isNone = items.length > 0 && !found.length;
    const shown = isNone ? waysOn() : found.toSorted(inOrder).map(({obj}) => obj);
    none.textContent = isNone ? "Nothing is called that. Ask for it instead:" : "";
    list.replaceChildren(...shown.map(option));
    combobox.stop();
    combobox.start();
  };
  input.oninput = draw;
  list.addEventListener("combobox-commit", ({target}) => {
    dialog.close();
    location.href = target.dataset.href;
  });
  dialog.addEventListener("close", () => {
    combobox.destroy();
    dialog.remove();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  paletteItems().then((all) => {
    items = all;
    draw();
  });
}

function option({label, kind, href}, index) {
  return html`<li role="option" id=${`palette-${index}`} data-href=${href}>
    <span dir="auto">${brief(label, 80)}</span><small>${kind}</small>
  </li>`;
}
