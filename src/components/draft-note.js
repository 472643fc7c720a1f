import {html} from "htl";
import {counted, exact, list, signedExact} from "./format.js";

/* What a preview says of a draft: npm start puts this module into its pages, a built site has nothing of it. */

const status = html`<span role="status"></span>`;
const more = html`<div class="draft-more"></div>`;
const note = html`<aside class="draft-note" aria-label="Draft" hidden>
  <details>
    <summary><i aria-hidden="true"></i>${status}</summary>
    ${more}
  </details>
</aside>`;

/** Shows on every page what the live loop tells. */
function start() {
  document.body.append(note);
  const told = new window.EventSource("/_draft");
  told.onmessage = ({data}) => show(JSON.parse(data));
  window.addEventListener("pagehide", () => told.close());
}

function show(state) {
  const isQuiet = state.status === "published" && !state.restart.length;
  note.hidden = isQuiet;
  note.className = `draft-note is-${state.status}`;
  status.textContent = isQuiet ? "" : words(state);
  more.replaceChildren(...(isQuiet ? [] : [found(state), Steps(state)].flat()));
  document.documentElement.classList.toggle("has-draft", !isQuiet);
}

/** What went wrong, or what would change. */
function found({error, changes}) {
  return error ? Failure(error) : changes ? Changes(changes) : [];
}

function words({status, edited, step, error, changes, isDraftShown, restart}) {
  const what = edited.length > 3 ? `${edited.length} files` : list(edited.map(nameOf));
  if (status === "running") return `draft: ${what} edited · ${step ? `running ${step}` : "running"} …`;
  if (status === "failed")
    return `draft failed${error.step ? ` at ${error.step}` : ""}: ${headOf(error)} · the page shows the last good ${isDraftShown ? "draft" : "release"}`;
  if (status === "draft")
    return `draft: ${what} edited · not published · ${changed(changes)} · publish with npm run refresh`;
  return `${list(restart)} edited: stop npm start and start it again to take it up`;
}

/** `silver crm_sales_details` of a path. */
function nameOf(path) {
  const [, name] = /([^/]+?)(?:[.]sql|[.]yml)$/.exec(path) ?? [null, path];
  const places = [
    ["pipelines/2-silver/", "silver"],
    ["pipelines/3-gold/checks/", "check of gold"],
    ["pipelines/3-gold/", "gold"],
    ["pipelines/monitors/", "monitor"],
    ["dbt/models/marts/", "mart"],
    ["dbt/models/semantic/", "semantic"],
    ["dbt/tests/", "test"],
    ["loaders/", "extract"]
  ];
  const place = places.find(([folder]) => path.startsWith(folder));
  return place ? `${place[1]} ${name}` : path;
}

/** The first thing that went wrong, in one line. */
function headOf({message, checks}) {
  if (checks.length)
    return `${checks[0].name}${checks[0].failures ? `, ${counted(checks[0].failures, "bad row")}` : ""}`;
  const [line] = message.split("\n");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function changed({tables, measures}) {
  const rows = tables
    .filter(({table}) => table.startsWith("gold."))
    .reduce((sum, one) => sum + one.differ, 0);
  const money = measures.find(({before, after}) => before !== null && after !== null);
  const others = tables.filter(({table}) => !table.startsWith("gold."));
  if (!tables.length && !measures.length) return "no row and no figure changes";
  return [
    ...(rows ? [`${counted(rows, "row")} of gold ${rows === 1 ? "differs" : "differ"}`] : []),
    ...(!rows && others.length
      ? [`${list(others.slice(0, 3).map(({table}) => table))} ${others.length === 1 ? "differs" : "differ"}`]
      : []),
    ...(money
      ? [`${money.label} ${difference(money)}`]
      : measures.length
        ? [
            `${list(measures.slice(0, 3).map(({label}) => label))} ${measures[0].before === null ? "new" : "gone"}`
          ]
        : [])
  ].join(" · ");
}

function Changes({tables, measures}) {
  if (!tables.length && !measures.length) return html`<p>Every row and every figure is as published.</p>`;
  return html`${
    measures.length
      ? Table(
          "Figures over all lines",
          ["figure", "published", "draft", "change"],
          measures.map((one) => [one.label, value(one, one.before), value(one, one.after), difference(one)])
        )
      : ""
  }
  ${
    tables.length
      ? Table(
          "Rows",
          ["table", "published", "draft", "rows that differ"],
          tables.map(({table, before, after, differ}) => [table, exact(before), exact(after), exact(differ)])
        )
      : ""
  }`;
}

function value({format}, text) {
  if (text === null) return "none";
  if (format === "percent") return `${exact(Number((Number(text) * 100).toFixed(2)))}%`;
  return format === "date" ? text : exact(format === "integer" ? text : Number(text));
}

/** The change of a figure; percentages change by points. */
function difference({format, before, after}) {
  if (before === null) return "new";
  if (after === null) return "gone";
  const change = Number(after) - Number(before);
  if (format === "date" || !Number.isFinite(change)) return `${before} → ${after}`;
  return format === "percent" ? `${rounded(change * 100)} points` : rounded(change);
}

/** To two places, and never nothing where there is something. */
function rounded(change) {
  const kept = Number(change.toFixed(2));
  if (kept || !change) return signedExact(kept);
  return change > 0 ? "less than +0.01" : "less than −0.01";
}

function Failure({message, checks}) {
  if (!checks.some(({rows}) => rows.length)) return html`<pre class="draft-message">${message}</pre>`;
  return checks.map(
    ({name, failures, rows}) =>
      html`<section>
        <h2>${name}${failures ? `: ${counted(failures, "bad row")}` : ""}</h2>
        ${rows.length ? Rows(rows.map((row) => JSON.parse(row))) : ""}
      </section>`
  );
}

function Rows(rows) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Table(
    `The first ${counted(rows.length, "bad row")}`,
    columns,
    rows.map((row) => columns.map((name) => textOf(row[name])))
  );
}

const textOf = (value) =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

function Steps({made, reused, seconds, edited}) {
  return html`<p class="draft-steps">
    ${made.length ? `Done again: ${made.map(({step, seconds: took}) => `${step} ${took.toFixed(1)} s`).join(", ")}. ` : ""}${reused ? `Reused: ${counted(reused, "step")}. ` : ""}${seconds === null ? "" : `${seconds.toFixed(1)} s in all. `}${edited.length ? `Edited: ${edited.join(", ")}.` : ""}
  </p>`;
}

function Table(caption, columns, rows) {
  return html`<div class="draft-table" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`
        )}
      </tbody>
    </table>
  </div>`;
}

start();
