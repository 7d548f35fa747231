// Says that there is no connection and holds Send meanwhile. Without it: a reply that cannot go says so itself.
function show() {
  const away = !navigator.onLine;
  const note = document.getElementById("offline-note");
  const button = document.querySelector("#reply-form button[type=submit]");
  if (!note || !button || note.hidden === !away) return;
  note.hidden = !away;
  button.disabled = away;
  document.getElementById("announcer").textContent = away ? note.textContent.trim() : "Connected again";
}

addEventListener("offline", show);
addEventListener("online", show);
document.addEventListener("htmx:after:swap", show);
show();
