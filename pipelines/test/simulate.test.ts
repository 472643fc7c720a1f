import {createHash} from "node:crypto";
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {sources} from "../catalog.ts";
import {type Engine, literal, openEngine, query, queryOne, run} from "../engine/duckdb.ts";
import {simulate} from "../source/simulate.ts";

let home: string;
let engine: Engine;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "assay-simulate-"));
  engine = await openEngine({memory: "400MB", temp: join(home, "spill")});
});

afterAll(async () => {
  engine.close();
  await rm(home, {recursive: true, force: true});
});

async function checksums(folder: string): Promise<string[]> {
  const sum = async (file: string) =>
    createHash("sha256")
      .update(await readFile(join(folder, file)))
      .digest("hex");
  return Promise.all(sources.map(({file}) => sum(file)));
}

async function openShop(folder: string): Promise<void> {
  for (const {name, file} of sources)
    await run(
      engine.connection,
      `create or replace table ${name} as select row_number() over () as _row, *
       from read_csv(${literal(join(folder, file))}, all_varchar = true, header = true, delim = ',', quote = '"',
         escape = '"', nullstr = '', allow_quoted_nulls = false, strict_mode = true)`
    );
}

async function counts(table: string, kinds: Record<string, string>): Promise<Record<string, number>> {
  const columns = Object.entries(kinds).map(
    ([name, where]) => `(count(*) filter (where ${where}))::int as "${name}"`
  );
  return queryOne(engine.connection, `select ${columns.join(", ")} from ${table}`);
}

describe("the files", () => {
  it("have the headers of the exports", async () => {
    const to = join(home, "headers");
    await simulate({to, lines: 1, seed: 1});
    const headers = sources.map(async ({file}) => (await readFile(join(to, file), "utf8")).split("\n")[0]);
    expect(await Promise.all(headers)).toEqual([
      "cst_id,cst_key,cst_firstname,cst_lastname,cst_marital_status,cst_gndr,cst_create_date",
      "prd_id,prd_key,prd_nm,prd_cost,prd_line,prd_start_dt,prd_end_dt",
      "sls_ord_num,sls_prd_key,sls_cust_id,sls_order_dt,sls_ship_dt,sls_due_dt,sls_sales,sls_quantity,sls_price",
      "CID,BDATE,GEN",
      "CID,CNTRY",
      "ID,CAT,SUBCAT,MAINTENANCE"
    ]);
  });

  it.each([0, 1, 2, 19, 20, 1000])("have exactly %i sales lines", async (lines) => {
    const to = join(home, `lines-${lines}`);
    await simulate({to, lines, seed: 3});
    await openShop(to);
    expect(await counts("crm_sales_details", {lines: "true"})).toEqual({lines});
  });

  it("are the same bytes for the same lines and seed, others for another seed", async () => {
    const [first, again, other] = ["first", "again", "other"].map((name) => join(home, name)) as [
      string,
      string,
      string
    ];
    await simulate({to: first, lines: 5000, seed: 7});
    await simulate({to: again, lines: 5000, seed: 7});
    await simulate({to: other, lines: 5000, seed: 8});
    const sums = await checksums(first);
    expect(await checksums(again)).toEqual(sums);
    const differs = (await checksums(other)).map((sum, i) => sum !== sums[i]);
    expect(differs).toEqual([true, true, true, true, true, false]);
  });
});

describe("the folder", () => {
  it("may be there if it is empty", async () => {
    const to = join(home, "empty");
    await mkdir(to);
    await simulate({to, lines: 1, seed: 1});
    expect((await readdir(to)).sort()).toEqual(["source_crm", "source_erp"]);
  });

  it("is refused if something is in it, and left as it was", async () => {
    const to = join(home, "taken");
    await mkdir(to);
    await writeFile(join(to, "mine.txt"), "mine");
    await expect(simulate({to, lines: 1, seed: 1})).rejects.toThrow(`folder is not empty: ${to}`);
    expect(await readdir(to)).toEqual(["mine.txt"]);
  });

  it("is refused if it is a file", async () => {
    const to = join(home, "file");
    await writeFile(to, "mine");
    await expect(simulate({to, lines: 1, seed: 1})).rejects.toThrow(`not a folder: ${to}`);
  });

  it("is not there, nor anything beside it, if the shop cannot be made", async () => {
    const room = join(home, "room");
    await expect(simulate({to: join(room, "shop"), lines: 1e300, seed: 1})).rejects.toThrow(
      "out of int64 range"
    );
    expect(await readdir(room)).toEqual([]);
  });
});

describe("a shop of 100,000 lines", () => {
  beforeAll(async () => {
    const to = join(home, "shop");
    await simulate({to, lines: 100_000, seed: 1});
    await openShop(to);
    await run(
      engine.connection,
      `create or replace table lines as
       select
         crm_sales_details.*,
         try_strptime(case when length(sls_order_dt) = 8 then sls_order_dt end, '%Y%m%d')::date as ordered_on,
         try_strptime(case when length(sls_ship_dt) = 8 then sls_ship_dt end, '%Y%m%d')::date as shipped_on,
         try_strptime(case when length(sls_due_dt) = 8 then sls_due_dt end, '%Y%m%d')::date as due_on,
         try_cast(sls_sales as decimal(18, 2)) as sales,
         try_cast(sls_quantity as integer) as quantity,
         try_cast(sls_price as decimal(18, 2)) as price,
         code
       from crm_sales_details
       left join (select distinct substring(prd_key, 7) as number, left(prd_key, 5) as code from crm_prd_info)
         on number = sls_prd_key`
    );
    await run(
      engine.connection,
      `create or replace table versions as
       select
         substring(prd_key, 7) as number,
         max(try_cast(prd_cost as decimal(18, 2))) as cost,
         prd_start_dt::date as start_on,
         lead(prd_start_dt::date, 1, '9999-12-31') over (partition by prd_key order by prd_start_dt) as next_on
       from crm_prd_info
       group by prd_key, prd_start_dt`
    );
  });

  it("has every kind of dirt in its sales", async () => {
    const kinds = {
      "order date 0": "sls_order_dt = '0'",
      "order date of 5 digits": "length(sls_order_dt) = 5",
      "order date invalid": "sls_order_dt = '20250231'",
      "order date after today": "sls_order_dt = '20990101'",
      "order date missing": "sls_order_dt is null",
      "ship date 0": "sls_ship_dt = '0'",
      "ship date invalid": "length(sls_ship_dt) = 8 and shipped_on is null",
      "due date of 5 digits": "length(sls_due_dt) = 5",
      "due date missing": "sls_due_dt is null",
      "sales missing": "sls_sales is null",
      "sales empty": "sls_sales = ''",
      "sales zero": "sales = 0",
      "sales negative": "sales < 0",
      "sales is not quantity × price":
        "sales > 0 and quantity > 0 and price > 0 and sales <> quantity * price",
      "sales is text": "sls_sales = 'n/a'",
      "price missing": "sls_price is null",
      "price empty": "sls_price = ''",
      "price zero": "price = 0",
      "price negative": "price < 0",
      "price is text": "sls_price = 'free'",
      "sales and price missing": "sls_sales is null and sls_price is null",
      "sales missing and price negative": "sls_sales is null and price < 0",
      "sales and price zero": "sales = 0 and price = 0",
      "sales and price are text": "sls_sales = 'n/a' and sls_price = 'free'",
      "quantity missing": "sls_quantity is null",
      "quantity zero": "quantity = 0",
      "quantity negative": "quantity < 0",
      "quantity is text": "sls_quantity = 'two'",
      "product unknown": "sls_prd_key is not null and code is null",
      "product missing": "sls_prd_key is null",
      "customer unknown":
        "try_cast(sls_cust_id as bigint) not in (select cst_id::bigint from crm_cust_info where cst_id ~ '^[0-9]+$')",
      "customer missing": "sls_cust_id is null",
      "customer is text": "sls_cust_id = 'guest'"
    };
    expect(await counts("lines", kinds)).toEqual({
      "customer is text": 29,
      "customer missing": 37,
      "customer unknown": 84,
      "due date missing": 9,
      "due date of 5 digits": 9,
      "order date 0": 32,
      "order date after today": 18,
      "order date invalid": 15,
      "order date missing": 7,
      "order date of 5 digits": 16,
      "price empty": 15,
      "price is text": 26,
      "price missing": 133,
      "price negative": 87,
      "price zero": 77,
      "product missing": 22,
      "product unknown": 101,
      "quantity is text": 24,
      "quantity missing": 65,
      "quantity negative": 46,
      "quantity zero": 46,
      "sales and price are text": 5,
      "sales and price missing": 12,
      "sales and price zero": 8,
      "sales empty": 19,
      "sales is not quantity × price": 175,
      "sales is text": 22,
      "sales missing": 141,
      "sales missing and price negative": 9,
      "sales negative": 62,
      "sales zero": 34,
      "ship date 0": 24,
      "ship date invalid": 23
    });
  });

  it("has every kind of dirt in its customers", async () => {
    const kinds = {
      "id missing": "cst_id is null",
      "id empty": "cst_id = ''",
      "id is text": "cst_id = 'n/a'",
      "first name untrimmed": "cst_firstname <> trim(cst_firstname)",
      "first name missing": "cst_firstname is null and cst_key like 'CU%'",
      "first name empty": "cst_firstname = ''",
      "first name with a quote": `cst_firstname like '%"%'`,
      "last name untrimmed": "cst_lastname <> trim(cst_lastname)",
      "last name with a comma": "cst_lastname like '%,%'",
      "last name with an apostrophe": "cst_lastname like '%''%'",
      "name with é": "cst_firstname like '%é%'",
      "name with ü": "cst_lastname like '%ü%'",
      "name with ł": "cst_firstname like '%ł%'",
      "name with 日": "cst_firstname like '%日%' or cst_lastname like '%日%'",
      "marital status in lower case": "cst_marital_status in ('s', 'm')",
      "marital status padded": "cst_marital_status in ('S ', 'M ')",
      "marital status missing": "cst_marital_status is null and cst_key like 'CU%'",
      "marital status empty": "cst_marital_status = ''",
      "gender in lower case": "cst_gndr in ('f', 'm')",
      "gender padded": "cst_gndr in ('F ', 'M ')",
      "gender missing": "cst_gndr is null and cst_key like 'CU%'",
      "gender empty": "cst_gndr = ''",
      "create date 0": "cst_create_date = '0000-00-00'",
      "create date invalid": "cst_create_date like '%-02-31'",
      "create date of another fashion": "cst_create_date like '__.__.____'",
      "create date missing": "cst_create_date is null and cst_key like 'CU%'",
      "create date empty": "cst_create_date = ''"
    };
    expect(await counts("crm_cust_info", kinds)).toEqual({
      "create date 0": 13,
      "create date empty": 21,
      "create date invalid": 18,
      "create date missing": 30,
      "create date of another fashion": 14,
      "first name empty": 80,
      "first name missing": 74,
      "first name untrimmed": 887,
      "first name with a quote": 68,
      "gender empty": 238,
      "gender in lower case": 490,
      "gender missing": 2362,
      "gender padded": 245,
      "id empty": 23,
      "id is text": 25,
      "id missing": 26,
      "last name untrimmed": 900,
      "last name with a comma": 76,
      "last name with an apostrophe": 2212,
      "marital status empty": 101,
      "marital status in lower case": 484,
      "marital status missing": 216,
      "marital status padded": 267,
      "name with é": 1195,
      "name with ü": 1977,
      "name with ł": 807,
      "name with 日": 570
    });
    const second = {
      "second record later": "second_on > first_on",
      "second record earlier": "second_on < first_on",
      "second record on the same day": "second_on = first_on"
    };
    expect(
      await counts(
        `(select
            try_cast(cst_create_date as date) as second_on,
            lag(try_cast(cst_create_date as date)) over (partition by cst_id order by _row) as first_on
          from crm_cust_info where cst_key like 'CU%')`,
        second
      )
    ).toEqual({
      "second record earlier": 74,
      "second record later": 138,
      "second record on the same day": 46
    });
  });

  it("has every kind of dirt in its products", async () => {
    const kinds = {
      "cost missing": "prd_cost is null",
      "cost empty": "prd_cost = ''",
      "cost is text": "prd_cost = 'tbd'",
      "name untrimmed": "prd_nm <> trim(prd_nm)",
      "line in lower case": "prd_line in ('m', 'r', 's', 't')",
      "line padded": "prd_line in ('M ', 'R ', 'S ', 'T ')",
      "line missing": "prd_line is null",
      "line empty": "prd_line = ''",
      "line blank": "prd_line = ' '",
      "end before start": "prd_end_dt < prd_start_dt",
      "end missing": "prd_end_dt is null",
      "same start as another version": "copies > 1",
      "category the ERP does not know":
        "replace(left(prd_key, 5), '-', '_') not in (select id from erp_px_cat_g1v2)"
    };
    const table =
      "(select *, count(*) over (partition by prd_key, prd_start_dt) as copies from crm_prd_info)";
    expect(await counts(table, kinds)).toEqual({
      "category the ERP does not know": 5,
      "cost empty": 1,
      "cost is text": 1,
      "cost missing": 1,
      "end before start": 36,
      "end missing": 109,
      "line blank": 2,
      "line empty": 2,
      "line in lower case": 9,
      "line missing": 10,
      "line padded": 182,
      "name untrimmed": 4,
      "same start as another version": 8
    });
  });

  it("has every kind of dirt in what the ERP knows of its customers", async () => {
    const persons = {
      "id with NAS": "cid like 'NASCU%'",
      "id without": "cid like 'CU%'",
      "birth date in the future": "bdate = '2087-05-12'",
      "birth date invalid": "bdate = '1985-13-40'",
      "birth date missing": "bdate is null",
      "birth date empty": "bdate = ''",
      "gender as a word": "gen in ('Female', 'Male')",
      "gender as a word in lower case": "gen in ('female', 'male')",
      "gender as a letter": "gen in ('F', 'M', 'F ', 'M ')",
      "gender missing": "gen is null",
      "gender empty": "gen = ''",
      "gender blank": "gen = '  '"
    };
    expect(await counts("erp_cust_az12", persons)).toEqual({
      "birth date empty": 25,
      "birth date in the future": 50,
      "birth date invalid": 10,
      "birth date missing": 258,
      "gender as a letter": 599,
      "gender as a word": 21966,
      "gender as a word in lower case": 219,
      "gender blank": 103,
      "gender empty": 238,
      "gender missing": 1758,
      "id with NAS": 15361,
      "id without": 9522
    });
    const locations = {
      "id with a hyphen": "cid like 'CU-%'",
      DE: "cntry = 'DE'",
      US: "cntry = 'US'",
      USA: "cntry = 'USA'",
      "country padded": "trim(cntry) not in ('', cntry)",
      "country missing": "cntry is null",
      "country empty": "cntry = ''",
      "country blank": "cntry = '  '"
    };
    expect(await counts("erp_loc_a101", locations)).toEqual({
      DE: 2115,
      US: 1466,
      USA: 1957,
      "country blank": 98,
      "country empty": 89,
      "country missing": 237,
      "country padded": 1027,
      "id with a hyphen": 24721
    });
  });

  it("has about one line in a hundred that must be corrected", async () => {
    const clean = `sales = quantity * price and quantity > 0 and price > 0 and sls_cust_id <> 'guest'
      and ordered_on <= '2026-06-30' and shipped_on is not null and due_on is not null`;
    expect(await counts("lines", {corrected: `(${clean}) is not true`})).toEqual({
      corrected: 1156
    });
  });

  it("knows the products and customers of its lines, and customers before they order", async () => {
    const known = {
      product: "code is not null",
      customer: "sls_cust_id in (select cst_id from crm_cust_info)"
    };
    expect(await counts("lines", known)).toEqual({
      customer: 99850,
      product: 99877
    });
    const buyers = `(
      select min(ordered_on) as ordered_on, max(created_on) as created_on
      from lines
      join (select cst_id, max(try_cast(cst_create_date as date)) as created_on from crm_cust_info group by cst_id)
        on cst_id = sls_cust_id
      group by sls_cust_id)`;
    expect(await counts(buyers, {buyers: "true", "created before": "created_on <= ordered_on"})).toEqual({
      buyers: 23065,
      "created before": 22949
    });
  });

  it("spans three years and grows in each", async () => {
    const rows = await query(
      engine.connection,
      `select year(ordered_on - interval 6 month)::int as year, min(ordered_on)::text as first_day,
         max(ordered_on)::text as last_day, count(*)::int as lines
       from lines where ordered_on < '2099-01-01' group by year order by year`
    );
    expect(rows).toEqual([
      {
        first_day: "2023-07-01",
        last_day: "2024-06-30",
        lines: 23406,
        year: 2023
      },
      {
        first_day: "2024-07-01",
        last_day: "2025-06-30",
        lines: 33135,
        year: 2024
      },
      {
        first_day: "2025-07-01",
        last_day: "2026-06-30",
        lines: 43371,
        year: 2025
      }
    ]);
  });

  it("numbers its orders in the order of their days", async () => {
    const rows = await query(
      engine.connection,
      `select sls_ord_num, ordered_on, earlier_on from (
         select *, lag(ordered_on) over (order by _row) as earlier_on, lag(sls_ord_num) over (order by _row) as earlier
         from lines where ordered_on < '2099-01-01')
       where ordered_on < earlier_on or sls_ord_num < earlier`
    );
    expect(rows).toEqual([]);
  });

  it("has orders of 1 to 5 lines, most pieces alone, shipped within 9 days", async () => {
    const [orders] = await query(
      engine.connection,
      `select min(lines)::int as least, max(lines)::int as most, median(lines) as usual
       from (select count(*) as lines from lines group by sls_ord_num)`
    );
    expect(orders).toEqual({least: 1, most: 5, usual: 1});
    expect(
      await counts("lines", {one: "quantity = 1", "2 to 6": "quantity between 2 and 6", more: "quantity > 6"})
    ).toEqual({
      "2 to 6": 17085,
      more: 0,
      one: 82734
    });
    const days = await queryOne(
      engine.connection,
      `select min(shipped_on - ordered_on)::int as ship_from, max(shipped_on - ordered_on)::int as ship_until,
         min(due_on - ordered_on)::int as due_from, max(due_on - ordered_on)::int as due_until
       from lines where ordered_on < '2099-01-01'`
    );
    expect(days).toEqual({ship_from: 1, ship_until: 9, due_from: 10, due_until: 30});
  });

  it("launches clothing midway and stops selling bags before the end", async () => {
    const rows = await query(
      engine.connection,
      `select min(ordered_on) filter (where code like 'CL%')::text as clothing_from,
         max(ordered_on) filter (where code = 'AC-BA')::text as bags_until
       from lines where ordered_on < '2099-01-01'`
    );
    expect(rows).toEqual([{clothing_from: "2024-10-01", bags_until: "2025-09-30"}]);
  });

  it("sells helmets with bikes and shorts with jerseys", async () => {
    const lift = `
      with orders as (select distinct sls_ord_num, code from lines),
      totals as (select count(distinct sls_ord_num) as total from orders),
      sold as (select code, count(*) as orders from orders group by code),
      pairs as (
        select a.code, b.code as other, count(*) as orders
        from orders as a join orders as b on a.sls_ord_num = b.sls_ord_num and a.code <> b.code
        group by a.code, b.code
      )
      select pairs.code, other, round(pairs.orders * total / (sold.orders * others.orders), 1) as lift
      from pairs
      join sold using (code)
      join sold as others on others.code = other
      cross join totals
      where (pairs.code, other) in (('BI-RO', 'AC-HE'), ('CL-JE', 'CL-SH'))
      order by pairs.code`;
    expect(await query(engine.connection, lift)).toEqual([
      {
        code: "BI-RO",
        lift: 1.9,
        other: "AC-HE"
      },
      {
        code: "CL-JE",
        lift: 3.6,
        other: "CL-SH"
      }
    ]);
  });

  it("changes cost and price with the version of a product", async () => {
    const changes = `(
      select price <> lag(price) over product as is_price_new, cost <> lag(cost) over product as is_cost_new
      from (
        select number, start_on, cost, max(price) as price
        from lines
        join versions on number = sls_prd_key and ordered_on >= start_on and ordered_on < next_on
        group by number, start_on, cost)
      window product as (partition by number order by start_on))`;
    const kinds = {
      versions: "true",
      "price new": "is_price_new",
      "price old": "not is_price_new",
      "cost new": "is_cost_new",
      "cost old": "not is_cost_new"
    };
    expect(await counts(changes, kinds)).toEqual({
      "cost new": 85,
      "cost old": 0,
      "price new": 89,
      "price old": 0,
      versions: 201
    });
  });

  it("takes most of the price over the cost, but not always", async () => {
    const margins = `(
      select 1 - cost / median(price) as margin
      from lines
      join versions on number = sls_prd_key and ordered_on >= start_on and ordered_on < next_on
      where cost > 0
      group by number, start_on, cost)`;
    const kinds = {
      loss: "margin < 0",
      low: "margin between 0 and 0.2",
      usual: "margin between 0.2 and 0.62",
      high: "margin > 0.62"
    };
    expect(await counts(margins, kinds)).toEqual({
      high: 0,
      loss: 5,
      low: 0,
      usual: 193
    });
  });

  it("grows most in Poland and Japan, and not in Austria", async () => {
    const rows = await query(
      engine.connection,
      `select trim(cntry) as country, (count(*) filter (ordered_on < '2024-07-01'))::int as first_year,
         (count(*) filter (ordered_on between '2025-07-01' and '2026-06-30'))::int as last_year
       from lines join erp_loc_a101 on substring(cid, 4)::int = try_cast(sls_cust_id as int)
       where trim(cntry) in ('Poland', 'Japan', 'Austria', 'France')
       group by country order by country`
    );
    expect(rows).toEqual([
      {
        country: "Austria",
        first_year: 1030,
        last_year: 1025
      },
      {
        country: "France",
        first_year: 2680,
        last_year: 4920
      },
      {
        country: "Japan",
        first_year: 988,
        last_year: 2623
      },
      {
        country: "Poland",
        first_year: 1210,
        last_year: 3891
      }
    ]);
  });

  it("has some customers who come often and many who come once", async () => {
    const buyers = "(select count(distinct sls_ord_num) as orders from lines group by sls_cust_id)";
    const kinds = {
      once: "orders = 1",
      "2 to 4 times": "orders between 2 and 4",
      "5 times and more": "orders > 4"
    };
    expect(await counts(buyers, kinds)).toEqual({
      "2 to 4 times": 7924,
      "5 times and more": 1894,
      once: 13258
    });
  });
});
