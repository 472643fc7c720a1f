import {contentOfTable, type LakeObject, objectsOf, rowsIn, type StepRun} from "../step.ts";
import {columnLineage, copied} from "./columns.ts";
import {type Dataset, facet, type Facets} from "./event.ts";
import type {Told} from "./told.ts";

/** A table of the lake as a step's output; one that was reused was not written. Without a release, rows are all that is known. */
export function inLake(told: Told, layer: string, table: string, step: StepRun, isMain = true): Dataset {
  const objects = objectsOf(told.release ?? {objects: []}, layer, table);
  const place = told.names.lake(layer, table);
  if (!objects.length) return isMain && !step.reused ? {...place, ...written({rowCount: step.rows})} : place;
  const size = objects.reduce((sum, {bytes}) => sum + bytes, 0);
  return {
    ...place,
    facets: {
      ...facet("version", {datasetVersion: contentOfTable(objects)}),
      ...describe(told, layer, table, objects)
    },
    ...(!step.reused && written({rowCount: rowsIn(objects), size, fileCount: objects.length}))
  };
}

/** A table or view of the warehouse as a step's output: gold is a copy of the lake's. */
export function inWarehouse(told: Told, layer: "gold" | "marts", table: string, step: StepRun): Dataset {
  const objects = objectsOf(told.release ?? {objects: []}, layer, table);
  const described = describe(told, layer, table, objects);
  const columns = objects[0]?.columns.map(({name}) => name) ?? [];
  return {
    ...told.names.warehouse(layer, table),
    facets: layer === "gold" ? {...described, ...copied(columns, told.names.lake(layer, table))} : described,
    ...(objects.length && !step.reused && written({rowCount: rowsIn(objects)}))
  };
}

function written(statistics: Record<string, number>): Pick<Dataset, "outputFacets"> {
  return {outputFacets: facet("outputStatistics", statistics)};
}

/** The columns of a table, what they mean, and where they come from. */
function describe(
  {dictionary = [], reads, names}: Told,
  layer: string,
  table: string,
  objects: LakeObject[]
): Facets {
  const words = dictionary.find((one) => one.schema === layer && one.table === table)?.columns ?? {};
  const columns = objects[0]?.columns ?? Object.keys(words).map((name) => ({name, type: undefined}));
  if (!columns.length) return {};
  const fields = columns.map(({name, type}) => {
    const description = words[name]?.description;
    return {name, ...(type && {type}), ...(description && {description})};
  });
  // dbt reads the warehouse
  const find = layer === "marts" ? names.warehouseInputs : names.inputs;
  const own = columns.map(({name}) => name);
  return {...facet("schema", {fields}), ...columnLineage(reads?.get(`${layer}.${table}`), own, find)};
}
