import {html} from "htl";
import {commandLine, shellWord} from "./copy-button.js";
import {openDatabase} from "./database.js";
import {counted, exact, signedExact} from "./format.js";
import {openOrigins} from "./origins.js";
import {answering, openPanel, wordsOf} from "./panel.js";
import {centsOf, conditionOf, fromCents, piecesOf, rowsSql, rulesSql, sourceSql, sumsSql} from "./why-sql.js";

/** Bytes of origins that one answer may fetch; a wider predicate is for the command line. */
const budget = 250_000;
const most = 100;
const onPage = 25;

/** Opens the panel of a mark: `{title, from, to, filters}`, of all days without `from`. Esc closes it, and the focus returns. */
export function openWhy(mark) {
  const condition = conditionOf(mark, mark.filters);
  openPanel({
    title: "Why this number?",
    subtitle: wordsOf(mark),
    className: "why",
    body: answering("Following the lines to their source…", async () => shown(await answer(condition))),
    footer: [
      html`<p class="small-print">The same on the command line, with every row:</p>`,
      commandLine(commandOf(condition))
    ]
  });
}

function commandOf(condition) {
  const text = `fct_sales where ${condition}`;
  return `npx assay trace ${/["$\\`!]/.test(text) ? shellWord(text) : `"${text}"`}`;
}

/** Sums at each step, and the first lines with what the source says of them. */
async function answer(condition) {
  const {query} = await openDatabase();
  const [origins, [sums], rules, rows, [source]] = await Promise.all([
    openOrigins(),
    query(sumsSql(condition)),
    query(rulesSql(condition)),
    query(rowsSql(condition, 20_000)),
    query(sourceSql)
  ]);
  const all = rows.map(({_row}) => _row);
  const isAll = all.length === sums.rows && origins.bytesOf(all) <= budget;
  const lines = await origins.rowsOf(isAll ? all : fitting(origins, all.slice(0, most)));
  const texts = isAll ? sumOf(lines) : null;
  return {sums, rules, lines, texts, source: source?.from_table ?? "crm_sales_details"};
}

/** As many of the first rows as the budget has room for. */
function fitting(origins, rows) {
  let count = rows.length;
  while (count > 0 && origins.bytesOf(rows.slice(0, count)) > budget) count = Math.floor(count / 2);
  return rows.slice(0, count);
}

function sumOf(lines) {
  return {
    revenue: fromCents(lines.reduce((sum, {texts}) => sum + centsOf(texts.sls_sales), 0n)),
    pieces: String(lines.reduce((sum, {texts}) => sum + piecesOf(texts.sls_quantity), 0n))
  };
}

function shown({sums, rules, lines, texts, source}) {
  const {rows, revenue, pieces, reported_revenue, reported_pieces, unexplained} = sums;
  if (!rows) return [html`<p>No sales line is behind this mark: every sum is 0.</p>`];
  const reported = {revenue: reported_revenue, pieces: reported_pieces};
  const differs = (a, b) => fromCents(centsOf(a) - centsOf(b));
  const bronze = texts ?? reported;
  const objects = new Set(lines.map(({object}) => object)).size;
  const steps = [
    {step: "gold", name: "Gold", what: "fct_sales", rows, revenue, pieces},
    {step: "silver", name: "Silver", what: "as corrected", rows, revenue, pieces, off: unexplained},
    ...rules.map((rule) => ({
      step: "corrected",
      name: "",
      what: `corrected: ${rule.rule}`,
      ...rule,
      isChange: true
    })),
    ...(rules.length ? [{step: "reported", name: "", what: "as reported", rows, ...reported}] : []),
    {
      step: "bronze",
      name: "Bronze",
      what: texts ? counted(objects, "object") : "compared when published",
      rows: texts ? lines.length : rows,
      ...bronze,
      off: differs(bronze.revenue, reported_revenue)
    },
    {step: "source", name: "Source", what: source, rows: texts ? lines.length : rows, ...bronze, off: "0"}
  ];
  return [
    html`<div class="table-scroll" tabindex="0" role="region" aria-label="Sums at each step">
      <table class="table why-steps">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" class="number">Lines</th>
            <th scope="col" class="number">Revenue</th>
            <th scope="col" class="number">Pieces</th>
            <th scope="col"><span class="hidden">Agrees</span></th>
          </tr>
        </thead>
        <tbody>
          ${steps.map(stepRow)}
        </tbody>
      </table>
    </div>`,
    lines.length
      ? linesTable(lines, rows)
      : html`<p class="small-print">Its lines lie too far apart to be fetched here.</p>`
  ];
}

function stepRow({step, name, what, rows, revenue, pieces, off, isChange}) {
  const value = (sum) => (sum === null ? "" : isChange ? signedExact(sum) : exact(sum));
  const isOff = off !== undefined && centsOf(off) !== 0n;
  const tick = html`<span class="good" title="agrees with the step above">✓</span>`;
  return html`<tr data-step=${step} data-rows=${rows} data-revenue=${revenue} data-pieces=${pieces}>
    <th scope="row">${name} <span class="why-what">${what}</span></th>
    <td class="number">${exact(rows)}</td>
    <td class="number">${value(revenue)}</td>
    <td class="number">${value(pieces)}</td>
    <td class="why-tick">
      ${isOff ? html`<b class="bad">${signedExact(off)}</b>` : off === undefined ? "" : tick}
    </td>
  </tr>`;
}

function linesTable(lines, total) {
  const first = lines.slice(0, most);
  const place = html`<tbody></tbody>`;
  const told = html`<span role="status"></span>`;
  const back = html`<button type="button" class="quiet" onclick=${() => draw(start - onPage)}>
    Previous
  </button>`;
  const next = html`<button type="button" class="quiet" onclick=${() => draw(start + onPage)}>Next</button>`;
  let start = 0;
  const draw = (from) => {
    start = from;
    const page = first.slice(start, start + onPage);
    place.replaceChildren(...page.map(lineRow));
    told.textContent = `Lines ${start + 1} – ${start + page.length} of ${exact(total)}${total > first.length ? `, the first ${first.length} here` : ""}`;
    back.disabled = start === 0;
    next.disabled = start + onPage >= first.length;
  };
  draw(0);
  return html`<div>
    <div class="table-scroll why-lines" tabindex="0" role="region" aria-label="The first lines">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Order / product</th>
            <th scope="col">Ordered</th>
            <th scope="col" class="number">Revenue</th>
            <th scope="col" class="number">Pieces</th>
            <th scope="col" class="number">Price</th>
            <th scope="col">Rule</th>
            <th scope="col">Object # row</th>
          </tr>
        </thead>
        ${place}
      </table>
    </div>
    <div class="why-pager">${told}${first.length > onPage ? [back, next] : null}</div>
  </div>`;
}

function lineRow({texts, corrections, object, row}) {
  const value = (column) => {
    const source = texts[column] ?? "∅";
    const correction = corrections.find(([name]) => name === column);
    return correction
      ? html`<span class="why-was">${source}</span> → <b>${correction[1] ?? "∅"}</b>`
      : source;
  };
  return html`<tr>
    <th scope="row">${texts.sls_ord_num} / ${texts.sls_prd_key}</th>
    <td>${value("sls_order_dt")}</td>
    <td class="number">${value("sls_sales")}</td>
    <td class="number">${value("sls_quantity")}</td>
    <td class="number">${value("sls_price")}</td>
    <td>${corrections.map(([name, , rule]) => `${name.replace("sls_", "")}: ${rule}`).join("; ")}</td>
    <td title=${object}>${object.split("/").at(-1).slice(0, 8)} # ${row}</td>
  </tr>`;
}
