import {createHash} from "node:crypto";

/** A RunEvent of OpenLineage 2-0-2, as far as it is written here. */
export type RunEvent = {
  eventType: "START" | "COMPLETE" | "FAIL";
  eventTime: string;
  producer: string;
  schemaURL: string;
  run: {runId: string; facets: Facets};
  job: Job & {facets: Facets};
  inputs: Dataset[];
  outputs: Dataset[];
};
export type Job = {namespace: string; name: string};
export type Dataset = {
  namespace: string;
  name: string;
  facets?: Facets;
  inputFacets?: Facets;
  outputFacets?: Facets;
};
export type Facets = Record<string, {_producer: string; _schemaURL: string; [name: string]: unknown}>;

/** Who writes the events. */
export const producer = "urn:assay";

const spec = "https://openlineage.io/spec";

/** The schema of every event. */
export const schemaURL = `${spec}/2-0-2/OpenLineage.json#/$defs/RunEvent`;

/** The facets that are written, each with the definition and the version of its schema. */
const definitions = {
  columnLineage: ["ColumnLineageDatasetFacet", "1-2-0"],
  dataQualityAssertions: ["DataQualityAssertionsDatasetFacet", "1-1-0"],
  errorMessage: ["ErrorMessageRunFacet", "1-0-1"],
  jobType: ["JobTypeJobFacet", "2-0-4"],
  outputStatistics: ["OutputStatisticsOutputDatasetFacet", "1-0-2"],
  parent: ["ParentRunFacet", "1-2-0"],
  processing_engine: ["ProcessingEngineRunFacet", "1-1-1"],
  schema: ["SchemaDatasetFacet", "1-2-0"],
  tags: ["TagsRunFacet", "1-0-0"],
  version: ["DatasetVersionDatasetFacet", "1-0-1"]
} as const;

/** A facet by its name, ready to be spread into others. */
export function facet(name: keyof typeof definitions, values: Record<string, unknown>): Facets {
  const [definition, version] = definitions[name];
  const _schemaURL = `${spec}/facets/${version}/${definition}.json#/$defs/${definition}`;
  return {[name]: {_producer: producer, _schemaURL, ...values}};
}

/** The namespace of URLs in RFC 9562. */
const urls = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/**
 * The UUID of a run of a job: version 5 (SHA-1, RFC 9562) of `urn:assay:RUN/JOB` in the namespace of URLs, so that
 * whoever tells of the same run of the same job uses the same.
 */
export function runIdOf(run: string, job: string): string {
  const bytes = createHash("sha1").update(urls).update(`urn:assay:${run}/${job}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
