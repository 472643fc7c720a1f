/** Hands the reader a file made in the page. */
export function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A result as CSV: null is an empty field, empty text is "". */
export function csvOf({columns, rows}) {
  const field = (value) => {
    if (value === null || value === undefined) return "";
    const text = String(value);
    return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return (
    [columns.map(({name}) => name), ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n"
  );
}

/** A result as a JSON array of objects. */
export function jsonOf({columns, rows}) {
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map(({name}, index) => [name, row[index]]))),
    null,
    1
  );
}
