import Combobox from "@github/combobox-nav";
import fuzzysort from "fuzzysort";
import {html} from "htl";
import {counted} from "./format.js";
import {go} from "./product-address.js";

const most = 8;
let listed;

/** Every product of the catalogue, asked once of the browser's DuckDB: those that sold most first. */
function allProducts() {
  return (listed ??= import("./database.js")
    .then(({openDatabase}) => openDatabase())
    .then(({query}) =>
      query(`select product_number, product_name, category from marts.products
order by revenue_amount desc, product_number`)
    )
    .catch((error) => {
      listed = undefined;
      throw error;
    }));
}

/** The products that a text may mean, the nearest first. */
export async function askedProducts(text, most = 5) {
  return nearest(await allProducts(), text, most);
}

function nearest(products, text, limit) {
  const asked = text.trim().slice(0, 100);
  if (!asked) return products.slice(0, limit);
  return fuzzysort
    .go(asked, products, {keys: ["product_name", "product_number"], limit, threshold: 0.3})
    .map(({obj}) => obj);
}

/**
 * A search by name or number that offers what it finds while one types; Enter takes the first, a click any. `known` are
 * the products at hand before the whole catalogue is asked for.
 */
export function ProductSearch(known) {
  const options = html`<ul
    class="search-options"
    role="listbox"
    id="product-options"
    aria-label="Products"
    hidden
  ></ul>`;
  const status = html`<span class="hidden" role="status"></span>`;
  const input = html`<input
    type="search"
    id="product-search"
    role="combobox"
    aria-label="Search a product by name or number"
    aria-autocomplete="list"
    aria-controls="product-options"
    aria-expanded="false"
    placeholder="Name or number of a product"
    autocomplete="off"
    spellcheck="false"
    maxlength="200"
  />`;
  const combobox = new Combobox(input, options, {tabInsertsSuggestions: false});
  let products = known;
  const show = () => {
    const found = nearest(products, input.value, most);
    options.replaceChildren(...found.map(option));
    if (!found.length)
      options.append(
        html`<li class="search-none" role="option" aria-disabled="true">No product is named so</li>`
      );
    status.textContent = found.length ? counted(found.length, "product") : "No product is named so";
    if (options.hidden) combobox.start();
    options.hidden = false;
  };
  const hide = () => {
    if (!options.hidden) combobox.stop();
    options.hidden = true;
  };
  const choose = (number) => {
    hide();
    input.value = "";
    go({key: number});
  };
  options.addEventListener(
    "combobox-commit",
    ({target}) => target.dataset.number && choose(target.dataset.number)
  );
  // a press must not take the focus before its click is told
  options.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("input", show);
  input.addEventListener("focus", () => {
    show();
    allProducts().then(
      (all) => {
        products = all;
        if (document.activeElement === input && !options.hidden) show();
      },
      () => {}
    );
  });
  input.addEventListener("blur", hide);
  input.addEventListener("keydown", ({key}) => {
    if (key === "Escape") hide();
    const isChosen = options.querySelector("[aria-selected=true]");
    if (key !== "Enter" || isChosen || !input.value.trim()) return;
    choose(nearest(products, input.value, 1)[0]?.product_number ?? input.value.trim());
  });
  return html`<div class="product-search">${input}${options}${status}</div>`;
}

function option({product_number, product_name, category}, index) {
  return html`<li role="option" id=${`product-option-${index}`} data-number=${product_number}>
    <span class="search-name" dir="auto">${product_name?.trim() || "(no name)"}</span>
    <span class="search-note"><bdi>${product_number}</bdi> · ${category}</span>
  </li>`;
}
