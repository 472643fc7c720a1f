/**
 * What the shop says of itself in `shop.yml`, set in the head of every page: `{name, currency, locale, week}`; `week` is
 * how many days after Monday a week begins.
 */
export const shop = {name: "Assay", currency: null, locale: "en", week: 0, ...globalThis.assayShop};

const names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The weekdays of weeks that begin so many days after Monday. */
export function weekdaysFrom(week) {
  return [...names.slice(week), ...names.slice(0, week)];
}

/** The weekdays in the shop's order. */
export const weekdays = weekdaysFrom(shop.week);

/** The months of a year, all years together. */
export const months =
  "January February March April May June July August September October November December".split(" ");

/** A measure of money with its unit, said once: `Revenue (€)`; without a currency the label alone. */
export function money(label) {
  return shop.currency ? `${label} (${symbol()})` : label;
}

/** The label of a measure with its unit, where it is of money. */
export function withUnit({label, format}) {
  return format === "money" ? money(label) : label;
}

function symbol() {
  const parts = new Intl.NumberFormat(shop.locale, {
    style: "currency",
    currency: shop.currency
  }).formatToParts(0);
  return parts.find(({type}) => type === "currency").value;
}
