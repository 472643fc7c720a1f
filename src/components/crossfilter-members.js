import {html} from "htl";
import {compact, counted, exact, percent} from "./format.js";
import {memberText} from "./crossfilter-view.js";
import {most} from "./crossfilter-frame.js";
import {askable} from "./why-button.js";

/**
 * The members of a dimension as bars in front of those of all sales; each is a button that `onPick(member, event)` is told
 * of; `markOf(member)` is what a right click, a long press or `?` asks of, or null. Many members are searched: the largest are listed, the chosen ones first. Answers `{node, draw(state)}`; the state
 * is `{members, totals, values, lines, chosen, label, known}`, maps by member.
 */
export function Members(chart, {onPick, onEnter, markOf}) {
  const list = html`<ul class="cf-members"></ul>`;
  const isLong = chart.size > 30;
  const search = html`<input
    type="search"
    class="cf-search"
    placeholder=${`Search ${counted(chart.size, "member")}`}
    aria-label=${`Search ${chart.label}`}
    hidden=${!isLong}
    oninput=${() => state && fill(state)}
  />`;
  const note = html`<p class="small-print cf-more" hidden></p>`;
  const node = html`<div class=${`cf-list ${isLong ? "is-long" : ""}`}>${search}${list}${note}</div>`;
  const rows = new Map();
  let state = null;
  let listed = null;
  node.addEventListener("pointerenter", onEnter);
  node.addEventListener("focusin", onEnter);
  for (const type of ["pointerover", "focusin"]) list.addEventListener(type, tell, {capture: true});
  askable(list, ({target}) => {
    const row = rowAt(target);
    return row ? markOf(row.member) : null;
  });
  return {node, draw};

  function draw(next) {
    const isSame = state && state.members === next.members && state.chosen === next.chosen;
    state = next;
    if (!isSame || !listed) fill(next);
    else update();
  }

  function fill({members, chosen}) {
    const found = matching(members, search.value.trim().toLowerCase());
    const picked = isLong ? chosen.filter((one) => !found.slice(0, most).includes(one)) : [];
    const next = [...picked, ...found.slice(0, most)];
    if (next.length !== listed?.length || next.some((member, n) => member !== listed[n])) {
      listed = next;
      list.replaceChildren(...next.map((member) => rowOf(member).row));
    }
    const left = found.length - Math.min(found.length, most);
    note.hidden = found.length > 0 && !left;
    note.textContent = found.length
      ? `and ${exact(left)} more: search to find them`
      : "No member has this in its name.";
    update();
  }

  function update() {
    const {totals, values, chosen} = state;
    let low = 0;
    let high = 0;
    for (const member of listed) {
      low = Math.min(low, totals.get(member) ?? 0, values.get(member) ?? 0);
      high = Math.max(high, totals.get(member) ?? 0, values.get(member) ?? 0);
    }
    const size = high - low || 1;
    list.classList.toggle("is-filtered", chosen.length > 0);
    for (const member of listed) {
      const {button, bar, total, number} = rowOf(member);
      stretch(total, totals.get(member) ?? 0, low, size);
      stretch(bar, values.get(member) ?? 0, low, size);
      const text = compact(values.get(member) ?? 0);
      if (number.data !== text) number.data = text;
      const isChosen = String(chosen.includes(member));
      if (button.getAttribute("aria-pressed") !== isChosen) button.setAttribute("aria-pressed", isChosen);
    }
  }

  function rowOf(member) {
    if (!rows.has(member)) rows.set(member, makeRow(member));
    return rows.get(member);
  }

  function makeRow(member) {
    const number = document.createTextNode("");
    const [total, bar] = [html`<i class="cf-bar-total"></i>`, html`<i class="cf-bar"></i>`];
    const button = html`<button
      type="button"
      id=${`cf-${chart.name}:${member ?? "?"}`.slice(0, 200)}
      aria-pressed="false"
      data-tip=""
      onclick=${(event) => onPick(member, event)}
    >
      <span class="cf-name" dir="auto">${memberText(member)}</span><span class="cf-number">${number}</span>
      <span class="cf-track" aria-hidden="true">${total}${bar}</span>
    </button>`;
    return {button, bar, total, number, member, row: html`<li>${button}</li>`};
  }

  /** The tip is written when it is asked for, not at every move of a brush. */
  function tell({target}) {
    const row = rowAt(target);
    if (row && state) row.button.dataset.tip = told(row.member, state);
  }

  function rowAt(target) {
    const button = target.closest?.("button");
    return button && [...rows.values()].find((one) => one.button === button);
  }
}

function stretch(bar, value, low, size) {
  const from = (Math.min(value, 0) - low) / size;
  bar.style.transform = `translateX(${from * 100}%) scaleX(${Math.abs(value) / size})`;
}

function matching(members, text) {
  return text ? members.filter((member) => memberText(member).toLowerCase().includes(text)) : members;
}

function told(member, {totals, values, lines, label}) {
  const [value, total] = [values.get(member) ?? 0, totals.get(member) ?? 0];
  const share = total > 0 && value >= 0 ? `, ${percent(value / total)} of all` : "";
  const name = memberText(member);
  return [
    name.length > 300 ? `${name.slice(0, 299)}…` : name,
    `${label} ${exact(value)}${share}`,
    `All sales ${exact(total)}`,
    counted(lines.get(member) ?? 0, "line")
  ].join("\n");
}
