// Ctrl+Enter sends, focus stays where one writes, errors are brought into view. Without it: the Send button does it all.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.target.matches("textarea[name=body]")) {
    event.preventDefault();
    event.target.form?.requestSubmit();
  }
});

document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail?.ctx;
  if (ctx?.response?.status !== 200) return;
  if (ctx.sourceElement.matches?.("#thread-actions > form")) queueMicrotask(() => document.getElementById("thread-title")?.focus());
  if (ctx.sourceElement.id === "reply-form") {
    document.getElementById("log")?.scrollTo({ top: 0 });
    queueMicrotask(() => document.getElementById("body")?.focus());
  }
});

document.addEventListener("htmx:after:settle", () => {
  const summary = document.getElementById("error-summary");
  if (!summary || summary.dataset.shown) return;
  summary.dataset.shown = "1";
  summary.focus();
  for (const link of summary.querySelectorAll("a")) mark(link.hash.slice(1), link.textContent);
  if (!document.title.includes("Error: ")) document.title = `Error: ${document.title}`;
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

document.addEventListener("input", (event) => {
  const field = event.target.closest(".field [aria-invalid]");
  if (!field) return;
  field.removeAttribute("aria-invalid");
  field.closest(".field").querySelector(".field-error")?.remove();
});
