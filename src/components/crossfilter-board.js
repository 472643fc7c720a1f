import {html} from "htl";
import {openDatabase} from "./database.js";
import {rememberFocus} from "./focus.js";
import {counted, date, exact, list} from "./format.js";
import {dimensions as dashboardDimensions, toggled, watchSearch} from "./question.js";
import {CrossfilterChips} from "./crossfilter-chips.js";
import {binsOf, openCrossfilter} from "./crossfilter-engine.js";
import {standsOut} from "./crossfilter-finding.js";
import {definitionsOf, measuresOf} from "./crossfilter-frame.js";
import {binTable, binText, Histogram} from "./crossfilter-histogram.js";
import {markOf} from "./crossfilter-mark.js";
import {Members} from "./crossfilter-members.js";
import {RangeInputs} from "./crossfilter-range.js";
import {
  dashboardSearch,
  isFiltered,
  memberText,
  questionSearch,
  readView,
  refusedSentence,
  searchOf,
  unfiltered,
  viewSql,
  withMembers,
  withRange
} from "./crossfilter-view.js";
import {withUnit} from "./shop.js";

/** The page's cards, linked: what one of them chooses filters all others. The page's address holds the whole view. */
export function crossfilterBoard({frame, definitions: whole}) {
  const definitions = definitionsOf(whole, frame);
  const measures = measuresOf(definitions);
  const cards = frame.charts.map((chart) => cardOf(chart));
  const [chips, note, finding] = ["chips-slot", "cf-note", "cf-finding"].map(
    (name) => html`<div class=${name}></div>`
  );
  const select = html`<select id="cf-measure" onchange=${() => go({...view, measure: select.value})}>
    ${measures.map(({name, label}) => html`<option value=${name}>${label}</option>`)}
  </select>`;
  const links = html`<span class="cf-links"></span>`;
  const sums = {text: "", row: null};
  let engine = null;
  let known = () => undefined;
  let view = read();
  let summed = null;
  let failure = null;
  let near = null;
  let began = null;
  let isDrawn = true;

  const node = html`<div class="crossfilter" aria-busy="true">
    <div class="cf-head"><label class="labelled">Measure ${select}</label>${links}</div>
    ${chips}${note} ${frame.newest ? html`<p class="cf-newest">${newestWords(frame)}</p>` : null}
    <div class="cf-cards">${cards.map(({node}) => node)}</div>
    ${frame.single.length ? html`<p class="small-print">Not drawn, since all lines agree: ${list(frame.single.map(({label, member}) => `${label} ${memberText(member)}`))}.</p>` : null}
  </div>`;
  note.after(finding);
  show();
  watchSearch(follow);
  start();
  return node;

  async function start() {
    try {
      engine = await openCrossfilter(frame, whole, {onSums: take, onIdle: idle});
      known = (name) => engine.membersOf(name);
      view = read();
      await ask();
    } catch (error) {
      fail(error);
    }
    show();
  }

  /** Every chart of the view, from the lines; they are dim meanwhile, and where the measure changed these are made anew. */
  async function ask() {
    const asked = view;
    node.setAttribute("aria-busy", "true");
    if (asked.measure !== summed) {
      summed = asked.measure;
      await engine.setMeasure(asked.measure);
    }
    await engine.show(asked);
    if (asked === view) node.removeAttribute("aria-busy");
  }

  function read() {
    return readView(location.search, {frame, definitions, membersOf: (name) => known(name)});
  }

  function follow() {
    const next = read();
    if (
      searchOf(next, definitions) === searchOf(view, definitions) &&
      next.refused.join() === view.refused.join()
    )
      return;
    const moved = changed(view, next);
    view = next;
    show();
    if (summed === null || (moved && engine.move(moved, view))) return;
    ask().catch(fail);
  }

  /** Prepares for a change of the chart that has the pointer or the focus. */
  function expect(name) {
    near = name;
    if (summed !== null) engine.expect(name, view).catch(fail);
  }

  /** Goes to a view, as a new entry of the browser's history. */
  function go(next) {
    const search = searchOf(next, definitions);
    if (search === searchOf(view, definitions)) return;
    rememberFocus();
    history.pushState(null, "", search || location.pathname);
    window.dispatchEvent(new Event("question"));
  }

  function fail(error) {
    failure = error;
    node.removeAttribute("aria-busy");
    show();
  }

  function show() {
    select.value = view.measure;
    showNote();
    showLinks();
    addUp();
    for (const card of cards) card.draw();
  }

  function showNote() {
    const words = [
      view.refused.length ? refusedSentence(view.refused) : null,
      failure
        ? `Filtering is off: ${failure.message}.${isFiltered(view) ? " The charts show all sales." : ""}`
        : null
    ].filter(Boolean);
    note.replaceChildren(...words.map((text) => html`<p class="cf-warning" role="alert">${text}</p>`));
  }

  function showLinks() {
    const sql = viewSql(view, {frame, definitions});
    const question = questionSearch(view, frame);
    const dashboard = dashboardSearch(view, frame, dashboardDimensions);
    links.replaceChildren(
      html`<a href=${`./sql?q=${encodeURIComponent(sql)}`}>Open in SQL</a>`,
      question === null ? "" : html`<a href=${`./question${question}`}>Open as a question</a>`,
      dashboard === null
        ? ""
        : html`<a href=${`../dashboards/sales${dashboard}`}>Open on the sales dashboard</a>`,
      html`<a href=${`./profile?table=${whole.relation}`}>Profile of all sales lines</a>`
    );
  }

  /** The exact sums of the view, by the same SQL that the SQL page opens. */
  async function addUp() {
    const sql = viewSql(view, {frame, definitions});
    if (sums.text === sql) return showChips();
    sums.text = sql;
    sums.row = null;
    if (!isFiltered(view) && frame.sums[view.measure] !== undefined) sums.row = frame.sums;
    showChips();
    if (sums.row || failure) return;
    const database = await openDatabase().catch(() => null);
    const answer = await database?.run(sql).catch((error) => sums.text === sql && fail(error));
    if (!answer || sums.text !== sql) return;
    sums.row = Object.fromEntries(answer.columns.map(({name}, n) => [name, answer.rows[0][n] ?? 0]));
    showChips();
  }

  function showChips() {
    const names = [...new Set(["revenue", "orders", view.measure])];
    const shown = definitions.measures.filter(({name}) => names.includes(name));
    const onReset = () => go({...view, ...unfiltered});
    if (failure && !sums.row) return chips.replaceChildren();
    chips.replaceChildren(
      CrossfilterChips(view, {frame, sums: sums.row, measures: shown, onChange: go, onReset})
    );
    finding.replaceChildren(html`<p class="sentence">${emptyText() ?? standsOut(view, cards, label())}</p>`);
  }

  function emptyText() {
    if (!sums.row || Number(sums.row.lines)) return null;
    return "No sales line is left. Remove a filter.";
  }

  function label() {
    return measure().label;
  }

  function measure() {
    return measures.find(({name}) => name === view.measure);
  }

  function take(name, {keys, values, lines}, isTotal) {
    cards.find(({chart}) => chart.name === name).take({keys, values, lines}, isTotal);
    if (isDrawn) requestAnimationFrame(paint);
    isDrawn = false;
  }

  function paint() {
    isDrawn = true;
    for (const card of cards) if (card.isStale) card.draw();
  }

  /** Every chart has its sums: they are drawn in this frame, and how long that took is told to whoever measures. */
  function idle() {
    const since = began;
    began = null;
    requestAnimationFrame(() => {
      paint();
      if (!began) rest();
      if (since !== null) setTimeout(() => performance.measure("crossfilter", {start: since}));
    });
  }

  function rest() {
    node.dataset.settled = searchOf(view, definitions) || "?";
    node.removeAttribute("aria-busy");
    for (const card of cards) card.rest();
    if (near) expect(near);
    finding.replaceChildren(html`<p class="sentence">${emptyText() ?? standsOut(view, cards, label())}</p>`);
  }

  function brushed(chart, bins, {isFinished}) {
    const range = bins && {from: chart.bins[bins[0]].from, to: chart.bins[bins[1]].to};
    const next = withRange(view, chart.name, range);
    if (isFinished) {
      began = null;
      return go(next);
    }
    began ??= window.event?.timeStamp ?? performance.now();
    if (summed !== null) engine.move(chart.name, next);
  }

  function picked(chart, member, event) {
    const chosen = view.members[chart.name] ? {[chart.name]: view.members[chart.name]} : {};
    const adds = event.shiftKey || event.metaKey || event.ctrlKey;
    go(withMembers(view, chart.name, toggled(chosen, chart.name, member, {adds})[chart.name] ?? []));
  }

  function memberMark(chart, member) {
    const mark = markOf(view, frame, {name: chart.name, member});
    return mark && {...mark, onFilter: () => go(withMembers(view, chart.name, [member]))};
  }

  function dayMark(chart, bin) {
    const {from, to} = chart.bins[bin];
    const days = {from, to};
    const mark = markOf(view, frame, {days, title: binText(chart, bin)});
    return mark && {...mark, onFilter: () => go(withRange(view, chart.name, days))};
  }

  function cardOf(chart) {
    return chart.kind === "members" ? membersCard(chart) : binsCard(chart);
  }

  function binsCard(chart) {
    const state = {totals: chart.values, values: chart.values, lines: chart.lines};
    let dragged;
    let unknown = chart.unknown;
    const onEnter = () => expect(chart.name);
    const onBrush = (bins, how) => {
      dragged = how.isFinished ? undefined : bins;
      brushed(chart, bins, how);
      drawHistogram();
    };
    const onCancel = () => {
      dragged = undefined;
      drawHistogram();
      if (summed !== null) engine.show(view).catch(fail);
    };
    const histogram = Histogram(chart, {
      height: chart.kind === "time" ? 200 : window.innerWidth <= 640 ? 220 : 288,
      onBrush,
      onCancel,
      onEnter,
      markOf: (bin) => (chart.kind === "time" ? dayMark(chart, bin) : null)
    });
    const inputs = RangeInputs(chart, {onChange: (range) => go(withRange(view, chart.name, range)), onEnter});
    const rows = binTable(chart, {
      onPick: (n) => onBrush(sameBin(n) ? null : [n, n], {isFinished: true})
    });
    const details = html`<details class="card-table">
      <summary>As a table</summary>
      ${rows.node}
    </details>`;
    details.addEventListener("toggle", () => rows.draw(look()));
    const aside = html`<p class="small-print cf-unknown"></p>`;
    const card = shell(chart, {
      body: histogram.node,
      foot: [html`<div class="cf-foot">${inputs.node}${aside}${details}</div>`]
    });
    new ResizeObserver(
      ([{contentRect}]) => contentRect.width && histogram.resize(Math.floor(contentRect.width))
    ).observe(card.body);
    return {chart, node: card.node, isStale: false, take, draw, rest, shares: () => []};

    function look() {
      const range = view.ranges[chart.name] ?? null;
      const [low, high] = [0, chart.bins.length - 1];
      const whole = range && binsOf(range, chart.bins);
      const bins =
        dragged ??
        (range ? (whole ?? touched(range, chart).map((n) => Math.max(low, Math.min(high, n)))) : null);
      return {...state, bins, range, isOdd: dragged === undefined && range && !whole, label: label()};
    }
    function sameBin(n) {
      const {bins} = look();
      return bins !== null && bins[0] === n && bins[1] === n;
    }
    function drawHistogram() {
      histogram.draw(look());
    }
    function take({keys, values, lines}, isTotal) {
      const [all, counts] = [new Array(chart.bins.length).fill(0), new Array(chart.bins.length).fill(0)];
      unknown = {value: 0, lines: 0};
      keys.forEach((key, n) => {
        if (key === null) unknown = {value: values[n], lines: lines[n]};
        else [all[key], counts[key]] = [values[n], lines[n]];
      });
      if (isTotal) state.totals = all;
      Object.assign(state, {values: all, lines: counts});
      this.isStale = true;
    }
    function draw() {
      this.isStale = false;
      drawHistogram();
      inputs.draw(view.ranges[chart.name]);
      card.subtitle(`${withUnit(measure())} · ${subtitleOf(chart)}`);
    }
    function rest() {
      aside.textContent = unknown.lines ? unknownText(chart, unknown) : "";
      if (details.open) rows.draw(look());
    }
  }

  function membersCard(chart) {
    const mapOf = (column, members = chart.members) =>
      new Map(members.map((member, n) => [member, column[n]]));
    const none = [];
    const state = {
      members: chart.members,
      totals: mapOf(chart.values),
      values: mapOf(chart.values),
      lines: mapOf(chart.lines)
    };
    const onEnter = () => expect(chart.name);
    const members = Members(chart, {
      onPick: (member, event) => picked(chart, member, event),
      onEnter,
      markOf: (member) => memberMark(chart, member)
    });
    const card = shell(chart, {body: members.node, foot: []});
    return {chart, node: card.node, isStale: false, take, draw, rest() {}, shares};

    function take({keys, values, lines}, isTotal) {
      if (isTotal) {
        state.totals = mapOf(values, keys);
        const listed = new Set(chart.members);
        const others = keys.filter((key) => !listed.has(key));
        if (others.length) {
          const bySize = (a, b) => state.totals.get(b) - state.totals.get(a);
          state.members = [...chart.members, ...others.sort(bySize)];
        }
      }
      state.values = mapOf(values, keys);
      state.lines = mapOf(lines, keys);
      this.isStale = true;
    }
    function draw() {
      this.isStale = false;
      members.draw({...state, chosen: view.members[chart.name] ?? none, label: label()});
      card.subtitle(`${withUnit(measure())} · ${subtitleOf(chart)}`);
    }
    function shares() {
      return view.members[chart.name]
        ? []
        : [...state.totals].map(([member, total]) => ({member, total, value: state.values.get(member) ?? 0}));
    }
  }
}

function newestWords({lines, first, newest}) {
  return `The newest ${exact(lines)} of ${counted(newest.of, "sales line")}, since ${date(first)}: a browser filters no more of them without a wait. The other pages are of all.`;
}

/** The one chart whose choice is all that two views differ by, or null. */
function changed(one, other) {
  if (one.measure !== other.measure) return null;
  const names = new Set(
    [one, other].flatMap(({ranges, members}) => [...Object.keys(ranges), ...Object.keys(members)])
  );
  const differ = [...names].filter((name) => {
    const [left, right] = [one, other].map(({ranges, members}) =>
      JSON.stringify(ranges[name] ?? members[name] ?? null)
    );
    return left !== right;
  });
  return differ.length === 1 ? differ[0] : null;
}

function shell(chart, {body, foot}) {
  const subtitle = html`<p class="card-subtitle"></p>`;
  const place = html`<div class="cf-body">${body}</div>`;
  const node = html`<section
    class=${`card cf-card is-${chart.kind} ${chart.size <= 4 ? "is-short" : ""}`}
    data-chart=${chart.name}
    aria-label=${chart.label}
  >
    <header class="cf-card-head">
      <h2>${withUnit(chart)}</h2>
      ${subtitle}
    </header>
    ${place}${foot}
  </section>`;
  return {
    node,
    body: place,
    subtitle: (text) => subtitle.textContent !== text && (subtitle.textContent = text)
  };
}

function subtitleOf(chart) {
  if (chart.kind === "time") return `by ${chart.grain} · drag to choose days`;
  return chart.kind === "number" ? "drag to choose a range" : counted(chart.size, "member");
}

/** The bars that a range cuts or holds. */
function touched({from, to}, {kind, bins}) {
  const isAfter = (bin) =>
    from === null || (kind === "time" ? bin.to >= from : bin.to === null || bin.to > from);
  const isBefore = (bin) =>
    to === null || bin.from === null || (kind === "time" ? bin.from <= to : bin.from < to);
  const first = bins.findIndex(isAfter);
  return [first < 0 ? bins.length - 1 : first, Math.max(0, bins.findLastIndex(isBefore))].sort(
    (a, b) => a - b
  );
}

function unknownText(chart, {lines}) {
  return chart.kind === "time"
    ? `${counted(lines, "line")} without a day ${lines === 1 ? "is" : "are"} in no bar.`
    : `${counted(lines, "line")} without this number ${lines === 1 ? "is" : "are"} in no bar.`;
}
