// Marks a conversation read once its last message was on screen for a second. Without it: answering marks it read.
const SEEN_AFTER = 1000;
let timer = 0;
let watched = null;

const observer = new IntersectionObserver((entries) => {
  clearTimeout(timer);
  if (entries.at(-1).isIntersecting) timer = setTimeout(seen, SEEN_AFTER);
});

function seen() {
  const form = document.getElementById("read-form");
  if (document.visibilityState !== "visible" || !form) return;
  const last = document.querySelector("#log-list > [data-seq]:last-of-type");
  if (form.dataset.unread === "0" && form.dataset.seen === last?.dataset.seq) return;
  if (form.dataset.unread === "0" && !hasNew(form)) return;
  form.dataset.unread = "0";
  form.dataset.seen = last?.dataset.seq ?? "";
  form.dispatchEvent(new CustomEvent("seen", { bubbles: true }));
}

function hasNew(form) {
  const after = Number(form.dataset.seen || form.dataset.shown);
  return [...document.querySelectorAll("#log-list > .msg:not([data-own])")].some((m) => Number(m.dataset.seq) > after);
}

function watch() {
  const form = document.getElementById("read-form");
  const last = document.querySelector("#log-list > [data-seq]:last-of-type");
  if (form && !form.dataset.shown) form.dataset.shown = last?.dataset.seq ?? "0";
  if (last === watched) return;
  observer.disconnect();
  watched = last;
  if (last) observer.observe(last);
}

document.addEventListener("visibilitychange", () => {
  watched = null;
  watch();
});
document.addEventListener("htmx:after:settle", watch);
document.addEventListener("htmx:before:swap", () => {
  // The link to earlier messages goes with the swap: its focus stays in the log, or the browser would scroll.
  if (document.activeElement?.closest(".earlier")) document.getElementById("log").focus({ preventScroll: true });
});
watch();
