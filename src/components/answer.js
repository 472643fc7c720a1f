import {dimensions, needsDatabase} from "./question.js";

const asked = new Map();

/**
 * Answers a question from the extracts, or from the browser's DuckDB where a filter or a custom range asks for it:
 * `{question, figures, current, base, leaders, daily, months, error}`. While it works, `onWork(step)` is told what it
 * does, and null at the end. It never throws: a failure keeps the last answer and tells step, message and retry.
 */
export async function answerOf(question, extracts, last, onWork) {
  if (!question) return null;
  if (!needsDatabase(question)) return fromExtracts(question, extracts);
  let step = "starting the browser's DuckDB";
  try {
    const key = JSON.stringify([question.spans, question.filters]);
    if (!asked.has(key)) {
      onWork("Starting the browser's DuckDB (once, about 10 MB)…");
      const {openDatabase} = await import("./database.js");
      const database = await openDatabase();
      onWork("Counting the rows of this selection…");
      step = "asking the browser's DuckDB";
      asked.set(key, await fromDatabase(question, database));
    }
    return {question, ...chosen(question, asked.get(key))};
  } catch (error) {
    return {...(last ?? fromExtracts(question, extracts)), error: {step, message: error.message}};
  } finally {
    onWork(null);
  }
}

function fromExtracts(question, {figures, leaders, daily, months}) {
  const ofPeriod = ({period}) => period === question.period;
  return {
    question,
    ...chosen(question, {
      figures: figures.filter(ofPeriod),
      leaders: leaders.filter(ofPeriod),
      daily,
      months
    })
  };
}

async function fromDatabase(question, {query}) {
  const {dailySql, figuresSql, leadersSql, monthsSql} = await import("./sales-query.js");
  const names = dimensions.map(({name}) => name);
  const figures = await query(figuresSql(question));
  const leaders = await query(leadersSql({...question, dimensions: names}));
  const daily = await query(dailySql(question));
  const months = await query(monthsSql(question));
  return {figures, leaders, daily, months};
}

/** Picks the compared span: `current` and `base` figures, and leaders with `base` beside `revenue`. */
function chosen({base}, {figures, leaders, daily, months}) {
  const spanOf = (name) => figures.find(({span}) => span === name) ?? null;
  return {
    current: spanOf("current"),
    base: base ? spanOf(base) : null,
    leaders: leaders.map((row) => ({...row, base: base ? row[base] : null})),
    daily,
    months
  };
}
