// Ctrl+Enter sends, and Enter too for those who want it, Clear empties the composer. Without it: the Send button.
const HINTS = { send: "Enter sends, Shift + Enter makes a new line.", newline: "Ctrl + Enter sends." };
const onTouch = matchMedia("(pointer: coarse)");

function sends({ key, ctrlKey, metaKey, shiftKey, altKey, isComposing, target }) {
  if (key !== "Enter" || isComposing || !target.matches("textarea[name=body]")) return false;
  if (ctrlKey || metaKey) return true;
  return document.body.dataset.enter === "send" && !shiftKey && !altKey && !onTouch.matches && target.form.id === "reply-form";
}

document.addEventListener("keydown", (event) => {
  if (!sends(event)) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("change", ({ target }) => {
  if (target.name !== "enter") return;
  document.body.dataset.enter = target.checked ? "send" : "newline";
  const hint = document.getElementById("send-keys");
  if (hint) hint.textContent = HINTS[document.body.dataset.enter];
});

// Closed by somebody else while one writes: the text stands in the composer, which comes back with it.
document.addEventListener("htmx:after:swap", () => {
  const body = document.querySelector("#reply-form textarea");
  const kept = document.getElementById("text-kept");
  if (kept && body?.value.trim()) kept.hidden = false;
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "draft-note") return;
  const { body } = document.getElementById("reply-form").elements;
  event.preventDefault();
  event.target.hidden = true;
  body.value = "";
  body.dispatchEvent(new Event("input", { bubbles: true }));
  body.focus();
  document.getElementById("announcer").textContent = "Draft cleared";
});
