// Keeps what is typed and not sent: in this browser at once, on the server after a second; restore.js shows it again.
// Without it: unsent text goes with its page.
import { failed, put, read, remove, write } from "./kept.js";
import { newKey } from "./once.js";

const WAIT = 1000;
const on = (name, listener, capture) => document.addEventListener(name, listener, capture);
let waiting, saving, leaving;

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

async function save() {
  clearTimeout(waiting?.timer);
  const form = waiting?.form;
  const kept = form && read(form);
  if (!kept) return;
  waiting = null;
  saving?.abort();
  saving = new AbortController();
  if (!(await put(form, kept, saving.signal))) return;
  const is = String(kept.text.trim() !== "");
  say(form, is === "true" ? "Draft saved" : "");
  if (is === form.dataset.kept) return;
  form.dataset.kept = is;
  document.dispatchEvent(new CustomEvent("list:refresh")); // one's own doing: it does not wait as news does
}

function say(form, words) {
  if (form.isConnected) document.getElementById("draft-state").textContent = words;
}

// Unless more was typed since, under another key.
function sent({ form, key }) {
  if (read(form)?.key === key) remove(form);
  form.dataset.kept = "false";
  say(form, "");
}

function sending(form) {
  clearTimeout(waiting?.timer);
  waiting = null;
  saving?.abort();
  document.getElementById("draft-note").hidden = true;
  if (form.elements.body.value) write(form, Date.now());
}

on("input", typed);
on("focusout", ({ target }) => target.id === "body" && save());
on("visibilitychange", () => document.visibilityState === "hidden" && save());
window.addEventListener("pagehide", () => {
  leaving = true;
  save();
});
window.addEventListener("pageshow", () => (leaving = false));
on("submit", ({ target }) => target.id === "reply-form" && sending(target), true);
on("reply:sent", (event) => sent(event.detail));
on("reply:failed", ({ detail: { form } }) => {
  if (leaving) return; // only its answer is lost: what was sent outlasts the page
  failed(form);
  waiting = { form };
  save();
});
on("htmx:after:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (form.id === "reply-form" && ctx.response?.status === 200) sent({ form, key: read(form)?.key });
});
