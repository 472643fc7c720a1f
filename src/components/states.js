import {html} from "htl";

/** What a page shows for a shop without dated sales; `base` leads to the site's root. */
export function EmptyShop({base = "."} = {}) {
  return html`<div class="card state">
    <h2>No dated sales yet</h2>
    <p>
      The release holds no sales line with an order date, so there is nothing to compare. Figures appear with
      the first one; what was read and refused is under
      <a href=${`${base}/trust/reconciliation`}>Does it add up?</a>
    </p>
  </div>`;
}

/** What a selection shows that leaves no rows: which filter to remove. */
export function EmptySelection({filters}, onReset) {
  const words = Object.values(filters).flat().join(", ");
  return html`<div class="card state">
    <h2>No sales line is left</h2>
    <p>
      ${words ? `Nothing was sold of ${words} in these days. Remove a filter or choose other days.` : "Nothing was sold in these days."}
    </p>
    <button class="button" onclick=${onReset}>Remove the filters</button>
  </div>`;
}

/** A failure: the step, what it said, what is `kept` below of the last selection (or null), and a retry. */
export function Failure({step, message, kept = "figures"}, onRetry) {
  const below = kept
    ? ` The ${kept} below ${kept.endsWith("s") ? "are those" : "is that"} of the last selection.`
    : "";
  return html`<div class="card state is-wrong" role="alert">
    <h2>Failed while ${step}</h2>
    <p>${message}.${below}</p>
    <button class="button" onclick=${onRetry}>Try again</button>
  </div>`;
}
