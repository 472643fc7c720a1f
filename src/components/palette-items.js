import {FileAttachment} from "observablehq:stdlib";
import {paletteQuestions} from "./palette-questions.js";
import {pageUrl} from "./root.js";
import {definitions} from "./semantic/ask.js";

const dictionary = FileAttachment("../data/dictionary.json");
const questions = FileAttachment("../data/question.json");

/**
 * What the palette finds: `{label, kind, href}` of pages (as the rail has them), measures, dimensions, questions, members,
 * tables, columns.
 */
export async function paletteItems() {
  const links = [...document.querySelectorAll("#observablehq-sidebar li a[href]")];
  const pages = links.map((link) => ({label: link.textContent.trim(), kind: "page", href: link.href}));
  const [defined, {tables}, offered] = await Promise.all([
    definitions(),
    dictionary.json(),
    questions.json()
  ]);
  const {measures, dimensions} = defined;
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
    ...paletteQuestions({definitions: defined, offered}).map(({page, search, ...item}) => ({
      ...item,
      href: pageUrl(page, search)
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

/** Where to go on when the palette finds nothing: the pages on which one asks. */
export function waysOn() {
  return [
    {label: "Build a question", kind: "page", href: pageUrl("explore/question")},
    {label: "Ask with SQL", kind: "page", href: pageUrl("explore/sql")}
  ];
}
