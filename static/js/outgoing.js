// Keeps in this browser what was sent off until it is answered, and gives the server as a draft what could not be sent.
// Without it: what is on its way goes with its page when the network does too.
import { give, release } from "./draft.js";
import { gone, keepSent, sent } from "./kept.js";

const on = (name, act) => document.addEventListener(name, ({ detail }) => act(detail));
const toast = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: "error" } }));
let leaving;

// Files cannot be kept, and without them it would be another message.
function out({ form, key, text, files, drafts }) {
  release(form, key);
  if (text) keepSent(form, { key, text, drafts }, { at: files.length ? 0 : Date.now() });
}

// Answered, or in the composer again.
function done({ form, key }) {
  keepSent(form, { key });
}

// When another reply is written meanwhile, that one is the draft, and this one stays in this browser.
async function failed({ form, key }) {
  if (leaving) return; // only its answer is lost: what was sent outlasts the page
  const reply = sent(form).find((one) => one.key === key);
  if (!reply) return;
  keepSent(form, reply, { at: 0 });
  if (!form.isConnected) toast("Your reply was not sent. It is kept as a draft.");
  if (!form.elements.body.value.trim() && (await give(form, reply))) keepSent(form, reply, { at: 0, isDraft: true });
}

// Another tab's draft took the place of this one's on the server, and went with its reply.
function elsewhere(event) {
  const form = document.getElementById("reply-form");
  const text = form?.elements.body.value.trim();
  if (!text || !form.dataset.typed) return;
  const others = gone(form, event);
  const isSent = others.some((one) => [one.text, ...one.drafts].some((state) => state.trim() === text));
  if (others.length && !isSent) form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
}

on("reply:taken", (reply) => {
  document.getElementById("draft-note").hidden = true;
  out(reply);
});
on("reply:again", out);
on("reply:sent", done);
on("reply:undone", done);
on("reply:failed", failed);
window.addEventListener("storage", elsewhere);
window.addEventListener("pagehide", () => (leaving = true));
window.addEventListener("pageshow", () => (leaving = false));
