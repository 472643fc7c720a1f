import {html} from "htl";

/** The columns the source brought that the catalog does not know, by table: `{table: [column, …]}`. */
export function driftList(drift) {
  const tables = Object.entries(drift ?? {});
  if (!tables.length) return html`<p class="empty">Every table has the columns that are expected of it.</p>`;
  return html`<ul class="drift">
    ${tables.map(
      ([table, columns]) =>
        html`<li>
          <code>${table}</code>: ${columns.map((name, i) => [i ? ", " : "", html`<code>${name}</code>`])} came
          with the source; kept in bronze, not used further
        </li>`
    )}
  </ul>`;
}
