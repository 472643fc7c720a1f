import {categorical} from "./builder-address.js";
import {bucketName, readPeriod} from "./builder-period.js";
import {weekdays} from "./shop.js";

/**
 * Eight questions to start from, `{text, asked}`, made of the measures, dimensions, members and years there are; fewer
 * where the definitions have less than two dimensions, none where there are no days.
 */
export function examplesOf({definitions, offered}) {
  if (offered.through === null) return [];
  const world = worldOf(definitions, offered);
  const made = makers.map((make) => make(world)).filter(Boolean);
  return unique([...made, ...plainOnes(world)]).slice(0, 8);
}

const makers = [
  ({money, year, ask}) =>
    ask(`${money.label} by month in ${year}, against the year before`, {
      grain: "month",
      period: year,
      vs: "last_year"
    }),
  ({money, product, place, ask}) =>
    product &&
    place &&
    ask(`${money.label} of ${product.member} in ${place.member} against last year`, {
      filters: {[product.name]: [product.member], [place.name]: [place.member]},
      grain: "month",
      vs: "last_year"
    }),
  ({value, coarse, year, ask}) =>
    value &&
    coarse &&
    ask(`How did the ${value.label.toLowerCase()} change by ${coarse.label.toLowerCase()}?`, {
      measures: [value.name],
      by: [coarse.name],
      period: year,
      vs: "last_year"
    }),
  ({count, monthKey, monthName, ask}) =>
    ask(`Is ${monthName} complete? ${count.label} by day`, {
      measures: [count.name],
      grain: "day",
      period: monthKey,
      vs: "last_year"
    }),
  ({margin, fine, ask}) =>
    fine &&
    ask(`Which ${fine.label.toLowerCase()} brings the most ${margin.label.toLowerCase()}? The first ten`, {
      measures: [margin.name],
      by: [fine.name],
      top: 10
    }),
  ({money, week, placed, ask}) =>
    week &&
    placed &&
    ask(`On which weekday does each ${placed.label.toLowerCase()} buy?`, {
      measures: [money.name],
      by: [placed.name, week.name]
    }),
  ({money, coarse, ask}) =>
    coarse &&
    ask(`How did each ${coarse.label.toLowerCase()} move, quarter by quarter?`, {
      measures: [money.name],
      by: [coarse.name],
      grain: "quarter",
      period: "all",
      chart: "stacked"
    }),
  ({rate, coarse, placed, ask}) =>
    rate &&
    coarse &&
    placed &&
    ask(
      `Where is ${rate.label.toLowerCase()} thin, by ${placed.label.toLowerCase()} and ${coarse.label.toLowerCase()}?`,
      {measures: [rate.name], by: [placed.name, coarse.name]}
    )
];

function worldOf(definitions, offered) {
  const {measures} = definitions;
  const dimensions = categorical(definitions).map((one) => ({
    ...one,
    count: offered.members[one.name]?.count ?? 0,
    listed: (offered.members[one.name]?.listed ?? []).filter(
      ({member}) => member !== null && member !== "n/a" && member.length <= 40
    )
  }));
  const find = (format, kind, agg) =>
    measures.find((one) => one.format === format && one.kind === kind && (!agg || agg.includes(one.agg)));
  const money = find("money", "simple", ["sum"]) ?? measures[0];
  const [coarse, fine] = [byCount(dimensions, 2, 8, "product"), byCount(dimensions, 20, Infinity, "product")];
  const [middle, placed] = [
    byCount(dimensions, 5, 60, "product") ?? coarse,
    byCount(dimensions, 2, 60, "place")
  ];
  const monthKey = offered.through.slice(0, 7);
  return {
    dimensions,
    measures,
    money,
    value: find("money", "ratio"),
    rate: find("percent", "ratio"),
    count: find("integer", "simple", ["count_distinct", "count"]) ?? measures[0],
    margin:
      measures
        .filter((one) => one.format === "money" && one.kind === "simple")
        .find(({name}) => /margin|profit/.test(name)) ?? money,
    coarse,
    fine,
    placed,
    week: dimensions.find(
      ({listed}) => listed.length > 2 && listed.every(({member}) => weekdays.includes(member))
    ),
    product: memberOf(middle, 0),
    place: placed === middle ? null : memberOf(placed, 1),
    year: lastYear(offered),
    monthKey,
    monthName: bucketName(`${monthKey}-01`, "month"),
    ask: (text, parts) => ({
      text,
      asked: {
        measures: [money.name],
        by: [],
        grain: null,
        filters: {},
        period: usual(offered),
        vs: null,
        top: null,
        isPivoted: false,
        chart: null,
        ...parts
      }
    })
  };
}

/** A dimension with so many members: of products or of customers, by the words of its description. */
function byCount(dimensions, least, most, what) {
  const words = what === "product" ? /product/i : /countr|region|city|customer/i;
  const fitting = dimensions.filter(
    ({count, listed}) => listed.length >= Math.min(least, 2) && count >= least && count <= most
  );
  return fitting.find(({label, description}) => words.test(`${label} ${description}`)) ?? null;
}

function memberOf(dimension, index) {
  const found = dimension?.listed[index] ?? dimension?.listed[0];
  return found ? {name: dimension.name, member: found.member} : null;
}

/** The last year that is whole, else the one the data end in. */
function lastYear(offered) {
  const year = offered.through.slice(0, 4);
  const isWhole = offered.through.endsWith("-12-31");
  const before = String(Number(year) - 1);
  return isWhole || !readPeriod(before, offered) ? year : before;
}

function usual({periods}) {
  return (periods.find(({period}) => period === "12m") ?? periods[0]).period;
}

function plainOnes({measures, dimensions, ask}) {
  return measures.flatMap((measure) =>
    dimensions.map((dimension) =>
      ask(`${measure.label} by ${dimension.label.toLowerCase()}`, {
        measures: [measure.name],
        by: [dimension.name]
      })
    )
  );
}

function unique(examples) {
  return examples.filter(({text}, index) => examples.findIndex((one) => one.text === text) === index);
}
