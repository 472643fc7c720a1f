import {mkdir} from "node:fs/promises";
import {join} from "node:path";

/** What the Framework's client could import on demand, and no page of ours does. */
const unused = [
  "@observablehq/plot",
  "@observablehq/sample-datasets",
  "apache-arrow",
  "arquero",
  "d3",
  "d3-dsv",
  "echarts",
  "htl",
  "leaflet",
  "lodash",
  "mapbox-gl",
  "parquet-wasm",
  "react",
  "react-dom",
  "topojson-client"
];

/**
 * Keeps the Framework from asking the npm registry for the newest version of libraries that no page loads: a folder
 * of that name in its cache is a version it knows. Without it a first build behind a proxy or a mirror fails.
 */
export async function knowVersions(root: string): Promise<void> {
  const cache = join(root, "src/.observablehq/cache/_npm");
  for (const name of unused) await mkdir(join(cache, `${name}@0.0.0`), {recursive: true});
}
