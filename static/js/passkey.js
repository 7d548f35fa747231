// Asks the device for a passkey and sends its answer with the form. Without it: a code of the app, or a recovery code.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const decoded = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const WORDS = {
  InvalidStateError: "This device holds a passkey of yours already.",
  NotAllowedError: "Nothing was chosen, or it took too long. Try again.",
};

function ask(form) {
  const publicKey = JSON.parse(form.dataset.options);
  publicKey.challenge = toBytes(publicKey.challenge);
  if (form.dataset.passkey === "get") {
    publicKey.allowCredentials = decoded(publicKey.allowCredentials);
    return navigator.credentials.get({ publicKey });
  }
  publicKey.user.id = toBytes(publicKey.user.id);
  publicKey.excludeCredentials = decoded(publicKey.excludeCredentials);
  return navigator.credentials.create({ publicKey });
}

function written({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const texts = parts.filter((part) => response[part]).map((part) => [part, toText(response[part])]);
  return JSON.stringify({ id, rawId: toText(rawId), type, response: Object.fromEntries(texts) });
}

function say(form, words) {
  const place = form.querySelector("[data-passkey-problem]");
  place.textContent = words;
  place.hidden = !words;
}

async function go(form) {
  if (!window.PublicKeyCredential) return say(form, "This browser has no passkeys.");
  say(form, "");
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    form.elements.answer.value = written(await ask(form));
    form.submit();
  } catch (error) {
    say(form, WORDS[error.name] ?? "The passkey could not be used here.");
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(form);
  });
  say(form, "");
  form.querySelector("button[type=submit]").disabled = false;
  if ("atOnce" in form.dataset) go(form);
}
