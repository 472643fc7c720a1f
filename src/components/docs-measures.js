import {html} from "htl";
import {docsFilter, openTarget} from "./docs-filter.js";
import {sqlText} from "./sql-text.js";

const formats = {money: "money", integer: "a whole number", percent: "a share", date: "a day"};

/** Every measure and dimension by its definition, behind a filter; `pages` and `sql` as in dictionary.json. */
export function docsMeasures(definitions, {pages, sql}) {
  const {measures, dimensions} = definitions;
  const body = html`<div>
    <section class="docs-schema">
      <h2 id="measures">Measures</h2>
      <div class="docs-grid">
        ${measures.map((one) => measureCard(one, definitions, {pages, sql: sql[one.name]}))}
      </div>
    </section>
    <section class="docs-schema">
      <h2 id="dimensions">Dimensions</h2>
      <div class="docs-grid">${dimensions.map((one) => dimensionCard(one, definitions, pages))}</div>
    </section>
  </div>`;
  const filter = docsFilter(body, {
    selector: ".docs-measure",
    groups: ".docs-schema",
    noun: "definition",
    label: "Filter by name or meaning"
  });
  return openTarget(html`<div class="docs">${filter} ${body}</div>`);
}

function measureCard(measure, definitions, {pages, sql}) {
  const {name, label, description, format} = measure;
  const partOf = definitions.measures.filter((one) => one.numerator === name || one.denominator === name);
  return html`<article class="card panel docs-measure" id=${name} data-words=${name}>
    <h3><a href=${`#${name}`}>${label}</a></h3>
    <p class="card-subtitle"><code>${name}</code></p>
    <p>${description}</p>
    <dl>
      <dt>Formula</dt>
      <dd>${formula(measure, definitions)}</dd>
      <dt>Reads as</dt>
      <dd>${formats[format]}${readings(measure, definitions)}</dd>
      ${partOf.length ? [html`<dt>Part of</dt>`, html`<dd>${links(partOf)}</dd>`] : ""}
      <dt>Charts on</dt>
      <dd>${shownOn(pagesOf(measure, definitions, pages))}</dd>
    </dl>
    <details>
      <summary>As SQL</summary>
      ${sqlText(sql)}
      <p><a href=${`../explore/sql?${new URLSearchParams({q: sql})}`}>Open in SQL</a></p>
    </details>
  </article>`;
}

function formula(measure, {measures, relation}) {
  if (measure.kind === "ratio") {
    const [over, under] = ["numerator", "denominator"].map((key) =>
      links(measures.filter(({name}) => name === measure[key]))
    );
    return html`${over} ÷ ${under}`;
  }
  const {agg, expr} = measure;
  const column = html`<a href=${`./data#${relation}.${expr}`}>${expr}</a>`;
  return html`<code>${agg === "count_distinct" ? "count(distinct " : `${agg}(`}${column})</code>`;
}

function readings({name, as_reported, as_today}, {measures}) {
  const find = (wanted) => links(measures.filter((one) => one.name === wanted));
  return [
    as_reported && as_reported !== name ? html`; as reported: ${find(as_reported)}` : "",
    as_reported === name ? "; the source's own amounts, or it reports none" : "",
    as_today ? html`; at cost today: ${find(as_today)}` : ""
  ];
}

function links(measures) {
  return measures.map(({name, label}, index) => html`${index ? ", " : ""}<a href=${`#${name}`}>${label}</a>`);
}

/** A ratio is shown where both its parts are. */
function pagesOf(measure, {measures}, pages) {
  if (measure.kind === "simple") return pages[measure.expr] ?? [];
  const [over, under] = ["numerator", "denominator"].map(
    (key) => pages[measures.find(({name}) => name === measure[key]).expr] ?? []
  );
  return over.filter(({path}) => under.some((one) => one.path === path));
}

/** The pages whose charts name it; a page may also ask for it by a name it makes up. */
function shownOn(pages) {
  const named = pages.map(({path, title}) => html`<a href=${`..${path}`}>${title}</a>, `);
  return [...(named.length ? named : ["no page by its name, "]), html`<a href="../explore/sql">SQL</a>`];
}

function dimensionCard({name, label, description, kind, expr}, {relation}, pages) {
  return html`<article class="card panel docs-measure" id=${name} data-words=${name}>
    <h3><a href=${`#${name}`}>${label}</a></h3>
    <p class="card-subtitle"><code>${name}</code></p>
    <p>${description}</p>
    <dl>
      <dt>Column</dt>
      <dd>
        <a href=${`./data#${relation}.${expr}`}><code>${expr}</code></a>
      </dd>
      <dt>Groups by</dt>
      <dd>
        ${kind === "time" ? "day, week, month, quarter or year" : "its members; null is a group of its own"}
      </dd>
      <dt>Charts on</dt>
      <dd>${shownOn(pages[expr] ?? [])}</dd>
    </dl>
  </article>`;
}
