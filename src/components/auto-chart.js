import {heat, histogram, hues, overTime, ranked, scatter} from "./auto-chart-marks.js";
import {isDated, isNumeric} from "./result-table.js";

/** The kinds of chart a reader chooses from, in the order they are offered. */
export const kinds = {
  bars: "Bars over time",
  line: "Line over time",
  ranked: "Ranked bars",
  heat: "Heat map",
  scatter: "Scatter",
  histogram: "Histogram"
};

/**
 * The chart of a result, or null: of the kind that is asked for, else of the one its shape suggests: day or year and
 * number → bars or a line, one series for each of up to six texts; text and number → horizontal bars of the 20 largest.
 */
export function autoChart(result, {width, kind = suggestedKind(result)}) {
  const shape = kind && shapesOf(result)[kind];
  if (!shape) return null;
  if (kind === "bars" || kind === "line") return overTime(result, shape, width, kind === "bars");
  return {ranked, scatter, histogram, heat}[kind](result, shape, width);
}

/** The kinds that a result can be drawn as. */
export function possibleKinds(result) {
  const shapes = shapesOf(result);
  return Object.keys(kinds).filter((kind) => shapes[kind]);
}

/** The kind that its shape suggests, or undefined where a table says it better. */
export function suggestedKind({columns, rows}) {
  const shapes = shapesOf({columns, rows});
  if (shapes.bars) {
    const {time, number, series = []} = shapes.bars;
    if (time > number) return undefined;
    const steps = new Set(rows.map((row) => row[time])).size;
    const isBars = steps <= 60 && steps > 1 && !(series.length > 1 && rows.some((row) => row[number] < 0));
    return isBars ? "bars" : "line";
  }
  const {time, text, number} = shapes;
  if (shapes.ranked) return time >= 0 && time < number ? undefined : text < number ? "ranked" : undefined;
  if (text >= 0 || time >= 0) return undefined;
  return shapes.scatter && rows.length >= 5 ? "scatter" : undefined;
}

/** What each kind would draw of which columns, by kind, with the columns themselves; none where it cannot. */
function shapesOf({columns, rows}) {
  if (rows.length < 2) return {};
  const indexes = (test) => columns.flatMap((column, index) => (test(column, index) ? [index] : []));
  const isOrdinal = ({name, type}) =>
    /int/i.test(type) && isNumeric(type) && /(^|_)(year|month|quarter|week|day|days|since|hour)$/i.test(name);
  const [time = -1] = [...indexes(({type}) => isDated(type)), ...indexes(isOrdinal)];
  const isKey = ({name}) => /(^|_)(key|id|row)$/i.test(name);
  const numbers = indexes(
    (column, index) => index !== time && isNumeric(column.type) && !isOrdinal(column) && !isKey(column)
  );
  const texts = indexes(({type}) => /^(varchar|utf8|enum|bool)/i.test(type));
  const shapes = {time, text: texts[0] ?? -1, number: numbers[0] ?? -1};
  if (!numbers.length) return shapes;
  const [number] = numbers;
  const overTime = time >= 0 ? timeShape(rows, time, number, texts[0]) : null;
  const pair = pairOf(
    rows,
    [time, ...texts].filter((index) => index >= 0)
  );
  return {
    ...shapes,
    bars: overTime,
    line: overTime,
    ranked: texts.length ? rankedShape(rows, texts, number) : null,
    scatter: numbers.length > 1 ? {numbers, text: texts[0] ?? -1} : null,
    histogram: {number},
    heat: pair && {pair, number}
  };
}

function timeShape(rows, time, number, text = -1) {
  const series = text < 0 ? [] : [...new Set(rows.map((row) => row[text]))];
  const points = new Set(rows.map((row) => JSON.stringify([row[time], series.length ? row[text] : ""])));
  if (points.size < rows.length || series.length > hues.length) return null;
  return {time, number, text: series.length ? text : undefined, series};
}

/** A text of which no two rows have the same. */
function rankedShape(rows, texts, number) {
  const text = texts.find((index) => new Set(rows.map((row) => row[index])).size === rows.length);
  return text === undefined ? null : {text, number};
}

/** Two columns that tell the rows apart and have few members each: the one with more goes across. */
function pairOf(rows, columns) {
  if (columns.length < 2) return null;
  const size = (index) => new Set(rows.map((row) => row[index])).size;
  const pair = columns.slice(0, 2).toSorted((a, b) => size(b) - size(a));
  const [across, down] = pair;
  const cells = new Set(rows.map((row) => JSON.stringify([row[across], row[down]])));
  const isFit = cells.size === rows.length && size(across) <= 120 && size(down) <= 40 && size(down) > 1;
  return isFit ? pair : null;
}
