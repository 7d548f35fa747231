// Shows a thin bar above what loads for longer than a moment; what was there stays. Without it: nothing is shown.
const SOON = 200;
const waiting = new WeakMap();

function target(event) {
  const found = event.detail?.ctx?.target;
  return found instanceof Element && found.matches("#thread, #rows") ? found : null;
}

document.addEventListener("htmx:before:request", (event) => {
  const busy = target(event);
  if (!busy || event.detail.ctx.sourceElement === busy) return;
  busy.setAttribute("aria-busy", "true");
  waiting.set(busy, setTimeout(() => busy.classList.add("loading"), SOON));
});
document.addEventListener("htmx:finally:request", (event) => {
  const busy = target(event);
  if (!busy) return;
  clearTimeout(waiting.get(busy));
  busy.classList.remove("loading");
  busy.removeAttribute("aria-busy");
});
