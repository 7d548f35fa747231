// Marks a conversation read once its last message was on screen for a second. Without it: answering marks it read.
const SEEN_AFTER = 1000;
let timer = 0;
let watched = null;

const observer = new IntersectionObserver((entries) => {
  clearTimeout(timer);
  if (entries.at(-1).isIntersecting) timer = setTimeout(seen, SEEN_AFTER);
});

// Asks to be marked read once for every last message by others; data-up-to is what the server had shown already.
function seen() {
  const form = document.getElementById("read-form");
  const last = [...document.querySelectorAll("#log-list > .msg[data-seq]:not([data-own])")].at(-1)?.dataset.seq ?? "0";
  if (document.visibilityState !== "visible" || !form) return;
  if (form.dataset.unread === "0" && Number(last) <= Number(form.dataset.upTo)) return;
  form.dataset.unread = "0";
  form.dataset.upTo = last;
  form.dispatchEvent(new CustomEvent("seen", { bubbles: true }));
}

function watch() {
  const last = [...document.querySelectorAll("#log-list > [data-seq]")].at(-1);
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
watch();
