import {html} from "htl";
import {counted, date, exact, signed} from "./format.js";
import {money} from "./shop.js";

const lines = [
  {key: "sales", label: "Sales lines"},
  {key: "revenue", label: money("Revenue")},
  {key: "rejects", label: "Rejected rows"},
  {key: "corrections", label: "Corrected values"}
];

/** What the release changed against the one before it; the first one says so. */
export function ReleaseChange({sums, parent, undated}) {
  return html`<div>
    <dl class="changes">
      ${lines.map(({key, label}) => {
        const change = parent ? sums[key] - parent.sums[key] : null;
        return html`<div>
          <dt>${label}</dt>
          <dd>${exact(sums[key])}</dd>
          <dd class="changes-by">
            ${change === null ? "first release" : change === 0 ? "unchanged" : signed(change, exact)}
          </dd>
        </div>`;
      })}
    </dl>
    <p class="small-print">
      ${parent ? `Compared with the release of ${date(parent.published_at.slice(0, 10))}.` : "This is the first release: there is none before it to compare with."}
      ${parent ? html`<a href="./trust/releases">What moved, and why</a>.` : ""} ${undatedWords(undated)}
    </p>
  </div>`;
}

/** What no period can show, in words, and none where every line has a day. */
function undatedWords({lines, revenue}) {
  if (!lines) return "";
  return `Of the ${money("revenue")}, ${exact(revenue)} comes from ${counted(lines, "line")} without an order date, which no period can show.`;
}

/** The card's title. */
export function releaseTitle({sums, parent}) {
  if (!parent) return "This is the first release";
  const change = sums.revenue - parent.sums.revenue;
  return change === 0
    ? "The last release moved no revenue"
    : `The last release moved revenue by ${signed(change, exact)}`;
}
