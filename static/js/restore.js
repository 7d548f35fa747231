// Puts back into the composer what draft.js kept in this browser, and sends what was on its way when its page went.
// Without it: the composer has what the server kept.
import { keepSent, read, sent } from "./kept.js";

const RECENT = 60000;
const note = () => document.getElementById("draft-note");

function restore() {
  const form = document.getElementById("reply-form");
  if (!form || form.dataset.kept) return;
  const { body } = form.elements;
  form.dataset.kept = String(body.value.trim() !== "");
  const kept = read(form);
  if (kept) fill(form, kept);
  for (const reply of sent(form)) settle(form, reply);
  body.setSelectionRange(body.value.length, body.value.length);
}

// Under its key it is sent once, whether it came through or not.
function fill(form, { text, key }) {
  const { body, client_key: field } = form.elements;
  body.value = text;
  field.value = key;
  body.dispatchEvent(new Event("input", { bubbles: true }));
  form.dataset.restored = "1";
  note().hidden = text.trim() === "";
}

// What was on its way a moment ago goes on; another one stands in the composer, or above it when that is in use.
function settle(form, reply) {
  const { text, key, at, drafts = [], isDraft } = reply;
  const { body } = form.elements;
  const shown = body.value.trim();
  const isShown = shown && [text, ...drafts].some((one) => one.trim() === shown);
  if (document.getElementById(`p-${key}`)) return;
  if (Date.now() - at < RECENT) {
    if (isShown) empty(form);
    left(form, reply, true);
  } else if (isShown || !shown) {
    keepSent(form, reply);
    if (!isDraft || isShown) fill(form, reply); // kept by the server and not there: it came through, or was cleared
  } else left(form, reply, false);
}

function left(form, { text, key, drafts = [] }, goesOn) {
  const detail = { form, text, key, drafts, goesOn };
  afterLoading(() => document.dispatchEvent(new CustomEvent("reply:left", { detail })));
}

function empty(form) {
  form.elements.body.value = "";
  form.dataset.kept = "false";
  note().hidden = true;
}

// What was sent a moment ago is no draft: by the page before this one, after this one was asked for, or by another tab.
function forgetSent() {
  const form = document.getElementById("reply-form");
  const last = [...document.querySelectorAll("#log-list > [data-own]")].at(-1);
  const text = last?.querySelector(".b")?.textContent.trim();
  if (!form || !text || form.dataset.typed || form.elements.body.value.trim() !== text) return;
  if (Date.now() - Date.parse(last.querySelector("time").dateTime) > RECENT) return;
  empty(form);
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
