import {html, svg} from "htl";
import {compact, counted, date, exact, percent} from "./format.js";
import {isDated, isNumeric} from "./result-table.js";
import {quoted} from "./sql-names.js";

const bins = 12;
const exactBelow = 300_000;

/** One SQL that profiles every column of a table: a row a column, in order. */
export function profileSql({schema, table, rows, columns}) {
  const from = `${quoted(schema)}.${quoted(table)}`;
  const count = (value) =>
    rows !== null && rows < exactBelow ? `count(distinct ${value})` : `approx_count_distinct(${value})`;
  return columns
    .map(({name, type}, index) => {
      const value = quoted(name);
      return `select
  ${index} as place, count(*) as rows, count(${value}) as filled, ${count(`cast(${value} as varchar)`)} as members,
  left(cast(min(${value}) as varchar), 80) as least, left(cast(max(${value}) as varchar), 80) as most,
  ${isSpread(type) ? spreadOf(value, type, from) : commonOf(value, from)} as bars
from ${from}`;
    })
    .join("\nunion all\n")
    .concat("\norder by place");
}

/** Draws what `profileSql` found of a column: null share, distinct values, least and most, a tiny histogram. */
export function columnProfile({type}, {rows, filled, members, least, most, bars}) {
  const counts = JSON.parse(bars ?? "[]");
  const end = (text) =>
    isDated(type) ? date(text.slice(0, 10)) : isNumeric(type) ? compact(Number(text)) : text;
  const span = least === null ? "no value" : least === most ? end(least) : `${end(least)} – ${end(most)}`;
  return html`<div class="column-profile">
    ${histogram(counts, isSpread(type))}
    <span class="faint"
      >${rows === filled ? "" : `${percent((rows - filled) / (rows || 1))} null · `}${counted(members, "value")}</span
    >
    <span class="faint span" title=${least === null ? null : `${least} – ${most}`}><bdi>${span}</bdi></span>
  </div>`;
}

function histogram(counts, isSpread) {
  const top = Math.max(1, ...counts);
  const step = 96 / bins;
  const label = isSpread
    ? `histogram from least to most: ${counts.map(exact).join(", ")} rows`
    : `most common values: ${counts.map(exact).join(", ")} rows`;
  return svg`<svg class="mini" width="96" height="20" viewBox="0 0 96 20" role="img" aria-label=${label}>
    <line x1="0" x2="96" y1="19.5" y2="19.5" stroke="var(--line-strong)"></line>
    ${counts.map((count, index) => {
      const height = count ? Math.max(1, (18 * count) / top) : 0;
      return svg`<rect x=${index * step} width=${step - 1} y=${19 - height} height=${height} fill=${isSpread ? "var(--c1)" : "var(--other)"}></rect>`;
    })}
  </svg>`;
}

function isSpread(type) {
  return isNumeric(type) || isDated(type);
}

/** Rows in equal steps from the least to the most. */
function spreadOf(value, type, from) {
  const number = isDated(type) ? `epoch(cast(${value} as timestamp))` : `cast(${value} as double)`;
  const place = `case when highest > lowest then least(${bins - 1}, floor(${bins} * (number - lowest) / (highest - lowest))) else 0 end`;
  const counts = Array.from({length: bins}, (_, bin) => `count(*) filter (bin = ${bin})`);
  return `(select cast([${counts.join(", ")}] as varchar) from (
    select ${place} as bin from (select ${number} as number from ${from} where ${value} is not null),
      (select min(${number}) as lowest, max(${number}) as highest from ${from})))`;
}

/** Rows of the most common values. */
function commonOf(value, from) {
  return `(select cast(list(n order by n desc) as varchar) from (
    select count(*) as n from ${from} where ${value} is not null group by ${value} order by n desc limit ${bins}))`;
}
