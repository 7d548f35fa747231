// The row of a reply on its way: it waits, counts its upload, becomes the server's, or says that it was not sent.
// Without it: a reply is shown when the server has it.
import { sizeOf } from "./files.js";

const WORDS = "Sorry, there is a problem with the service. Your message was not sent. We kept it as a draft.";

export function show(reply, actions) {
  const row = document.getElementById("pending-row").content.firstElementChild.cloneNode(true);
  const text = row.querySelector(".b");
  text.textContent = reply.text.trim();
  text.hidden = !text.textContent;
  row.id = `p-${reply.key}`;
  row.querySelector(".names").append(...reply.files.map(name));
  row.addEventListener("click", ({ target }) => actions[target.dataset.do]?.());
  document.getElementById("log-list").append(row);
  return row;
}

function name(file) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("bdi"), { textContent: file.name }), `, ${sizeOf(file)}`);
  return item;
}

// Returns what is to be told how much of the upload has gone out; when all is there, nothing can be taken back.
export function start(row, hasFiles) {
  const uploading = row.querySelector(".uploading");
  row.classList.remove("failed");
  row.setAttribute("aria-busy", "true");
  row.querySelector(".not-sent").hidden = true;
  row.querySelector(".state").textContent = "Sending…";
  uploading.hidden = !hasFiles;
  return (part) => {
    row.querySelector("progress").value = part;
    if (part === 1) uploading.hidden = true;
  };
}

// The server's row takes the place of this one when it finds its own id here.
export function confirm(row, html) {
  const own = [...html.matchAll(/id="(m-\d+)"[^>]*data-own/g)].map((found) => found[1]);
  const fresh = own.find((id) => !document.getElementById(id));
  if (fresh) row.id = fresh;
  else row.remove(); // it came another way
}

export function fail(row, html) {
  const words = new DOMParser().parseFromString(html, "text/html").querySelector(".refusal p");
  row.classList.add("failed");
  row.removeAttribute("aria-busy");
  row.querySelector(".state").textContent = "";
  row.querySelector(".uploading").hidden = true;
  row.querySelector(".why").textContent = words?.textContent ?? WORDS;
  row.querySelector(".not-sent").hidden = false;
}
