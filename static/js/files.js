// Chosen files become chips with size, Remove and, after a refusal, the reason. Without it: the browser's own file field.
const picked = new WeakMap(); // what was chosen for an input, since choosing again forgets the former choice

function input() {
  return document.getElementById("files");
}

function show(field, reasons = {}) {
  const files = picked.get(field) ?? [];
  const list = field.form.querySelector(".chips");
  list.hidden = files.length === 0;
  list.replaceChildren(...files.map((file, index) => chip(field, file, index, reasons[index])));
}

function chip(field, file, index, reason) {
  const item = document.createElement("li");
  item.className = reason ? "chip refused" : "chip";
  const name = document.createElement("bdi");
  name.textContent = file.name;
  const size = document.createElement("span");
  size.className = "hint";
  size.textContent = file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.setAttribute("aria-label", `Remove ${file.name}`);
  remove.textContent = "×";
  remove.addEventListener("click", () => {
    choose(field, (picked.get(field) ?? []).filter((_, other) => other !== index));
    (field.form.querySelectorAll(".chip button")[index] ?? field).focus();
  });
  item.append(name, size, remove);
  if (reason) {
    const words = document.createElement("span");
    words.className = "field-error";
    words.textContent = reason;
    item.append(words);
  }
  return item;
}

function choose(field, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  picked.set(field, files);
  field.files = transfer.files;
  show(field);
}

document.addEventListener("change", (event) => {
  if (event.target.id !== "files") return;
  choose(event.target, [...(picked.get(event.target) ?? []), ...event.target.files]);
});

// The server names a refused file by its place among those that were sent.
document.addEventListener("htmx:after:settle", () => {
  const field = input();
  const box = document.querySelector(".refused-files:not([data-shown])");
  if (!field || !box) return;
  box.dataset.shown = "";
  const reasons = {};
  for (const line of box.querySelectorAll("[data-file]")) reasons[line.dataset.file] = line.querySelector(".why").textContent;
  show(field, reasons);
});
