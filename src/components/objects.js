/** The rows of a result `{columns: [{name}], rows: [[…]]}` as plain objects. */
export function objectsOf({columns, rows}) {
  return rows.map((row) => Object.fromEntries(columns.map(({name}, index) => [name, row[index]])));
}
