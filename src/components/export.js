import {FileAttachment} from "observablehq:stdlib";
import {html} from "htl";
import {download, nameOf} from "./download.js";
import {date, exact} from "./format.js";
import {menuButton} from "./menu.js";
import {showToast} from "./toast.js";

/**
 * A button that hands out what a card or a result shows: CSV, XLSX with a sheet of provenance, Parquet and JSON of
 * `data()`, which gives `{columns: [{name, type}], rows: [[…]]}` (types as DuckDB names them, numbers as numbers); SVG and
 * PNG of `chart()`, which gives the element drawn, if any. `title` and `subtitle` name it; `provenance` adds lines to the
 * release, its days and the sums of the numeric columns. The writers are loaded when they are first asked for.
 */
export function exportMenu({title, subtitle = "", data, chart, provenance = {}}) {
  const name = nameOf(title);
  const attempt = (make) => () => make().catch((error) => showToast(`Not exported: ${error.message}`));
  const write = (extension, format) =>
    attempt(async () => {
      const [formats, made] = [await import("./export-formats.js"), data()];
      const facts = await factsOf({title, subtitle, provenance, ...made});
      download(`${name}.${extension}`, await formats[format](made, facts));
    });
  const draw = (extension, format) =>
    attempt(async () => {
      const images = await import("./export-image.js");
      const {release, through} = await releaseFacts();
      const foot = [through, release].filter(Boolean).join(" · ");
      download(`${name}.${extension}`, await images[format](chart(), {title, subtitle, foot}));
    });
  const items = () => [
    ...(data
      ? [
          {label: "CSV", onSelect: write("csv", "csvBlob")},
          {label: "Excel", hint: "with provenance", onSelect: write("xlsx", "xlsxBlob")},
          {label: "Parquet", onSelect: write("parquet", "parquetBlob")},
          {label: "JSON", onSelect: write("json", "jsonBlob")}
        ]
      : []),
    ...(data && chart?.() ? [null] : []),
    ...(chart?.()
      ? [
          {label: "SVG", hint: "picture", onSelect: draw("svg", "svgBlob")},
          {label: "PNG", hint: "picture", onSelect: draw("png", "pngBlob")}
        ]
      : [])
  ];
  return menuButton(html`Export <span aria-hidden="true">▾</span>`, items, {
    label: `Export: ${title}`,
    className: "quiet export"
  });
}

let release;

async function releaseFacts() {
  release ??= await FileAttachment("../data/release.json").json();
  const {id, published_at, data_through} = release;
  return {
    release: `Release ${id}, published ${date(published_at.slice(0, 10))}`,
    through: data_through ? `Data through ${date(data_through)}` : "No dated sales"
  };
}

/** What the sheet of provenance says, as pairs. */
async function factsOf({title, subtitle, provenance, columns, rows}) {
  const {release, through} = await releaseFacts();
  const sums = columns.flatMap(({name}, index) => {
    const values = rows.map((row) => row[index]).filter((value) => value !== null && value !== undefined);
    const isSummed = values.length > 0 && values.every((value) => typeof value === "number");
    return isSummed ? [[`Sum of ${name}`, exact(values.reduce((sum, value) => sum + value, 0))]] : [];
  });
  return [
    ["Title", title],
    ["Shows", subtitle],
    ["Release", release],
    ["Data", through],
    ["Address", location.href],
    ...Object.entries(provenance),
    ["Rows", String(rows.length)],
    ...sums
  ];
}
