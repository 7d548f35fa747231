// Shows the form of a new conversation in a dialog over the inbox, under its own address. Without it: a page.
import { bare, entitle } from "./title.js";

const dialog = document.getElementById("compose-dialog");
const main = document.getElementById("main");
let under = null; // the page below: its address and its title

// Its style sheet comes with the first form.
async function styled() {
  const sheet = dialog.querySelector("link");
  if (sheet && !sheet.sheet) await new Promise((done) => (sheet.onload = sheet.onerror = done));
}

async function open(source) {
  await styled();
  if (dialog.open || !dialog.childElementCount) return;
  (source.querySelector("button") ?? source).focus(); // closing gives the focus back to it
  under = { address: location.href, title: bare() };
  history.pushState({ htmx: true }, "", dialog.querySelector("form").action);
  entitle(`New conversation – ${under.title}`);
  main.setAttribute("aria-hidden", "true"); // a modal dialog says so itself, but not everybody listens
  dialog.showModal();
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (dialog && ctx.target === dialog) open(ctx.sourceElement);
});
dialog?.addEventListener("click", (event) => {
  if (!event.target.closest("#leave-compose")) return;
  event.preventDefault();
  dialog.close();
});
function left() {
  const { subject, body, files } = dialog.querySelector("form").elements;
  if (!subject.value.trim() && !body.value.trim()) return;
  const text = files.files.length ? "Kept as a draft, without its files." : "Kept as a draft.";
  document.dispatchEvent(new CustomEvent("toast", { detail: { text } }));
}

dialog?.addEventListener("close", () => {
  left();
  main.removeAttribute("aria-hidden");
  history.replaceState({ htmx: true }, "", under.address);
  entitle(under.title);
  setTimeout(() => dialog.open || dialog.replaceChildren(), 300); // a question for recipients that still waits has its list
});
