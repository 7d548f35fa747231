// Counts down how long Send has to wait after too many messages, and then lets it go. Without it: the first number stays.
let ticking = 0;

function count(form, box, until) {
  const button = form.querySelector("button[type=submit]");
  const left = Math.ceil((until - Date.now()) / 1000);
  button.disabled = left > 0 && form.isConnected;
  const words = box.querySelector("p");
  if (!button.disabled) {
    clearInterval(ticking);
    box.remove();
  } else words.textContent = words.textContent.replace(/\d+ seconds?/, `${left} second${left === 1 ? "" : "s"}`);
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const box = document.querySelector("#reply-error .refusal");
  if (ctx.response?.status !== 429 || ctx.sourceElement.id !== "reply-form" || !box) return;
  const until = Date.now() + 1000 * Number(ctx.response.headers.get("Retry-After"));
  box.setAttribute("aria-live", "off"); // it was said once
  clearInterval(ticking);
  ticking = setInterval(() => count(ctx.sourceElement, box, until), 1000);
  count(ctx.sourceElement, box, until);
});
