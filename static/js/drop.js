// Files are pasted into the text or dropped anywhere on the thread. Without it: the button chooses them.
import { choose, chosen } from "./files.js";

const place = ({ target }) => target.closest?.("#thread, .compose");
const field = (event) => place(event)?.querySelector("input[name=files]");
const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && field(event);
let inside = 0; // entering a child comes before leaving its parent

function add(field, files) {
  choose(field, [...chosen(field), ...files]);
  document.getElementById("announcer").textContent = files.length === 1 ? "1 file added" : `${files.length} files added`;
}

function mark(event, change) {
  inside = change ? inside + change : 0;
  place(event)?.classList.toggle("dropping", inside > 0);
}

document.addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  if (!files.length || !event.target.matches?.("textarea[name=body]")) return;
  event.preventDefault();
  add(field(event), files);
});
document.addEventListener("dragenter", (event) => hasFiles(event) && mark(event, 1));
document.addEventListener("dragleave", (event) => hasFiles(event) && mark(event, -1));
document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  mark(event, 0);
  add(field(event), event.dataTransfer.files);
});
