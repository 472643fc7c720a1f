/** What every page has: the theme and the palette. The theme itself is set in the head, before the first paint. */

const themes = ["light dark", "light", "dark"];
const names = {"light dark": "as the system", light: "light", dark: "dark"};
const signs = {"light dark": "◐", light: "☀", dark: "☾"};

start();

function start() {
  const theme = document.querySelector(".shell-theme");
  const search = document.querySelector(".shell-search");
  if (!theme) return;
  const show = () => {
    const now = document.documentElement.style.colorScheme || themes[0];
    theme.textContent = signs[now] ?? signs[themes[0]];
    theme.setAttribute("aria-label", `Theme: ${names[now] ?? names[themes[0]]}`);
    theme.title = theme.ariaLabel;
  };
  theme.onclick = () => {
    const now = themes.indexOf(document.documentElement.style.colorScheme);
    const next = themes[(Math.max(now, 0) + 1) % themes.length];
    document.documentElement.style.colorScheme = next;
    remember(next);
    show();
  };
  show();
  search.onclick = openPalette;
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isAsked =
      (event.key === "k" && (event.metaKey || event.ctrlKey)) || (event.key === "/" && !isTyping);
    if (!isAsked || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    openPalette();
  });
  markTrust();
}

async function openPalette() {
  (await import("./palette.js")).openPalette();
}

function remember(theme) {
  try {
    localStorage.setItem("assay-theme", theme);
  } catch {
    // where nothing may be stored the choice lasts as long as the page
  }
}

/** The rail has one entry for the five pages of trust. */
function markTrust() {
  if (!/\/trust\//.test(location.pathname)) return;
  const links = [...document.querySelectorAll("#observablehq-sidebar a[href]")];
  const link = links.find(({pathname}) => pathname.endsWith("/trust/reconciliation"));
  link?.closest("li")?.classList.add("observablehq-link-active");
}
