// Chosen files become chips with size, Remove and what is wrong with them. Without it: the browser's own file field.
const picked = new WeakMap(); // what was chosen for a field, since choosing again forgets the former choice
const refused = new WeakMap(); // why the server did not take a file

export const chosen = (field) => picked.get(field) ?? [];

export function sizeOf({ size }) {
  return size < 1048576 ? `${Math.ceil(size / 1024)} KB` : `${(size / 1048576).toFixed(1)} MB`;
}

export function choose(field, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  picked.set(field, files);
  field.files = transfer.files;
  const list = field.form.querySelector(".chips");
  list.hidden = files.length === 0;
  list.replaceChildren(...files.map((file) => chip(field, file)));
}

// What the server would say of the files, before they are sent.
export function refusal(field) {
  const bad = chosen(field).filter((file) => wrong(field, file));
  if (bad.length) return bad.length === 1 ? `${bad[0].name} cannot be sent` : `${bad.length} files cannot be sent`;
  const most = Number(field.form.dataset.most ?? Infinity);
  return chosen(field).length > most ? `You can only select up to ${most} files at the same time` : "";
}

function wrong({ accept, dataset, form }, file) {
  const { largestMb } = form.dataset;
  const ending = file.name.includes(".") ? `.${file.name.split(".").at(-1).toLowerCase()}` : "";
  if (file.size > (largestMb ?? Infinity) * 1048576) return `The selected file must be smaller than ${largestMb}MB`;
  if (!file.size) return "The selected file is empty";
  return accept.split(",").includes(ending) ? "" : dataset.refusedType;
}

function chip(field, file) {
  const item = document.createElement("li");
  const reason = wrong(field, file) || refused.get(file);
  item.className = reason ? "chip refused" : "chip";
  item.append(part("bdi", file.name), part("span", sizeOf(file), "hint"), remover(field, file));
  if (reason) item.append(part("span", reason, "field-error"));
  return item;
}

function part(name, text, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

function remover(field, file) {
  const button = Object.assign(part("button", "×"), { type: "button", ariaLabel: `Remove ${file.name}` });
  button.addEventListener("click", () => {
    const index = chosen(field).indexOf(file);
    choose(field, chosen(field).filter((other) => other !== file));
    const buttons = field.form.querySelectorAll(".chip button");
    (buttons[Math.min(index, buttons.length - 1)] ?? field).focus();
    if (!field.form.querySelector(".chip.refused")) field.form.querySelector(".refusal:is(.of-files, :has(.refused-files))")?.remove();
  });
  return button;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("input[type=file][name=files]")) choose(target, [...chosen(target), ...target.files]);
});

// The server names a refused file by its place among those that were sent; its reason moves to the chip.
document.addEventListener("htmx:after:settle", () => {
  const list = document.querySelector(".refused-files:not([hidden])");
  const field = list?.closest("form")?.elements.files;
  if (!field || !chosen(field).length) return;
  for (const line of list.children) {
    const file = chosen(field)[line.dataset.file];
    if (file) refused.set(file, line.querySelector(".why").textContent);
  }
  list.hidden = true;
  choose(field, chosen(field));
});
