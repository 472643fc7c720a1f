import {FileAttachment} from "observablehq:stdlib";
import {pageUrl} from "./root.js";
import {definitions} from "./semantic/ask.js";

const dictionary = FileAttachment("../data/dictionary.json");

/** What the palette finds: `{label, kind, href}` of pages (as the rail has them), measures, dimensions, tables, columns. */
export async function paletteItems() {
  const links = [...document.querySelectorAll("#observablehq-sidebar li a[href]")];
  const pages = links.map((link) => ({label: link.textContent.trim(), kind: "page", href: link.href}));
  const [{measures, dimensions}, {tables}] = await Promise.all([definitions(), dictionary.json()]);
  const described = (name) => pageUrl("docs/data", `#${encodeURIComponent(name)}`);
  return [
    ...pages,
    ...measures.map(({name, label}) => ({
      label,
      kind: "measure",
      href: pageUrl("explore/", `?measure=${name}`)
    })),
    ...dimensions.map(({name, label}) => ({
      label,
      kind: "dimension",
      href: pageUrl("docs/measures", `#${name}`)
    })),
    ...tables.map(({name}) => ({label: name, kind: "table", href: described(name)})),
    ...tables.flatMap(({name, columns}) =>
      columns.map((column) => ({
        label: `${name}.${column.name}`,
        kind: "column",
        href: described(`${name}.${column.name}`)
      }))
    )
  ];
}
