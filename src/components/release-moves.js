/** Why sales lines differ from release to release, in the order told: its colour, faint with a border where
 * a sibling has the same hue. */
export const reasons = [
  {reason: "new rows", color: "--c3"},
  {reason: "late rows", color: "--c3", isLight: true},
  {reason: "changed rows", color: "--c4"},
  {reason: "deleted rows", color: "--other"},
  {reason: "corrections", color: "--c1"},
  {reason: "rule changes", color: "--c5"},
  {reason: "newly refused", color: "--c2"},
  {reason: "taken in again", color: "--c2", isLight: true},
  {reason: "definition changes", color: "--c5", isLight: true},
  {reason: "not compared", color: "--other", isLight: true},
  {reason: "unexplained", color: "--bad"}
];

/**
 * What moved between two of the releases of `releases.json`, `from` the older one: every measure with its values
 * in all releases, oldest first, and the reasons' parts summed over the steps, which sum to the change; of the tables, the rules and the
 * checks what the steps tell. What no step can tell (an object of an old release is gone) is the part `not compared`.
 */
export function movesBetween({measures, releases}, from, to) {
  const place = (id) => releases.findIndex((one) => one.id === id);
  const all = releases.toReversed();
  const [first, last] = [all.at(-1 - place(from)), all.at(-1 - place(to))];
  const steps = all.slice(all.indexOf(first) + 1, all.indexOf(last) + 1);
  const told = steps.filter(({step}) => !step.isLost);
  const unordered = (list) => [...new Set(list)].sort();
  return {
    from: first,
    to: last,
    steps,
    lost: steps.filter(({step}) => step.isLost),
    measures: measures.map((measure) => measureBetween(measure, {all, first, last, steps, told})),
    tables: tablesBetween(told),
    rules: unordered(told.flatMap(({step}) => step.rules)),
    checks: checksBetween(told)
  };
}

/** Of nothing a sum is null, which counts as none; what a release does not know at all has no change. */
function measureBetween(measure, {all, first, last, steps, told}) {
  const {name, kind} = measure;
  const values = all.map((release) => release.values[name] ?? null);
  const [before, after] = [first, last].map((release) => release.values[name] ?? null);
  const isKnown = [first, last].every((release) => name in release.values);
  const isNone = kind === "ratio" && (before === null || after === null);
  if (kind === "extreme" || !isKnown || isNone)
    return {...measure, values, before, after, change: null, parts: [], hasMoved: before !== after};
  const {add, subtract, isNothing} = kind === "ratio" ? floats : decimals;
  const change = subtract(after ?? "0", before ?? "0");
  const sums = new Map();
  for (const {step} of told)
    for (const {reason, change} of step.parts[name] ?? [])
      sums.set(reason, add(sums.get(reason) ?? "0", change));
  const rest = [...sums.values()].reduce(subtract, change);
  if (!isNothing(rest)) sums.set(told.length < steps.length ? "not compared" : "unexplained", rest);
  const parts = reasons.flatMap(({reason}) => {
    const part = sums.get(reason);
    return part === undefined || isNothing(part) ? [] : [{reason, change: part}];
  });
  return {...measure, values, before, after, change, parts, hasMoved: !isNothing(change) || parts.length > 0};
}

/** Decimal texts to the cent, exactly; shares of what they are, to where digits mean something. */
const decimals = {
  add: (a, b) => fromCents(toCents(a) + toCents(b)),
  subtract: (a, b) => fromCents(toCents(a) - toCents(b)),
  isNothing: (text) => toCents(text) === 0n
};
const floats = {
  add: (a, b) => String(Number(a) + Number(b)),
  subtract: (a, b) => String(Number(a) - Number(b)),
  isNothing: (text) => Math.abs(Number(text)) < 1e-10
};

function toCents(text) {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  return BigInt(`${sign}${whole}${fraction.slice(0, 2).padEnd(2, "0")}`);
}

function fromCents(cents) {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** How much of its size before a change is; without a size before, more than any share. */
export function relativeChange({before, change}) {
  if (change === null) return 0;
  return Math.abs(Number(change)) / Math.abs(Number(before ?? 0));
}

/** Rows that came, went and changed, summed over the steps: a row that came and went again counts as both. */
function tablesBetween(told) {
  const names = [...new Set(told.flatMap(({step}) => step.tables.map(({table}) => table)))];
  return names
    .map((name) => {
      const found = told.flatMap(({id, step}) =>
        step.tables.filter(({table}) => table === name).map((one) => ({...one, release: id}))
      );
      const sum = (key) => found.reduce((total, one) => total + one[key], 0);
      return {
        table: name,
        before: found[0].before,
        after: found.at(-1).after,
        added: sum("added"),
        removed: sum("removed"),
        changed: sum("changed"),
        steps: found.filter((one) => one.samples.length)
      };
    })
    .filter(({steps}) => steps.length);
}

/** The checks that end otherwise than they began. */
function checksBetween(told) {
  const found = new Map();
  for (const {step} of told)
    for (const {name, before, after} of step.checks)
      found.set(name, {name, before: found.has(name) ? found.get(name).before : before, after});
  return [...found.values()].filter(({before, after}) => before !== after);
}
