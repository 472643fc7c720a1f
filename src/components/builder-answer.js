import {html} from "htl";
import {answerCard} from "./builder-card.js";
import {goToQuestion} from "./builder-chips.js";
import {measuresOf} from "./builder-plan.js";
import {answerRows} from "./builder-rows.js";
import {filterWords} from "./builder-words.js";
import {objectsOf} from "./objects.js";
import {Failure} from "./states.js";

const limit = 20_000;

/**
 * The place of answers: `{node, show(plan)}`. A new question cancels the one before; while it is asked the last answer
 * stays, dimmed, and can be cancelled; a failure names its step and offers another try.
 */
export function openAnswers({definitions, offered}) {
  const status = html`<div class="builder-status"></div>`;
  const slot = html`<div class="builder-answer-slot"><div class="card builder-skeleton"></div></div>`;
  const node = html`<div class="builder-answer">${status}${slot}</div>`;
  const known = new Map();
  let running;
  const show = async (plan) => {
    // an answer without groups is a row of figures
    slot.style.minHeight = plan.groups.length ? "440px" : "200px";
    running?.abort();
    const own = (running = new AbortController());
    const isCurrent = () => running === own;
    const stepped = (step) => isCurrent() && tellWork(status, slot, step, () => own.abort());
    try {
      const answer =
        known.get(keyOf(plan)) ??
        (await answered(plan, {definitions, offered}, {signal: own.signal, stepped}));
      known.set(keyOf(plan), answer);
      if (isCurrent()) slot.replaceChildren(shown(plan, answer, {definitions, offered}));
    } catch (error) {
      if (isCurrent()) slot.replaceChildren(...told(error, own, slot, () => show(plan)));
    } finally {
      if (isCurrent()) tellWork(status, slot, null);
    }
  };
  return {node, show};
}

/** Two charts of one question share its answer. */
function keyOf({sql, baseSql, totalSql}) {
  return JSON.stringify([sql, baseSql, totalSql]);
}

/** The queries of an example were asked when the site was built; all others are asked here. */
async function answered(plan, {definitions, offered}, {signal, stepped}) {
  let at;
  const step = (name, words) => {
    stepped(words);
    at = name;
  };
  let database;
  const start = () => {
    step("starting the browser's DuckDB", "Starting the browser's DuckDB (once, about 10 MB)…");
    return abortable(
      import("./database.js").then(({openDatabase}) => openDatabase()),
      signal
    );
  };
  try {
    const ask = async (sql) => {
      if (!sql) return {rows: []};
      const known = offered.answers?.[sql];
      if (known) return {rows: known};
      database ??= await start();
      step("asking the browser's DuckDB", "Asking…");
      const result = await database.run(sql, {limit, signal});
      return {rows: objectsOf(result), isCut: result.isCut};
    };
    const [current, base] = [await ask(plan.sql), await ask(plan.baseSql)];
    const [total, baseTotal] = [await ask(plan.totalSql), await ask(plan.baseTotalSql)];
    const measures = measuresOf(plan.asked, definitions);
    const parts = {
      current: current.rows,
      base: base.rows,
      total: total.rows[0],
      baseTotal: baseTotal.rows[0]
    };
    return {...answerRows(plan, measures, parts), isCut: current.isCut || Boolean(base.isCut)};
  } catch (error) {
    error.step = at;
    throw error;
  }
}

function abortable(promise, signal) {
  return Promise.race([
    promise,
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error("cancelled")), {once: true})
    )
  ]);
}

function tellWork(status, slot, words, onCancel) {
  slot.classList.toggle("is-asking", words !== null);
  slot.setAttribute("aria-busy", String(words !== null));
  status.replaceChildren(
    ...(words === null
      ? []
      : [
          html`<span role="status">${words}</span>`,
          html`<button type="button" class="quiet" onclick=${onCancel}>Cancel</button>`
        ])
  );
}

function shown(plan, answer, context) {
  if (answer.rows.length && !isNothing(plan, answer)) return answerCard(plan, answer, context);
  return emptyCard(plan, context);
}

/** Without groups there is always a row: of no line, its sums are null. */
function isNothing({groups}, {rows}) {
  return (
    !groups.length &&
    rows.every(({values, before}) =>
      [...values, ...(before ?? [])].every((value) => value === null || value === 0)
    )
  );
}

function emptyCard({asked, period}, {definitions, offered}) {
  const filters = Object.entries(asked.filters);
  const labelOf = (name) => definitions.dimensions.find((one) => one.name === name).label;
  const without = (name) => Object.fromEntries(filters.filter(([one]) => one !== name));
  const widest = offered.periods.at(-1).period;
  return html`<div class="card state">
    <h2>No sales line is left</h2>
    <p dir="auto">Nothing was sold ${filterWords(asked.filters, definitions)} ${period.phrase}.</p>
    <div class="bar">
      ${filters.map(
        ([name]) =>
          html`<button class="button" onclick=${() => goToQuestion({...asked, filters: without(name)})}>
            Remove the filter ${labelOf(name)}
          </button>`
      )}
      ${
        asked.period === widest
          ? ""
          : html`<button class="button" onclick=${() => goToQuestion({...asked, period: widest})}>
              Ask over all days
            </button>`
      }
    </div>
  </div>`;
}

function told(error, {signal}, slot, retry) {
  const last = slot.querySelector(":scope > .builder-card");
  const kept = last ? [last] : [];
  if (signal.aborted)
    return [
      html`<div class="card state">
        <h2>Cancelled</h2>
        <p>The question was not answered.</p>
        <button class="button" onclick=${retry}>Ask again</button>
      </div>`,
      ...kept
    ];
  const message = error.message.split("\n")[0];
  return [Failure({step: error.step, message, kept: last ? "answer" : null}, retry), ...kept];
}
