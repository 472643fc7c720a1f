let wanted;

/** Remembers which element has the focus, so that its successor of the same id gets it when the page is drawn anew. */
export function rememberFocus() {
  wanted = document.activeElement?.id || undefined;
}

/** Gives the remembered focus to the element of that id inside a new node, once it is in the page. */
export function focusAgain(node) {
  if (!wanted) return;
  requestAnimationFrame(() => {
    if (!wanted || (document.activeElement && document.activeElement !== document.body)) return;
    const found = document.getElementById(wanted);
    if (found && node.contains(found)) found.focus({preventScroll: true});
  });
}
