import {isUnexplained} from "./ledger-paths.js";
import {counted, exact} from "./format.js";

/** Whether it adds up, in one sentence computed from the ledger and the reasons. */
export function reconciliationSentence({ledger, reasons, fact}) {
  const count = (test) => reasons.filter(test).reduce((sum, {count}) => sum + Number(count), 0);
  const corrected = count(({kind}) => kind === "corrected");
  const superseded = count(({is_superseded}) => is_superseded);
  const rejected = count(({kind, is_superseded}) => kind === "rejected" && !is_superseded);
  const wrong = ledger.filter(isUnexplained);
  const told = `${counted(corrected, "value")} corrected, ${counted(rejected, "row")} rejected, ${exact(superseded)} superseded by a later record`;
  if (!ledger.length) return "This release has no ledger, so nothing can be said.";
  if (wrong.length)
    return `No: ${counted(wrong.length, "line")} of ${exact(ledger.length)} in the ledger ${wrong.length === 1 ? "does" : "do"} not add up (${told}).`;
  const lines = fact?.amount_in ?? "0";
  if (!/[1-9]/.test(lines)) return `There are no sales lines to explain; ${told}, 0 unexplained.`;
  return `Yes: every row and cent of ${counted(lines, "sales line")} is explained from source to pages: ${told}, 0 unexplained.`;
}
