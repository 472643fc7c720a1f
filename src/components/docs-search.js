import {html} from "htl";
import {documents} from "./docs-tabs.js";
import {counted} from "./format.js";

const most = 12;

/** One search over all tables, columns, measures and dimensions, and the documents themselves. */
export function docsSearch({tables}, {measures, dimensions}) {
  const entries = entriesOf(tables, measures, dimensions);
  const results = html`<div class="docs-results" aria-live="polite"></div>`;
  const input = html`<input
    type="search"
    aria-label="Search the documents"
    placeholder="Search a column or a measure, such as margin"
    autocomplete="off"
    spellcheck="false"
  />`;
  input.oninput = () => results.replaceChildren(...found(entries, input.value));
  return html`<div class="docs">
    <div class="docs-filter" role="search">${input}</div>
    ${results}
    <div class="docs-pages">
      ${documents.map(
        ({path, name, asks}) =>
          html`<a class="card" href=${`./${path}`}
            ><b>${name}</b><span>${asks}</span
            ><span class="faint">${countOf(path, tables, measures, dimensions)}</span></a
          >`
      )}
    </div>
  </div>`;
}

function countOf(path, tables, measures, dimensions) {
  if (path === "data")
    return `${counted(tables.length, "table")}, ${counted(
      tables.reduce((sum, {columns}) => sum + columns.length, 0),
      "column"
    )}`;
  if (path === "measures")
    return `${counted(measures.length, "measure")}, ${counted(dimensions.length, "dimension")}`;
  return path === "pages" ? "five steps, tried by a test" : "every picture with its lines";
}

function entriesOf(tables, measures, dimensions) {
  return [
    ...[...measures, ...dimensions].map(({name, label, description}) => ({
      href: `./measures#${name}`,
      name: label,
      kind: measures.some((one) => one.name === name) ? "measure" : "dimension",
      description,
      text: `${name} ${label} ${description}`.toLowerCase()
    })),
    ...tables.flatMap((table) => [
      {
        href: `./data#${table.name}`,
        name: table.name,
        kind: "table",
        description: table.description,
        text: `${table.name} ${table.description}`.toLowerCase()
      },
      ...table.columns.map(({name, description}) => ({
        href: `./data#${table.name}.${name}`,
        name: `${table.name}.${name}`,
        kind: "column",
        description,
        text: `${table.name}.${name} ${description}`.toLowerCase()
      }))
    ])
  ];
}

/** What has every word, names before meanings. */
function found(entries, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const all = entries.filter(({text}) => words.every((word) => text.includes(word)));
  const inName = ({name}) => words.every((word) => name.toLowerCase().includes(word));
  const sorted = all.toSorted((a, b) => Number(inName(b)) - Number(inName(a)));
  if (!all.length) return [html`<p class="empty">Nothing here has all these words.</p>`];
  return [
    html`<ul>
      ${sorted
        .slice(0, most)
        .map(
          ({href, name, kind, description}) =>
            html`<li><a href=${href}>${name}</a> <span class="faint">${kind}</span><br />${description}</li>`
        )}
    </ul>`,
    all.length > most ? html`<p class="faint">and ${all.length - most} more: type another word</p>` : ""
  ];
}
