import {html, svg} from "htl";
import {date, exact, month, monthName, percent, span, tick, tickRoom} from "./format.js";
import {hatch} from "./hatch.js";
import {rangeText} from "./crossfilter-view.js";
import {askable} from "./why-button.js";

const top = 8;
const bottom = 28;
const left = tickRoom;
const right = 8;

/**
 * Bars over time or of a number, in front of those of all sales, with a brush that takes whole bars. It is no plot of
 * vgplot, which makes a plot anew at each step, must be loaded before the first chart, and keeps a finger on its brush
 * from scrolling the page. `onBrush(bins, {isFinished})` gets `[first, last]` or null, `onCancel()` undoes what is not
 * finished; `onEnter()` is called when a pointer or the focus comes; `markOf(bin)` is what a
 * right click or a long press asks of, or null. Answers
 * `{node, resize(width), draw(state)}`; the state is `{totals, values, lines, bins, isOdd, label}`: sums by bar of all
 * sales and of the selection, the brushed bars, whether a range cuts a bar, the measure's name.
 */
export function Histogram(chart, {height = 220, onBrush, onCancel, onEnter, markOf}) {
  const count = chart.bins.length;
  const {mark, fill} = hatch();
  const node = svg`<svg class="cf-histogram" role="img" height=${height}></svg>`;
  const bars = chart.bins.map(({isPartial}) => ({
    total: svg`<rect class="cf-total"></rect>`,
    value: svg`<rect class="cf-value" style=${isPartial ? `fill:${fill}` : null}></rect>`
  }));
  const shade = svg`<rect class="cf-brush" y=${top} height=${height - top - bottom} visibility="hidden"></rect>`;
  const cover = svg`<rect class="cf-cover" data-tip="" x=${left} y=${top} height=${height - top - bottom}></rect>`;
  const [grid, axis] = [svg`<g class="cf-grid-lines"></g>`, svg`<g class="cf-axis"></g>`];
  const zero = svg`<line class="cf-zero"></line>`;
  node.append(
    mark(),
    grid,
    ...bars.map(({total}) => total),
    ...bars.map(({value}) => value),
    zero,
    shade,
    axis,
    cover
  );
  let width = 0;
  let state = null;
  let domain = null;
  listen();
  return {node, resize, draw};

  function resize(next) {
    width = next;
    domain = null;
    node.setAttribute("width", width);
    node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    cover.setAttribute("width", Math.max(0, width - left - right));
    axis.replaceChildren(...ticksOf(chart, width).map(tickMark));
    if (state) draw(state);
  }

  function draw(next) {
    state = next;
    if (!width) return;
    place(domainOf(state));
    const room = (width - left - right) / count;
    for (let n = 0; n < count; n++) {
      const isOut = state.bins && (n < state.bins[0] || n > state.bins[1]);
      stand(bars[n].total, n, room, state.totals[n]);
      stand(bars[n].value, n, room, state.values[n]);
      bars[n].value.classList.toggle("is-out", Boolean(isOut));
    }
    shadeBins(room);
    const picked = state.range ? `, ${rangeText(state.range, chart)} chosen` : "";
    node.setAttribute("aria-label", `${state.label} by ${chart.label.toLowerCase()}, ${count} bars${picked}`);
  }

  function stand(rect, n, room, value) {
    const gap = room > 6 ? 1 : 0;
    const [low, high] = value < 0 ? [y(0), y(value)] : [y(value), y(0)];
    rect.setAttribute("x", left + n * room + gap / 2);
    rect.setAttribute("width", Math.max(0.5, room - gap));
    rect.setAttribute("y", low);
    rect.setAttribute("height", Math.max(0, high - low));
  }

  function shadeBins(room) {
    shade.setAttribute("visibility", state.bins ? "visible" : "hidden");
    if (!state.bins) return;
    const [first, last] = state.bins;
    shade.setAttribute("x", left + first * room);
    shade.setAttribute("width", (last - first + 1) * room);
    shade.classList.toggle("is-odd", Boolean(state.isOdd));
  }

  /** The vertical scale is that of all sales, and grows only where a selection goes beyond it. */
  function domainOf({totals, values}) {
    const least = Math.min(0, ...totals, ...values);
    const greatest = Math.max(0, ...totals, ...values);
    return least === 0 && greatest === 0 ? [0, 1] : [least, greatest];
  }

  function place(next) {
    if (domain && next[0] === domain[0] && next[1] === domain[1]) return;
    domain = next;
    const ticks = levels(domain).map((value) => ({value, at: y(value)}));
    grid.replaceChildren(
      ...ticks.flatMap(({value, at}) => [
        svg`<line x1=${left} x2=${width - right} y1=${at} y2=${at}></line>`,
        svg`<text x=${left - 8} y=${at} dy="0.32em" text-anchor="end">${tick(value)}</text>`
      ])
    );
    for (const [name, value] of Object.entries({x1: left, x2: width - right, y1: y(0), y2: y(0)}))
      zero.setAttribute(name, value);
  }

  function y(value) {
    const [low, high] = domain;
    return top + ((high - value) / (high - low)) * (height - top - bottom);
  }

  function tickMark({at, text, anchor = "middle", isStrong}) {
    const x = left + (at / count) * (width - left - right);
    if (x + 40 > width)
      return svg`<text x=${width} y=${height - bottom + 18} text-anchor="end" class=${isStrong ? "is-strong" : null}>${text}</text>`;
    return svg`<text x=${x} y=${height - bottom + 18} text-anchor=${anchor} class=${isStrong ? "is-strong" : null}>${text}</text>`;
  }

  function listen() {
    let began = null;
    const binAt = (event) => {
      const box = node.getBoundingClientRect();
      const share = (event.clientX - box.left - left) / (box.width - left - right);
      return Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    };
    const edgeAt = (event) => {
      if (!state?.bins) return null;
      const box = node.getBoundingClientRect();
      const room = (box.width - left - right) / count;
      const at = event.clientX - box.left - left;
      const near = state.bins.map((bin, n) => Math.abs(at - (bin + n) * room));
      const reach = event.pointerType === "touch" ? 20 : 6;
      if (Math.min(...near) > reach) return null;
      return near[0] < near[1] ? "first" : "last";
    };
    node.addEventListener("pointerenter", onEnter);
    askable(cover, (event) => {
      if (began?.isDrag) return null;
      const mark = markOf(binAt(event));
      if (mark) began = null;
      return mark;
    });
    cover.addEventListener("pointermove", (event) => {
      const bin = binAt(event);
      cover.dataset.tip = began ? "" : told(chart, state, bin);
      cover.style.cursor = edgeAt(event) ? "ew-resize" : inside(bin, state?.bins) ? "grab" : "crosshair";
      if (!began || bin === began.last) return;
      began.last = bin;
      began.isDrag = true;
      onBrush((began.shown = moved(began, bin, count)), {isFinished: false});
    });
    cover.addEventListener("pointerdown", (event) => {
      if (event.button || !state) return;
      if (event.pointerType === "mouse") event.preventDefault();
      const bin = binAt(event);
      const edge = edgeAt(event);
      const isMove = !edge && inside(bin, state.bins) && state.bins[1] > state.bins[0];
      began = {bin, last: bin, edge, bins: state.bins, how: edge ?? (isMove ? "move" : "new"), isDrag: false};
      cover.setPointerCapture(event.pointerId);
    });
    cover.addEventListener("pointerup", (event) => {
      if (!began) return;
      const {bin, isDrag, shown, bins} = began;
      began = null;
      if (isDrag) return onBrush(shown, {isFinished: true});
      if (event.pointerType === "touch" && edgeAt(event) && bins) return;
      const isSame = bins && bins[0] === bin && bins[1] === bin;
      onBrush(isSame ? null : [bin, bin], {isFinished: true});
    });
    cover.addEventListener("pointercancel", () => {
      if (began?.isDrag) onCancel();
      began = null;
    });
  }
}

/** Where a drag takes the brush: a new one, one moved as a whole, or one with an edge moved. */
export function moved({bin, bins, how}, now, count) {
  if (how === "new") return now < bin ? [now, bin] : [bin, now];
  const [first, last] = bins;
  if (how === "first") return now <= last ? [now, last] : [last, now];
  if (how === "last") return now >= first ? [first, now] : [now, first];
  const by = Math.max(-first, Math.min(count - 1 - last, now - bin));
  return [first + by, last + by];
}

function inside(bin, bins) {
  return Boolean(bins) && bin >= bins[0] && bin <= bins[1];
}

/** The name of one bar. */
export function binText(chart, n) {
  const bin = chart.bins[n];
  if (chart.kind !== "time") return rangeText(bin, chart);
  if (chart.grain === "day") return date(bin.from);
  if (bin.isPartial) return span(bin.from, bin.to);
  return chart.grain === "month" ? month(bin.from) : bin.from.slice(0, 4);
}

function told(chart, state, n) {
  if (!state) return "";
  const {totals, values, lines, label} = state;
  const share = totals[n] > 0 && values[n] >= 0 ? `, ${percent(values[n] / totals[n])} of all` : "";
  return [
    `${binText(chart, n)}${chart.bins[n].isPartial ? " (not complete)" : ""}`,
    `${label} ${exact(values[n])}${share}`,
    `All sales ${exact(totals[n])}`,
    `${exact(lines[n] ?? 0)} lines`
  ].join("\n");
}

/** At most six levels of a vertical scale. */
function levels([low, high]) {
  const wanted = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].find((one) => one * power >= wanted) * power;
  const marks = [];
  for (let n = Math.ceil(low / step); n * step <= high && marks.length < 6; n++) marks.push(n * step);
  return marks;
}

function ticksOf(chart, width) {
  const most = Math.max(2, Math.min(6, Math.floor((width - left - right) / 64)));
  return chart.kind === "time" ? timeTicks(chart, most) : numberTicks(chart, most);
}

function numberTicks({bins, format}, most) {
  const every = Math.ceil((bins.length + 1) / most);
  const ticks = [];
  for (let n = 1; n < bins.length; n += every) {
    const value = bins[n].from;
    ticks.push({at: n, text: format === "percent" ? percent(value, 0) : tick(value)});
  }
  return ticks;
}

/** Years where there are several, else the first bars of equal steps. */
function timeTicks({bins, grain}, most) {
  const years = bins.flatMap(({from}, n) =>
    from.slice(5) === "01-01" || (grain === "month" && from.slice(5, 7) === "01")
      ? [{at: n, text: from.slice(0, 4), isStrong: true, anchor: "start"}]
      : []
  );
  if (grain === "year" || years.length > 2) {
    const every = Math.ceil(years.length / most);
    return years.filter((_, n) => n % every === 0);
  }
  const every = Math.ceil(bins.length / most);
  return bins.flatMap(({from}, n) =>
    n % every
      ? []
      : [
          {
            at: n,
            anchor: "start",
            text: grain === "day" ? `${Number(from.slice(8))} ${monthName(from)}` : month(from)
          }
        ]
  );
}

/** A histogram's numbers as a table, whose first column chooses one bar. */
export function binTable(chart, {onPick}) {
  const rows = chart.bins.map((_, n) => {
    const name = html`<button class="link" aria-pressed="false" onclick=${() => onPick(n)}>
      ${binText(chart, n)}
    </button>`;
    const cells = [
      html`<td class="number"></td>`,
      html`<td class="number"></td>`,
      html`<td class="number"></td>`
    ];
    return {
      name,
      cells,
      row: html`<tr>
        <th scope="row">${name}</th>
        ${cells}
      </tr>`
    };
  });
  const measure = html`<th scope="col" class="number"></th>`;
  const node = html`<div
    class="table-scroll"
    tabindex="0"
    role="region"
    aria-label=${`${chart.label} as a table`}
  >
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${chart.label}</th>
          ${measure}
          <th scope="col" class="number">All sales</th>
          <th scope="col" class="number">Lines</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({row}) => row)}
      </tbody>
    </table>
  </div>`;
  return {
    node,
    draw({totals, values, lines, bins, label}) {
      measure.textContent = label;
      rows.forEach(({name, cells}, n) => {
        name.setAttribute("aria-pressed", String(inside(n, bins)));
        [values, totals, lines].forEach((column, at) => (cells[at].textContent = exact(column[n] ?? 0)));
      });
    }
  };
}
