import {html} from "htl";
import {copyButton, shellWord} from "./copy-button.js";
import {sqlText} from "./sql-text.js";

/** The SQL of a question and of what it is compared with, each open to be asked further; `sqlPage` leads to the SQL page. */
export function questionSql({sql, baseSql, baseLabel}, {sqlPage, more}) {
  const slot = html`<div></div>`;
  const node = html`<details class="card cell-sql builder-sql">
    <summary>SQL of this question</summary>
    ${slot}
  </details>`;
  node.addEventListener(
    "toggle",
    () => slot.replaceChildren(block(null, sql, sqlPage), baseSql ? block(baseLabel, baseSql, sqlPage) : ""),
    {once: true}
  );
  return html`<div class="builder-under">
    <div class="bar">
      <a class="quiet-link" href=${linkOf(sql, sqlPage)}>Open in SQL</a>
      ${copyButton("Copy link", () => location.href)} ${more}
    </div>
    ${node}
  </div>`;
}

function block(title, sql, sqlPage) {
  return html`<div>
    ${title ? html`<p class="method faint">Compared with ${title}:</p>` : ""} ${sqlText(sql)}
    <div class="bar">
      <a class="quiet-link" href=${linkOf(sql, sqlPage)}>Open in SQL</a>
      ${copyButton("Copy SQL", () => sql)}
      ${copyButton("Copy as npx assay sql", () => `npx assay sql -- ${shellWord(sql)}`)}
    </div>
  </div>`;
}

function linkOf(sql, sqlPage) {
  return `${sqlPage}?${new URLSearchParams({q: sql})}`;
}
