// Asks "anything new?" every 30 seconds and raises live:* on the body, which the pieces of the page listen to.
// What the page shows is read from the page, so a piece that failed to load is asked for again. Without it: reload.
const EVERY = 30000;
let asking = false;

function shown() {
  const query = new URLSearchParams();
  query.set("badge", document.getElementById("messages-link")?.dataset.version ?? "0");
  const rows = document.getElementById("rows");
  if (rows) {
    query.set("list", rows.dataset.version);
    query.set("scope", rows.dataset.scope);
    query.set("newest", rows.dataset.newest);
  }
  const thread = document.getElementById("thread")?.dataset.conversation;
  if (thread) {
    query.set("thread", thread);
    query.set("seq", document.getElementById("mark-after")?.value ?? "0");
  }
  return query;
}

async function ask() {
  if (asking || !navigator.onLine) return;
  asking = true;
  try {
    const headers = document.body.dataset.store ? { "X-Parley-Store": document.body.dataset.store } : {};
    const response = await fetch(`${document.body.dataset.news}?${shown()}`, { headers });
    if (response.status === 200) (await response.json()).events.forEach(raise);
    else if (response.status === 409 || response.status === 401) raise("badge");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network is away: the next tick asks again
  } finally {
    asking = false;
  }
}

function raise(name) {
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { bubbles: true }));
}

if (document.body.dataset.news) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  window.addEventListener("online", ask);
}
