// Moves focus to what an action changed: the heading, the composer, or the summary of what is wrong. Without it: the
// focus stays where it was, and the summary stands above the fields.
import { bare, entitle } from "./title.js";

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response?.status !== 200) return;
  if (ctx.sourceElement.matches?.("#status-form")) {
    queueMicrotask(() => document.getElementById("thread-title")?.focus());
  }
  if (ctx.sourceElement.id === "reply-form") {
    document.getElementById("log")?.scrollTo({ top: 0 });
    queueMicrotask(() => document.getElementById("body")?.focus());
  }
});

// Where the focus was when a swap began, until it is somewhere again: rows come twice, and swaps fall into each other.
let held = null;
document.addEventListener("htmx:before:swap", () => {
  const at = document.activeElement;
  if (at === document.body && held?.at && !held.at.isConnected) return;
  const row = at?.closest("#log-list > [id]");
  held = { at, row: row && at !== row ? row.id : "", name: at?.classList[0], inThread: Boolean(at?.closest("#thread")) };
});
const isLost = () => held?.at && !held.at.isConnected && document.activeElement === document.body;
// What comes again in its row keeps the focus; a thread that takes the place of one that held it gets it.
const again = () => isLost() && document.getElementById(held.row)?.getElementsByClassName(held.name)[0]?.focus({ preventScroll: true });
document.addEventListener("htmx:after:swap", again);
// Somebody else closed it: the composer is hidden under whoever writes there.
document.addEventListener("htmx:after:swap", () => {
  const { at } = held ?? {};
  if (at?.isConnected && at.closest("#composer") && !at.checkVisibility()) document.getElementById("thread-title")?.focus({ preventScroll: true });
});
document.addEventListener("htmx:after:settle", () => {
  again();
  if (isLost() && held.inThread) document.getElementById("thread-title")?.focus({ preventScroll: true });
});

document.addEventListener("htmx:after:settle", () => {
  const summary = document.getElementById("error-summary");
  if (!summary || summary.dataset.shown) return;
  summary.dataset.shown = "1";
  summary.focus();
  for (const link of summary.querySelectorAll("a")) mark(link.hash.slice(1), link.textContent);
  if (!document.title.includes("Error: ")) entitle(`Error: ${bare()}`);
});

function mark(name, message) {
  const field = document.getElementById(name);
  const holder = field?.closest(".field");
  if (!holder) return;
  let words = holder.querySelector(".field-error");
  if (!words) {
    words = document.createElement("p");
    words.className = "field-error";
    words.id = `${name}-error`;
    holder.querySelector("label").after(words);
  }
  words.textContent = message;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", words.id);
}

// What was done led here, and the page that was left had the focus.
function arrive() {
  const done = document.querySelector("#page-notice .notice p");
  const heading = document.getElementById("list-title");
  if (!done || !heading || document.querySelector("#thread[data-open]") || document.activeElement !== document.body) return;
  heading.focus();
  document.getElementById("announcer").textContent = done.textContent;
}
if (document.readyState === "complete") arrive();
else window.addEventListener("load", arrive);

document.addEventListener("input", (event) => {
  const field = event.target.closest(".field [aria-invalid]");
  if (!field) return;
  field.removeAttribute("aria-invalid");
  field.closest(".field").querySelector(".field-error")?.remove();
});
