// Says what the page shows, asks the server what is new since then, and raises live:* on the body, which the pieces of
// the page listen to. Nothing is remembered on either side, so nothing can be missed. Without it: reload.
const page = document.body.dataset;
export const headers = page.store ? { "X-Parley-Store": page.store } : {};
const due = new Map();
let asking = false;

export function raise(name, detail) {
  if (!due.size) setTimeout(flush, 0); // several hints of one change become one request
  due.set(name, detail);
}

function flush() {
  const names = [...due];
  due.clear();
  for (const [name, detail] of names) {
    document.body.dispatchEvent(new CustomEvent(`live:${name}`, { bubbles: true, detail }));
  }
}

function shown() {
  const query = new URLSearchParams();
  query.set("badge", document.getElementById("messages-link")?.dataset.version ?? "0");
  const rows = document.getElementById("rows");
  if (rows) {
    query.set("list", rows.dataset.version);
    query.set("scope", rows.dataset.scope);
    query.set("newest", rows.dataset.newest);
  }
  if (thread()) {
    query.set("thread", thread());
    query.set("seq", document.getElementById("mark-after")?.value ?? "0");
  }
  return query;
}

function thread() {
  return document.getElementById("thread")?.dataset.conversation;
}

export async function ask() {
  if (asking || !navigator.onLine) return;
  asking = true;
  try {
    const response = await fetch(`${page.news}?${shown()}`, { headers });
    if (response.ok) back();
    if (response.status === 200) (await response.json()).events.forEach((name) => raise(name));
    else if (response.status === 409 || response.status === 401) raise("badge");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network is away: the next tick asks again
  } finally {
    asking = false;
  }
}

// Whoever was told that they left this page's store is back in it when it answers again.
function back() {
  document.querySelectorAll("[data-switched]").forEach((notice) => notice.remove());
}

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => ctx.response?.status === 200 && back());

// Raises what a hint of the stream means for this page; it may come again, and nothing depends on it.
export function hear({ event, data }) {
  if (!navigator.onLine) return; // whoever is back asks for everything
  if (event === "news" || event === "open") ask();
  else if (event === "badge") {
    raise("badge");
    if (document.getElementById("rows")?.dataset.scope === "mine") raise("list");
  } else if (event === "list" && document.getElementById("rows")?.dataset.scope === "team") raise("list");
  else if (String(data?.id) !== thread()) return;
  else if (event === "typing") raise("typing", data);
  else raise(`${event}-${data.id}`);
}
