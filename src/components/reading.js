import {html} from "htl";
import {compact, exact, signedExact} from "./format.js";
import {Segments} from "./segments.js";

const suffix = "_as_reported";
const labels = {
  revenue: "Revenue as reported",
  average_order_value: "Order value as reported",
  margin: "Margin as reported"
};

/**
 * The switch between money as corrected and as reported. `pairs` are `[corrected, reported]` of the figures it turns,
 * the main one first: where none of them differs as it is shown, it is a line that says so.
 */
export function Reading(pairs, {reading, onChange}) {
  const [corrected, reported] = pairs[0];
  const differ = pairs.some(([a, b]) => compact(a) !== compact(b));
  if (!differ && reading === "corrected")
    return html`<p class="small-print">
      ${
        corrected === reported
          ? "Revenue reads the same as reported and as corrected."
          : `Revenue as reported: ${exact(reported)}, as corrected ${signedExact(corrected - reported)}.`
      }
    </p>`;
  return Segments(
    [
      {value: "corrected", label: "As corrected"},
      {value: "reported", label: "As reported"}
    ],
    {id: "reading", label: "Reading of money", value: reading, onChange}
  );
}

/** An answer whose figures are as reported, where the question asks so, with labels that say it. */
export function readAs({reading}, answer) {
  if (reading !== "reported") return answer;
  const read = (row) => row && {...row, ...reportedIn(row)};
  return {
    ...answer,
    current: read(answer.current),
    base: read(answer.base),
    months: answer.months.map(read),
    labels
  };
}

function reportedIn(row) {
  const twins = Object.entries(row).filter(([key]) => key.endsWith(suffix));
  return Object.fromEntries(twins.map(([key, value]) => [key.slice(0, -suffix.length), value]));
}
