import {svg} from "htl";

/** A line without axes through numbers, its last point marked; nothing for fewer than two. */
export function Sparkline(values, {label, width = 120, height = 28} = {}) {
  if (values.length < 2) return svg`<svg class="sparkline" height=${height} aria-hidden="true"></svg>`;
  const low = Math.min(0, ...values);
  const high = Math.max(...values, low + 1e-9);
  const x = (i) => (i / (values.length - 1)) * width;
  const y = (value) => height - 2 - ((value - low) / (high - low)) * (height - 4);
  const line = values.map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)},${y(value).toFixed(1)}`).join("");
  return svg`<svg class="sparkline" viewBox=${`0 0 ${width} ${height}`} height=${height}
    preserveAspectRatio="none" role="img" aria-label=${label}>
    <path class="sparkline-area" d=${`${line}L${width},${y(low)}L0,${y(low)}Z`}></path>
    <path class="sparkline-line" d=${line}></path>
  </svg>`;
}
