import {afterAll, beforeAll, expect, test} from "vitest";
import {carryToGold, lines, openWorld, type World} from "./world.ts";

const asked = {
  sales: `select sale_key, order_date, customer_key, product_key, current_product_key, quantity, sales_amount, cost_amount,
    current_cost_amount, is_corrected, _row from gold.fct_sales order by _row`,
  products: `select product_key, product_number, category, subcategory, cost, valid_from, valid_to, is_current
    from gold.dim_products order by product_key`,
  customers:
    "select customer_key, first_name, country, gender, birth_date from gold.dim_customers order by customer_key",
  dates: `select date_day, calendar_year, calendar_quarter, calendar_month, month_name, iso_week, weekday, is_weekend
    from gold.dim_dates order by date_day`
};

let world: World;
const found: Record<string, string[]> = {};

beforeAll(async () => {
  world = openWorld({
    crm_cust_info: `
1,AW1,Ann,A,S,,2025-01-01
2,AW2,Bob,B,M,M,2025-01-01
3,AW3,Cid,C,M,F,2025-01-01
`,
    crm_prd_info: `
10,AC-HE-HELMET,Helmet,10,R,2012-01-01,
11,AC-HE-HELMET,Helmet,12,R,2013-01-01,
20,XX-XX-TUBE,Tube,1.5,R,2012-01-01,
`,
    crm_sales_details: `
SO1,HELMET,1,20121231,20130107,20130112,20,1,20
SO2,HELMET,1,20130101,20130107,20130112,40,2,20
SO3,HELMET,2,20110101,20110107,20110112,20,1,20
SO4,HELMET,2,0,20121230,20130112,20,1,20
SO5,HELMET,2,0,0,20130112,20,1,20
SO6,NOTHING,9,20121230,20130107,20130112,5,1,5
SO7,TUBE,,20121230,20130107,20130112,6,2,3
SO7,TUBE,,20121230,20130107,20130112,6,2,3
`,
    erp_cust_az12: `
NASAW1,1980-05-05,Female
AW2,1981-05-05,Female
`,
    erp_loc_a101: `
AW-1,DE
`,
    erp_px_cat_g1v2: `
AC_HE,Accessories,Helmets,Yes
`
  });
  await carryToGold(world, async (_, engine) => {
    for (const [name, sql] of Object.entries(asked)) found[name] = await lines(engine, sql);
  });
});
afterAll(() => world.remove());

test("a line takes the version valid on its order date, else on its ship date; the first version reaches back", () => {
  expect(found.sales).toEqual([
    "SO1/HELMET/1|2012-12-31|1|10|11|1|20.00|10.00|12.00|false|0",
    "SO2/HELMET/1|2013-01-01|1|11|11|2|40.00|24.00|24.00|false|1",
    "SO3/HELMET/1|2011-01-01|2|10|11|1|20.00|10.00|12.00|false|2",
    "SO4/HELMET/1|∅|2|10|11|1|20.00|10.00|12.00|true|3",
    "SO5/HELMET/1|∅|2|∅|11|1|20.00|∅|12.00|true|4",
    "SO6/NOTHING/1|2012-12-30|∅|∅|∅|1|5.00|∅|∅|false|5",
    "SO7/TUBE/1|2012-12-30|∅|20|20|2|6.00|3.00|3.00|false|6",
    "SO7/TUBE/2|2012-12-30|∅|20|20|2|6.00|3.00|3.00|false|7"
  ]);
});

test("a version ends the day before the next, the newest is open, an unknown category is null", () => {
  expect(found.products).toEqual([
    "10|HELMET|Accessories|Helmets|10.00|2012-01-01|2012-12-31|false",
    "11|HELMET|Accessories|Helmets|12.00|2013-01-01|∅|true",
    "20|TUBE|∅|∅|1.50|2012-01-01|∅|true"
  ]);
});

test("the ERP completes the customers of the CRM", () => {
  expect(found.customers).toEqual([
    "1|Ann|Germany|Female|1980-05-05",
    "2|Bob|n/a|Male|1981-05-05",
    "3|Cid|n/a|Female|∅"
  ]);
});

test("dates span the orders, with ISO weeks", () => {
  expect(found.dates).toHaveLength(732);
  expect(found.dates![0]).toBe("2011-01-01|2011|1|1|January|52|Saturday|true");
  expect(found.dates!.slice(-3)).toEqual([
    "2012-12-30|2012|4|12|December|52|Sunday|true",
    "2012-12-31|2012|4|12|December|1|Monday|false",
    "2013-01-01|2013|1|1|January|1|Tuesday|false"
  ]);
});
