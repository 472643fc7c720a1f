import {html} from "htl";
import {autoChart, kinds, possibleKinds, suggestedKind} from "./auto-chart.js";
import {drawn} from "./drawn.js";
import {exportMenu} from "./export.js";
import {counted, exact} from "./format.js";
import {resultGrid} from "./result-grid.js";
import {profileButton} from "./result-profile.js";

/**
 * The place of one statement's result: `{node, setKind, wait, show, say}`. `setKind` takes the chart that the
 * address names, `onKind` hears of another; `title` tells it from others, and is null where there is one alone; `show`
 * takes a result and, to profile all of a long one, `{sql, askAll}` of its statement; `say` writes a status, and with `isBefore`
 * that what is shown came before.
 */
export function sqlResult({title = null, onKind = () => {}}) {
  const parts = {
    status: html`<span class="status" role="status"></span>`,
    tools: html`<div class="bar tools"></div>`,
    chart: html`<div class="chart-slot skeleton"></div>`,
    table: html`<div class="table-slot"></div>`
  };
  const node = html`<section class="card result-card" aria-label=${title ? `Result of ${title}` : "Result"}>
    ${title ? html`<h3><code>${title}</code></h3>` : ""}
    <div class="bar">${parts.status}<span class="spring"></span>${parts.tools}</div>
    ${parts.chart} ${parts.table}
  </section>`;
  let chosen;
  let hasResult = false;
  const choose = (next, result) => {
    chosen = next;
    onKind(next);
    drawChart(parts.chart, result, chosen);
  };
  const say = (text, {isBefore = false} = {}) => {
    parts.status.textContent = isBefore && hasResult ? `${text}; below is the result before` : text;
    parts.chart.classList.remove("skeleton");
  };
  return {
    node,
    setKind: (kind) => (chosen = kind),
    wait: () => {
      parts.status.textContent = "Running…";
      for (const part of [parts.chart, parts.table]) part.classList.add("stale");
    },
    show: (result, asked) => {
      hasResult = true;
      for (const part of [parts.chart, parts.table]) part.classList.remove("stale");
      say(statusOf(result));
      drawChart(parts.chart, result, chosen);
      parts.table.replaceChildren(tableOf(result));
      parts.tools.replaceChildren(...toolsOf(result, asked, parts.chart, chosen, choose));
    },
    say
  };
}

function statusOf({columns, rows, isCut, milliseconds}) {
  if (isWrite({columns, rows}))
    return `${counted(rows[0][0], "row")} written · ${exact(Math.round(milliseconds))} ms`;
  const many = isCut ? `first ${exact(rows.length)} rows, there are more` : counted(rows.length, "row");
  return `${columns.length ? many : "Done"} · ${exact(Math.round(milliseconds))} ms`;
}

/** What DuckDB gives for a statement that writes: how many rows. */
function isWrite({columns, rows}) {
  return columns.length === 1 && columns[0].name === "Count" && rows.length === 1;
}

function tableOf(result) {
  if (isWrite(result)) return "";
  if (!result.columns.length) return html`<p class="empty">The statement ran; it gives no rows.</p>`;
  return result.rows.length
    ? resultGrid(result, {label: "Result of the query"})
    : html`<p class="empty">The query ran and found no rows.</p>`;
}

function drawChart(slot, result, chosen) {
  const kind = kindOf(result, chosen);
  slot.replaceChildren(...(kind ? [drawn((width) => autoChart(result, {width, kind}), slot)] : []));
}

/** The chosen kind where the result can be drawn so, else the suggested one; undefined for none. */
function kindOf(result, chosen) {
  if (chosen === "none") return undefined;
  return possibleKinds(result).includes(chosen) ? chosen : suggestedKind(result);
}

function toolsOf(result, asked, chart, chosen, choose) {
  if (isWrite(result)) return [];
  const possible = possibleKinds(result);
  const tools = possible.length ? [chartSelect(result, possible, chosen, choose)] : [];
  if (!result.columns.length) return tools;
  return [
    ...tools,
    profileButton(result, asked),
    exportMenu({title: "Assay query", data: () => result, chart: () => chart.firstElementChild})
  ];
}

function chartSelect(result, possible, chosen, choose) {
  const current = kindOf(result, chosen) ?? "none";
  const select = html`<select aria-label="Chart of the result">
    <option value="none" selected=${current === "none"}>No chart</option>
    ${possible.map((kind) => html`<option value=${kind} selected=${kind === current}>${kinds[kind]}</option>`)}
  </select>`;
  select.onchange = () => choose(select.value, result);
  return select;
}
