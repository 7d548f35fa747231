// Remembers for this tab where a list was scrolled to and which row was left, so that Back finds the place again.
// Only numbers are kept. Without it: the list begins at its top.
const KEY = "parley-place";
const rows = document.getElementById("rows");

function keep(left) {
  const list = document.getElementById("rows");
  if (list) sessionStorage.setItem(KEY, JSON.stringify({ query: list.dataset.query, top: list.scrollTop, left }));
}

function restore() {
  const place = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!place || place.query !== rows.dataset.query) return;
  rows.scrollTop = place.top;
  if (!document.querySelector("#thread[data-open]") && place.left)
    document.querySelector(`#${place.left} .row`)?.focus({ preventScroll: true });
}

if (rows) {
  let left = document.querySelector("#rows .row[aria-current]")?.closest("li").id;
  restore();
  document.addEventListener("click", (event) => {
    const row = event.target.closest("#rows .row");
    if (row) keep((left = row.closest("li").id));
  });
  document.getElementById("rows").addEventListener("scroll", () => keep(left), { passive: true });
}
