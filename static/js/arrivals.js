// Lets the list change at once, but not under a pointer or a focus that was in it within five seconds: then a button
// says how many conversations changed. Without it: the list changes after a reload.
const IDLE = 5000;
const changed = new Set();
let touched = 0;
let timer = 0;

const list = () => document.getElementById("rows");
const isBusy = () => Date.now() - touched < IDLE && list()?.matches(":hover, :focus-within");

function refresh() {
  clearTimeout(timer);
  changed.clear();
  document.querySelector(".updated")?.remove();
  document.dispatchEvent(new CustomEvent("list:refresh"));
}

function offer() {
  let place = document.querySelector(".updated");
  if (!place) {
    place = document.createElement("div");
    place.className = "updated";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.addEventListener("click", refresh);
    place.append(button);
    list().after(place); // below, where it neither covers nor moves a row
  }
  place.firstChild.textContent = `${changed.size} updated, show`;
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => (isBusy() ? wait() : refresh()), Math.max(200, IDLE - (Date.now() - touched)));
}

document.addEventListener("live:list", (event) => {
  if (!list()) return;
  if (event.target !== document.body || !isBusy()) return refresh();
  changed.add(event.detail?.id ?? "some");
  offer();
  wait();
});
for (const name of ["pointermove", "pointerdown", "focusin", "keydown"])
  document.addEventListener(name, ({ target }) => {
    if (target.closest?.("#rows")) touched = Date.now();
  });
