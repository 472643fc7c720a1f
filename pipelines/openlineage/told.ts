import type {Described} from "../dictionary.ts";
import type {Reads} from "../lineage/tables.ts";
import type {Release} from "../release.ts";
import type {Run} from "../run.ts";
import type {Names} from "./names.ts";

/** A run, what it is a run of, and what is known of the tables it made. */
export type Told = {
  namespace: string;
  /** The job of the whole run, such as `assay.refresh`. */
  job: string;
  /** Version of this program. */
  version: string;
  run: Run;
  names: Names;
  /** What the run published, or what stayed live because it says the same. */
  release?: Release | undefined;
  dictionary?: Described[];
  reads?: Reads;
  failed?: Failed;
};

/** How a run failed, fit to be shown: the step, if it was in one, and when that began. */
export type Failed = {message: string; step?: string | undefined; began_at?: string | undefined};
