import {pageUrl} from "./root.js";
import {definitions} from "./semantic/ask.js";

/** What the palette finds: `{label, kind, href}` of pages (as the rail has them), measures, dimensions. */
export async function paletteItems() {
  const links = [...document.querySelectorAll("#observablehq-sidebar li a[href]")];
  const pages = links.map((link) => ({label: link.textContent.trim(), kind: "page", href: link.href}));
  const {measures, dimensions} = await definitions().catch(() => ({measures: [], dimensions: []}));
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
      href: pageUrl("explore/", `?expand=${name}`)
    }))
  ];
}
