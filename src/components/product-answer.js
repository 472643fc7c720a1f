import {needsDatabase} from "./question.js";

const asked = new Map();

/** The products of an answered question: rows as in `products_sold.json`, from there or from the browser's DuckDB. */
export async function productsOf(answer, sold) {
  if (!answer) return [];
  const {question} = answer;
  if (!needsDatabase(question)) return sold.filter(({period}) => period === question.period);
  return remembered(JSON.stringify([question.spans, question.filters]), async () => {
    const {productsSql} = await import("./product-query.js");
    return queried(productsSql(question));
  });
}

/** The steps of price and cost of a product: those at hand, else asked; with `error` where that failed. */
export async function stepsOf(number, steps, onWork) {
  const own = steps.filter(({product_number}) => product_number === number);
  if (own.length || number === null) return {rows: own};
  try {
    onWork("Asking for this product's steps…");
    const {stepsSql} = await import("./product-query.js");
    return {rows: await remembered(`steps ${number}`, () => queried(stepsSql(number)))};
  } catch (error) {
    return {rows: [], error: error.message};
  } finally {
    onWork(null);
  }
}

async function queried(sql) {
  const {openDatabase} = await import("./database.js");
  return (await openDatabase()).query(sql);
}

async function remembered(key, get) {
  if (!asked.has(key)) asked.set(key, await get());
  return asked.get(key);
}
