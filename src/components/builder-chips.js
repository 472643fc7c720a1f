import {html} from "htl";
import {addressOf, categorical, grains} from "./builder-address.js";
import {filterPanel} from "./builder-filter.js";
import {checks, choices, menuChip} from "./builder-menu.js";
import {calendarPeriods, readPeriod} from "./builder-period.js";
import {lower, membersWords} from "./builder-words.js";
import {list, span} from "./format.js";
import {goTo} from "./question.js";

const comparisons = [
  {value: null, label: "nothing"},
  {value: "last_year", label: "last year"},
  {value: "previous", label: "the period before"}
];

/** Goes to a question, as a new entry of the browser's history. */
export function goToQuestion(asked) {
  goTo(addressOf(asked));
}

/** The question as a sentence of chips, each of which changes one part of it. */
export function QuestionChips(plan, {definitions, offered}) {
  const {asked} = plan;
  const change = (parts, close) => {
    close?.();
    goToQuestion({...asked, ...parts});
  };
  const context = {asked, plan, change, definitions, offered};
  return html`<div class="builder-chips" role="group" aria-label="The question">
    ${measureChip(context)} ${asked.by.map((name, index) => byChip(context, name, index))}
    ${asked.by.length < 2 ? byChip(context, null, asked.by.length) : ""} ${grainChip(context)}
    ${Object.keys(asked.filters).map((name) => filterChip(context, name))} ${addFilterChip(context)}
    ${periodChip(context)} ${compareChip(context)} ${asked.by.length ? topChip(context) : ""}
  </div>`;
}

function measureChip({asked, change, definitions}) {
  const labels = asked.measures.map((name) => definitions.measures.find((one) => one.name === name).label);
  const offers = definitions.measures.map(({name, label, description}) => ({
    value: name,
    label,
    note: description
  }));
  return menuChip({
    id: "chip-measure",
    label: "Measures, up to four",
    text: list(labels),
    panel: (close) => {
      const {rows, foot} = checks(offers, {
        values: asked.measures,
        least: 1,
        most: 4,
        onApply: (measures) => change({measures}, close)
      });
      return html`<div class="menu-filter">${rows}${foot}</div>`;
    }
  });
}

function byChip({asked, change, definitions}, name, index) {
  const free = categorical(definitions).filter((one) => one.name === name || !asked.by.includes(one.name));
  const offers = free.map(({name, label, description}) => ({value: name, label, note: description}));
  const set = (value) =>
    value === null ? asked.by.filter((one) => one !== name) : asked.by.with(index, value);
  return menuChip({
    id: `chip-by-${index}`,
    label: "Broken out by",
    text:
      name === null ? (index ? "and by" : "by") : `by ${lower(free.find((one) => one.name === name).label)}`,
    isAdd: name === null,
    panel: (close) =>
      choices(name === null ? offers : [{value: null, label: "no break-out"}, ...offers], {
        value: name,
        onPick: (value) =>
          change(
            name === null
              ? {by: [...asked.by, value]}
              : {by: set(value), isPivoted: asked.isPivoted && value !== null},
            close
          )
      })
  });
}

function grainChip({asked, change}) {
  const offers = [
    {value: null, label: "not by time"},
    ...grains.map((value) => ({value, label: `each ${value}`}))
  ];
  return menuChip({
    id: "chip-grain",
    label: "By time",
    text: asked.grain ? `each ${asked.grain}` : "each",
    isAdd: !asked.grain,
    panel: (close) =>
      choices(offers, {value: asked.grain, onPick: (grain) => change({grain, chart: null}, close)})
  });
}

function filterChip({asked, change, definitions, offered}, name) {
  const dimension = definitions.dimensions.find((one) => one.name === name);
  const without = () => {
    const filters = {...asked.filters};
    delete filters[name];
    return filters;
  };
  const undo = html`<button
    type="button"
    class="chip-undo"
    aria-label=${`Remove the filter ${dimension.label}`}
    onclick=${() => change({filters: without()})}
  >
    ×
  </button>`;
  const chip = menuChip({
    id: `chip-is-${name}`,
    label: `Filter: ${dimension.label}`,
    text: `${lower(dimension.label)} is ${membersWords(asked.filters[name])}`,
    panel: (close) =>
      filterPanel({
        dimension,
        offered,
        chosen: asked.filters[name],
        onApply: (members) =>
          change({filters: members.length ? {...asked.filters, [name]: members} : without()}, close)
      })
  });
  return html`<span class="chip-pair">${chip}${undo}</span>`;
}

function addFilterChip({asked, change, definitions, offered}) {
  const free = categorical(definitions).filter(({name}) => !asked.filters[name]);
  if (!free.length) return "";
  const pick = (close, slot) => (name) => {
    const dimension = free.find((one) => one.name === name);
    const onApply = (members) =>
      members.length ? change({filters: {...asked.filters, [name]: members}}, close) : close();
    slot.replaceChildren(
      html`<p class="menu-hint">${dimension.label} is…</p>`,
      filterPanel({dimension, offered, chosen: [], onApply})
    );
    slot.querySelector("input").focus();
  };
  return menuChip({
    id: "chip-filter",
    label: "Add a filter",
    text: "where",
    isAdd: true,
    panel: (close) => {
      const slot = html`<div></div>`;
      slot.append(
        choices(
          free.map(({name, label, description}) => ({
            value: name,
            label,
            note: description,
            count: offered.members[name]?.count ?? ""
          })),
          {value: undefined, onPick: pick(close, slot)}
        )
      );
      return slot;
    }
  });
}

function periodChip({asked, plan, change, offered}) {
  const go = (close) => (period) => change({period}, close);
  return menuChip({
    id: "chip-period",
    label: "Days",
    text: plan.period.kind === "preset" ? plan.period.label.toLowerCase() : plan.period.label,
    panel: (close) =>
      html`<div class="menu-filter">
        ${choices(
          offered.periods.map(({period, label, starts_on, ends_on}) => ({
            value: period,
            label,
            count: span(starts_on, ends_on)
          })),
          {value: asked.period, onPick: go(close)}
        )}
        ${calendarSelect(asked, offered, go(close))} ${daysForm(plan, offered, go(close))}
      </div>`
  });
}

function calendarSelect(asked, offered, onPick) {
  const {years, quarters, months} = calendarPeriods(offered);
  const groupOf = (label, keys) =>
    html`<optgroup label=${label}>
      ${keys.map((one) => html`<option value=${one.key} selected=${one.key === asked.period}>${one.label}</option>`)}
    </optgroup>`;
  const select = html`<select aria-label="A year, quarter or month">
    <option value="">a year, quarter or month…</option>
    ${groupOf("Years", years)}${groupOf("Quarters", quarters)}${groupOf("Months", months)}
  </select>`;
  select.onchange = () => select.value && onPick(select.value);
  return select;
}

function daysForm({period}, offered, onPick) {
  const day = (value, label) =>
    html`<input
      type="date"
      aria-label=${label}
      value=${value}
      min=${offered.first}
      max=${offered.through}
      required
    />`;
  const [from, to] = [day(period.from, "First day"), day(period.to, "Last day")];
  const hint = html`<p class="menu-hint" role="status"></p>`;
  return html`<form
    class="menu-days"
    onsubmit=${(event) => {
      event.preventDefault();
      const key = `${from.value}..${to.value}`;
      if (readPeriod(key, offered)) onPick(key);
      else hint.textContent = "The last day lies before the first";
    }}
  >
    <div>${from}<span>to</span>${to}<button class="quiet">Apply</button></div>
    ${hint}
  </form>`;
}

function compareChip({asked, change}) {
  const known = comparisons.find(({value}) => value === asked.vs);
  return menuChip({
    id: "chip-vs",
    label: "Compared with",
    text: asked.vs ? `compared with ${known.label}` : "compared with",
    isAdd: !asked.vs,
    panel: (close) => choices(comparisons, {value: asked.vs, onPick: (vs) => change({vs}, close)})
  });
}

function topChip({asked, plan, change}) {
  const usual = plan.groups.find(({isGrain}) => !isGrain)?.top;
  const offers = [
    {value: null, label: "as many as can be told apart"},
    ...[3, 5, 10, 25, 50].map((value) => ({value, label: `the first ${value} and others`})),
    {value: "all", label: "all"}
  ];
  return menuChip({
    id: "chip-top",
    label: "How many",
    text: asked.top === "all" ? "all of them" : usual ? `the first ${usual} and others` : "all of them",
    panel: (close) => choices(offers, {value: asked.top, onPick: (top) => change({top}, close)})
  });
}
