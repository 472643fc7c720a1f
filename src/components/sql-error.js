import {html} from "htl";

/**
 * What DuckDB says about a query: `{message, position}`, the position being an offset in the query's text or null.
 * Messages come as text with a line and a caret, or as JSON.
 */
export function sqlError(error, sql) {
  const {text, position} = unwrapped(String(error.message));
  if (/out of memory|out of bounds|Aborted\(/i.test(text)) return {message: tooMuch, position: null};
  const excerpt = /\n\s*LINE (\d+): (.*)\n( *)\^/.exec(text);
  return {
    message: text.replace(/\n\s*LINE \d+:[\s\S]*$/, "").trim(),
    position: position ?? (excerpt ? offsetOf(excerpt, sql) : null)
  };
}

/** A failure as a paragraph that begins with its line and column in the text. */
export function errorWords({message, position}, text) {
  if (position === null) return html`<p>${message}</p>`;
  const before = text.slice(0, position).split("\n");
  return html`<p><strong>Line ${before.length}, column ${before.at(-1).length + 1}.</strong> ${message}</p>`;
}

const tooMuch =
  "This query needs more than the 1 GB of memory that a page may use. Sum before you join, or ask for fewer rows or columns; npx assay sql has the memory of the whole machine.";

function unwrapped(message) {
  if (!message.startsWith("{")) return {text: message};
  try {
    const told = JSON.parse(message);
    const position = told.position === undefined ? undefined : Number(told.position);
    return {text: `${told.exception_type} Error: ${told.exception_message}`, position};
  } catch {
    return {text: message};
  }
}

/** DuckDB cuts long lines to an excerpt that begins and ends with three dots. */
function offsetOf([, number, excerpt, spaces], sql) {
  const lines = sql.split("\n");
  const line = lines[Number(number) - 1];
  if (line === undefined) return null;
  const before = lines.slice(0, Number(number) - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const column = spaces.length - `LINE ${number}: `.length;
  const isCut = excerpt.startsWith("...");
  const start = isCut ? line.indexOf(excerpt.replace(/^\.\.\.|\.\.\.$/g, "")) - 3 : 0;
  return before + Math.min(line.length, Math.max(0, start + column));
}
