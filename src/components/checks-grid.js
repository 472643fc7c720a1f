import {html} from "htl";
import {commandLine} from "./copy-button.js";
import {counted} from "./format.js";
import {resultTable} from "./result-table.js";
import {sqlText} from "./sql-text.js";

const words = {
  pass: "passed",
  warn: "warns",
  fail: "fails",
  error: "cannot be carried out",
  skipped: "skipped",
  none: "not checked"
};
const order = ["none", "pass", "skipped", "warn", "fail", "error"];

/**
 * Checks × attempts, newest on the right: first those that did not pass, then the others by kind, folded away. Each opens
 * to what it found, since when, its bad rows and its SQL.
 */
export function checksGrid({attempts, checks}) {
  const bad = checks.filter(({status}) => status !== "pass");
  const passed = checks.filter(({status}) => status === "pass");
  const kinds = [...new Set(passed.map(({kind}) => kind))].sort();
  return html`<div class="reasons checks-grid">
    ${axis(attempts)} ${bad.map((check) => checkNode(check, attempts))}
    ${kinds.map((kind) => {
      const own = passed.filter((one) => one.kind === kind);
      return kindNode(kind, own, attempts);
    })}
  </div>`;
}

/** What the checks of a release say, in a sentence. */
export function checksSentence({attempts, checks}) {
  const bad = checks.filter(({status}) => status !== "pass");
  const last = attempts.at(-1);
  if (!last) return "Nothing is checked yet.";
  const what = last.kind === "release" ? "the release" : "the last run, which was not published";
  if (!bad.length) return `All ${checks.length} checks of ${what} passed.`;
  const fresh = bad.filter(({since}) => since?.id === last.id && attempts.length > 1).length;
  const news =
    attempts.length > 1 ? (fresh ? `, ${fresh} for the first time` : ", none for the first time") : "";
  return `${bad.length} of ${checks.length} checks of ${what} did not pass${news}.`;
}

function axis(attempts) {
  const [first, last] = [attempts[0], attempts.at(-1)];
  return html`<div class="check-axis faint">
    <span
      >${attempts.length === 1 ? "One release" : `${attempts.length} releases and failed runs, the newest on the right`}</span
    >
    <span class="number"
      >${attempts.length > 1 ? `${first.at.slice(0, 10)} to ` : ""}${last?.at.slice(0, 10) ?? ""}</span
    >
  </div>`;
}

function checkNode(check, attempts) {
  const node = html`<details class="reason check">
    <summary>
      <span class="reason-name"
        ><span class=${`dot ${tone(check.status)}`} aria-hidden="true"></span>${headlineOf(check)}</span
      >
      ${strip(check.statuses, attempts)}
      <span class="number state">${words[check.status] ?? check.status}</span>
    </summary>
  </details>`;
  node.addEventListener("toggle", () => node.append(inside(check)), {once: true});
  return node;
}

/** What a check says in its row: what it found if that is bad, else what it asks. */
function headlineOf({name, status, description, detail}) {
  return (status !== "pass" && detail) || description || spoken(name);
}

function kindNode(kind, checks, attempts) {
  const worst = attempts.map((_, n) =>
    checks
      .map(({statuses}) => statuses[n])
      .reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), "none")
  );
  const node = html`<details class="reason check">
    <summary>
      <span class="reason-name"
        ><span class="dot good" aria-hidden="true"></span
        >${counted(checks.length, /test|monitor/.test(kind) ? kind : `${kind} check`)}</span
      >
      ${strip(worst, attempts)}
      <span class="number state">passed</span>
    </summary>
  </details>`;
  node.addEventListener("toggle", () => node.append(...checks.map((check) => checkNode(check, attempts))), {
    once: true
  });
  return node;
}

/** One mark per attempt; the newest stay in view where there is no room for all. */
function strip(statuses, attempts) {
  const told = statuses.filter((status) => status !== "none");
  const passed = told.filter((status) => status === "pass").length;
  return html`<span class="strip" role="img" aria-label=${`passed in ${passed} of ${told.length}`}
    >${statuses.map(
      (status, n) =>
        html`<span
          class=${`mark ${tone(status)} ${attempts[n].kind}`}
          title=${`${attempts[n].kind} ${attempts[n].id}, ${attempts[n].at.slice(0, 16).replace("T", " ")}: ${words[status] ?? status}`}
        ></span>`
    )}</span
  >`;
}

function inside(check) {
  const headline = headlineOf(check);
  const {name, description, table, severity, detail, accepted, since, passed, pages, rows, sql, failures} =
    check;
  const facts = [
    ["Checks", description || spoken(name)],
    ["Found", detail !== headline ? detail : null],
    ["Since", since && sinceWords(since, passed)],
    ["Accepted", accepted],
    ["Looks at", table],
    [
      "If it fails",
      severity && (severity === "block" ? "nothing is published" : "it is told, and published")
    ],
    [
      "Pages",
      pages.length
        ? html`${pages.map(({label, url}, n) => html`${n ? ", " : ""}<a href=${`..${url}`}>${label}</a>`)}`
        : null
    ]
  ].filter(([, value]) => value);
  return html`<div class="reason-rows">
    <dl class="check-facts">
      ${facts.flatMap(([term, value]) => [html`<dt>${term}</dt>`, html`<dd>${value}</dd>`])}
    </dl>
    ${rows.length ? resultTable(tableOf(rows, detail), {label: `Bad rows of ${name}`, pageSize: 25}) : ""}
    ${failures > rows.length && rows.length ? html`<p class="faint">The first ${rows.length} of ${counted(failures, "bad row")}.</p>` : ""}
    ${
      sql
        ? html`<details class="check-sql">
            <summary>SQL</summary>
            ${sqlText(sql.trim())}
          </details>`
        : ""
    }
    ${commandLine(`npx assay checks ${name}`)}
  </div>`;
}

function sinceWords(since, passed) {
  const brought =
    since.kind === "release"
      ? `release ${since.id} (published ${since.at.slice(0, 10)})`
      : `run ${since.id} (${since.at.slice(0, 10)}), which was not published`;
  return `${brought}; ${passed ? `it passed in ${passed.kind} ${passed.id}` : "it never passed before"}`;
}

/** Bad rows as a table, less the words that were said already. */
function tableOf(rows, detail) {
  const isSaid = rows.every(({words: said}) => said !== undefined && detail?.includes(said));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) => name !== "words" || !isSaid
  );
  const isNumber = (name) =>
    rows.every((row) => row[name] === null || row[name] === undefined || typeof row[name] === "number");
  return {
    columns: names.map((name) => ({name, type: isNumber(name) ? "DOUBLE" : "VARCHAR"})),
    rows: rows.map((row) => names.map((name) => textOf(row[name])))
  };
}

function textOf(value) {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : value;
}

function tone(status) {
  return {pass: "good", warn: "warn", skipped: "warn", none: "none"}[status] ?? "bad";
}

function spoken(name) {
  return name.replace(/__+/g, " ").replaceAll("_", " ");
}
