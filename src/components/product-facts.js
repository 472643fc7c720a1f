import {askedProducts} from "./product-search.js";
import {readQuestion, watchSearch} from "./question.js";
import {dailySql, figuresSql, literal, monthsSql} from "./sales-query.js";
import {stepsSql} from "./product-query.js";

/**
 * Watches the address and tells what the page shows: `{key, question, isAsking, facts, error}`. First without facts, so
 * that the frame is there at once; those of the last address stay (dimmed) while others of the same product are asked.
 */
export function watchProduct(notify, extracts) {
  let turn = 0;
  let last = {key: null};
  return watchSearch(async (search) => {
    const own = ++turn;
    const key = new URLSearchParams(search).get("key")?.trim() || null;
    const question = ofProduct(key, readQuestion(search, {...extracts, own: ["key"]}));
    const facts = last.key === key ? last.facts : undefined;
    const tell = (state) => {
      if (own !== turn) return;
      last = {key, question, facts, ...state};
      notify(last);
    };
    if (key === null) return tell({isAsking: false});
    tell({isAsking: true});
    try {
      tell({isAsking: false, facts: await factsOf(key, question)});
    } catch (error) {
      tell({isAsking: false, error: {step: "asking the browser's DuckDB", message: error.message}});
    }
  });
}

function ofProduct(key, question) {
  return question && {...question, filters: key === null ? {} : {product_number: [key]}};
}

const always = new Map();

/** Everything about one product, or `{product: null}`; what no period changes is asked once. */
async function factsOf(key, question) {
  const {openDatabase} = await import("./database.js");
  const {query} = await openDatabase();
  if (!always.has(key)) always.set(key, await stableFacts(key, query));
  const stable = always.get(key);
  if (!stable.product || !question) return stable;
  const figures = await query(figuresSql(question));
  const spanOf = (name) => figures.find(({span}) => span === name) ?? null;
  const {base} = question;
  return {
    ...stable,
    answer: {
      question,
      current: spanOf("current"),
      base: base ? spanOf(base) : null,
      months: await query(monthsSql(question))
    },
    peers: await peersOf(stable.product, question, query)
  };
}

async function stableFacts(key, query) {
  const [product] = await query(productSql(key));
  if (!product) return {product: null, near: await askedProducts(key)};
  const filters = {product_number: [key]};
  return {
    product,
    daily: await query(dailySql({filters})),
    steps: await query(stepsSql(key)),
    versions: await query(versionsSql(key)),
    prices: await query(pricesSql(key)),
    pairs: await query(pairsSql(key)),
    corrections: await query(correctionsSql(key))
  };
}

/** The measures of the products of its subcategory in the asked days, by the definitions of the semantic YAML. */
async function peersOf({subcategory}, {from, to}, query) {
  const [{definitions}, {selectSql}] = await Promise.all([
    import("./semantic/ask.js"),
    import("./semantic/select.js")
  ]);
  const defined = await definitions();
  const byNumber = {
    name: "product_number",
    label: "Product number",
    kind: "categorical",
    expr: "product_number"
  };
  return query(
    selectSql(
      {...defined, dimensions: [...defined.dimensions, byNumber]},
      {
        measures: ["revenue", "quantity", "orders", "customers", "margin_rate"],
        by: ["product_number"],
        from,
        to,
        filters: {subcategory: [subcategory]},
        where: "product_number is not null"
      },
      {relation: "marts.sales", numbers: "double"}
    )
  );
}

function productSql(key) {
  return `select
  product_number, product_name, category, subcategory, product_line,
  cast(current_cost as double) as current_cost,
  cast(count_versions as double) as versions,
  cast(first_order_on as varchar) as first_order_on,
  cast(last_order_on as varchar) as last_order_on,
  cast(count_lines as double) as lines
from marts.products where product_number = ${literal(key)}`;
}

function versionsSql(key) {
  return `select
  cast(product_key as varchar) as version,
  product_name,
  cast(valid_from as varchar) as valid_from,
  cast(valid_to as varchar) as valid_to,
  is_current,
  cast(cost as double) as cost,
  cast(count_lines as double) as lines,
  cast(quantity as double) as quantity,
  cast(revenue_amount as double) as revenue,
  cast(margin_amount as double) as margin,
  cast(margin_difference_amount as double) as difference,
  cast(assumed_lines as double) as assumed_lines
from marts.product_versions where product_number = ${literal(key)}
order by valid_from nulls first, product_key`;
}

function pricesSql(key) {
  return `select
  cast(month_on as varchar) as month,
  cast(list_price as double) as list_price,
  cast(count_lines as double) as lines,
  cast(count_list_lines as double) as list_lines,
  cast(count_other_lines as double) as other_lines,
  cast(other_price_amount as double) as other_amount,
  cast(revenue_amount as double) as revenue,
  cast(quantity as double) as quantity
from marts.product_months where product_number = ${literal(key)}
order by month_on`;
}

function pairsSql(key) {
  return `select
  pairs.other_product_number,
  others.product_name as other_product_name,
  cast(pairs.count_orders as double) as orders,
  cast(pairs.count_product_orders as double) as product_orders,
  cast(pairs.count_all_orders as double) as all_orders,
  pairs.support, pairs.confidence, pairs.lift
from marts.product_pairs as pairs
join marts.products as others on others.product_number = pairs.other_product_number
where pairs.product_number = ${literal(key)}
order by pairs.count_orders desc, pairs.other_product_number`;
}

/** Corrected values of its lines and of its versions, each at its day: of the order, else of the shipment, of the version. */
function correctionsSql(key) {
  return `with found as (
  select
    'sales line' as what,
    coalesce(sales.order_date, sales.ship_date) as day,
    sales.order_number as record,
    corrections.column_name, corrections.source_value, corrections.corrected, corrections.rule,
    cast(corrections.change as double) as change
  from assay.corrections as corrections
  join marts.sales as sales on sales._row = corrections._row
  where corrections.table_name = 'crm_sales_details' and sales.product_number = ${literal(key)}
  union all
  select
    'version',
    versions.valid_from,
    cast(versions.product_key as varchar),
    corrections.column_name, corrections.source_value, corrections.corrected, corrections.rule,
    cast(corrections.change as double)
  from assay.corrections as corrections
  join gold.dim_products as versions on cast(versions.product_key as varchar) = corrections.key
  where corrections.table_name = 'crm_prd_info' and versions.product_number = ${literal(key)}
)
select what, cast(day as varchar) as day, record, column_name, source_value, corrected, rule, change
from found order by day nulls first, what, record, column_name`;
}
