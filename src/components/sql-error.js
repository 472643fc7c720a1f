/**
 * What DuckDB says about a query: `{message, position}`, the position being an offset in the query's text or null.
 * Messages come as text with a line and a caret, or as JSON.
 */
export function sqlError(error, sql) {
  const {text, position} = unwrapped(String(error.message));
  const excerpt = /\n\s*LINE (\d+): (.*)\n( *)\^/.exec(text);
  return {
    message: text.replace(/\n\s*LINE \d+:[\s\S]*$/, "").trim(),
    position: position ?? (excerpt ? offsetOf(excerpt, sql) : null)
  };
}

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
