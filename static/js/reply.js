// What stands in the composer: taken out for sending, put back when it could not be sent. Without it: see send.js.
import { choose, chosen } from "./files.js";
import { newKey } from "./once.js";

export const isEmpty = (form) => !form.elements.body.value.trim() && !chosen(form.elements.files).length;

// Takes the reply out of the composer, which is free for the next one.
export function takeOut(form, body) {
  const { body: field, files, client_key: key } = form.elements;
  const reply = { form, body, text: field.value, files: chosen(files), key: key.value, drafts: body.getAll("draft") };
  fill(form, { text: "", files: [], key: newKey() });
  document.getElementById("reply-error").replaceChildren();
  field.focus();
  return reply;
}

// Puts it back where it was written; false when a newer one is written there, or the thread was left.
export function putBack(reply, key = reply.key) {
  if (!reply.form.isConnected || !isEmpty(reply.form)) return false;
  fill(reply.form, { ...reply, key });
  changed(reply.form);
  return true;
}

// Tells whoever keeps drafts what stands there now.
export function changed(form) {
  form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
  form.elements.body.focus();
}

function fill(form, { text, files, key }) {
  form.elements.body.value = text;
  form.elements.client_key.value = key;
  choose(form.elements.files, files);
}

export function refuse(words) {
  const box = Object.assign(document.createElement("div"), { className: "refusal of-files", role: "alert" });
  box.append(Object.assign(document.createElement("p"), { textContent: words }));
  document.getElementById("reply-error").replaceChildren(box);
}

// The text of a thread that is left is a draft; its files cannot be kept.
let composer = null;
document.addEventListener("htmx:before:swap", () => (composer = document.getElementById("reply-form")));
document.addEventListener("htmx:after:swap", () => {
  if (!composer || composer.isConnected || !chosen(composer.elements.files).length) return;
  const text = composer.elements.body.value.trim() ? "Kept as a draft, without its files." : "The files were not sent.";
  composer = null;
  document.dispatchEvent(new CustomEvent("toast", { detail: { text } }));
});

// A conversation that was opened again brings its composer anew, around the same field.
document.addEventListener("htmx:after:settle", () => {
  const field = document.getElementById("files");
  if (field && chosen(field).length && !field.form.querySelector(".chip")) choose(field, chosen(field));
});
