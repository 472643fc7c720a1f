import {html} from "htl";
import {counted, date} from "./format.js";
import {driftLine} from "./profile-drift.js";
import {keyList} from "./profile-keys.js";
import {openRows} from "./profile-panel.js";
import {profileTable} from "./profile-table.js";
import {startTips} from "./tip.js";

const kinds = ["is", "null", "repeated", "orphan"];

/**
 * The table of the address (`?table=`) with its keys and columns, and the rows of a fact of it (`&rows=`) in a panel.
 * `profiles` as in profile.json.
 */
export function profileExplorer(profiles) {
  startTips();
  const {tables, parent, data_through} = profiles;
  const body = html`<div></div>`;
  const select = html`<select aria-label="Table">
    ${tables.map(({name, rows}) => html`<option value=${name}>${name} · ${counted(rows, "row")}</option>`)}
  </select>`;
  const node = html`<div class="profile-page">
    <label class="labelled">Table ${select}</label>
    ${body}
  </div>`;
  let drawn;
  let panel;
  const show = () => {
    const {table, wanted, fact} = readAddress(tables);
    select.value = table.name;
    if (drawn !== `${table.name}\n${wanted}`) {
      body.replaceChildren(
        ...parts(table, {wanted, parent, data_through, onRows: (fact) => go(table, fact)})
      );
      drawn = `${table.name}\n${wanted}`;
    }
    panel?.leave();
    panel = fact ? openRows(table, fact, {onClose: () => leaveRows(table)}) : undefined;
  };
  const go = (table, fact) => {
    history.pushState({isAsked: true}, "", addressOf(table.name, fact));
    show();
  };
  const leaveRows = (table) => {
    if (history.state?.isAsked) return history.back();
    history.replaceState(null, "", addressOf(table.name));
    show();
  };
  select.onchange = () => go({name: select.value});
  const back = () => (node.isConnected ? show() : window.removeEventListener("popstate", back));
  window.addEventListener("popstate", back);
  show();
  return node;
}

/** The table of the address, or the first; what it asks of its rows, if it has such a column. */
function readAddress(tables) {
  const query = new URLSearchParams(location.search);
  const asked = query.get("table");
  const table = tables.find(({name}) => name === asked) ?? tables[0];
  const columns = query.getAll("column");
  const kind = kinds.find((one) => one === query.get("rows"));
  const isThere =
    columns.length > 0 && columns.every((name) => table.columns.some((one) => one.name === name));
  const partner = table.keys.find((one) => one.partner && one.columns.join() === columns.join())?.partner;
  const isFit = kind && isThere && (kind !== "orphan" || partner);
  return {
    table,
    wanted: asked !== null && asked !== table.name ? asked : null,
    fact: isFit ? {columns, kind, value: query.get("value") ?? "", partner} : null
  };
}

function addressOf(table, fact) {
  const query = new URLSearchParams({table});
  if (fact) {
    for (const column of fact.columns) query.append("column", column);
    query.set("rows", fact.kind);
    if (fact.kind === "is") query.set("value", fact.value);
  }
  return `?${query}`;
}

function parts(table, {wanted, parent, data_through, onRows}) {
  const {name, description, rows, columns, keys, drift} = table;
  const isUnknown = wanted !== null;
  const nulls = columns.filter((column) => column.nulls).length;
  return [
    isUnknown
      ? html`<p class="note" role="status">
          No table here is called ${wanted.slice(0, 80)}. This is ${name}.
        </p>`
      : "",
    html`<section class="card panel" aria-label="Keys and orphans">
      <header class="card-head">
        <div>
          <h2>${keySentence(keys)}</h2>
          <p class="card-subtitle">
            ${name} · ${description} ${data_through ? `· data through ${date(data_through)}` : ""}
          </p>
        </div>
      </header>
      ${keyList(table, {onRows})} ${driftLine(drift, parent)}
    </section>`,
    html`<section class="card panel" aria-label="Columns">
      <header class="card-head">
        <div>
          <h2>
            ${counted(rows, "row")}, ${counted(columns.length, "column")}, ${nulls || "none"} with nulls
          </h2>
          <p class="card-subtitle">
            Click a value to see its rows · <a href=${`../docs/data#${name}`}>what the columns mean</a> ·
            <a href=${`./sql?${new URLSearchParams({q: `select * from ${name} limit 100`})}`}>ask in SQL</a>
          </p>
        </div>
      </header>
      ${profileTable(table, {label: `Columns of ${name}`, onRows})}
    </section>`
  ];
}

function keySentence(keys) {
  if (!keys.length) return "No declared key";
  const wrong = keys.filter(
    ({repeated, orphans, partner, nulls}) => repeated || orphans || (!partner && nulls)
  );
  return wrong.length
    ? `${counted(wrong.length, "key")} of ${keys.length} ${wrong.length === 1 ? "does" : "do"} not hold`
    : keys.length === 1
      ? "Its key holds"
      : `All ${keys.length} keys hold, no orphans`;
}
