// The recipient's combobox: arrow keys, choosing, closing. Without it: Send asks to choose from what was found.
const find = (id) => document.getElementById(id);
const options = () => [...find("recipient-list").querySelectorAll(".option:not(.none)")];
const isInput = ({ target }) => target.id === "recipient";
let active = -1;
let wanted = false; // it was typed or asked for: to be focused is no reason to cover what stands below

function open(shown) {
  find("recipient-list").hidden = !shown;
  find("recipient").setAttribute("aria-expanded", String(shown));
  if (!shown) move(-1);
}

function move(index) {
  const all = options();
  active = all.length && index >= 0 ? (index + all.length) % all.length : -1;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
  if (active < 0) return find("recipient").removeAttribute("aria-activedescendant");
  find("recipient").setAttribute("aria-activedescendant", all[active].id);
  all[active].scrollIntoView({ block: "nearest" });
}

function choose(option) {
  find("to").value = option.dataset.to;
  find("recipient").value = option.dataset.name;
  find("recipient-choices")?.remove();
  open(false);
  find("recipient").dispatchEvent(new Event("change", { bubbles: true })); // for whoever keeps what was filled in
}

function press(event) {
  const { hidden } = find("recipient-list");
  if (event.key === "Escape" && !hidden) open((wanted = false));
  else if (event.key === "ArrowDown") move(hidden ? (open(true), 0) : active + 1);
  else if (event.key === "ArrowUp") move(active < 0 ? options().length - 1 : active - 1 + options().length);
  else if (event.key === "Enter" && active >= 0) choose(options()[active]);
  else return;
  event.preventDefault();
}

document.addEventListener("input", (event) => {
  if (!isInput(event)) return;
  find("to").value = "";
  wanted = true;
});
document.addEventListener("keydown", (event) => isInput(event) && press(event));
document.addEventListener("focusin", (event) => isInput(event) && (wanted = false));
document.addEventListener("focusout", (event) => isInput(event) && setTimeout(() => find("recipient") && open(false), 150));
document.addEventListener("mousedown", (event) => event.target.closest("#recipient-list") && event.preventDefault());
document.addEventListener("click", (event) => {
  const option = event.target.closest("#recipient-list .option:not(.none)");
  if (option) choose(option);
  if (isInput(event) && find("recipient-list").childElementCount) open(true);
});
document.addEventListener("htmx:after:swap", () => {
  if (!wanted || document.activeElement?.id !== "recipient" || !find("recipient-list").childElementCount || find("to").value) return;
  open(true);
  move(-1);
});
document.addEventListener("change", ({ target }) => {
  if (!target.matches("#compose-form [name=side][type=radio]")) return;
  find("to").value = find("recipient").value = "";
  find("recipient-list").replaceChildren();
  find("recipient").focus();
});
