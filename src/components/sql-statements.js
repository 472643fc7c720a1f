const token = new RegExp(
  [
    /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/,
    /(?<quoted>[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$))/,
    /(?<dollar>\$(?<tag>[A-Za-z_]*)\$[\s\S]*?(?:\$\k<tag>\$|$))/,
    /(?<![\w$])\$(?<name>\w+)/,
    /(?<![:\w)\]}"'$]):(?<colon>[A-Za-z_]\w*)/,
    /(?<bracket>[()[\]{}])/,
    /(?<end>;)/
  ]
    .map(({source}) => source)
    .join("|"),
  "g"
);

/**
 * The statements of a text of SQL: `[{text, from, to, parameters: [{name, from, to}]}]`; places of a statement count in
 * the whole text, those of its parameters (`$name` or `:name`) in its own. Comments alone are no statement.
 */
export function statementsIn(text) {
  const found = [];
  let start = 0;
  let parameters = [];
  let isSaid = false;
  const open = [];
  const cut = (end) => {
    if (isSaid) found.push(statementOf(text, start, end, parameters));
    [start, parameters, isSaid] = [end + 1, [], false];
    open.length = 0;
  };
  let seen = 0;
  for (const match of text.matchAll(token)) {
    const {comment, bracket, end, name, colon} = match.groups;
    isSaid ||= /\S/.test(text.slice(Math.max(seen, start), match.index));
    seen = match.index + match[0].length;
    if (end) cut(match.index);
    else if (!comment) isSaid = true;
    if (bracket) nest(open, bracket);
    else if (name || (colon && !/[[{]/.test(open.at(-1) ?? "")))
      parameters.push({name: name ?? colon, from: match.index, to: seen});
  }
  isSaid ||= /\S/.test(text.slice(Math.max(seen, start)));
  cut(text.length);
  return found;
}

/** The statement that a place in the text is in, or that ends before it, or the first. */
export function statementAt(statements, place) {
  return statements.findLast(({from}) => from <= place) ?? statements[0];
}

/** The names of the parameters of some statements, each once. */
export function parameterNames(statements) {
  return [...new Set(statements.flatMap(({parameters}) => parameters.map(({name}) => name)))];
}

/**
 * A statement with each parameter replaced by what `write(name)` gives: `{sql, placeOf}`; `placeOf` leads from an
 * offset of that SQL back to one of the whole text.
 */
export function written({text, from, parameters}, write) {
  const pieces = [];
  let sql = "";
  let end = 0;
  for (const one of parameters) {
    sql += text.slice(end, one.from);
    pieces.push({at: sql.length, from: one.from, shift: one.to});
    sql += write(one.name);
    pieces.push({at: sql.length, from: one.to});
    end = one.to;
  }
  sql += text.slice(end);
  const placeOf = (offset) => {
    const piece = pieces.findLast(({at}) => at <= offset) ?? {at: 0, from: 0};
    return from + Math.min(piece.from + offset - piece.at, piece.shift ? piece.from : text.length);
  };
  return {sql, placeOf};
}

function statementOf(text, start, end, parameters) {
  const from = start + /^\s*/.exec(text.slice(start, end))[0].length;
  const own = text.slice(from, end).trimEnd();
  return {
    text: own,
    from,
    to: from + own.length,
    parameters: parameters.map(({name, ...place}) => ({name, from: place.from - from, to: place.to - from}))
  };
}

function nest(open, bracket) {
  if (/[([{]/.test(bracket)) open.push(bracket);
  else open.pop();
}
