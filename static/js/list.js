// Marks the open conversation, keeps the filters equal to the address, and moves focus to what was opened.
// Without it: all of this is right after a reload.
const form = document.getElementById("filters");
const find = (...selectors) => selectors.map((one) => document.querySelector(one)).find(Boolean);
const panel = () => document.getElementById("thread");
let shown = document.getElementById("rows")?.dataset.query;

function mark() {
  const open = panel()?.dataset.conversation;
  document.querySelectorAll("#rows .row").forEach((row) => {
    if (open && row.closest("li").id === `row-${open}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

// A view or a chip changed the list: the form says the same, so that its next change begins there.
function follow() {
  const query = new URLSearchParams(document.getElementById("rows")?.dataset.query);
  for (const field of form.elements) {
    const value = query.get(field.name) ?? (field.name === "status" ? "open" : field.name === "scope" ? "mine" : "");
    if (field.type === "checkbox") field.checked = value === field.value;
    else if (field.name && field !== document.activeElement) field.value = value;
  }
  tabs(form.elements.scope?.value);
}

function tabs(scope) {
  form.querySelectorAll(".tabs a").forEach((tab) => {
    const own = new URL(tab.href).searchParams.get("scope") ?? "mine";
    tab.setAttribute("aria-selected", String(own === scope));
  });
}

function announce() {
  const text = document.getElementById("list-count")?.textContent.trim();
  const announcer = document.getElementById("announcer");
  if (announcer && text && announcer.textContent !== text) announcer.textContent = text;
}

document.addEventListener("htmx:after:swap", (event) => {
  const source = event.detail?.ctx?.sourceElement;
  mark();
  if (source?.matches?.("#rows .row")) document.getElementById("thread-title")?.focus({ preventScroll: true });
  if (source === form) announce();
});
if (form)
  new MutationObserver(() => {
    const query = document.getElementById("rows")?.dataset.query;
    if (query === undefined || query === shown) return;
    shown = query;
    follow();
    announce();
    if (document.activeElement === document.body) find("#rows .views [aria-current]", "#rows .filter-chip", "#rows").focus();
  }).observe(form.parentElement, { childList: true });
document.addEventListener("htmx:after:settle", mark);

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".tabs a");
  if (!tab || event.metaKey || event.ctrlKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  form.elements.scope.value = new URL(tab.href).searchParams.get("scope") ?? "mine";
  tabs(form.elements.scope.value);
  form.requestSubmit();
});
mark();
