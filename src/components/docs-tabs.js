import {html} from "htl";

/** The documents of this site: address below `/docs/`, what it is called, what it answers. */
export const documents = [
  {
    path: "data",
    name: "Columns",
    asks: "What does this column mean, what is tested of it, where does it come from?"
  },
  {
    path: "measures",
    name: "Measures",
    asks: "How is a measure or a dimension defined, and which pages show it?"
  },
  {path: "pages", name: "Add a page", asks: "How do I add a page of my own, with its data and its test?"},
  {path: "gallery", name: "Gallery", asks: "Which charts and cards are there, and which lines draw them?"}
];

/** The way between the documents; `here` is the one that is open. */
export function docsTabs(here) {
  return html`<nav class="docs-tabs" aria-label="Documents">
    <a href="./">Documents</a>
    ${documents.map(
      ({path, name}) => html`<a href=${`./${path}`} aria-current=${path === here ? "page" : null}>${name}</a>`
    )}
  </nav>`;
}
