let wanted;

/** Remembers which element has the focus, so that its successor of the same id gets it when the page is drawn anew. */
export function rememberFocus() {
  wanted = document.activeElement?.id || undefined;
}

/** Gives the remembered focus to the element of that id inside a new node, once it is in the page; returns the node. */
export function focusAgain(node) {
  if (wanted) requestAnimationFrame(() => focusInside(node));
  return node;
}

function focusInside(node) {
  const found = wanted && document.getElementById(wanted);
  if (!found || !node.contains(found) || document.activeElement !== document.body) return;
  found.focus({preventScroll: true});
  wanted = undefined;
}
