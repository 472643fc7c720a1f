import {html} from "htl";

const tabs = [
  ["reconciliation", "Does it add up?"],
  ["checks", "What was checked?"],
  ["releases", "What moved?"],
  ["lineage", "Where does it come from?"]
];

/** The four pages of trust, of which `current` is open. */
export function TrustTabs(current) {
  return html`<nav class="tabs" aria-label="Trust">
    ${tabs.map(([name, label]) => html`<a href=${`./${name}`} aria-current=${name === current ? "page" : null}>${label}</a>`)}
  </nav>`;
}
