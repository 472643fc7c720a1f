import {processEnvironment} from "./pipelines/config.ts";
import {readShop, weekShift} from "./pipelines/shop.ts";

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%231d4ed8'/%3E%3Cpath d='M7 23h5V13H7zm6.5 0h5V8h-5zm6.5 0h5v-7h-5z' fill='%23fff'/%3E%3C/svg%3E";

const shop = readShop(import.meta.dirname);
const said = JSON.stringify({...shop, week: weekShift(shop)}).replaceAll("<", "\\u003c");

const tsx = [process.execPath, "--import", "tsx"];

// only the preview of a draft has its note: a built site knows nothing of drafts
const draft = processEnvironment().ASSAY_DRAFT
  ? `
<link rel="stylesheet" href="/style/draft.css">
<script type="module" src="/components/draft-note.js"></script>`
  : "";

export default {
  root: "src",
  output: processEnvironment().ASSAY_SITE_OUTPUT || "dist",
  // also the link home, which the Framework escapes as long as it is not set by itself
  title: shop.name,
  pages: [
    {name: "Overview", path: "/"},
    {
      name: "Dashboards",
      open: true,
      pages: [
        {name: "Sales", path: "/dashboards/sales"},
        {name: "Customers", path: "/dashboards/customers"},
        {name: "Products", path: "/dashboards/products"}
      ]
    },
    {
      name: "Notebooks",
      open: true,
      pages: [
        {name: "Sales notebook", path: "/eda/sales"},
        {name: "Customers notebook", path: "/eda/customers"},
        {name: "Products notebook", path: "/eda/products"}
      ]
    },
    {
      name: "Explore",
      open: true,
      pages: [
        {name: "Metrics", path: "/explore/"},
        {name: "Question", path: "/explore/question"},
        {name: "Cross-filter", path: "/explore/crossfilter"},
        {name: "SQL", path: "/explore/sql"},
        {name: "Profile", path: "/explore/profile"}
      ]
    },
    {name: "Trust", path: "/trust/reconciliation"},
    {name: "Documents", path: "/docs/"}
  ],
  head: `<script>document.documentElement.lang = "en"; document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";</script>
<script>globalThis.assayShop = ${said}; try { document.documentElement.style.colorScheme = localStorage.getItem("assay-theme") || ""; } catch {}</script>
<link rel="icon" href="${icon}">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/data/inter.css">
<script type="module" src="/components/shell.js"></script>${draft}`,
  header: `<div class="shell"><button type="button" class="shell-search" aria-keyshortcuts="/ Control+k">Search <kbd>/</kbd></button><button type="button" class="shell-theme" aria-label="Theme">◐</button></div>`,
  footer: "",
  style: "style.css",
  globalStylesheets: [],
  toc: false,
  pager: false,
  search: false,
  duckdb: {extensions: {}},
  interpreters: {".sql": [...tsx, "loaders/run.ts"], ".ts": tsx}
};
