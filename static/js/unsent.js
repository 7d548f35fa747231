// Keeps a new conversation that was not sent in this browser, and fills its form with it again. Signing out removes it.
// Without it: unsent text goes with its page.
import { choose } from "./files.js";
import { newKey } from "./once.js";

const FIELDS = ["recipient", "to", "subject", "body", "client_key"];
const place = () => `parley:${document.body.dataset.viewer}:new${form().closest("dialog") ? "" : location.search}`; // of each link
const form = () => document.getElementById("compose-form");
const side = (value) => form().querySelector(`[name=side][type=radio]${value ? `[value=${value}]` : ":checked"}`);
const note = () => document.getElementById("new-draft-note");

function keep() {
  const { elements } = form();
  const values = Object.fromEntries(FIELDS.map((name) => [name, elements[name].value]));
  if (!values.subject.trim() && !values.body.trim()) localStorage.removeItem(place());
  else localStorage.setItem(place(), JSON.stringify({ ...values, side: side()?.value }));
}

// Under its key it is sent once, whether it came through or not; what was changed since is another message.
function typed({ target }) {
  if (!form() || target.form !== form()) return;
  if (note().dataset.restored) form().elements.client_key.value = newKey();
  delete note().dataset.restored;
  keep();
}

function restore() {
  if (!form() || form().dataset.seen) return;
  form().dataset.seen = "1";
  const kept = JSON.parse(localStorage.getItem(place()) ?? "null");
  if (!kept || document.querySelector("#error-summary")) return;
  if (kept.side) side(kept.side).checked = true;
  for (const name of FIELDS) form().elements[name].value = kept[name];
  note().dataset.restored = "1";
  note().hidden = false;
}

function clear() {
  for (const name of FIELDS) form().elements[name].value = "";
  form().elements.client_key.value = newKey();
  choose(form().elements.files, []);
  note().hidden = true;
  keep();
  form().elements.recipient.focus();
  document.getElementById("announcer").textContent = "Draft cleared";
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("click", ({ target }) => target.closest("#clear-new-draft") && clear());
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === form() && ctx.response?.status === 204) localStorage.removeItem(place());
});
document.addEventListener("htmx:after:swap", restore);
restore();
