const key = "assay.sql.history";
const most = 30;

/** The queries this browser ran, newest first: `[{sql, at, rows, milliseconds}]`; empty where storage is closed. */
export function readHistory() {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter(({sql} = {}) => typeof sql === "string") : [];
  } catch {
    return [];
  }
}

/** Puts a query in front, once. */
export function remember(entry) {
  const others = readHistory().filter(({sql}) => sql !== entry.sql);
  try {
    localStorage.setItem(key, JSON.stringify([entry, ...others].slice(0, most)));
  } catch {
    // a full or closed storage costs the history, not the answer
  }
}

/** Forgets all of them. */
export function forgetHistory() {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}
