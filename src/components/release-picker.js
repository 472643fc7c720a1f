import {html} from "htl";
import {focusAgain} from "./focus.js";
import {date} from "./format.js";
import {goTo} from "./question.js";
import {moment} from "./release-words.js";

/** The two releases that an address asks for, the older first: the last two unless it names others that are there. */
export function chosenReleases(search, releases) {
  const query = new URLSearchParams(search);
  const [asked, until] = ["from", "to"].map((name) => releases.findIndex(({id}) => id === query.get(name)));
  const to = until < 0 ? 0 : until;
  const from = asked < 0 || asked === to ? to + 1 : asked;
  const [older, newer] = [Math.max(from, to), Math.min(from, to)];
  // the oldest compared with itself: with the one after it
  return older < releases.length
    ? [releases[older], releases[newer]]
    : [releases[newer], releases[newer - 1]];
}

/** Whether an address names a release that is not there. */
export function isAskedInVain(search, releases) {
  const query = new URLSearchParams(search);
  return ["from", "to"].some((name) => query.has(name) && !releases.some(({id}) => id === query.get(name)));
}

/** Two pickers: which release is compared with which. */
export function ReleasePicker(releases, [from, to]) {
  const picker = (id, label, chosen) => {
    const select = html`<select
      id=${id}
      onchange=${() => goTo(addressOf({from: from.id, to: to.id, [id]: select.value}))}
    >
      ${releases.map(
        (one, n) => html`<option value=${one.id} selected=${one === chosen}>${optionText(one, n)}</option>`
      )}
    </select>`;
    return html`<label class="labelled"><span>${label}</span>${select}</label>`;
  };
  return focusAgain(
    html`<div class="release-picker">${picker("from", "from", from)} ${picker("to", "to", to)}</div>`
  );
}

/** The address of a comparison. */
export function addressOf({from, to}) {
  return `?${new URLSearchParams({from, to})}`;
}

function optionText(release, n) {
  const notes = [
    moment(release),
    release.data_through && `through ${date(release.data_through)}`,
    release.restores && "rollback",
    release.held !== null ? "held" : n === 0 && "live"
  ];
  return notes.filter(Boolean).join(" · ");
}
