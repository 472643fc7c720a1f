/**
 * The sums of one chart for every choice in another: rows of `[active key, key, value, lines]` as four columns. What a
 * brush or a click chooses of the active chart is then added up here, in a fraction of a frame, with no query.
 */
export function cubeOf(columns) {
  const [active, key, values, lines] = columns;
  const actives = numbered(active);
  const keys = numbered(key);
  const cells = actives.list.map(() => []);
  for (let n = 0; n < active.length; n++)
    cells[actives.places[n]].push({at: keys.places[n], value: values[n], lines: lines[n]});
  return {actives: actives.list, keys: keys.list, cells};
}

/** The sums by key of the active keys that `isChosen` accepts: `{keys, values, lines}`; keys without lines are zero. */
export function sumsOf({actives, keys, cells}, isChosen) {
  const values = new Float64Array(keys.length);
  const lines = new Float64Array(keys.length);
  for (let n = 0; n < actives.length; n++) {
    if (!isChosen(actives[n])) continue;
    for (const cell of cells[n]) {
      values[cell.at] += cell.value;
      lines[cell.at] += cell.lines;
    }
  }
  return {keys, values, lines};
}

function numbered(column) {
  const places = new Int32Array(column.length);
  const seen = new Map();
  for (let n = 0; n < column.length; n++) {
    if (!seen.has(column[n])) seen.set(column[n], seen.size);
    places[n] = seen.get(column[n]);
  }
  return {places, list: [...seen.keys()]};
}
