// Chosen files become chips with size, Remove and, after a refusal, the reason. Without it: the browser's own file field.
const picked = new WeakMap(); // what was chosen for a field, since choosing again forgets the former choice
const refused = new WeakMap(); // why the server took a file not

function chip(field, file) {
  const item = document.createElement("li");
  const reason = refused.get(file);
  item.className = reason ? "chip refused" : "chip";
  item.append(
    part("bdi", file.name),
    part("span", file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`, "hint"),
    remover(field, file),
  );
  if (reason) item.append(part("span", reason, "field-error"));
  return item;
}

function part(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function remover(field, file) {
  const button = part("button", "×");
  button.type = "button";
  button.setAttribute("aria-label", `Remove ${file.name}`);
  button.addEventListener("click", () => {
    const files = picked.get(field) ?? [];
    const index = files.indexOf(file);
    choose(field, files.filter((other) => other !== file));
    const buttons = field.form.querySelectorAll(".chip button");
    (buttons[Math.min(index, buttons.length - 1)] ?? field).focus();
    if (!field.form.querySelector(".chip.refused")) field.form.querySelector(".refusal:has(.refused-files)")?.remove();
  });
  return button;
}

function choose(field, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  picked.set(field, files);
  field.files = transfer.files;
  show(field);
}

function show(field) {
  const files = picked.get(field) ?? [];
  const list = field.form.querySelector(".chips");
  list.hidden = files.length === 0;
  list.replaceChildren(...files.map((file) => chip(field, file)));
}

document.addEventListener("change", (event) => {
  if (event.target.id !== "files") return;
  choose(event.target, [...(picked.get(event.target) ?? []), ...event.target.files]);
});

// The server names a refused file by its place among those that were sent; its reason moves to the chip.
document.addEventListener("htmx:after:settle", () => {
  const field = document.getElementById("files");
  const files = picked.get(field) ?? [];
  const list = document.querySelector(".refused-files:not([hidden])");
  if (!list || !files.length) return;
  for (const line of list.children) {
    const file = files[line.dataset.file];
    if (file) refused.set(file, line.querySelector(".why").textContent);
  }
  list.hidden = true;
  show(field);
});
