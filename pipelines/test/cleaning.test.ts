import {afterAll, beforeAll, expect, test} from "vitest";
import {carryToGold, lines, openWorld, type World} from "./world.ts";

/* The rules of each source table, a line of dirt each: literal rows in, literal rows out. */

const asked: Record<string, string> = {
  crm_cust_info: `select _row, cst_id, cst_key, cst_firstname, cst_lastname, cst_marital_status, cst_gndr, cst_create_date
    from silver.crm_cust_info order by _row`,
  crm_prd_info: `select _row, prd_id, cat_id, prd_key, prd_nm, prd_cost, prd_line, prd_start_dt, prd_end_dt
    from silver.crm_prd_info order by _row`,
  crm_sales_details: `select _row, sls_ord_num, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt, sls_sales, sls_quantity, sls_price
    from silver.crm_sales_details order by _row`,
  erp_cust_az12: "select _row, cid, bdate, gen from silver.erp_cust_az12 order by _row",
  erp_loc_a101: "select _row, cid, cntry from silver.erp_loc_a101 order by _row",
  erp_px_cat_g1v2: "select _row, id, cat, subcat, maintenance from silver.erp_px_cat_g1v2 order by _row",
  rejects:
    "select table_name, _row, key, reason, is_superseded from (from rejects.crm_cust_info union all from rejects.crm_prd_info union all from rejects.crm_sales_details union all from rejects.erp_cust_az12 union all from rejects.erp_loc_a101 union all from rejects.erp_px_cat_g1v2) order by all",
  corrections: `select table_name, column_name, _row, source_value, corrected, rule, change
    from (from corrections.crm_cust_info union all from corrections.crm_prd_info union all from corrections.crm_sales_details union all from corrections.erp_cust_az12) order by all`
};

let world: World;
const found: Record<string, string[]> = {};

beforeAll(async () => {
  world = openWorld({
    crm_cust_info: `
11000,AW00011000, Jon,Yang ,M,M,2025-10-06
11001,AW00011001,Eugène,"O'Neil, Jr", s ,f,2025-10-06
11002,AW00011002,Old,Record,S,M,2025-01-01
11002,AW00011002,New,Record,m,,2025-02-01
11003,AW00011003,Tie,First,S,F,2025-03-01
11003,AW00011003,Tie,Second,S,F,2025-03-01
,AW00011004,No,Id,S,F,2025-03-01
abc,AW00011005,Bad,Id,S,F,2025-03-01
11006,AW00011006,,"",X,Female,not a date
11007,AW00011007,No,Date,S,F,
11007,AW00011007,With,Date,S,F,2025-03-01
11008,AW00011008,Bad,Day,,,2025-02-30
`,
    crm_prd_info: `
210,CO-RF-FR-R92B-58,Frame,,R ,2003-07-01,
212,AC-HE-HL-U509-R,Helmet 1,12,S,2011-07-01,2007-12-28
213,AC-HE-HL-U509-R,Helmet 2,14,S ,2012-07-01,2008-12-27
214,AC-HE-HL-U509-R,Helmet 3,13.08,s,2013-07-01,
215,AC-HE-HL-U509-R,Helmet 3 again,13.09,S,2013-07-01,
220,BK-TO-BK-T1,Tour,x12,T,2013-07-01,2013-07-01
221,BK-MO-BK-M1,Mountain,1.239,M,someday,
222,BK-NO-BK-N1,None,-3,q,2013-07-01 00:00:00,
,BK-NO-BK-N2,No id,1,R,2013-07-01,
222,BK-NO-BK-N3,Same id,1,R,2013-07-01,
`,
    crm_sales_details: `
SO1,HL-U509-R,11000,20130101,20130108,20130113,35,1,35
SO2,HL-U509-R,11000,0,20130108,20130113,35,1,35
SO3,HL-U509-R,11000,5489,2013010,20131301,35,1,35
SO4,HL-U509-R,11000,20270101,20130108,,35,1,35
SO5,HL-U509-R,11000,20130229,20130108,20130113,,2,35
SO6,HL-U509-R,11000,20130101,20130108,20130113,-35,2,-35
SO7,HL-U509-R,11000,20130101,20130108,20130113,70,2,
SO8,HL-U509-R,11000,20130101,20130108,20130113,100,3,0
SO9,HL-U509-R,11000,20130101,20130108,20130113,0,2,0
SO10,HL-U509-R,11000,20130101,20130108,20130113,35,0,35
SO11,HL-U509-R,11000,20130101,20130108,20130113,35,-1,35
SO12,HL-U509-R,x,20130101,20130108,20130113,many,two,cheap
SO13,HL-U509-R,,20130101,20130108,20130113,10.005,1,10.005
,HL-U509-R,11000,20130101,20130108,20130113,9,1,9
SO15,HL-U509-R,11000,20130101,20130108,20130113,50,2,35
SO16,HL-U509-R,11000,20130101,20130108,20130113,,,
SO17,HL-U509-R,11000,20130101,20130108,20130113,-5,1,
`,
    erp_cust_az12: `
NASAW00011000,1971-10-06,Male
AW00011001,2050-01-01,f
AW00011002,1980-02-30, FEMALE
NASAW00011002,1981-01-01,M
,1981-01-01,M
AW00011003,,""
`,
    erp_loc_a101: `
AW-00011000,DE
AW-00011001, USA
AW-00011002,US
AW-00011003,
AW-00011006, France 
AW-00011006,Canada
,Canada
`,
    erp_px_cat_g1v2: `
AC_HE,Accessories,Helmets,Yes
CO_RF,Components,Road Frames,No
,Nothing,Nothing,No
AC_HE,Accessories,Helmets & Caps,Yes
`
  });
  await carryToGold(world, async (_, engine) => {
    for (const [name, sql] of Object.entries(asked)) found[name] = await lines(engine, sql);
  });
});
afterAll(() => world.remove());

test("customers: names trimmed, codes in words, the latest record stays", () => {
  expect(found.crm_cust_info).toEqual([
    "0|11000|AW00011000|Jon|Yang|Married|Male|2025-10-06",
    "1|11001|AW00011001|Eugène|O'Neil, Jr|Single|Female|2025-10-06",
    "3|11002|AW00011002|New|Record|Married|n/a|2025-02-01",
    "5|11003|AW00011003|Tie|Second|Single|Female|2025-03-01",
    "8|11006|AW00011006|∅||n/a|n/a|∅",
    "10|11007|AW00011007|With|Date|Single|Female|2025-03-01",
    "11|11008|AW00011008|Bad|Day|n/a|n/a|∅"
  ]);
});

test("products: categories and numbers split, costs filled, versions end before the next", () => {
  expect(found.crm_prd_info).toEqual([
    "0|210|CO_RF|FR-R92B-58|Frame|0.00|Road|2003-07-01|∅",
    "1|212|AC_HE|HL-U509-R|Helmet 1|12.00|Other Sales|2011-07-01|2012-06-30",
    "2|213|AC_HE|HL-U509-R|Helmet 2|14.00|Other Sales|2012-07-01|2013-06-30",
    "4|215|AC_HE|HL-U509-R|Helmet 3 again|13.09|Other Sales|2013-07-01|∅",
    "5|220|BK_TO|BK-T1|Tour|0.00|Touring|2013-07-01|∅",
    "6|221|BK_MO|BK-M1|Mountain|1.24|Mountain|∅|∅",
    "9|222|BK_NO|BK-N3|Same id|1.00|Road|2013-07-01|∅"
  ]);
});

test("sales: dates from integers, money follows quantity × price", () => {
  expect(found.crm_sales_details).toEqual([
    "0|SO1|11000|2013-01-01|2013-01-08|2013-01-13|35.00|1|35.00",
    "1|SO2|11000|∅|2013-01-08|2013-01-13|35.00|1|35.00",
    "2|SO3|11000|∅|∅|∅|35.00|1|35.00",
    "3|SO4|11000|∅|2013-01-08|∅|35.00|1|35.00",
    "4|SO5|11000|∅|2013-01-08|2013-01-13|70.00|2|35.00",
    "5|SO6|11000|2013-01-01|2013-01-08|2013-01-13|70.00|2|35.00",
    "6|SO7|11000|2013-01-01|2013-01-08|2013-01-13|70.00|2|35.00",
    "7|SO8|11000|2013-01-01|2013-01-08|2013-01-13|100.00|3|33.33",
    "8|SO9|11000|2013-01-01|2013-01-08|2013-01-13|∅|2|∅",
    "9|SO10|11000|2013-01-01|2013-01-08|2013-01-13|35.00|∅|35.00",
    "10|SO11|11000|2013-01-01|2013-01-08|2013-01-13|35.00|∅|35.00",
    "11|SO12|∅|2013-01-01|2013-01-08|2013-01-13|∅|∅|∅",
    "12|SO13|∅|2013-01-01|2013-01-08|2013-01-13|10.01|1|10.01",
    "14|SO15|11000|2013-01-01|2013-01-08|2013-01-13|70.00|2|35.00",
    "15|SO16|11000|2013-01-01|2013-01-08|2013-01-13|∅|∅|∅",
    "16|SO17|11000|2013-01-01|2013-01-08|2013-01-13|∅|1|∅"
  ]);
});

test("persons: NAS removed, no birth after today", () => {
  expect(found.erp_cust_az12).toEqual([
    "0|AW00011000|1971-10-06|Male",
    "1|AW00011001|∅|Female",
    "3|AW00011002|1981-01-01|Male",
    "5|AW00011003|∅|n/a"
  ]);
});

test("locations: hyphens removed, countries in words", () => {
  expect(found.erp_loc_a101).toEqual([
    "0|AW00011000|Germany",
    "1|AW00011001|United States",
    "2|AW00011002|United States",
    "3|AW00011003|n/a",
    "5|AW00011006|Canada"
  ]);
});

test("categories: as they are", () => {
  expect(found.erp_px_cat_g1v2).toEqual([
    "1|CO_RF|Components|Road Frames|No",
    "3|AC_HE|Accessories|Helmets & Caps|Yes"
  ]);
});

test("only rows without a key or superseded are refused", () => {
  expect(found.rejects).toEqual([
    "crm_cust_info|2|11002|superseded by a later record|true",
    "crm_cust_info|4|11003|superseded by a later record|true",
    "crm_cust_info|6||missing customer id|false",
    "crm_cust_info|7|abc|missing customer id|false",
    "crm_cust_info|9|11007|superseded by a later record|true",
    "crm_prd_info|3|214|superseded by a later record|true",
    "crm_prd_info|7|222|superseded by a later record|true",
    "crm_prd_info|8||missing product id|false",
    "crm_sales_details|13|/HL-U509-R|missing order number|false",
    "erp_cust_az12|2|AW00011002|superseded by a later record|true",
    "erp_cust_az12|4||missing customer id|false",
    "erp_loc_a101|4|AW-00011006|superseded by a later record|true",
    "erp_loc_a101|6||missing customer id|false",
    "erp_px_cat_g1v2|0|AC_HE|superseded by a later record|true",
    "erp_px_cat_g1v2|2||missing category id|false"
  ]);
});

test("every change has its rule", () => {
  expect(found.corrections).toEqual([
    "crm_cust_info|cst_create_date|8|not a date|∅|not a date|∅",
    "crm_cust_info|cst_create_date|11|2025-02-30|∅|not a date|∅",
    "crm_prd_info|prd_cost|0|∅|0.00|missing cost|0.00",
    "crm_prd_info|prd_cost|5|x12|0.00|not a number|0.00",
    "crm_prd_info|prd_cost|6|1.239|1.24|rounded to the cent|0.00",
    "crm_prd_info|prd_end_dt|1|2007-12-28|2012-06-30|ends the day before the next version|∅",
    "crm_prd_info|prd_end_dt|2|2008-12-27|2013-06-30|ends the day before the next version|∅",
    "crm_prd_info|prd_end_dt|5|2013-07-01|∅|the newest version is open|∅",
    "crm_prd_info|prd_start_dt|6|someday|∅|not a date|∅",
    "crm_sales_details|sls_cust_id|11|x|∅|not a number|∅",
    "crm_sales_details|sls_due_dt|2|20131301|∅|not a date|∅",
    "crm_sales_details|sls_order_dt|1|0|∅|not a date|∅",
    "crm_sales_details|sls_order_dt|2|5489|∅|not a date|∅",
    "crm_sales_details|sls_order_dt|3|20270101|∅|after today|∅",
    "crm_sales_details|sls_order_dt|4|20130229|∅|not a date|∅",
    "crm_sales_details|sls_price|5|-35|35.00|sign removed|70.00",
    "crm_sales_details|sls_price|6|∅|35.00|sales ÷ quantity|35.00",
    "crm_sales_details|sls_price|7|0|33.33|sales ÷ quantity|33.33",
    "crm_sales_details|sls_price|8|0|∅|zero price|0.00",
    "crm_sales_details|sls_price|11|cheap|∅|not a number|0.00",
    "crm_sales_details|sls_price|12|10.005|10.01|rounded to the cent|0.00",
    "crm_sales_details|sls_quantity|9|0|∅|not positive|0.00",
    "crm_sales_details|sls_quantity|10|-1|∅|not positive|1.00",
    "crm_sales_details|sls_quantity|11|two|∅|not a number|0.00",
    "crm_sales_details|sls_quantity|15|∅|∅|missing quantity|0.00",
    "crm_sales_details|sls_sales|4|∅|70.00|quantity × price|70.00",
    "crm_sales_details|sls_sales|5|-35|70.00|quantity × price|105.00",
    "crm_sales_details|sls_sales|8|0|∅|no usable price or quantity|0.00",
    "crm_sales_details|sls_sales|11|many|∅|not a number|0.00",
    "crm_sales_details|sls_sales|12|10.005|10.01|rounded to the cent|0.00",
    "crm_sales_details|sls_sales|14|50|70.00|quantity × price|20.00",
    "crm_sales_details|sls_sales|16|-5|∅|no usable price or quantity|5.00",
    "crm_sales_details|sls_ship_dt|2|2013010|∅|not a date|∅",
    "erp_cust_az12|bdate|1|2050-01-01|∅|after today|∅"
  ]);
});
