// Keeps what is typed and not sent: in this browser at once, on the server after a second; restore.js shows it again.
// Without it: unsent text goes with its page.
import { drafts, keepSent, put, remove, sent, setDrafts, write } from "./kept.js";
import { newKey } from "./once.js";

const WAIT = 1000;
const on = (name, listener) => document.addEventListener(name, listener);
let waiting, saving;

function typed({ target }) {
  const form = target.form;
  if (target.id !== "body" || form?.id !== "reply-form") return;
  if (form.dataset.restored) form.elements.client_key.value = newKey();
  delete form.dataset.restored;
  form.dataset.typed = "1";
  write(form);
  clearTimeout(waiting?.timer);
  waiting = { form, timer: setTimeout(save, WAIT) };
}

export function save() {
  const form = waiting?.form;
  stop();
  if (!form) return;
  const { body, client_key: key } = form.elements;
  setDrafts(form, [...drafts(form), body.value]);
  for (const reply of sent(form)) if (reply.isDraft) keepSent(form, reply, { isDraft: false }); // this one takes its place
  give(form, { text: body.value, key: key.value });
}

function stop() {
  clearTimeout(waiting?.timer);
  waiting = null;
}

// Tells whether the server has it.
export async function give(form, kept) {
  if (saving?.form === form) saving.stop.abort();
  const own = (saving = { form, key: kept.key, stop: new AbortController() });
  if (!(await put(form, kept, own.stop.signal))) return false;
  remove(form, { text: kept.text });
  const is = String(kept.text.trim() !== "");
  say(form, kept.text.trim() && "Draft saved");
  if (form.elements.client_key.value === kept.key) setDrafts(form, [kept.text]);
  if (is !== form.dataset.kept) document.dispatchEvent(new CustomEvent("list:refresh")); // one's own: it does not wait
  form.dataset.kept = is;
  return true;
}

function say(form, words) {
  if (form.isConnected) document.getElementById("draft-state").textContent = words;
}

// What goes out is no draft any more.
export function release(form, key) {
  if (saving?.key === key) saving.stop.abort();
  remove(form, { key });
}

// It is in the composer no more either: what is typed there next is another one.
function taken({ form, key }) {
  stop();
  release(form, key);
  setDrafts(form, []);
  form.dataset.kept = "false";
  say(form, "");
}

on("input", typed);
on("focusout", ({ target }) => target.id === "body" && save());
on("visibilitychange", () => document.visibilityState === "hidden" && save());
window.addEventListener("pagehide", save);
on("reply:taken", ({ detail }) => taken(detail));
on("htmx:after:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (form.id !== "reply-form" || ctx.reply || ctx.response?.status !== 200) return;
  taken({ form, key: ctx.request.body.get("client_key") }); // without send.js
});
