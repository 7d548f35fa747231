// Marks the open conversation in the list and moves focus to its heading. Without it: the mark is right after a reload.
function mark() {
  const open = document.getElementById("thread")?.dataset.conversation;
  document.querySelectorAll("#rows .row").forEach((row) => {
    if (open && row.closest("li").id === `row-${open}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

document.addEventListener("htmx:after:swap", (event) => {
  mark();
  if (event.detail?.ctx?.sourceElement?.matches?.("#rows .row")) {
    document.getElementById("thread-title")?.focus({ preventScroll: true });
  }
  if (event.detail?.ctx?.sourceElement?.id === "filters") {
    const count = document.getElementById("list-count");
    const announcer = document.getElementById("announcer");
    const text = count?.firstChild?.textContent.trim();
    if (announcer && text && announcer.textContent !== text) announcer.textContent = text;
  }
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".tabs a");
  if (!tab) return;
  const form = tab.closest("form");
  const scope = new URL(tab.href).searchParams.get("scope") ?? "mine";
  if (event.metaKey || event.ctrlKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  form.elements.scope.value = scope;
  tab.parentElement.querySelectorAll("a").forEach((one) => one.setAttribute("aria-selected", String(one === tab)));
  form.requestSubmit();
});
mark();
