// What this browser keeps of replies until the server has them: what stands in a composer, and what was sent and is not
// answered. Signing out removes it. Without it: nothing is kept here.
const mine = `parley:${document.body.dataset.viewer}:`;
const place = (form) => `${mine}${form.dataset.draft}`;
const outgoing = (form) => `${place(form)}:sent`;
const load = (name, otherwise) => JSON.parse(localStorage.getItem(name)) ?? otherwise;

export const read = (form) => load(place(form), null);

export function write(form) {
  const { body, client_key: key } = form.elements;
  localStorage.setItem(place(form), JSON.stringify({ text: body.value, key: key.value }));
}

// Only what was sent, or what the server has: more may be typed since, or in another tab.
export function remove(form, { text, key }) {
  const kept = read(form);
  if (kept && (kept.key === key || kept.text === text)) localStorage.removeItem(place(form));
}

// Each has its text, its key, ``at`` (when it was sent off, 0 when it must not go by itself) and the ``drafts`` of it.
export const sent = (form) => load(outgoing(form), []);

// What another tab has sent, of what a storage event tells.
export function gone(form, { key, oldValue, newValue }) {
  if (key !== outgoing(form)) return [];
  const left = JSON.parse(newValue ?? "[]").map((one) => one.key);
  return JSON.parse(oldValue ?? "[]").filter((one) => !left.includes(one.key));
}

// Keeps one that is on its way; one that came through, or stands in the composer again, is taken out.
export function keepSent(form, reply, change) {
  const others = sent(form).filter((one) => one.key !== reply.key);
  const all = change ? [...others, { ...reply, ...change }] : others;
  if (all.length) localStorage.setItem(outgoing(form), JSON.stringify(all));
  else localStorage.removeItem(outgoing(form));
}

// Gives the server what is kept and tells whether it has it; without a network it stays in this browser.
export async function put(form, { text, key }, signal) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  const body = new URLSearchParams({ body: text, client_key: key });
  const answer = await fetch(form.dataset.draft, { method: "PUT", headers, body, keepalive: true, signal }).catch(() => null);
  return Boolean(answer?.ok && !signal.aborted);
}

// The drafts that the server may have of what stands in the composer: they go with the reply.
export const drafts = (form) => [...form.querySelectorAll("[name=draft]")].map(({ value }) => value);

export function setDrafts(form, texts) {
  form.querySelectorAll("[name=draft]").forEach((field) => field.remove());
  for (const value of texts.slice(-5)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value }));
}

document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/logout")) return;
  Object.keys(localStorage).forEach((one) => one.startsWith(mine) && localStorage.removeItem(one));
});
