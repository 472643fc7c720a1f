import {html} from "htl";
import {counted, date} from "./format.js";

/** "Data through … · published …" with a quiet dot; words only where a check fails or a line does not add up. */
export function TrustLine(
  {data_through, published_at, failing_checks, unexplained_lines, checks, ledger_lines},
  {base = "."} = {}
) {
  const wrong = [
    failing_checks ? `${counted(failing_checks, "check")} failing` : null,
    unexplained_lines ? `${counted(unexplained_lines, "ledger line")} unexplained` : null
  ].filter(Boolean);
  return html`<a
    class=${`trust ${wrong.length ? "is-wrong" : ""}`}
    href=${`${base}/trust/reconciliation`}
    data-tip=${`${counted(checks, "check")} and ${counted(ledger_lines, "ledger line")} stand behind this release.\nOpen to see that it adds up.`}
  >
    <span class="dot" aria-hidden="true"></span>
    <span
      >${data_through ? `Data through ${date(data_through)}` : "No dated sales yet"} · published
      ${date(published_at.slice(0, 10))}${wrong.length ? ` · ${wrong.join(", ")}` : ""}</span
    >
  </a>`;
}
