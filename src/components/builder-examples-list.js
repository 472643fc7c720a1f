import {html} from "htl";
import {addressOf} from "./builder-address.js";
import {goToQuestion} from "./builder-chips.js";
import {addressOf as sqlAddressOf} from "./sql-address.js";

/**
 * The questions to start from, as links that are asked in place; the one in force is marked. `further` are those that
 * `sqlPage` answers, as of `sqlQuestions`.
 */
export function ExampleList(examples, asked, {further, sqlPage}) {
  const now = addressOf(asked);
  const isWide = matchMedia("(min-width: 900px)").matches;
  return html`<details class="builder-examples" open=${isWide}>
    <summary>Start from a question</summary>
    <ul>
      ${examples.map(({text, asked: one}) => {
        const address = addressOf(one);
        return html`<li>
          <a
            href=${address}
            id=${`example-${address}`}
            aria-current=${address === now ? "true" : null}
            dir="auto"
            onclick=${(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              goToQuestion(one);
            }}
            >${text}</a
          >
        </li>`;
      })}
      ${further.map(
        ({text, ...query}) =>
          html`<li class="is-sql"><a href=${`${sqlPage}${sqlAddressOf(query)}`} dir="auto">${text}</a></li>`
      )}
    </ul>
  </details>`;
}
