// The reader's place in the log: it opens at the first unread message, stays while others come above and below, and a
// button tells of those below. Without it: the log opens at the newest, and links fetch the rest.
import { trim } from "./cap.js";

const NEAR = 100;
const log = () => document.getElementById("log");
const rows = () => [...document.querySelectorAll("#log-list > [data-seq]")];
const fromEnd = () => Math.abs(log().scrollTop); // the log is a column in reverse: 0 is its end
const topOf = (element) => element.getBoundingClientRect().top;
const hasLater = () => log().querySelector(".later") !== null;
let below = 0; // how many came while the reader was further up

function open() {
  const mark = log().querySelector(".hit") ?? log().querySelector(".new");
  log().dataset.open = "";
  below = 0;
  if (mark) log().scrollTop += topOf(mark) - topOf(log()) - log().clientHeight * (mark.matches(".hit") ? 0.4 : 0.15);
}

// Notes with a swap what was seen where before it.
function remember({ detail: { ctx } }) {
  if (!log()) return;
  if (document.activeElement?.closest(".earlier, .later")) log().focus({ preventScroll: true }); // it goes with the swap
  const anchor = rows().find((row) => row.getBoundingClientRect().bottom > topOf(log()));
  const last = Number(rows().at(-1)?.dataset.seq ?? 0);
  const stays = fromEnd() > NEAR || hasLater();
  ctx.place = { of: log(), anchor, top: anchor && topOf(anchor), last, stays, left: log().scrollHeight - fromEnd() };
}

function keep({ detail: { ctx } }) {
  const { place } = ctx;
  if (!log()) return;
  if (log().dataset.open === undefined) open();
  else if (place?.of === log()) {
    const fresh = rows().filter((row) => row.matches(".msg:not([data-own])") && Number(row.dataset.seq) > place.last);
    const isPage = /[?&](before|later)=/.test(ctx.request?.action);
    trim(document.getElementById("log-list"), /[?&]before=/.test(ctx.request?.action));
    const moved = log().scrollHeight - fromEnd() < place.left - NEAR; // by the reader, meanwhile
    if (!place.stays && !moved) log().scrollTop = 0;
    else if (place.stays && place.anchor?.isConnected) log().scrollTop += topOf(place.anchor) - place.top;
    if (place.stays && !isPage) below += fresh.length;
  }
  point();
}

function point() {
  const button = document.getElementById("to-latest");
  if (fromEnd() <= NEAR && !hasLater()) below = 0;
  button.hidden = !hasLater() && !below && fromEnd() < 1.5 * log().clientHeight;
  button.lastElementChild.textContent = below ? `${below} new message${below === 1 ? "" : "s"}` : "Jump to latest";
}

// Asks once for what lies beyond the edge that the reader comes near.
function scrolled() {
  const above = log().scrollHeight - log().clientHeight - fromEnd();
  const link = log().querySelector(above < 300 ? ".earlier a:not([data-asked])" : fromEnd() < 300 ? ".later a:not([data-asked])" : "none");
  link?.setAttribute("data-asked", "");
  link?.click();
  point();
}

const on = (name, listener, capture) => document.addEventListener(name, listener, capture);
on("scroll", ({ target }) => target.id === "log" && scrolled(), true);
on("htmx:before:swap", remember);
on("htmx:after:swap", keep);
on("htmx:before:request", (event) => event.target.id === "thread-news" && hasLater() && event.preventDefault()); // a gap
on("reply:sent", () => log() && hasLater() && document.getElementById("to-latest").click());
on("click", (event) => {
  if (!event.target.closest("#to-latest") || hasLater()) return;
  event.preventDefault();
  event.stopPropagation();
  log().focus({ preventScroll: true });
  log().scrollTo({ top: 0 });
}, true);
if (log()) open();
if (log()) point();
