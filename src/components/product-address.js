import {goTo} from "./question.js";

/** Sets parts of the address beside the question's own, null to leave one out, as a new entry of the browser's history. */
export function go(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes))
    if (value === null) query.delete(name);
    else query.set(name, value);
  goTo(`?${query}`);
}

/** The address of a product's page; `base` leads to the site's root. */
export function productPage(number, base = "..") {
  return `${base}/product?${new URLSearchParams({key: number})}`;
}

/** A chart that chooses the product under a click; a tap is left to the tooltip. */
export function choosing(chart, onSelect) {
  chart.style.cursor = "pointer";
  chart.addEventListener("click", ({pointerType}) => {
    if (pointerType !== "touch" && chart.value?.product_number) onSelect(chart.value.product_number);
  });
  return chart;
}
