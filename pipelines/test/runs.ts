import type {Run} from "../run.ts";
import type {From, StepRun} from "../step.ts";

/* Four runs of a small shop: all is done, all is reused, one fails at gold, one of Dagster does two steps at a time. */

/** A step that began so many seconds after its run. */
type Line = {step: string; at: number; seconds: number; rows: number; reused?: boolean; from: From};

const day = "2026-03-0";

/** A run of the day `n` of March 2026, 06:00 UTC. */
function run(n: number, lines: Line[], more: Partial<Run> & {seconds: number}): Run {
  const began_at = `${day}${n}T06:00:00.000Z`;
  const after = (seconds: number) => new Date(Date.parse(began_at) + seconds * 1000).toISOString();
  const {seconds, ...rest} = more;
  return {
    id: idOf(n),
    previous: n > 1 ? idOf(n - 1) : null,
    earlier: Array.from({length: n - 1}, (_, i) => idOf(n - 1 - i)),
    status: "published",
    began_at,
    ended_at: after(seconds),
    release: null,
    error: null,
    steps: lines.map(({step, at, seconds: own, rows, reused = false, from}): StepRun => {
      const key = `${step} ${JSON.stringify(from)}`;
      return {step, key, reused, seconds: own, rows, bytes: rows * 20, began_at: after(at), from};
    }),
    checks: [],
    failures: [],
    proof_seconds: 0.5,
    peak_memory: 300e6,
    ...rest
  };
}

function idOf(n: number): string {
  return `2026030${n}T060000-00000${n}`;
}

/** What decides a step: each input and the SQL by a letter. */
function from(inputs: Record<string, string>, sql = "a"): From {
  return {inputs, sql, code: "a", parameters: "a", engine: "duckdb v1.4.2"};
}

const customers = (at: number, seconds: number, content: string, reused = false) => ({
  ...{step: "bronze crm_cust_info", at, seconds, rows: 400, reused},
  from: from({"source_crm/cust_info.csv": content})
});
const cleaned = (at: number, seconds: number, content: string, sql: string, reused = false) => ({
  ...{step: "silver crm_cust_info", at, seconds, rows: 399, reused},
  from: from({"bronze.crm_cust_info": content}, sql)
});
const dimension = (at: number, seconds: number, content: string, reused = false) => ({
  ...{step: "gold dim_customers", at, seconds, rows: 399, reused},
  from: from({"silver.crm_cust_info": content})
});
const sales = (at: number, seconds: number, content: string, reused = false) => ({
  ...{step: "gold fct_sales", at, seconds, rows: 1200, reused},
  from: from({"silver.crm_cust_info": content, "silver.crm_sales_details": "a"})
});
const loaded = (at: number, seconds: number, content: string, reused = false) => ({
  ...{step: "warehouse gold", at, seconds, rows: 0, reused},
  from: from({"gold.dim_customers": content, "gold.fct_sales": content})
});
const marts = (at: number, seconds: number, content: string, reused = false) => ({
  ...{step: "marts (dbt)", at, seconds, rows: 399, reused},
  from: from({gold: content, dbt: "a"})
});

/** A value that no page may show. */
export const secret = "Ann Example";

/** The runs, newest first. */
export const literalRuns: Run[] = [
  run(
    4,
    [
      customers(0, 1, "b"),
      cleaned(1, 1, "b", "c"),
      dimension(2, 2, "c"),
      sales(2, 4, "c"),
      loaded(6, 1, "c"),
      marts(7, 11, "c")
    ],
    {
      seconds: 20,
      release: "20260304T060020-00000d",
      orchestrator: {name: "Dagster", run: "abcd1234-5678", url: "http://127.0.0.1:3001/runs/abcd1234-5678"}
    }
  ),
  run(3, [customers(0, 0, "a", true), cleaned(0, 2, "a", "b"), dimension(2, 1, "b")], {
    status: "failed",
    seconds: 6,
    failed: {step: "gold fct_sales", began_at: `${day}3T06:00:03.000Z`},
    error: `gold fct_sales: 1 of 1200 keys is there twice (${secret})\nand a second line`,
    checks: [
      {
        ...{name: "no_line_above_500", kind: "dbt test", status: "fail", failures: 2},
        description: "No line is above 500."
      },
      {
        name: "not_null_sale_key",
        kind: "dbt test",
        status: "pass",
        failures: 0,
        description: "Each has a key."
      }
    ]
  }),
  run(
    2,
    [
      customers(0, 0, "a", true),
      cleaned(0, 0, "a", "a", true),
      dimension(0, 0, "a", true),
      sales(0, 0, "a", true),
      loaded(0.5, 0, "a", true),
      marts(0.5, 0, "a", true)
    ],
    {status: "unchanged", seconds: 1, release: "20260301T060019-00000a"}
  ),
  run(
    1,
    [
      customers(0, 1, "a"),
      cleaned(1, 1, "a", "a"),
      dimension(2, 1, "a"),
      sales(3, 3, "a"),
      loaded(6, 1, "a"),
      marts(7, 8, "a")
    ],
    {seconds: 17, release: "20260301T060019-00000a"}
  )
];
