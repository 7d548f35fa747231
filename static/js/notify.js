// Says that messages came while the page was hidden, at most once a minute: by the browser when one allowed it with a
// click, by a sound when one switched it on. Without it: the badge and the e-mails.
const EVERY = 60000;
const link = () => document.getElementById("messages-link");
let known = Number(link()?.dataset.unread ?? 0);
let last = -EVERY;

function tell() {
  const count = Number(link()?.dataset.unread ?? 0);
  const more = count > known;
  known = count;
  if (!more || document.visibilityState === "visible" || performance.now() - last < EVERY) return;
  last = performance.now();
  if (document.body.dataset.sound === "on" && navigator.userActivation?.hasBeenActive) chime();
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const words = `${count} unread message${count === 1 ? "" : "s"}`;
  new Notification(document.querySelector(".brand")?.textContent ?? "Messages", { body: words, tag: "parley-unread" });
}

// Two soft tones, made here: no file, no request.
function chime() {
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  volume.connect(audio.destination);
  const tones = [660, 880].map((frequency) => new OscillatorNode(audio, { frequency }));
  tones.forEach((tone, index) => {
    tone.connect(volume);
    tone.start(audio.currentTime + index * 0.15);
    tone.stop(audio.currentTime + 0.5);
  });
  tones[1].addEventListener("ended", () => audio.close());
}

document.addEventListener("click", async (event) => {
  if (!event.target.closest("#allow-notifications")) return;
  const say = (text, kind) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
  if (!("Notification" in window)) return say("This browser has no notifications.", "error");
  const answer = await Notification.requestPermission();
  if (answer !== "granted") return say("The browser does not allow notifications. Its site settings can change that.", "error");
  say("Notifications are on in this browser.");
  event.target.closest("form")?.requestSubmit();
});
document.addEventListener("htmx:after:settle", tell);
