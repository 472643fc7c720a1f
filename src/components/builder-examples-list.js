import {html} from "htl";
import {addressOf} from "./builder-address.js";
import {goToQuestion} from "./builder-chips.js";

/** The questions to start from, as links that are asked in place; the one in force is marked. */
export function ExampleList(examples, asked) {
  const now = addressOf(asked);
  const isWide = matchMedia("(min-width: 900px)").matches;
  return html`<details class="builder-examples" open=${isWide || !location.search}>
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
    </ul>
  </details>`;
}
