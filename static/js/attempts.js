// A reply that was sent off: its row, and what the buttons there do. Without it: see send.js.
import { fail, show } from "./pending.js";
import { changed, isEmpty, putBack, takeOut } from "./reply.js";

let again = null; // the reply that the next request of its form tries again
export const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// Returns what the next request carries instead of what stands in the composer, once.
export function retried() {
  const reply = again;
  again = null;
  return reply;
}

export function take(form, body) {
  const reply = line(takeOut(form, body));
  tell("reply:taken", reply);
  document.getElementById("log").scrollTo({ top: 0 });
  return reply;
}

function line(reply) {
  reply.row = show(reply, { again: () => tryAgain(reply), discard: () => discard(reply), cancel: () => back(reply) });
  return reply;
}

function tryAgain(reply) {
  (again = reply).form.requestSubmit();
}

function discard(reply) {
  reply.row.remove();
  tell("reply:undone", reply);
  if (isEmpty(reply.form)) changed(reply.form);
  else reply.form.elements.body.focus();
}

export function back(reply, key) {
  reply.abort();
  const isBack = putBack(reply, key);
  if (isBack) reply.row.remove();
  else fail(reply.row, "");
  tell(isBack ? "reply:undone" : "reply:failed", reply);
}

// What a page before this one did not send, or was sending when it went.
function left({ goesOn, ...kept }) {
  if (!kept.form.isConnected || document.getElementById(`p-${kept.key}`)) return;
  const reply = line({ ...kept, files: [] });
  if (goesOn && navigator.onLine) tryAgain(reply);
  else fail(reply.row, "");
}

// Returns the body of such a reply: the form's, with its own text.
export function bodyOf({ text, key, drafts }, body) {
  for (const name of ["files", "draft"]) body.delete(name);
  body.set("body", text);
  body.set("client_key", key);
  drafts.forEach((one) => body.append("draft", one));
  return body;
}

document.addEventListener("reply:left", ({ detail }) => left(detail));
