import {html} from "htl";

/**
 * Rows as a plain table. `columns`: `{label, value(row), isNumber, isHead}`; `value` gives text or a node.
 * At most 25 rows, the rest counted.
 */
export function table(rows, columns, {most = 25, caption} = {}) {
  const shown = rows.slice(0, most);
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${caption}>
    <table class="table">
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({label, isNumber}) => html`<th scope="col" class=${isNumber ? "number" : null}>${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => cell(row, column))}
            </tr>`
        )}
      </tbody>
    </table>
    ${rows.length > most ? html`<p class="small-print">and ${rows.length - most} more</p>` : null}
  </div>`;
}

function cell(row, {value, isNumber, isHead}) {
  return isHead
    ? html`<th scope="row">${value(row)}</th>`
    : html`<td class=${isNumber ? "number" : null}>${value(row)}</td>`;
}
