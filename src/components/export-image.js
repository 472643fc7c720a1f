/** Pictures of a chart with its title, its subtitle (measure and unit, days) and a foot (release). */

const margin = 24;
const properties = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity"],
  ...["font-family", "font-size", "font-weight", "font-variant-numeric", "text-anchor", "color", "display"],
  ...["paint-order", "stroke-linejoin", "visibility"]
];

/** A vector picture: shapes and text where the chart is one SVG, else the page's own layout inside an SVG. */
export async function svgBlob(chart, words) {
  const svg = soleSvg(chart);
  const source = svg
    ? new XMLSerializer().serializeToString(drawn(svg, words))
    : await inPage(framed(chart, words), async (node) =>
        textOf(await (await screenshots()).domToSvg(node, options()))
      );
  return new Blob([source], {type: "image/svg+xml"});
}

/** The same at twice the size of the screen. */
export async function pngBlob(chart, words) {
  const manner = {...options(), scale: 2, type: "image/png"};
  return inPage(framed(chart, words), async (node) => (await screenshots()).domToBlob(node, manner));
}

async function inPage(node, work) {
  document.body.append(node);
  try {
    return await work(node);
  } finally {
    node.remove();
  }
}

const screenshots = () => import("modern-screenshot");
const options = () => ({backgroundColor: colorOf("--card"), timeout: 5000});
const colorOf = (name) => getComputedStyle(document.body).getPropertyValue(name);

/** The text behind an address with data in it. */
function textOf(address) {
  const [head, body] = address.split(/,(.*)/s);
  return head.endsWith("base64") ? atob(body) : decodeURIComponent(body);
}

/** The one SVG that a chart is, if it is one: words beside it are lost otherwise. */
function soleSvg(chart) {
  if (chart.matches("svg")) return chart;
  const found = chart.querySelectorAll("svg");
  const beside = ".why-foot, .why-chart, .markers";
  const isAlone =
    found.length === 1 && [...chart.children].every((node) => node === found[0] || node.matches(beside));
  return isAlone ? found[0] : null;
}

/** The chart's shapes with the styles they have in the page, below its title. */
function drawn(svg, {title, subtitle, foot}) {
  const {width, height} = svg.getBoundingClientRect();
  const copy = styled(svg);
  const font = getComputedStyle(document.body).fontFamily;
  const name = "http://www.w3.org/2000/svg";
  const outer = document.createElementNS(name, "svg");
  const [wide, high] = [width + 2 * margin, height + 2 * margin + 72];
  for (const [key, value] of Object.entries({
    xmlns: name,
    width: wide,
    height: high,
    viewBox: `0 0 ${wide} ${high}`,
    "font-family": font
  }))
    outer.setAttribute(key, value);
  const add = (kind, attributes, text) => {
    const node = document.createElementNS(name, kind);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text) node.textContent = text;
    outer.append(node);
  };
  const [ink, soft] = [getComputedStyle(document.body).color, getComputedStyle(svg).color];
  add("rect", {width: wide, height: high, fill: resolved("var(--card)")});
  add("text", {x: margin, y: margin + 12, "font-size": 16, "font-weight": 600, fill: ink}, title);
  add("text", {x: margin, y: margin + 32, "font-size": 12, fill: soft}, subtitle);
  copy.setAttribute("x", margin);
  copy.setAttribute("y", margin + 44);
  outer.append(copy);
  add("text", {x: margin, y: high - margin, "font-size": 11, fill: soft}, foot);
  return outer;
}

function resolved(color) {
  const probe = document.createElement("i");
  probe.style.color = color;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function styled(svg) {
  const copy = svg.cloneNode(true);
  const [from, to] = [svg, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  from.forEach((element, index) => {
    const style = getComputedStyle(element);
    for (const property of properties)
      to[index].style?.setProperty(property, style.getPropertyValue(property));
    to[index].removeAttribute("class");
  });
  copy.querySelectorAll("style").forEach((node) => node.remove());
  return copy;
}

function framed(chart, {title, subtitle, foot}) {
  const node = document.createElement("div");
  node.className = "export-frame";
  const line = (kind, text) => Object.assign(document.createElement(kind), {textContent: text});
  const body = chart.cloneNode(true);
  body.style.width = `${chart.getBoundingClientRect().width}px`;
  node.append(line("h2", title), line("p", subtitle), body, line("p", foot));
  return node;
}
