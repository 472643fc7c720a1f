import {computePosition, flip, offset, shift} from "@floating-ui/dom";
import {html} from "htl";

let opened;

/**
 * Opens a menu at an element or at a point `{x, y}`: `items` are `{label, hint, onSelect}`, `null` draws a line. Arrows,
 * Home, End and letters move, Esc closes, and the focus returns to where it was. On a phone it is a sheet at the bottom.
 */
export function openMenu(anchor, items, {label, title} = {}) {
  opened?.hidePopover();
  const before = document.activeElement;
  const close = () => menu.hidePopover();
  const outside = ({target}) => menu.contains(target) || close();
  // manual: an automatic one closes when the right button or the finger that opened it is lifted
  const menu = html`<div class="popup-menu" popover="manual" role="menu" aria-label=${label ?? title}>
    ${title ? html`<p class="popup-title" role="presentation">${title}</p>` : null}
    ${items.map((item) => (item ? itemNode(item, close) : html`<hr role="separator" />`))}
  </div>`;
  const buttons = [...menu.querySelectorAll("[role=menuitem]")];
  menu.addEventListener("keydown", (event) => move(event, buttons, close));
  menu.addEventListener("toggle", ({newState}) => {
    if (newState !== "closed") return;
    const hadFocus = menu.contains(document.activeElement) || document.activeElement === document.body;
    document.removeEventListener("pointerdown", outside, {capture: true});
    menu.remove();
    if (opened === menu) opened = undefined;
    if (hadFocus && before?.isConnected) before.focus({preventScroll: true});
  });
  // what lies outside an open dialog cannot be clicked
  (document.querySelector("dialog[open]") ?? document.body).append(menu);
  document.addEventListener("pointerdown", outside, {capture: true});
  menu.showPopover();
  opened = menu;
  place(menu, anchor);
  buttons[0]?.focus({preventScroll: true});
}

/** A button that opens a menu of `itemsOf()`. */
export function menuButton(content, itemsOf, {label, className = "quiet"} = {}) {
  const button = html`<button
    type="button"
    class=${className}
    aria-haspopup="menu"
    aria-label=${label}
    onclick=${() => openMenu(button, itemsOf(), {label})}
  >
    ${content}
  </button>`;
  return button;
}

function itemNode({label, hint, onSelect}, close) {
  return html`<button
    type="button"
    role="menuitem"
    tabindex="-1"
    onclick=${() => {
      close();
      onSelect();
    }}
  >
    <span>${label}</span>${hint ? html`<small>${hint}</small>` : null}
  </button>`;
}

function move(event, buttons, close) {
  const at = buttons.indexOf(document.activeElement);
  const next = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1}[event.key];
  if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "Tab") close();
  else if (next !== undefined) {
    event.preventDefault();
    buttons.at(next % buttons.length)?.focus();
  } else if (/^\S$/.test(event.key)) {
    const starts = ({textContent}) => textContent.trim().toLowerCase().startsWith(event.key.toLowerCase());
    [...buttons.slice(at + 1), ...buttons].find(starts)?.focus();
  }
}

async function place(menu, anchor) {
  if (window.innerWidth <= 640) return menu.classList.add("is-sheet");
  const {x, y} = await computePosition(asElement(anchor), menu, {
    strategy: "fixed",
    placement: "bottom-start",
    middleware: [offset(4), flip(), shift({padding: 8, crossAxis: true})]
  });
  Object.assign(menu.style, {left: `${x}px`, top: `${y}px`});
}

function asElement(anchor) {
  if (anchor instanceof Element) return anchor;
  return {getBoundingClientRect: () => new DOMRect(anchor.x, anchor.y, 0, 0)};
}
