/** Dims the page and says in its status line what is being done; null when it is done. */
export function showWork(step) {
  document.querySelector("#observablehq-main").classList.toggle("is-asking", step !== null);
  const status = document.querySelector("#status");
  if (status) status.textContent = step ?? "";
}
