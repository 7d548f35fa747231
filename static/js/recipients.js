// The recipient's combobox: arrow keys, choosing, closing. Without it: Send asks to choose from what was found.
const input = document.getElementById("recipient");
const list = document.getElementById("recipient-list");
const to = document.getElementById("to");
let active = -1;

const options = () => [...list.querySelectorAll(".option:not(.none)")];

function open(shown) {
  list.hidden = !shown;
  input.setAttribute("aria-expanded", String(shown));
  if (!shown) move(-1);
}

function move(index) {
  const all = options();
  active = all.length && index >= 0 ? (index + all.length) % all.length : -1;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
  if (active < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", all[active].id);
  all[active].scrollIntoView({ block: "nearest" });
}

function choose(option) {
  to.value = option.dataset.to;
  input.value = option.dataset.name;
  document.getElementById("recipient-choices")?.remove();
  open(false);
}

if (input) {
  input.addEventListener("input", () => {
    to.value = "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) open(false);
    else if (event.key === "ArrowDown") move(list.hidden ? (open(true), 0) : active + 1);
    else if (event.key === "ArrowUp") move(active < 0 ? options().length - 1 : active - 1 + options().length);
    else if (event.key === "Enter" && active >= 0) choose(options()[active]);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => setTimeout(() => open(false), 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest(".option:not(.none)");
    if (option) choose(option);
  });
  document.addEventListener("htmx:after:swap", () => {
    if (document.activeElement === input && list.childElementCount && !to.value) {
      open(true);
      move(-1);
    }
  });
  document.querySelectorAll("[name=side][type=radio]").forEach((radio) =>
    radio.addEventListener("change", () => {
      to.value = "";
      input.value = "";
      list.replaceChildren();
      input.focus();
    }),
  );
}
