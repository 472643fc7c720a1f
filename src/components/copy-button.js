import {html} from "htl";

/** A button that copies what `text()` gives and says so; where the clipboard is closed it shows the text to copy. */
export function copyButton(label, text) {
  const button = html`<button type="button" class="quiet">${label}</button>`;
  button.onclick = async () => {
    const isCopied = await navigator.clipboard?.writeText(text()).then(
      () => true,
      () => false
    );
    if (!isCopied) window.prompt("Copy this:", text());
    button.textContent = isCopied ? "Copied" : label;
    setTimeout(() => (button.textContent = label), 1500);
  };
  return button;
}

/** A command line with a button that copies it. */
export function commandLine(command) {
  return html`<div class="command"><code>${command}</code>${copyButton("Copy", () => command)}</div>`;
}

/** A text as one word of a POSIX shell. */
export function shellWord(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
