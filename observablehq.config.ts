import {processEnvironment} from "./pipelines/config.ts";

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%231d4ed8'/%3E%3Cpath d='M7 23h5V13H7zm6.5 0h5V8h-5zm6.5 0h5v-7h-5z' fill='%23fff'/%3E%3C/svg%3E";

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
  title: "Assay",
  home: "Assay",
  pages: [
    {name: "Overview", path: "/"},
    {
      name: "Dashboards",
      open: true,
      pages: [{name: "Sales", path: "/dashboards/sales"}]
    },
    {
      name: "Notebooks",
      open: true,
      pages: [{name: "Sales notebook", path: "/eda/sales"}]
    },
    {
      name: "Explore",
      open: true,
      pages: [{name: "SQL", path: "/explore/sql"}]
    },
    {name: "Trust", path: "/trust/reconciliation"}
  ],
  head: `<script>document.documentElement.lang = "en"; document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";</script>
<link rel="icon" href="${icon}">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/data/inter.css">${draft}`,
  header: "",
  footer: "",
  style: "style.css",
  globalStylesheets: [],
  toc: false,
  pager: false,
  search: false,
  duckdb: {extensions: {}},
  interpreters: {".sql": [...tsx, "loaders/run.ts"], ".ts": tsx}
};
