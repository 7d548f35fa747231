// Toasts leave by themselves, but not while they are looked at; raise "toast" on the document with {text, kind} to show
// one, kind "error" stays until dismissed. Without it: toasts of the server stay until the next page.
const LASTS = "8000";
const MOST = 3;
const box = document.getElementById("toasts");
const timers = new WeakMap();

function start(toast) {
  stop(toast);
  if (toast.dataset.lasts) timers.set(toast, setTimeout(() => remove(toast), Number(toast.dataset.lasts)));
}

function stop(toast) {
  clearTimeout(timers.get(toast));
}

// Focus never falls to the body: it goes to the open conversation, else to the list.
function remove(toast) {
  const held = toast.contains(document.activeElement);
  stop(toast);
  toast.remove();
  if (held) (document.querySelector("#thread[data-open] h1") ?? document.getElementById("rows"))?.focus();
}

function adopt(toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn quiet small dismiss";
  button.setAttribute("aria-label", "Dismiss");
  button.textContent = "×";
  button.addEventListener("click", () => remove(toast));
  toast.append(button);
  toast.dataset.adopted = "";
  start(toast);
}

function show({ text, kind = "done" }) {
  const toast = document.createElement("div");
  const words = document.createElement("p");
  toast.className = `toast ${kind}`;
  words.textContent = text;
  toast.append(words);
  if (kind === "error") toast.setAttribute("role", "alert");
  else {
    toast.dataset.lasts = LASTS;
    document.getElementById("announcer").textContent = text;
  }
  box.append(toast);
}

if (box) {
  new MutationObserver(() => {
    box.querySelectorAll(".toast:not([data-adopted])").forEach(adopt);
    while (box.childElementCount > MOST) box.firstElementChild.remove();
  }).observe(box, { childList: true });
  for (const [event, act] of [["mouseover", stop], ["focusin", stop], ["mouseout", start], ["focusout", start]])
    box.addEventListener(event, ({ target }) => {
      const toast = target.closest(".toast");
      if (toast && !(act === start && toast.matches(":hover, :focus-within"))) act(toast);
    });
  document.addEventListener("toast", (event) => show(event.detail));
  box.querySelectorAll(".toast").forEach(adopt);

  // Undo takes its own toast away: focus follows what came back. Other requests may come in between.
  let undoing = false;
  document.addEventListener("htmx:before:request", (event) => {
    const toast = event.detail?.ctx?.sourceElement?.closest?.(".toast");
    if (toast?.contains(document.activeElement)) undoing = true;
  });
  document.addEventListener("htmx:after:settle", () => {
    if (!undoing || document.activeElement !== document.body) return;
    undoing = false;
    (document.querySelector("#thread[data-open] h1") ?? document.getElementById("rows"))?.focus();
  });
}
