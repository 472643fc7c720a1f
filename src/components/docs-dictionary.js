import {html} from "htl";
import {docsFilter, openTarget} from "./docs-filter.js";
import {counted} from "./format.js";

const schemas = [
  {schema: "marts", title: "Marts: what pages ask"},
  {schema: "gold", title: "Gold: the star"},
  {schema: "bronze", title: "Source, as it is"},
  {schema: "assay", title: "Records of the pipeline"}
];

/** Every table and column with its meaning, behind a filter; `dictionary` as in dictionary.json, `profiled` names the tables with a profile. */
export function docsDictionary({tables}, {profiled = []} = {}) {
  const body = html`<div>
    ${schemas.map(({schema, title}) => {
      const own = tables.filter(({name}) => name.startsWith(`${schema}.`));
      return html`<section class="docs-schema" aria-label=${title}>
        <h2 id=${schema}>${title}</h2>
        ${own.map((one) => tableCard(one, profiled.includes(one.name)))}
      </section>`;
    })}
  </div>`;
  const contents = html`<details class="docs-contents">
    <summary>${counted(tables.length, "table")}</summary>
    <ul>
      ${tables.map(({name}) => html`<li><a href=${`#${name}`}>${name}</a></li>`)}
    </ul>
  </details>`;
  const filter = docsFilter(body, {
    selector: "tbody tr",
    groups: ".docs-table, .docs-schema",
    noun: "column",
    label: "Filter by name or meaning"
  });
  return openTarget(html`<div class="docs">${filter} ${contents} ${body}</div>`);
}

function tableCard({name, description, file, rows, columns}, isProfiled) {
  return html`<section class="card panel docs-table" id=${name} aria-label=${name}>
    <header class="card-head">
      <div>
        <h3><a href=${`#${name}`}>${name}</a></h3>
        <p>${description}</p>
        <p class="card-subtitle">
          ${rows === null ? "" : `${counted(rows, "row")} · `}${counted(columns.length, "column")} ·
          <code>${file}</code
          >${isProfiled ? [" · ", html`<a href=${`../explore/profile?table=${name}`}>what is in it</a>`] : ""}
        </p>
      </div>
    </header>
    <table class="docs-columns" role="table" aria-label=${`Columns of ${name}`}>
      <thead role="rowgroup">
        <tr role="row">
          ${["Column", "Type", "Meaning", "Tested", "Lineage"].map(
            (text) => html`<th role="columnheader" scope="col">${text}</th>`
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${columns.map((column) => columnRow(name, column))}
      </tbody>
    </table>
  </section>`;
}

function columnRow(table, {name, type, description, tests, pii, lineage}) {
  return html`<tr role="row" id=${`${table}.${name}`} data-words=${`${table}.${name}`}>
    <th role="rowheader" scope="row"><a href=${`#${table}.${name}`}>${name}</a></th>
    <td role="cell" class="docs-type">${type}</td>
    <td role="cell" class="docs-means">
      ${description} ${pii ? html`<span class="docs-pii">personal data, withheld on the site</span>` : ""}
    </td>
    <td role="cell" class="docs-tests">
      ${tests.length ? tests.join(" · ") : html`<span class="faint">none of its own</span>`}
    </td>
    <td role="cell" class="docs-way">
      ${
        lineage
          ? html`<a
              href=${`../trust/lineage?${new URLSearchParams({column: lineage})}`}
              aria-label=${`Where ${name} comes from and goes`}
              >from · to</a
            >`
          : ""
      }
    </td>
  </tr>`;
}
