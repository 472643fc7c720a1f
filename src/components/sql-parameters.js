import {html} from "htl";
import {parameterNames} from "./sql-statements.js";

/**
 * Inputs for the parameters of statements: `{node, values, kinds, draw}`. `draw(statements, tables)` shows one for each
 * name, of the kind its place in the SQL asks for; `values()` are texts by name; Enter calls `onRun`.
 */
export function parameterInputs({values: given = {}, onRun, onChange = () => {}}) {
  const node = html`<div class="parameters" role="group" aria-label="Parameters" hidden></div>`;
  const values = {...given};
  let kinds = {};
  let drawn = "";
  const draw = (statements, tables = []) => {
    const names = parameterNames(statements);
    kinds = Object.fromEntries(names.map((name) => [name, kindOf(name, statements, tables)]));
    node.hidden = !names.length;
    if (drawn === JSON.stringify(kinds)) return;
    drawn = JSON.stringify(kinds);
    const set = (name, value) => {
      values[name] = value;
      onChange();
    };
    node.replaceChildren(...names.map((name) => input(name, kinds[name], values[name] ?? "", set, onRun)));
  };
  return {
    node,
    draw,
    values: () => Object.fromEntries(Object.keys(kinds).map((name) => [name, values[name] ?? ""])),
    kinds: () => kinds,
    setValues: (next) => {
      for (const name of Object.keys(values)) delete values[name];
      Object.assign(values, next);
      drawn = "";
    }
  };
}

/** What a parameter is bound to: `{value, type}`, a value and the type it is cast to; throws where it is none. */
export function boundValue(name, text, kind) {
  const said = text.trim();
  if (kind === "text") return {value: text, type: "varchar"};
  if (said === "") throw new Error(`Give a value for ${name}.`);
  if (kind === "day") {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(said) || Number.isNaN(Date.parse(said)))
      throw new Error(`${name} is to be a day such as 2013-06-30.`);
    return {value: said, type: "date"};
  }
  if (!/^[-−]?\d+(\.\d+)?$/.test(said)) throw new Error(`${name} is to be a number such as 12 or 4.5.`);
  const number = said.replace("−", "-");
  const isWhole = !number.includes(".");
  const isSmall = Math.abs(Number(number)) < 2 ** 31;
  return {value: number, type: isWhole ? (isSmall ? "integer" : "hugeint") : "double"};
}

/** A parameter's value as a literal of SQL, for a query that is copied elsewhere. */
export function literalOf(name, text, kind) {
  const {value} = boundValue(name, text, kind);
  if (kind === "number") return value;
  return `${kind === "day" ? "date " : ""}'${value.replaceAll("'", "''")}'`;
}

/** Number, day or text: by a cast, the column it is compared with, the word before it, or its own name. */
function kindOf(name, statements, tables) {
  for (const {text, parameters} of statements)
    for (const {from, to} of parameters.filter((one) => one.name === name)) {
      const kind = kindAt(text.slice(Math.max(0, from - 200), from), text.slice(to, to + 40), tables);
      if (kind) return kind;
    }
  if (/(^|_)(day|date|from|to|since|until|begin|end)$/i.test(name)) return "day";
  if (/(^|_)(n|limit|top|min|max|least|most|count|number|year|\d+)$/i.test(name)) return "number";
  return "text";
}

const comparison =
  /([\w"]+)\s*(?:[<>=!]=?|<>|\b(?:not\s+)?(?:between|like|ilike|in\s*\())\s*$|([\w"]+)\s+between\s+\S+\s+and\s*$/i;

function kindAt(before, after, tables) {
  const cast = /^\s*(?:::|as\s)\s*(\w+)/i.exec(after)?.[1];
  if (cast && /cast\s*\(\s*$/i.test(before + (after.trim().startsWith("::") ? "cast(" : "")))
    return kindOfType(cast);
  if (/\b(limit|offset)\s*$/i.test(before)) return "number";
  const match = comparison.exec(before);
  const column = (match?.[1] ?? match?.[2])?.replaceAll('"', "").toLowerCase();
  if (!column) return undefined;
  const types = tables.flatMap(({columns}) => columns.filter((one) => one.name.toLowerCase() === column));
  return types.length ? kindOfType(types[0].type) : undefined;
}

function kindOfType(type) {
  if (/^(date|timestamp)/i.test(type)) return "day";
  return /^(decimal|double|float|real|numeric|u?(tiny|small|big|huge)?int)/i.test(type) ? "number" : "text";
}

function input(name, kind, value, set, onRun) {
  const type = {day: "date", number: "text", text: "text"}[kind];
  const field = html`<input
    type=${type}
    inputmode=${kind === "number" ? "decimal" : null}
    autocomplete="off"
    name=${name}
    oninput=${(event) => set(name, event.target.value)}
    onkeydown=${(event) => event.key === "Enter" && onRun()}
  />`;
  field.value = value;
  return html`<label
    ><span><bdi>${name}</bdi> <span class="faint">${kind}</span></span
    >${field}</label
  >`;
}
