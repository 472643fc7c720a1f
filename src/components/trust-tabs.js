import {html} from "htl";

const tabs = [
  ["reconciliation", "Does it add up?"],
  ["checks", "What was checked?"],
  ["releases", "What moved?"],
  ["runs", "What ran?"],
  ["lineage", "Where does it come from?"]
];

/** The five pages of trust, of which `current` is open; where there is no room for all, it is in view. */
export function TrustTabs(current) {
  const nav = html`<nav class="tabs" aria-label="Trust">
    ${tabs.map(([name, label]) => html`<a href=${`./${name}`} aria-current=${name === current ? "page" : null}>${label}</a>`)}
  </nav>`;
  requestAnimationFrame(() => {
    const open = nav.querySelector("[aria-current]");
    nav.scrollLeft = open.offsetLeft - (nav.clientWidth - open.offsetWidth) / 2;
  });
  return nav;
}
