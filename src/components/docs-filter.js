import {html} from "htl";
import {counted} from "./format.js";

/**
 * A box that leaves of `root` only the elements of `selector` whose text has every word typed; a group of `groups`
 * without any is hidden. What is typed stands in the address (`?q=`).
 */
export function docsFilter(root, {selector, groups, noun, label}) {
  const items = [...root.querySelectorAll(selector)].map((node) => ({
    node,
    text: `${node.dataset.words ?? ""} ${node.textContent}`.toLowerCase()
  }));
  const status = html`<span class="faint" role="status"></span>`;
  const input = html`<input
    type="search"
    aria-label=${label}
    placeholder=${label}
    autocomplete="off"
    spellcheck="false"
  />`;
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const {node, text} of items) {
      node.hidden = !words.every((word) => text.includes(word));
      if (!node.hidden) count++;
    }
    for (const group of root.querySelectorAll(groups))
      group.hidden = ![...group.querySelectorAll(selector)].some((node) => !node.hidden);
    status.textContent = words.length
      ? count
        ? `${counted(count, noun)} of ${items.length}`
        : `No ${noun} has all these words`
      : counted(items.length, noun);
  };
  const read = () => {
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    show();
  };
  input.oninput = () => {
    const query = input.value ? `?${new URLSearchParams({q: input.value})}` : location.pathname;
    history.replaceState(history.state, "", query);
    show();
  };
  const back = () => (input.isConnected ? read() : window.removeEventListener("popstate", back));
  window.addEventListener("popstate", back);
  read();
  return html`<div class="docs-filter" role="search">${input} ${status}</div>`;
}

/** Goes to the part of the page that the address names (`#table.column`), now that it is drawn, and whenever that changes. */
export function openTarget(root) {
  const go = () => {
    if (!root.isConnected) return window.removeEventListener("hashchange", go);
    root.querySelector(".is-target")?.classList.remove("is-target");
    const target = document.getElementById(nameOf(location.hash));
    if (!target || !root.contains(target)) return;
    target.classList.add("is-target");
    target.scrollIntoView({block: "start"});
  };
  window.addEventListener("hashchange", go);
  requestAnimationFrame(go);
  return root;
}

function nameOf(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}
