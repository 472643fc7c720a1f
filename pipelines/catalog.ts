/**
 * Every table of every layer, as plain data: what the source must bring, what silver may correct, what gold
 * promises, and which amounts the ledger adds up. A shop with other tables edits this file, its silver and its
 * gold SQL; everything after gold stays.
 */

export type Type = "text" | "integer" | "bigint" | "money" | "date" | "boolean";

/** A column of gold: its type, what it means, whether it holds personal data. */
export type Column = {name: string; type: Type; description: string; notNull?: true; pii?: true};

/** A table of the source and its bronze twin. `file` is its path in a folder of exports; `means` describes its columns. */
export type SourceTable = {
  name: string;
  description: string;
  file: string;
  key: string[];
  columns: string[];
  means: Record<string, string>;
  amounts: Record<string, "money" | "integer">;
  pii: string[];
};

/**
 * A silver table: `correctable` maps each column whose facts may change to the source column it is read from.
 * Its amounts are the correctable columns whose source column is an amount. `identities` are the columns by which a record
 * supersedes another: one that is refused for a later record has one of them in common with a record that is kept.
 */
export type SilverTable = {
  name: string;
  correctable: Record<string, string>;
  identities: string[][];
  /** Whether its SQL judges each row by that row alone, so that a part of bronze gives a part of silver. */
  isRowwise?: true;
};

/**
 * A gold table: `from` is the silver table whose kept rows are its rows, `amounts` maps its money to silver's. `row` are
 * the columns that tell which silver row a row comes from, in gold and in silver; `same` maps columns that are silver's
 * own, compared row by row. `found` names, for a reference, the silver table that knows its value: a known one is never
 * lost.
 */
export type GoldTable = {
  name: string;
  description: string;
  from?: string;
  columns: Column[];
  key: string;
  references: Record<string, {table: string; column: string}>;
  amounts: Record<string, string>;
  row?: [gold: string, silver: string];
  same?: Record<string, string>;
  found?: Record<string, {table: string; key: string; by: string}>;
  parts?: Parts;
};

/**
 * What a row of a large gold table depends on, so that it can be made in the parts that `from` has: on rows of `from`
 * with the same value in `by`, and of each other silver table on those whose `key` is in the part's column `by`.
 * The SQL of a part sees no other rows.
 */
export type Parts = {by: string; lookups: Record<string, {key: string; by: string}>};

/** SQL type names of one engine. Money is exact to the cent. */
export const types: Record<"duckdb" | "postgres", Record<Type, string>> = {
  duckdb: {
    text: "varchar",
    integer: "integer",
    bigint: "bigint",
    money: "decimal(18,2)",
    date: "date",
    boolean: "boolean"
  },
  postgres: {
    text: "text",
    integer: "integer",
    bigint: "bigint",
    money: "numeric(18,2)",
    date: "date",
    boolean: "boolean"
  }
};

export const sources: SourceTable[] = [
  {
    name: "crm_cust_info",
    description: "The CRM's customers: a row for each time a record was written.",
    file: "source_crm/cust_info.csv",
    key: ["cst_id"],
    columns: [
      "cst_id",
      "cst_key",
      "cst_firstname",
      "cst_lastname",
      "cst_marital_status",
      "cst_gndr",
      "cst_create_date"
    ],
    means: {
      cst_id: "The CRM's id of the customer.",
      cst_key: "The customer's number, which the ERP writes in its own way.",
      cst_firstname: "First name as typed.",
      cst_lastname: "Last name as typed.",
      cst_marital_status: "Marital status: S for single, M for married.",
      cst_gndr: "Gender: F for female, M for male.",
      cst_create_date: "Day the record was created; of records of one customer the latest counts."
    },
    amounts: {},
    pii: ["cst_firstname", "cst_lastname"]
  },
  {
    name: "crm_prd_info",
    description:
      "The CRM's products: a row for each version of a product, with its cost and the days it is valid on.",
    file: "source_crm/prd_info.csv",
    key: ["prd_id"],
    columns: ["prd_id", "prd_key", "prd_nm", "prd_cost", "prd_line", "prd_start_dt", "prd_end_dt"],
    means: {
      prd_id: "The CRM's id of the version.",
      prd_key: "The category's id (first five letters) and the number that sales lines use.",
      prd_nm: "Name of the product.",
      prd_cost: "Cost of one piece in this version.",
      prd_line: "Line of the product by a letter: R road, M mountain, T touring, S other sales.",
      prd_start_dt: "First day of the version.",
      prd_end_dt: "Last day of the version, as the CRM has it."
    },
    amounts: {prd_cost: "money"},
    pii: []
  },
  {
    name: "crm_sales_details",
    description: "The CRM's sales lines: a row for each product of an order.",
    file: "source_crm/sales_details.csv",
    key: ["sls_ord_num", "sls_prd_key"],
    columns: [
      "sls_ord_num",
      "sls_prd_key",
      "sls_cust_id",
      "sls_order_dt",
      "sls_ship_dt",
      "sls_due_dt",
      "sls_sales",
      "sls_quantity",
      "sls_price"
    ],
    means: {
      sls_ord_num: "Number of the order the line belongs to.",
      sls_prd_key: "Number of the product that was sold.",
      sls_cust_id: "The CRM's id of the customer who bought.",
      sls_order_dt: "Day of the order, as a number such as 20130630.",
      sls_ship_dt: "Day of shipping, as a number.",
      sls_due_dt: "Day the payment is due, as a number.",
      sls_sales: "Money of the line: pieces times price.",
      sls_quantity: "Pieces sold.",
      sls_price: "Price of one piece."
    },
    amounts: {sls_sales: "money", sls_quantity: "integer"},
    pii: []
  },
  {
    name: "erp_cust_az12",
    description: "What the ERP knows of customers besides: birth date and gender.",
    file: "source_erp/CUST_AZ12.csv",
    key: ["cid"],
    columns: ["cid", "bdate", "gen"],
    means: {
      cid: "The customer's number, in part with the prefix NAS.",
      bdate: "Birth date.",
      gen: "Gender, by a word or a letter."
    },
    amounts: {},
    pii: ["bdate"]
  },
  {
    name: "erp_loc_a101",
    description: "Where the ERP says that customers live.",
    file: "source_erp/LOC_A101.csv",
    key: ["cid"],
    columns: ["cid", "cntry"],
    means: {
      cid: "The customer's number, with a hyphen after two letters.",
      cntry: "Country, by its name or a code."
    },
    amounts: {},
    pii: []
  },
  {
    name: "erp_px_cat_g1v2",
    description: "The ERP's product categories.",
    file: "source_erp/PX_CAT_G1V2.csv",
    key: ["id"],
    columns: ["id", "cat", "subcat", "maintenance"],
    means: {
      id: "Id of the category, with an underscore.",
      cat: "Category.",
      subcat: "Subcategory.",
      maintenance: "Whether its products need maintenance: Yes or No."
    },
    amounts: {},
    pii: []
  }
];

export const silver: SilverTable[] = [
  {name: "crm_cust_info", correctable: {cst_create_date: "cst_create_date"}, identities: [["cst_id"]]},
  {
    name: "crm_prd_info",
    identities: [["prd_id"], ["cat_id", "prd_key", "prd_start_dt"]],
    correctable: {prd_cost: "prd_cost", prd_start_dt: "prd_start_dt", prd_end_dt: "prd_end_dt"}
  },
  {
    name: "crm_sales_details",
    isRowwise: true,
    identities: [],
    correctable: {
      sls_cust_id: "sls_cust_id",
      sls_order_dt: "sls_order_dt",
      sls_ship_dt: "sls_ship_dt",
      sls_due_dt: "sls_due_dt",
      sls_sales: "sls_sales",
      sls_quantity: "sls_quantity",
      sls_price: "sls_price"
    }
  },
  {name: "erp_cust_az12", correctable: {bdate: "bdate"}, identities: [["cid"]]},
  {name: "erp_loc_a101", correctable: {}, identities: [["cid"]]},
  {name: "erp_px_cat_g1v2", correctable: {}, identities: [["id"]]}
];

export const gold: GoldTable[] = [
  {
    name: "dim_customers",
    description:
      "One row per customer the CRM knows, completed with birth date, gender and country from the ERP.",
    from: "crm_cust_info",
    key: "customer_key",
    references: {},
    amounts: {},
    row: ["customer_key", "cst_id"],
    same: {
      customer_id: "cst_id",
      customer_number: "cst_key",
      first_name: "cst_firstname",
      last_name: "cst_lastname",
      marital_status: "cst_marital_status",
      created_on: "cst_create_date"
    },
    columns: [
      {name: "customer_key", type: "bigint", notNull: true, description: "The CRM's customer id."},
      {name: "customer_id", type: "bigint", notNull: true, description: "The CRM's customer id."},
      {name: "customer_number", type: "text", description: "The number both systems know the customer by."},
      {name: "first_name", type: "text", pii: true, description: "First name, trimmed."},
      {name: "last_name", type: "text", pii: true, description: "Last name, trimmed."},
      {name: "country", type: "text", notNull: true, description: "Country in words, n/a where unknown."},
      {name: "marital_status", type: "text", notNull: true, description: "Single, Married or n/a."},
      {
        name: "gender",
        type: "text",
        notNull: true,
        description: "Female, Male or n/a; the CRM's word, else the ERP's."
      },
      {name: "birth_date", type: "date", pii: true, description: "Birth date from the ERP."},
      {name: "created_on", type: "date", description: "Day the CRM record was created."}
    ]
  },
  {
    name: "dim_products",
    description:
      "One row per version of a product: a version has one cost and a span of days it is valid on.",
    from: "crm_prd_info",
    key: "product_key",
    references: {},
    amounts: {cost: "prd_cost"},
    row: ["product_key", "prd_id"],
    same: {
      product_id: "prd_id",
      product_number: "prd_key",
      product_name: "prd_nm",
      category_id: "cat_id",
      product_line: "prd_line",
      valid_from: "prd_start_dt",
      valid_to: "prd_end_dt"
    },
    columns: [
      {name: "product_key", type: "bigint", notNull: true, description: "The CRM's id of this version."},
      {name: "product_id", type: "bigint", notNull: true, description: "The CRM's id of this version."},
      {
        name: "product_number",
        type: "text",
        description: "The number sales lines use, shared by all versions."
      },
      {name: "product_name", type: "text", description: "Product name."},
      {name: "category_id", type: "text", description: "The ERP's category id."},
      {name: "category", type: "text", description: "Category, null where the ERP does not know the id."},
      {
        name: "subcategory",
        type: "text",
        description: "Subcategory, null where the ERP does not know the id."
      },
      {
        name: "product_line",
        type: "text",
        notNull: true,
        description: "Product line in words, n/a where unknown."
      },
      {name: "maintenance", type: "text", description: "Yes or No, as the ERP says."},
      {name: "cost", type: "money", notNull: true, description: "Cost of one piece in this version."},
      {name: "valid_from", type: "date", description: "First day of the version, as in the source."},
      {name: "valid_to", type: "date", description: "Last day of the version, null for the newest."},
      {name: "is_current", type: "boolean", notNull: true, description: "Whether this is the newest version."}
    ]
  },
  {
    name: "dim_dates",
    description: "One row per day from the first to the last order date.",
    key: "date_day",
    references: {},
    amounts: {},
    columns: [
      {name: "date_day", type: "date", notNull: true, description: "The day."},
      {name: "calendar_year", type: "integer", notNull: true, description: "Year."},
      {name: "calendar_quarter", type: "integer", notNull: true, description: "Quarter, 1 to 4."},
      {name: "calendar_month", type: "integer", notNull: true, description: "Month, 1 to 12."},
      {name: "month_name", type: "text", notNull: true, description: "Name of the month."},
      {name: "iso_week", type: "integer", notNull: true, description: "ISO week, 1 to 53."},
      {name: "weekday", type: "text", notNull: true, description: "Name of the weekday."},
      {name: "is_weekend", type: "boolean", notNull: true, description: "Whether it is a Saturday or Sunday."}
    ]
  },
  {
    name: "fct_sales",
    description: "One row per kept sales line.",
    from: "crm_sales_details",
    key: "sale_key",
    references: {
      order_date: {table: "dim_dates", column: "date_day"},
      customer_key: {table: "dim_customers", column: "customer_key"},
      product_key: {table: "dim_products", column: "product_key"},
      current_product_key: {table: "dim_products", column: "product_key"}
    },
    amounts: {
      sales_amount: "sls_sales",
      reported_sales_amount: "reported_sls_sales",
      quantity: "sls_quantity"
    },
    row: ["_row", "_row"],
    same: {
      order_number: "sls_ord_num",
      order_date: "sls_order_dt",
      ship_date: "sls_ship_dt",
      due_date: "sls_due_dt",
      unit_price: "sls_price"
    },
    found: {
      customer_key: {table: "crm_cust_info", key: "cst_id", by: "sls_cust_id"},
      current_product_key: {table: "crm_prd_info", key: "prd_key", by: "sls_prd_key"}
    },
    parts: {
      by: "sls_ord_num",
      lookups: {
        crm_cust_info: {key: "cst_id", by: "sls_cust_id"},
        crm_prd_info: {key: "prd_key", by: "sls_prd_key"}
      }
    },
    columns: [
      {
        name: "sale_key",
        type: "text",
        notNull: true,
        description: "Order, product and occurrence of the line."
      },
      {name: "order_number", type: "text", notNull: true, description: "Order the line belongs to."},
      {
        name: "order_date",
        type: "date",
        description: "Day of the order, null where the source has no valid one."
      },
      {name: "ship_date", type: "date", description: "Day of shipping."},
      {name: "due_date", type: "date", description: "Day the payment is due."},
      {
        name: "customer_key",
        type: "bigint",
        description: "Customer, null where the CRM does not know the id."
      },
      {
        name: "product_key",
        type: "bigint",
        description: "Product version valid on the order date, else on the ship date."
      },
      {name: "current_product_key", type: "bigint", description: "Newest version of the product."},
      {name: "quantity", type: "integer", description: "Pieces sold."},
      {name: "unit_price", type: "money", description: "Price of one piece, as corrected."},
      {name: "sales_amount", type: "money", description: "Money of the line, as corrected."},
      {
        name: "reported_sales_amount",
        type: "money",
        description: "Money of the line, as the source reports it."
      },
      {
        name: "cost_amount",
        type: "money",
        description: "Cost of the version valid on the order date times quantity."
      },
      {name: "current_cost_amount", type: "money", description: "Cost of the newest version times quantity."},
      {name: "is_corrected", type: "boolean", notNull: true, description: "Whether any value was corrected."},
      {
        name: "_row",
        type: "bigint",
        notNull: true,
        description: "Row of the bronze table the line comes from."
      }
    ]
  }
];

/** The fact table: the one whose rows know the source row they come from. */
export const fact = gold.find(({columns}) => columns.some(({name}) => name === "_row"))!;

/** The catalog row named `name`, or an error that says which names there are. */
export function findTable<T extends {name: string}>(tables: T[], name: string): T {
  const table = tables.find((t) => t.name === name);
  if (!table) throw new Error(`unknown table: ${name} (have ${tables.map((t) => t.name).join(", ")})`);
  return table;
}
