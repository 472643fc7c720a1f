import type {Tables} from "./world.ts";

/** Sets a mark in the page if a browser takes it for markup. */
export const markup = "<img src=x onerror=globalThis.isHit=1>";

/** What a shop may write where a name is expected. */
const names = [
  markup,
  `"><script>globalThis.isHit=1</script>`,
  "long ".repeat(2000).trim(),
  "W".repeat(10_000),
  "متجر الدراجات",
  "\u202Eeman desrever",
  "👩‍👩‍👧‍👦 🚲",
  "'; drop table marts.sales; --",
  "${globalThis.isHit=1}",
  "null",
  "__proto__",
  "&amp; %_ \\ `x`"
];

const amounts = ["9007199254740993.01", "-12.50", "0", "0.01", "1000000.05", "", "7.77", "250"];
const costs = ["9007199254740993.01", "0", "-5", "0.10", "", "999", "3"];
const start = Date.parse("2015-01-01");

const each = (count: number, line: (n: number) => string[]) =>
  Array.from({length: count}, (_, n) => `${line(n).map(quoted).join(",")}\n`).join("");
const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The name at a place: the hostile ones first, then plain ones without end. */
const nameOf = (n: number, plain: string) => names[n] ?? `${plain} ${n}`;

/** Two times two signs, as an id of a category is. */
const idOf = (n: number) => `${signs(Math.floor(n / 1296))}_${signs(n % 1296)}`;
const signs = (n: number) => n.toString(36).toUpperCase().padStart(2, "0");

/** The days of two years, some of no calendar. */
function dayOf(n: number): string {
  if (n % 97 === 0) return "20160231";
  return new Date(start + ((n * 7) % 730) * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
}

/**
 * A shop that ended years ago, with 5,000 categories of one product each, names that are markup, long, right to left or of
 * signs, amounts negative and enormous.
 */
export const hostileShop = {
  crm_cust_info: each(300, (n) => [
    String(n + 1),
    nameOf(n, "C"),
    nameOf(n, "Ann"),
    nameOf(n, "Bee"),
    n % 3 ? "S" : "M",
    n % 2 ? "F" : "M",
    "2015-01-01"
  ]),
  crm_prd_info: each(5000, (n) => [
    String(n + 1),
    `${idOf(n).replace("_", "-")}-${nameOf(n, "P")}`,
    nameOf(n, "Product"),
    costs[n % costs.length]!,
    "MRST"[n % 4]!,
    n % 2 ? "2015-06-01" : "2014-01-01",
    ""
  ]),
  crm_sales_details: each(6000, (n) => [
    `SO${Math.floor(n / 2)}`,
    nameOf(n % 5000, "P"),
    String((n % 301) + 1),
    dayOf(Math.floor(n / 2)),
    dayOf(Math.floor(n / 2) + 1),
    dayOf(Math.floor(n / 2) + 2),
    n < 20 ? amounts[n % amounts.length]! : amounts[1 + (n % (amounts.length - 1))]!,
    n % 11 ? "1" : "-3",
    amounts[1 + (n % (amounts.length - 1))]!
  ]),
  erp_cust_az12: each(300, (n) => [
    `NAS${nameOf(n, "C")}`,
    n % 5 ? `19${10 + (n % 80)}-01-01` : "9999-12-31",
    n % 2 ? "Female" : markup
  ]),
  erp_loc_a101: each(300, (n) => [nameOf(n, "C"), nameOf(n % 40, "Country")]),
  erp_px_cat_g1v2: each(5000, (n) => [
    idOf(n),
    nameOf(n, "Category"),
    nameOf(n % 60, "Subcategory"),
    n % 2 ? "Yes" : "No"
  ])
} satisfies Tables;
