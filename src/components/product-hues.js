const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/** The colour of each category, the same on every page: by revenue of all days, from the sixth on grey, as n/a is. */
export function categoryHues(leaders) {
  const names = leaders
    .filter(({period, dimension, member}) => period === "all" && dimension === "category" && member !== null)
    .toSorted((a, b) => b.revenue - a.revenue || (a.member < b.member ? -1 : 1))
    .map(({member}) => member)
    .filter((name) => name !== "n/a");
  return (category) => hues[names.indexOf(category)] ?? "var(--other)";
}
