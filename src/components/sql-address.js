/**
 * What the address asks of the SQL page: `{sql, values, charts}`; `sql` is null where it names no query, `values` holds
 * its parameters by name, `charts` the kind of chart by the place of the result.
 */
export function readAddress(search) {
  const query = new URLSearchParams(search);
  const values = {};
  const charts = {};
  for (const [key, value] of query) {
    const name = /^p\.(\w{1,64})$/.exec(key)?.[1];
    const place = /^chart([2-9]|[1-9]\d)?$/.exec(key);
    if (name) values[name] = value;
    if (place) charts[Number(place[1] ?? 1) - 1] = value;
  }
  return {sql: query.get("q"), values, charts};
}

/** The address's query for a text of SQL, the values of its parameters and the charts that were chosen. */
export function addressOf({sql, values = {}, charts = {}}) {
  const query = new URLSearchParams({q: sql});
  for (const [name, value] of Object.entries(values)) query.set(`p.${name}`, value);
  for (const [place, kind] of Object.entries(charts))
    if (kind) query.set(Number(place) ? `chart${Number(place) + 1}` : "chart", kind);
  return `?${query}`;
}
