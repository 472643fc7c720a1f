import {html} from "htl";
import {openDatabase} from "./database.js";
import {tableOfFile} from "./sql-files.js";

/**
 * Makes tables of the reader's files: a button, and the whole page as a place to drop them. Nothing leaves the browser.
 * `onTable(name)` hears of each new table.
 */
export function fileDrop({onTable}) {
  const input = html`<input
    type="file"
    class="hidden"
    accept=".csv,.tsv,.tab,.txt,.json,.ndjson,.jsonl,.parquet"
    multiple
    tabindex="-1"
    aria-label="Files"
  />`;
  const said = html`<p class="faint" role="status">
    CSV, TSV, JSON or Parquet, also dropped anywhere on this page. It stays in your browser.
  </p>`;
  const take = async (files) => {
    for (const file of files) await add(file, said, onTable);
  };
  input.onchange = () => take([...input.files]).then(() => (input.value = ""));
  listen(take);
  return html`<div class="file-drop">
    <button type="button" class="quiet" onclick=${() => input.click()}>Add a file…</button>
    ${input}${said}
  </div>`;
}

async function add(file, said, onTable) {
  said.className = "faint";
  said.textContent = `Reading ${file.name}…`;
  try {
    const database = await openDatabase();
    const taken = (await database.schema()).map(({table}) => table.toLowerCase());
    const table = await tableOfFile(file, taken);
    await database.addTable(table).catch((error) => {
      throw new Error(`${file.name} is no table that DuckDB can read: ${firstSentence(error.message)}`);
    });
    said.textContent = `${file.name} is now the table ${table.name}.`;
    onTable(table.name);
  } catch (error) {
    said.className = "failure";
    said.textContent = error.message;
  }
}

function firstSentence(message) {
  const text = message.startsWith("{") ? JSON.parse(message).exception_message : message;
  return text.split("\n")[0];
}

/** Over the page while files are dragged on it. */
function listen(take) {
  const carries = (event) => event.dataTransfer?.types?.includes("Files");
  const mark = (isOver) => document.body.classList.toggle("is-dropping", isOver);
  window.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark(true);
  });
  window.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  window.addEventListener("drop", (event) => {
    mark(false);
    if (!carries(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}
