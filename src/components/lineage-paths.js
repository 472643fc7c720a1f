/**
 * What `npx assay lineage` and the lineage page ask of the graph that pipelines/lineage/lineage.ts makes. Ids are
 * `TABLE.COLUMN`, `PAGE#CHART`, or a table.
 * @typedef {{
 *   tables: Record<string, {layer: string, file: string, columns: string[], title?: string}>,
 *   edges: [from: string, to: string, kind: "value" | "condition" | "table"][],
 *   units: {file: string, layer: string, makes: string[], names: string[], reads: string[]}[]
 * }} Graph
 * @typedef {{id: string, layer: string, kind: "value" | "condition" | "table", steps: number}} Reached
 * @typedef {{file: string, layer: string, makes: string[], why: string, isNamed: boolean}} Broken
 */

/** The layers from left to right. */
export const layers = ["source", "silver", "gold", "marts", "records", "extracts", "pages"];

/**
 * The ids of columns and charts, layer by layer.
 * @param {Graph} graph
 * @returns {string[]}
 */
export function idsOf({tables}) {
  const names = Object.keys(tables).sort(
    (a, b) => layers.indexOf(tables[a].layer) - layers.indexOf(tables[b].layer)
  );
  return names.flatMap((table) => tables[table].columns.map((name) => idOf(tables, table, name)));
}

/** @param {Graph["tables"]} tables @param {string} table @param {string} name */
function idOf(tables, table, name) {
  return `${table}${tables[table].layer === "pages" ? "#" : "."}${name}`;
}

/**
 * The columns that a text may mean: the one of that id, else those whose id ends so; of a source column and its silver
 * namesake the source's.
 * @param {Graph} graph
 * @param {string} text
 * @returns {string[]}
 */
export function findColumns(graph, text) {
  const asked = text
    .trim()
    .replace(/^bronze\./, "source.")
    .replace(/^extracts\./, "");
  const ids = idsOf(graph);
  if (ids.includes(asked)) return [asked];
  const found = ids.filter((id) => id.endsWith(`.${asked}`) || id.endsWith(`#${asked}`));
  return found.filter(
    (id) => !(id.startsWith("silver.") && found.includes(id.replace("silver.", "source.")))
  );
}

/**
 * The table of an id.
 * @param {Graph} graph
 * @param {string} id
 * @returns {string}
 */
export function tableOf({tables}, id) {
  return tables[id] ? id : id.slice(0, id.includes("#") ? id.indexOf("#") : id.lastIndexOf("."));
}

/**
 * What a column feeds (`down`) or comes from (`up`), nearest first. The kind is that of the strongest way: by value all
 * the way, else by a condition, else by a whole table. A table in it means that its rows depend on the column; the
 * way ends there, and what the table feeds is not the column's.
 * @param {Graph} graph
 * @param {string} id
 * @param {"up" | "down"} way
 * @returns {Reached[]}
 */
export function reach(graph, id, way) {
  const next = neighbours(graph, way);
  /** @type {Map<string, Reached>} */
  const found = new Map();
  for (const kinds of [["value"], ["value", "condition"], ["value", "condition", "table"]]) {
    /** @type {[string, number][]} */
    const todo = [[id, 0]];
    const seen = new Set([id]);
    for (let place = 0; place < todo.length; place++) {
      const [here, steps] = todo[place];
      for (const [there, kind] of next(here)) {
        if (seen.has(there) || !kinds.includes(kind)) continue;
        seen.add(there);
        const layer = graph.tables[tableOf(graph, there)]?.layer ?? "source";
        const strength = /** @type {Reached["kind"]} */ (kinds.at(-1));
        if (!found.has(there)) found.set(there, {id: there, layer, kind: strength, steps: steps + 1});
        if (!graph.tables[there] || kind === "table") todo.push([there, steps + 1]);
      }
    }
  }
  found.delete(id);
  return [...found.values()].sort(
    (a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer) || a.steps - b.steps || (a.id < b.id ? -1 : 1)
  );
}

/**
 * The ends of the edges at an id. Down, a column also feeds what reads its table as a whole; up, it also comes from
 * what decides the rows of its table.
 * @param {Graph} graph
 * @param {"up" | "down"} way
 * @returns {(id: string) => [string, "value" | "condition" | "table"][]}
 */
function neighbours(graph, way) {
  /** @type {Map<string, [string, "value" | "condition" | "table"][]>} */
  const at = new Map();
  for (const [from, to, kind] of graph.edges) {
    const [here, there] = way === "down" ? [from, to] : [to, from];
    at.set(here, [...(at.get(here) ?? []), [there, kind]]);
  }
  return (id) => [...(at.get(id) ?? []), ...(graph.tables[id] ? [] : (at.get(tableOf(graph, id)) ?? []))];
}

/**
 * What fails if a column is removed, in the order in which it fails: files that name it, and files that read a table
 * which then is not made. `isNamed` where a file names the column or one made of it: there is something to edit.
 * @param {Graph} graph
 * @param {string} id
 * @returns {Broken[]}
 */
export function breaks(graph, id) {
  const made = new Map([
    [id, id],
    ...reach(graph, id, "down").flatMap(({id: one, kind}) => (kind === "table" ? [] : [[one, one]]))
  ]);
  const gone = new Set();
  /** @type {Broken[]} */
  const broken = [];
  for (let before = -1; before < broken.length;) {
    before = broken.length;
    for (const {file, layer, makes, names, reads} of graph.units) {
      if (broken.some((one) => one.file === file)) continue;
      const missing = reads.filter((table) => gone.has(table));
      if (!names.includes(id) && !missing.length) continue;
      const named = names.includes(id) ? [id] : names.filter((one) => made.has(one));
      const why = named.length ? `names ${few(named)}` : `needs ${few(missing)}`;
      broken.push({file, layer, makes, why, isNamed: named.length > 0});
      for (const table of makes) gone.add(table);
    }
  }
  return broken.sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));
}

/** @param {string[]} names */
function few(names) {
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

/**
 * What was reached, table by table: `rows` where the column decides which rows a table has, `page` where a page asks the database.
 * @param {Graph} graph
 * @param {Reached[]} reached
 * @returns {{table: string, layer: string, columns: (Reached & {name: string})[]}[]}
 */
export function byTable(graph, reached) {
  const tables = [...new Set(reached.map(({id}) => tableOf(graph, id)))];
  return tables.map((table) => {
    const columns = reached.filter(({id}) => tableOf(graph, id) === table);
    return {
      table,
      layer: columns[0].layer,
      columns: columns.map((one) => ({
        ...one,
        name: one.id !== table ? one.id.slice(table.length + 1) : one.layer === "pages" ? "page" : "rows"
      }))
    };
  });
}
