// Keeps the page up to date: one tab of this browser holds the stream and tells the others; while there is none, every
// tab asks for news every 30 seconds. Without it: reload.
import { ask, headers, hear } from "./news.js";
import { listen } from "./stream.js";
import "./typing.js";

const page = document.body.dataset;
const EVERY = Number(page.pollSeconds ?? 30) * 1000;
const FRESH = 40000; // a stream gives a sign of life every 15 seconds
const SURE = 10; // so many ticks after which a page asks even while the stream lives
const SLOW = `Updates every ${EVERY / 1000} seconds`;
const AWAY = "No connection. Trying again…";
let lastSign = 0;
let ticks = 0;

const isLive = () => Date.now() - lastSign < FRESH;

function show() {
  const state = document.getElementById("live-state");
  const words = navigator.onLine ? SLOW : AWAY;
  if (state && state.textContent !== words) state.textContent = words;
  if (state) state.hidden = navigator.onLine ? isLive() : document.getElementById("offline-note") !== null; // it says so too
  page.live = isLive() ? "on" : "off";
}

function receive(hint) {
  const wasLive = isLive();
  lastSign = hint.event === "down" ? 0 : Date.now();
  if (hint.event === "down") {
    if (wasLive) ask();
  } else if (hint.event !== "alive") hear(hint);
  if (wasLive !== isLive()) show();
}

function tick() {
  ticks += 1;
  if (!isLive() || ticks % SURE === 0) ask();
  show();
}

// A lock is held by one tab at a time and passes on when that tab goes; there are none without https, but locally.
async function share(name) {
  const tabs = new BroadcastChannel(name);
  tabs.addEventListener("message", (event) => receive(event.data));
  await navigator.locks.request(name, () =>
    listen(page.stream, headers, (hint) => {
      tabs.postMessage(hint);
      receive(hint);
    }),
  );
}

if (page.news) {
  setInterval(tick, EVERY);
  setTimeout(show, 3000); // connecting takes a moment, and is no news
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  addEventListener("online", ask);
  for (const name of ["online", "offline"]) addEventListener(name, show);
  if (page.stream && navigator.locks) share(`live:${page.viewer}`).catch(show); // a page that is going gets no lock
}
