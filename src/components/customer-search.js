import {html} from "htl";
import {openDatabase} from "./database.js";
import {suggestionsSql} from "./customer-query.js";

/** A field that finds a customer by number; `onFind(text)` is called with what was asked. */
export function CustomerSearch(key, {onFind}) {
  const list = html`<datalist id="customer-numbers"></datalist>`;
  const input = html`<input
    id="customer-key"
    name="key"
    type="search"
    value=${key}
    list="customer-numbers"
    autocomplete="off"
    spellcheck="false"
    maxlength="200"
    placeholder="a customer number or key"
    oninput=${() => suggest()}
  />`;
  let asked = 0;
  async function suggest() {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) return;
    try {
      const {query} = await openDatabase();
      if (mine !== asked) return;
      const rows = await query(suggestionsSql(text));
      if (mine === asked)
        list.replaceChildren(
          ...rows.map(({customer_number}) => html`<option value=${customer_number}></option>`)
        );
    } catch {
      // the page says what is missing when the customer is asked for
    }
  }
  return html`<form
    class="lineage-search"
    role="search"
    onsubmit=${(event) => {
      event.preventDefault();
      onFind(input.value.trim());
    }}
  >
    <label class="hidden" for="customer-key">Customer number or key</label>
    ${input}${list}
    <button type="submit">Show</button>
  </form>`;
}
