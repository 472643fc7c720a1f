import {FileAttachment} from "observablehq:stdlib";

const file = FileAttachment("../data/release.json");

/** The address of a page below the site's root, wherever the site lies: `pageUrl("dashboards/sales", "?country=Canada")`. */
export function pageUrl(path, search = "") {
  const root = new URL(file.href, document.baseURI).href.replace(/_file\/.*$/, "");
  return `${root}${path}${search}`;
}
