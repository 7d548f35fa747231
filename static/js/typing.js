// Tells the others in a conversation that one writes, and shows for five seconds who does. Without it: nobody sees it.
import { headers } from "./news.js";

const TELL_EVERY = 3000;
const GONE_AFTER = 5000;
let told = 0;
let timer = 0;

document.addEventListener("input", (event) => {
  const place = document.getElementById("typing");
  const form = event.target.closest("#reply-form");
  if (!place || !form || event.target.id !== "body" || !event.target.value.trim()) return;
  if (!document.body.dataset.stream || Date.now() - told < TELL_EVERY) return;
  told = Date.now();
  const token = form.elements.csrf_token.value;
  fetch(place.dataset.tell, { method: "POST", headers: { "X-CSRF-Token": token, ...headers } }).catch(() => {
    told = 0; // the network is away, and so is everybody who could see it
  });
});

document.body.addEventListener("live:typing", ({ detail }) => {
  const who = document.getElementById("typing-who");
  if (!who) return;
  clearTimeout(timer);
  timer = setTimeout(clear, GONE_AFTER);
  if (who.value === detail.who) return;
  who.value = detail.who;
  who.parentElement.dispatchEvent(new CustomEvent("writes"));
});

function clear() {
  const who = document.getElementById("typing-who");
  if (!who) return;
  who.value = "";
  document.getElementById("typing-name").textContent = "";
}

// What was written has arrived, and a reply of one's own is told anew.
document.addEventListener("htmx:after:swap", (event) => {
  const id = event.detail?.ctx?.sourceElement?.id;
  if (id === "thread-news") clear();
  if (id === "reply-form") told = 0;
});
