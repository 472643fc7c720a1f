import {addressOf} from "./builder-address.js";
import {titleOf} from "./builder-words.js";

/** A name for files out of a question: `revenue-by-country`. */
export function fileName(plan, definitions) {
  const words = titleOf(plan, definitions)
    .toLowerCase()
    .replace(/%/g, " rate")
    .replace(/\(.*?\)/g, " ")
    .match(/[a-z0-9]+/g);
  return (
    (words ?? ["question"])
      .join("-")
      .slice(0, 48)
      .replace(/^[^a-z]+|-+$/g, "") || "question"
  );
}

/** Whether a text can name the files of a page. */
export function isFileName(text) {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text) && text.length <= 60;
}

/** The three files that make a page of a question, `[{path, text}]`: the page, its loader, and a test of the loader's numbers. */
export function pageFiles(name, plan, definitions) {
  const table = name.replaceAll("-", "_");
  return [
    {path: `src/dashboards/${name}.md`, text: pageText(table, plan, definitions)},
    {path: `loaders/${table}.json.sql`, text: loaderText(plan, definitions)},
    {path: `pipelines/test/${name}.test.ts`, text: testText(name, table, plan, definitions)}
  ];
}

function pageText(table, plan, definitions) {
  const title = titleOf(plan, definitions);
  return `---
title: ${JSON.stringify(title)}
---

\`\`\`js
import {pageCard} from "../components/builder-page-card.js";
import {startTips} from "../components/tip.js";
import {TrustLine} from "../components/trust.js";
\`\`\`

\`\`\`js
startTips();
const release = await FileAttachment("../data/release.json").json();
const definitions = await FileAttachment("../data/semantic.json").json();
const offered = await FileAttachment("../data/question.json").json();
const rows = await FileAttachment("../data/${table}.json").json();
const asked = ${inScript(plan.asked)};
\`\`\`

<div class="page-head">

# ${title.replace(/[\\`*_{}[\]<>#$&|]/g, "\\$&")}

<div class="trust-slot">\${TrustLine(release, {base: ".."})}</div>
</div>

<div class="cards">\${pageCard(asked, rows, {definitions, offered})}</div>

[Ask further](../explore/question${addressOf(plan.asked).replace(/[()[\]<>\\`$]/g, (one) => encodeURIComponent(one).replace("(", "%28").replace(")", "%29"))})
`;
}

/** JSON that can neither end a script nor a fence, nor be taken for an expression of Markdown. */
function inScript(value) {
  return JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("`", "\\u0060");
}

function loaderText(plan, definitions) {
  return `-- One record per group, and one for the whole: ${titleOf(plan, definitions)}.
${plan.loaderSql}
`;
}

function testText(name, table, plan, definitions) {
  const {groups, asked} = plan;
  const measures = asked.measures.map((one) => definitions.measures.find((measure) => measure.name === one));
  return `import {readFileSync} from "node:fs";
import {join} from "node:path";
import {expect, test} from "vitest";
import {readConfig} from "../config.ts";
import {openBuilt} from "./built.ts";

/* The numbers of ${name}, by an SQL of its own. */

const loader = readFileSync(join(readConfig({}).root, "loaders/${table}.json.sql"), "utf8");
const plain = ${JSON.stringify(plainSql(plan, measures, definitions))};

test("${name} shows what plain SQL over marts.sales gives", async () => {
  const built = await openBuilt();
  try {
    const shown = await built.sql<Record<string, unknown>>(\`select * from (\${loader}) where span = 'current'\`);
    const keyOf = (row: Record<string, unknown>, names: string[]) => JSON.stringify(names.map((one) => row[one] ?? null));
    const expected = new Map((await built.sql<Record<string, unknown>>(plain)).map((row) => [keyOf(row, ${JSON.stringify(groups.map((_, index) => `k${index}`))}), row]));
    const others: string[][] = ${JSON.stringify(groups.map(({name, top, other}) => (top === null ? null : [name, other])).filter(Boolean))};
    for (const row of shown) {
      if (others.some(([column, other]) => row[column!] === other)) continue;
      const key = keyOf(row, ${JSON.stringify(groups.map(({name}) => name))});
      for (const measure of ${JSON.stringify(asked.measures)})
        expect([key, measure, text(row[measure])]).toEqual([key, measure, text(expected.get(key)?.[measure])]);
    }
    if (!others.length) expect(shown.length).toBe(expected.size);
  } finally {
    await built.close();
  }
});

function text(value: unknown): string {
  return typeof value === "number" ? value.toFixed(4) : String(value ?? null);
}
`;
}

/** The question in the plainest SQL there is: every group, none cut; its keys are `k0`, `k1`, … */
function plainSql({groups, asked, period}, measures, definitions) {
  const exprOf = (name) => definitions.dimensions.find((one) => one.name === name).expr;
  const time = exprOf(definitions.time);
  const keys = groups.map(({isGrain, of}, index) => {
    const key = isGrain ? `cast(date_trunc('${of}', ${time}) as date)` : exprOf(of);
    return `cast(${key} as varchar) as k${index}`;
  });
  const filters = Object.entries(asked.filters).map(([name, members]) => oneOf(exprOf(name), members));
  const selected = [
    ...keys,
    ...measures.map((measure) => `${plainValue(measure, definitions)} as ${measure.name}`)
  ];
  return [
    `select ${selected.join(", ")} from marts.sales`,
    `where ${[daysOf(asked, period, time), ...filters].join(" and ")}`,
    keys.length ? `group by ${keys.map((_, index) => index + 1).join(", ")}` : ""
  ].join(" ");
}

function plainValue(measure, definitions) {
  if (measure.kind === "simple") {
    const value = `${measure.agg === "count_distinct" ? "count(distinct " : `${measure.agg}(`}${measure.expr})`;
    return measure.format === "date" ? `cast(cast(${value} as date) as varchar)` : `cast(${value} as double)`;
  }
  const part = (name) =>
    plainValue(
      definitions.measures.find((one) => one.name === name),
      definitions
    );
  return `${part(measure.numerator)} / nullif(${part(measure.denominator)}, 0)`;
}

function oneOf(expr, members) {
  const tests = members.map((member) =>
    member === null ? `${expr} is null` : `cast(${expr} as varchar) = '${member.replaceAll("'", "''")}'`
  );
  return `(${tests.join(" or ")})`;
}

function daysOf({period: key}, {kind, from, to}, time) {
  const day = (name) => `(select ${name} from marts.periods where period = '${key}')`;
  return kind === "preset"
    ? `${time} between ${day("starts_on")} and ${day("ends_on")}`
    : `${time} between date '${from}' and date '${to}'`;
}
