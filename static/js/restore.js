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
    form.dataset.typed = "1"; // it empties the box itself
    afterLoading(() => form.requestSubmit());
    return;
  }
  body.dispatchEvent(new Event("input", { bubbles: true }));
  form.dataset.restored = "1";
  document.getElementById("draft-note").hidden = kept.text.trim() === "";
}

// What was sent a moment ago is no draft: by the page before this one, after this one was asked for, or by another tab.
function forgetSent() {
  const form = document.getElementById("reply-form");
  const last = [...document.querySelectorAll("#log-list > [data-own]")].at(-1);
  const text = last?.querySelector(".b")?.textContent.trim();
  if (!form || !text || form.dataset.typed || form.elements.body.value.trim() !== text) return;
  if (Date.now() - Date.parse(last.querySelector("time").dateTime) > RECENT) return;
  form.elements.body.value = "";
  form.dataset.kept = "false";
  document.getElementById("draft-note").hidden = true;
}

function afterLoading(act) {
  if (document.readyState === "complete") setTimeout(act);
  else window.addEventListener("load", () => setTimeout(act));
}

function show() {
  restore();
  forgetSent();
}

document.addEventListener("htmx:after:swap", show);
show();
