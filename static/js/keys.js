// One key does what a button or a link of the page does; ? lists them. Without it: the buttons and the links.
const find = (selector) => document.querySelector(selector);
const press = (selector) => find(selector)?.click();

export const KEYS = [
  { key: "j", does: "Next conversation", act: () => step(1) },
  { key: "k", does: "Previous conversation", act: () => step(-1) },
  { key: "Enter", does: "Open the conversation" }, // a row is a link and does it by itself
  { key: "r", does: "Reply", act: () => find("#body")?.focus() },
  { key: "e", does: "Close the conversation", act: () => press("#status-form[data-verb=close] button") },
  { key: "n", does: "Close it and open the next", act: () => press("#close-and-next") },
  { key: "z", does: "Undo", act: () => press("#toasts [data-undo]") },
  { key: "u", does: "Mark unread", act: () => press("#unread-form button") },
  { key: "c", does: "New conversation", act: () => press("#new-conversation") },
  { key: "/", does: "Search", act: () => find("#q")?.focus() },
  { key: "?", does: "Show these keys", act: help },
  { key: "Escape", does: "Leave a field, or go back to the list", act: leave },
];

function step(by) {
  const rows = [...document.querySelectorAll("#rows .row")];
  const from = document.activeElement?.closest?.(".row") ?? find("#rows .row[aria-current]");
  const at = rows.indexOf(from);
  rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]?.focus();
}

function leave(field) {
  if (field) (find("#thread[data-open] h1") && field.id !== "q" ? find("#log") : row())?.focus();
  else if (find("#thread .back")?.checkVisibility()) press("#thread .back");
  else row()?.focus();
}

function row() {
  return find("#rows .row[aria-current]") ?? find("#rows .row") ?? find("#rows");
}

function help() {
  const dialog = find("#keys-help");
  if (!dialog || dialog.open) return;
  dialog.querySelector("dl").replaceChildren(
    ...KEYS.flatMap(({ key, does }) => {
      const term = document.createElement("dt");
      const words = document.createElement("dd");
      const cap = document.createElement("kbd");
      cap.textContent = key === "Escape" ? "Esc" : key;
      term.append(cap);
      words.textContent = does;
      return [term, words];
    }),
  );
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.body.dataset.keys === "off" || find("dialog[open], [popover]:popover-open")) return;
  const known = KEYS.find(({ key, act }) => act && key === event.key);
  const field = event.target.closest("input, select, textarea, [contenteditable]");
  if (!known || (field && known.key !== "Escape") || event.target.getAttribute("aria-expanded") === "true") return;
  event.preventDefault();
  known.act(field);
});

document.addEventListener("click", (event) => event.target.closest("#show-keys") && help());
