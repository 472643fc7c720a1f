import {html} from "htl";
import {openDatabase} from "./database.js";
import {exportMenu} from "./export.js";
import {counted, exact} from "./format.js";
import {answering, openPanel, wordsOf} from "./panel.js";
import {resultTable} from "./result-table.js";
import {conditionOf} from "./why-sql.js";

const most = 10_000;

/** Opens the sales lines behind a mark, at most 10,000, to read and to export. */
export function openRows(mark) {
  const condition = conditionOf(mark, mark.filters);
  openPanel({
    title: "The rows",
    subtitle: wordsOf(mark),
    className: "is-wide",
    body: answering("Reading the lines…", () => answer(condition))
  });
}

async function answer(condition) {
  const {run, query} = await openDatabase();
  const columns = `order_number, order_date, ship_date, customer_key, country, product_number, product_name, category,
  quantity, unit_price, sales_amount, cost_amount, margin_amount, reported_sales_amount, is_corrected`;
  const [result, [{lines}]] = await Promise.all([
    run(`select ${columns}\nfrom marts.sales where ${condition}\norder by order_date, _row`, {limit: most}),
    query(`select cast(count(*) as double) as lines from marts.sales where ${condition}`)
  ]);
  const told = result.isCut
    ? `The first ${exact(most)} of ${counted(lines, "sales line")}`
    : counted(lines, "sales line");
  const menu = exportMenu({
    title: "Sales lines",
    subtitle: condition,
    data: () => result,
    provenance: {Lines: told, Condition: condition}
  });
  return [
    html`<div class="card-foot"><span class="small-print">${told}</span>${menu}</div>`,
    resultTable(result)
  ];
}
