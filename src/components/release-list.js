import {html} from "htl";
import {date} from "./format.js";
import {swatch} from "./release-measures.js";
import {movesBetween} from "./release-moves.js";
import {addressOf} from "./release-picker.js";
import {changeText, moment, noteOf} from "./release-words.js";

/** Every release: when, what it did to the first measure and why, its note; each leads to its comparison. */
export function ReleaseList(moves) {
  const {releases} = moves;
  return html`<ol class="releases">
    ${releases.map((release, n) => row(release, releases[n + 1], moves))}
  </ol>`;
}

function row(release, before, moves) {
  const {id, data_through} = release;
  const note = noteOf(release);
  return html`<li data-release=${id}>
    <div>
      ${before ? html`<a href=${addressOf({from: before.id, to: id})}>${moment(release)}</a>` : moment(release)}
      <div class="faint">${id}</div>
    </div>
    <div class="faint">${data_through ? `data through ${date(data_through)}` : "no dated sales"}</div>
    <div>
      ${before ? moved(movesBetween(moves, before.id, id)) : html`<span class="faint">nothing before it here</span>`}
    </div>
    ${note ? html`<div class="release-note" dir="auto">${note}</div>` : ""}
  </li>`;
}

function moved({measures: [main], lost}) {
  if (!main.hasMoved)
    return html`<span class="faint">${main.label} ±0${lost.length ? ", not compared" : ""}</span>`;
  return html`${main.label} <b>${changeText(main, main.change)}</b>
    <ul class="move-parts">
      ${main.parts.map((part) => html`<li>${swatch(part)}${changeText(main, part.change)} ${part.reason}</li>`)}
    </ul>`;
}
