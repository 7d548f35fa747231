// Keeps a long log short in the page: what is far from the reader goes, and a link brings it back. Without it: it grows.
const MOST = 300;
const LEFT = 260;

// Takes the newest away from somebody who reads upwards, else the oldest.
export function trim(list, upwards) {
  if (list.children.length <= MOST) return;
  const kind = upwards ? ".later" : ".earlier";
  list.querySelector(`:scope > ${kind}`)?.remove();
  while (list.children.length >= LEFT) (upwards ? list.lastElementChild : list.firstElementChild).remove();
  const rows = [...list.querySelectorAll(":scope > [data-seq]")];
  const item = more(kind, rows.at(upwards ? -1 : 0).dataset.seq);
  if (upwards) list.append(item);
  else list.prepend(item);
  window.htmx.process(item);
}

function more(kind, seq) {
  const item = document.getElementById("more-links").content.querySelector(kind).cloneNode(true);
  const link = item.firstElementChild;
  for (const name of ["href", "hx-get"]) link.setAttribute(name, link.getAttribute(name).replace(/=0$/, `=${seq}`));
  return item;
}
