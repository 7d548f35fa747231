// Lets a chosen theme, density or sound hold at once and puts a hint away; htmx sends the choice to be kept.
// Without it: Apply shows the page anew.
document.addEventListener("change", ({ target }) => {
  if (!target.closest("form.choices-form")) return;
  const { name } = target;
  const value = target.type === "checkbox" && !target.checked ? "off" : target.value;
  if (name === "theme" || name === "density") document.documentElement.dataset[name] = value;
  if (name === "sound") document.body.dataset.sound = value;
  if (name === "keys") {
    document.body.dataset.keys = value;
    document.querySelectorAll("input[name=keys][type=checkbox]").forEach((box) => (box.checked = value === "on"));
  }
});

document.addEventListener("htmx:after:request", (event) => {
  const form = event.detail?.ctx?.sourceElement;
  if (!form?.matches?.(".hint-line") || event.detail.ctx.response?.status !== 204) return;
  form.remove();
  document.getElementById("q")?.focus();
});
