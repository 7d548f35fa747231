// Shows an image of the thread large, with its neighbours and a download. Without it: the link opens the image.
const dialog = document.getElementById("lightbox");
const all = () => [...document.querySelectorAll("#log-list a.image")];
let shown = null;

function show(link) {
  const images = all();
  const thumbnail = link.querySelector("img");
  const image = Object.assign(document.createElement("img"), { src: link.href, alt: thumbnail.alt });
  shown = link;
  image.addEventListener("click", () => image.classList.toggle("whole"));
  dialog.querySelector(".stage").replaceChildren(image);
  dialog.querySelector(".caption").textContent = thumbnail.alt;
  dialog.querySelector(".count").textContent = `${images.indexOf(link) + 1} of ${images.length}`;
  dialog.querySelector(".download").href = link.href.replace(/\/preview$/, "");
  for (const button of dialog.querySelectorAll("[data-step]")) button.hidden = images.length < 2;
}

// Its style sheet comes with the first image.
function dress() {
  const sheet = document.getElementById("lightbox-sheet");
  sheet?.replaceWith(sheet.content);
}

function step(by) {
  const images = all();
  if (images.length > 1) show(images[(images.indexOf(shown) + by + images.length) % images.length]);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#log-list a.image");
  if (!link || !dialog || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  dress();
  link.focus(); // closing gives the focus back to it
  show(link);
  dialog.showModal();
  dialog.querySelector(".close").focus();
});

dialog?.addEventListener("click", ({ target }) => {
  if (target.closest("[data-step]")) step(Number(target.closest("[data-step]").dataset.step));
  else if (target.closest(".close") || target === dialog || target.matches(".stage")) dialog.close();
});
dialog?.addEventListener("keydown", ({ key }) => {
  const right = document.dir === "rtl" ? -1 : 1;
  if (key === "ArrowRight") step(right);
  if (key === "ArrowLeft") step(-right);
});
dialog?.addEventListener("close", () => dialog.querySelector(".stage").replaceChildren());
