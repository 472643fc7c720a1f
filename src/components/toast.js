import {html} from "htl";

let place;

/** Says a short sentence at the foot of the page for some seconds, also to screen readers. */
export function showToast(text) {
  if (!place?.isConnected) document.body.append((place = html`<div class="toasts" role="status"></div>`));
  const toast = html`<p class="toast">${text}</p>`;
  place.replaceChildren(toast);
  setTimeout(() => toast.remove(), 6000);
}
