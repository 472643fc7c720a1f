import {join} from "node:path";
import {listLoaders} from "../5-site/extracts.ts";
import {type GoldTable, gold, type SilverTable, silver} from "../catalog.ts";
import {type Config, UsageError} from "../config.ts";

/** What a step of a run that is carried out stepwise is asked to make: `name` is what people type. */
export type Target =
  | Plain<"bronze">
  | Plain<"monitors">
  | Plain<"warehouse">
  | Plain<"marts">
  | Plain<"release">
  | Plain<"site">
  | {kind: "silver"; name: string; table: SilverTable}
  | {kind: "gold"; name: string; table: GoldTable}
  | {kind: "extracts"; name: string; loaders: string[]};

type Plain<Kind extends string> = {kind: Kind; name: Kind};

/** Every target in the order of the layers. */
export async function listTargets(config: Config): Promise<Target[]> {
  const loaders = await listLoaders(join(config.root, "loaders"));
  return [
    {kind: "bronze", name: "bronze"},
    ...silver.map((table) => ({kind: "silver" as const, name: `silver.${table.name}`, table})),
    ...gold.map((table) => ({kind: "gold" as const, name: `gold.${table.name}`, table})),
    {kind: "monitors", name: "monitors"},
    {kind: "warehouse", name: "warehouse"},
    {kind: "marts", name: "marts"},
    {kind: "extracts", name: "extracts", loaders},
    {kind: "release", name: "release"},
    {kind: "site", name: "site"}
  ];
}

/**
 * What is asked for, in the order of the layers: `silver` is all of its tables, `extracts.ledger` one extract. Throws
 * UsageError naming those there are.
 */
export async function findTargets(config: Config, names: string[]): Promise<Target[]> {
  const all = await listTargets(config);
  const loaders = all.flatMap((target) => (target.kind === "extracts" ? target.loaders : []));
  const extracts = names.includes("extracts")
    ? loaders
    : loaders.filter((loader) => names.includes(extractOf(loader)));
  const isAsked = ({kind, name}: Target) => names.includes(kind) || names.includes(name);
  const asked = all
    .filter((target) => (target.kind === "extracts" ? extracts.length > 0 : isAsked(target)))
    .map((target) => (target.kind === "extracts" ? {...target, loaders: extracts} : target));
  const known = [...all.flatMap(({kind, name}) => [kind, name]), ...loaders.map(extractOf)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length)
    throw new UsageError(`unknown step: ${unknown.join(", ")} (have ${[...new Set(known)].join(", ")})`);
  return asked;
}

/** How a loader's extract is called: as `npx assay sql` calls it. */
export function extractOf(loader: string): string {
  return `extracts.${loader.split(".")[0]!}`;
}
