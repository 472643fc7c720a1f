/** Makes a Plot chart one image to a screen reader: its name is the chart's, and the marks inside have none. */
export function asImage(chart) {
  chart.setAttribute("role", "img");
  for (const mark of chart.querySelectorAll("[aria-label], [aria-description]")) {
    mark.removeAttribute("aria-label");
    mark.removeAttribute("aria-description");
  }
  return chart;
}
