/**
 * What moved a measure between two spans: factors whose effects sum to the change, to the cent. The effect of a factor is
 * its Shapley value (L. S. Shapley 1953): its change averaged over all orders in which the factors can take their new
 * state, so that no order is preferred and nothing is left over.
 *
 * Spans are `{before, now, products, kinds}` as `spansOf` reads them: totals `{revenue, margin, orders, customers, pieces}`;
 * of each product's lines with pieces and money `{pieces, revenue, cost}`; of each kind of order `{orders, revenue}`.
 */

/** The effects of `count` factors; `valueOf(bits)` is the value with the factors of the set bits in their new state. */
export function effectsOf(count, valueOf) {
  const values = Array.from({length: 2 ** count}, (_, bits) => valueOf(bits));
  const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));
  const size = (bits) => [...bits.toString(2)].filter((bit) => bit === "1").length;
  return Array.from({length: count}, (_, factor) => {
    const bit = 1 << factor;
    return values.reduce((total, value, bits) => {
      if (bits & bit) return total;
      const weight = (factorial(size(bits)) * factorial(count - size(bits) - 1)) / factorial(count);
      return total + weight * (values[bits | bit] - value);
    }, 0);
  });
}

/** Amounts rounded to the hundredth so that they sum to `total` in hundredths; the largest takes what rounding leaves. */
export function inCents(amounts, total) {
  const cents = amounts.map((amount) => Math.round(amount * 100));
  const rest = Math.round(total * 100) - sum(cents);
  const size = (index) => Math.abs(cents[index]);
  const largest = cents.reduce((best, _, index) => (size(index) > size(best) ? index : best), 0);
  if (rest) cents[largest] += rest;
  return cents.map((one) => one / 100);
}

/**
 * The tree of a measure's change, `{before, now, change, parts: [{key, label, before, now, effect, parts}]}`: revenue is
 * customers × orders per customer × order value; the order value moves by the mix of orders and by the value of orders of
 * a kind. Null where a measure has no such factors or a side has no orders.
 */
export function treeOf(measure, spans) {
  const {before, now} = spans;
  if (!before.orders || !now.orders) return null;
  if (measure === "revenue") return revenueTree(spans);
  if (measure === "average_order_value") return orderValueTree(spans);
  if (measure === "orders") return ordersTree(spans);
  return null;
}

/**
 * Price, volume and mix of the products, in the same shape: pieces × shares of the products × their prices, for margin
 * also × their costs. Null where the measure is none of them or a side has no pieces.
 */
export function priceVolumeMix(measure, spans) {
  const goods = goodsOf(spans.products);
  if (!goods.pieces[0] || !goods.pieces[1]) return null;
  const volumes = {
    revenue: [goods.pieces, "Pieces"],
    margin: [goods.pieces, "Pieces"],
    average_order_value: [perOrder(goods.pieces, spans), "Pieces per order"]
  }[measure];
  return volumes ? goodsTree(measure, spans, goods, volumes) : null;
}

function revenueTree({before, now, kinds}) {
  const customers = [before.customers || 1, now.customers || 1];
  const frequency = [before.orders / customers[0], now.orders / customers[1]];
  const value = valueOfKinds(kinds);
  const effects = effectsOf(4, (bits) => {
    const at = (n) => (bits >> n) & 1;
    return customers[at(0)] * frequency[at(1)] * value(at(2), at(3));
  });
  const [byCustomers, byFrequency, byMix, byValue] = inCents(effects, now.revenue - before.revenue);
  return {
    ...change(before.revenue, now.revenue),
    parts: [
      part("customers", "Customers", customers, byCustomers),
      part("frequency", "Orders per customer", frequency, byFrequency),
      {
        ...part("order_value", "Order value", orderValues(before, now), cents(byMix + byValue)),
        parts: kindParts(value, [byMix, byValue])
      }
    ]
  };
}

function orderValueTree({before, now, kinds}) {
  const [from, to] = orderValues(before, now);
  const value = valueOfKinds(kinds);
  const effects = effectsOf(2, (bits) => value(bits & 1, bits >> 1));
  return {...change(from, to), parts: kindParts(value, inCents(effects, to - from))};
}

function ordersTree({before, now}) {
  const customers = [before.customers || 1, now.customers || 1];
  const frequency = [before.orders / customers[0], now.orders / customers[1]];
  const effects = effectsOf(2, (bits) => customers[bits & 1] * frequency[bits >> 1]);
  const [byCustomers, byFrequency] = inCents(effects, now.orders - before.orders);
  return {
    ...change(before.orders, now.orders),
    parts: [
      part("customers", "Customers", customers, byCustomers),
      part("frequency", "Orders per customer", frequency, byFrequency)
    ]
  };
}

function kindParts(value, [byMix, byValue]) {
  return [
    part("order_mix", "Mix of orders", [value(0, 0), value(1, 0)], byMix),
    part("kind_value", "Value of an order of the same kind", [value(1, 0), value(1, 1)], byValue)
  ];
}

/** The mean order value with the shares of the kinds of one span and their values of another (0 before, 1 now). */
function valueOfKinds(kinds) {
  const {each} = weighted(kinds, "orders");
  return (shares, values) => sum(each.map((one) => one.share[shares] * one.mean("revenue")[values]));
}

/** Each kind of order with its shares, its values and what it adds to the effect of the mix, largest first. */
export function mixOfOrders({kinds}) {
  const {each} = weighted(kinds, "orders");
  const middle = (values) => (values[0] + values[1]) / 2;
  const value = valueOfKinds(kinds);
  const mean = middle([value(0, 0), value(1, 1)]);
  return each
    .map((one) => {
      const values = one.mean("revenue");
      const effect = (one.share[1] - one.share[0]) * (middle(values) - mean);
      return {kind: one.kind, share: one.share, orders: [one.before.orders, one.now.orders], values, effect};
    })
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}

function goodsTree(measure, {before, now}, goods, [volume, label]) {
  const isMargin = measure === "margin";
  const value = (bits) => {
    const at = (n) => (bits >> n) & 1;
    const cost = isMargin ? goods.mean("cost", at(1), at(3)) : 0;
    return volume[at(0)] * (goods.mean("revenue", at(1), at(2)) - cost);
  };
  const count = isMargin ? 4 : 3;
  const [from, to] =
    measure === "average_order_value" ? orderValues(before, now) : [before[measure], now[measure]];
  const known = value(2 ** count - 1) - value(0);
  const parts = inCents([...effectsOf(count, value), to - from - known], to - from);
  const [byVolume, byMix, byPrice, ...others] = parts;
  const other = others.at(-1);
  const prices = [goods.mean("revenue", 0, 0), goods.mean("revenue", 1, 0), goods.mean("revenue", 1, 1)];
  return {
    ...change(from, to),
    parts: [
      part("volume", label, volume, byVolume),
      part("mix", "Mix of products", prices.slice(0, 2), byMix),
      part("price", "Price", prices.slice(1), byPrice),
      ...(isMargin ? [part("cost", "Cost", null, others[0])] : []),
      ...(other ? [part("other", "Lines without pieces, money or cost", null, other)] : [])
    ]
  };
}

function goodsOf(products) {
  const {each, totals} = weighted(products, "pieces");
  return {
    pieces: totals,
    mean: (key, shares, at) => sum(each.map((one) => one.share[shares] * one.mean(key)[at]))
  };
}

/** Groups with their shares of a weight in both spans, and means by it; a group of one span has that span's mean in the other. */
function weighted(groups, weight) {
  const kept = groups.filter(({before, now}) => before[weight] + now[weight] > 0);
  const totals = ["before", "now"].map((span) => sum(kept.map((one) => one[span][weight])));
  const each = kept.map((one) => ({
    ...one,
    share: [one.before[weight] / (totals[0] || 1), one.now[weight] / (totals[1] || 1)],
    mean(key) {
      const [a, b] = [one.before, one.now].map((span) => (span[weight] ? span[key] / span[weight] : null));
      return [a ?? b, b ?? a];
    }
  }));
  return {each, totals};
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const cents = (value) => Math.round(value * 100) / 100;
const change = (before, now) => ({before, now, change: cents(now - before)});
const orderValues = (before, now) => [before.revenue / before.orders, now.revenue / now.orders];
const perOrder = (pieces, {before, now}) => [pieces[0] / before.orders, pieces[1] / now.orders];

function part(key, label, values, effect) {
  return {key, label, before: values?.[0] ?? null, now: values?.[1] ?? null, effect, parts: []};
}
