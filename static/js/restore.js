// Puts back into the composer what draft.js kept in this browser, and sends what was on its way when its page went.
// Without it: the composer has what the server kept.
import { read } from "./kept.js";

const RECENT = 60000;

function restore() {
  const form = document.getElementById("reply-form");
  if (!form || form.dataset.kept) return;
  const { body, client_key: key } = form.elements;
  form.dataset.kept = String(body.value.trim() !== "");
  const kept = read(form);
  if (kept) body.value = kept.text;
  body.setSelectionRange(body.value.length, body.value.length);
  if (!kept) return;
  key.value = kept.key; // under its key it is sent once, whether it came through or not
  if (Date.now() - kept.sent < RECENT) {
    afterLoading(() => form.requestSubmit());
    return;
  }
  body.dispatchEvent(new Event("input", { bubbles: true }));
  form.dataset.restored = "1";
  document.getElementById("draft-note").hidden = kept.text.trim() === "";
}

function afterLoading(act) {
  if (document.readyState === "complete") setTimeout(act);
  else window.addEventListener("load", () => setTimeout(act));
}

document.addEventListener("htmx:after:swap", restore);
restore();
