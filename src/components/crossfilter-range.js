import {html} from "htl";

/**
 * Two inputs for the ends of a chart's range: days, both within, or numbers, of which the second is not. `onChange(range)`
 * gets `{from, to}` or null. Answers `{node, draw(range)}`.
 */
export function RangeInputs(chart, {onChange, onEnter}) {
  const isTime = chart.kind === "time";
  const scale = chart.format === "percent" ? 100 : 1;
  const [from, to] = [isTime ? "from" : "at least", isTime ? "to" : "under"].map(
    (word, n) =>
      html`<input
        type=${isTime ? "date" : "number"}
        step=${isTime ? null : "any"}
        min=${isTime ? chart.bins[0].from : null}
        max=${isTime ? chart.bins.at(-1).to : null}
        id=${`cf-${chart.name}-${n ? "to" : "from"}`}
        aria-label=${`${chart.label}, ${word}${scale === 100 ? ", in percent" : ""}`}
      />`
  );
  const clear = html`<button type="button" class="link cf-clear" hidden onclick=${() => onChange(null)}>
    Clear
  </button>`;
  const node = html`<form class="cf-range" onchange=${take} onsubmit=${(event) => event.preventDefault()}>
    <label>${isTime ? "From" : "≥"} ${from}</label><label>${isTime ? "to" : "<"} ${to}</label>
    ${scale === 100 ? html`<span>%</span>` : null}${clear}
  </form>`;
  node.addEventListener("focusin", onEnter);
  return {node, draw};

  function draw(range) {
    const shown = range ?? (isTime ? {from: chart.bins[0].from, to: chart.bins.at(-1).to} : {});
    put(from, shown.from);
    put(to, shown.to);
    clear.hidden = !range;
  }

  function put(input, value) {
    if (input !== document.activeElement || input.validity.valid)
      input.value = value === null || value === undefined ? "" : isTime ? value : scaled(value, scale);
  }

  function take() {
    const [low, high] = [from, to].map(({value}) =>
      value === "" ? null : isTime ? value : scaled(Number(value), 1 / scale)
    );
    const isOdd = low !== null && high !== null && (isTime ? low > high : low >= high);
    to.setCustomValidity(isOdd ? `this is before ${from.value}` : "");
    if (isOdd) return to.reportValidity();
    if (low === null && high === null) return onChange(null);
    if (isTime && low === chart.bins[0].from && high === chart.bins.at(-1).to) return onChange(null);
    onChange(
      isTime ? {from: low ?? chart.bins[0].from, to: high ?? chart.bins.at(-1).to} : {from: low, to: high}
    );
  }
}

function scaled(value, by) {
  return Number((value * by).toPrecision(12));
}
