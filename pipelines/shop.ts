import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {csvParse} from "d3-dsv";
import {parse} from "yaml";

/** What a shop says of itself in `src/shop.yml`; each field may be left out. */
export type Shop = {
  /** Shown as the site's title. */
  name: string;
  /** ISO 4217, such as EUR: the unit of money, said once beside a measure; null where it is not told. */
  currency: string | null;
  /** How numbers are written (BCP 47, such as en or de-CH). */
  locale: string;
  /** In which it is today (IANA, such as Europe/Berlin). */
  time_zone: string;
  first_day_of_week: (typeof weekdays)[number];
  /** The month a fiscal year begins with, 1 to 12. */
  fiscal_year_starts: number;
  /** Who answers for the data, as Dagster shows it: an email address or team:name; null where it is not told. */
  owner: string | null;
};

/** A day or span that charts over time mark. */
export type Event = {day: string; until: string | null; label: string};

/** An amount of a measure to be reached in a span of days. */
export type Target = {measure: string; from: string; to: string; target: number};

const weekdays = ["monday", "saturday", "sunday"] as const;

const usual: Shop = {
  name: "Assay",
  currency: null,
  locale: "en",
  time_zone: "UTC",
  first_day_of_week: "monday",
  fiscal_year_starts: 1,
  owner: null
};

/** What a field must be, and how that is checked; `is` throws or gives false for what it is not. */
const fields: Record<keyof Shop, {is: (value: unknown) => boolean; such: string}> = {
  name: {is: (value) => typeof value === "string" && value.trim() !== "", such: "a text"},
  currency: {
    is: (value) => Intl.supportedValuesOf("currency").includes(String(value)),
    such: "an ISO code such as EUR"
  },
  locale: {
    is: (value) => Intl.NumberFormat.supportedLocalesOf(String(value)).length > 0,
    such: "a language tag such as en or de-CH"
  },
  time_zone: {
    is: (value) => Boolean(new Intl.DateTimeFormat("en", {timeZone: String(value)})),
    such: "a zone such as Europe/Berlin"
  },
  first_day_of_week: {
    is: (value) => (weekdays as readonly unknown[]).includes(value),
    such: weekdays.join(", ")
  },
  fiscal_year_starts: {
    is: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 12,
    such: "a month, 1 to 12"
  },
  owner: {
    is: (value) => /^(team:[A-Za-z0-9_]+|[^@\s]+@[^@\s]+[.][^@\s]+)$/.test(String(value)),
    such: "an email address, or team:name"
  }
};

/** Reads `src/shop.yml` of the project at `root`; what is not there is as usual. Throws naming field and value. */
export function readShop(root: string): Shop {
  const path = join(root, "src/shop.yml");
  if (!existsSync(path)) return usual;
  const said = (parse(readFileSync(path, "utf8")) ?? {}) as Record<string, unknown>;
  if (typeof said !== "object" || Array.isArray(said)) throw new Error("src/shop.yml: not a list of fields");
  for (const [name, value] of Object.entries(said)) {
    const field = fields[name as keyof Shop];
    if (!field)
      throw new Error(`src/shop.yml: unknown field: ${name} (have ${Object.keys(fields).join(", ")})`);
    if (value !== null && !holds(field.is, value))
      throw new Error(`src/shop.yml: invalid ${name}: ${JSON.stringify(value)} (${field.such})`);
  }
  const given = Object.entries(said).filter(([, value]) => value !== null);
  return {...usual, ...Object.fromEntries(given)};
}

/** Reads all three files, so that what is wrong in them is said before anything runs. */
export function checkShop(root: string, measures: string[]): void {
  readShop(root);
  readEvents(root);
  readTargets(root, measures);
}

/** How many days after Monday a week begins. */
export function weekShift({first_day_of_week}: Shop): number {
  return {monday: 0, saturday: 5, sunday: 6}[first_day_of_week];
}

/** Reads `src/events.csv` (`day,until,label`), if it is there. Throws naming line and value. */
export function readEvents(root: string): Event[] {
  return rowsOf(root, "events.csv", ["day", "label"], ["until"]).map(({row, fail}) => {
    const {day = "", until = "", label = ""} = row;
    if (!isDay(day)) fail(`invalid day: ${day} (such as 2026-11-27)`);
    if (until && !isDay(until)) fail(`invalid until: ${until} (a day, or nothing)`);
    if (until && until < day) fail(`until ${until} is before ${day}`);
    if (!label) fail("missing label");
    return {day, until: until || null, label};
  });
}

/** Reads `src/targets.csv` (`measure,from,to,target`), if it is there; `measures` are those there are. */
export function readTargets(root: string, measures: string[]): Target[] {
  return rowsOf(root, "targets.csv", ["measure", "from", "to", "target"]).map(({row, fail}) => {
    const {measure = "", from = "", to = ""} = row;
    if (!measures.includes(measure)) fail(`unknown measure: ${measure} (have ${measures.join(", ")})`);
    if (!isDay(from) || !isDay(to)) fail(`invalid days: ${from} to ${to} (such as 2026-01-01)`);
    if (to < from) fail(`${to} is before ${from}`);
    const target = Number(row.target || NaN);
    if (!Number.isFinite(target)) fail(`invalid target: ${row.target} (a number)`);
    return {measure, from, to, target};
  });
}

type Line = {row: Record<string, string | undefined>; fail: (text: string) => never};

function rowsOf(root: string, file: string, needed: string[], other: string[] = []): Line[] {
  const path = join(root, "src", file);
  if (!existsSync(path)) return [];
  const rows = csvParse(readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  const columns = rows.columns.map((name) => name.trim());
  const missing = needed.filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => ![...needed, ...other].includes(name));
  if (missing.length)
    throw new Error(`src/${file}: column ${missing.join(", ")} is missing (have ${columns.join(", ")})`);
  if (unknown.length) throw new Error(`src/${file}: unknown column ${unknown.join(", ")}`);
  return rows.map((row, index) => ({
    row: Object.fromEntries(Object.entries(row).map(([name, value]) => [name.trim(), value?.trim()])),
    fail: (text) => {
      throw new Error(`src/${file}: line ${index + 2}: ${text}`);
    }
  }));
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

function holds(is: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return is(value);
  } catch {
    return false;
  }
}
