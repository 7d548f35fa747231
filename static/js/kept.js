// What this browser keeps of a reply until the server has it; signing out removes it. Without it: nothing is kept here.
const mine = `parley:${document.body.dataset.viewer}:`;
const place = (form) => `${mine}${form.dataset.draft}`;

export function read(form) {
  return JSON.parse(localStorage.getItem(place(form)) ?? "null");
}

// ``sent`` is when it was sent off; files cannot be kept, and without them it would be another message.
export function write(form, sent = 0) {
  const { body, client_key: key, files } = form.elements;
  localStorage.setItem(place(form), JSON.stringify({ text: body.value, key: key.value, sent: files.files.length ? 0 : sent }));
}

export function failed(form) {
  const kept = read(form);
  if (kept) localStorage.setItem(place(form), JSON.stringify({ ...kept, sent: 0 }));
}

export function remove(form) {
  localStorage.removeItem(place(form));
}

// Gives the server what is kept and tells whether it has it; without a network it stays in this browser, and when it was
// sent meanwhile, which aborts the signal, until that is answered.
export async function put(form, { text, key }, signal) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  const body = new URLSearchParams({ body: text, client_key: key });
  const answer = await fetch(form.dataset.draft, { method: "PUT", headers, body, keepalive: true, signal }).catch(() => null);
  if (!answer?.ok || signal.aborted) return false;
  if (read(form)?.text === text) remove(form);
  return true;
}

document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/logout")) return;
  Object.keys(localStorage).forEach((one) => one.startsWith(mine) && localStorage.removeItem(one));
});
