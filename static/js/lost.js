// Says that a request was lost, or answered by something other than this app, keeps the panel it was for, and offers to
// try again. Without it: the page stays as it was and says nothing.
const WORDS = { GET: "This could not be loaded.", other: "This could not be done, or its answer was lost." };
const LATER = { lost: "Check your connection.", foreign: "Sorry, there is a problem with the service." };
const BY_HAND = ["click", "submit", "change", "input"]; // not what a page asks for by itself, which comes again
const OURS = ".refusal, .error-summary, #thread, .listbox .option";
let shown = null; // what the notice is about

const isOurs = (html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild?.matches(OURS);

function say(ctx, why) {
  if (!BY_HAND.includes(ctx.sourceEvent?.type)) return;
  const { sourceElement: source, request } = ctx;
  const box = element("div", { className: "refusal" });
  const words = `${request.method === "GET" ? WORDS.GET : WORDS.other} ${LATER[why]}`;
  const again = element("button", { type: "button", className: "btn small", textContent: "Try again" });
  again.addEventListener("click", () => tryAgain(source, request.submitter));
  box.setAttribute("role", "alert");
  box.append(element("p", { textContent: words }), again);
  shown?.box.remove();
  shown = { box, source, since: performance.now() };
  const place = source.closest("#compose-form") ? "compose-errors" : "page-notice";
  document.getElementById(place).replaceChildren(box);
}

const element = (name, values) => Object.assign(document.createElement(name), values);

function tryAgain(source, submitter) {
  const to = source.matches("form") ? (submitter ?? source.querySelector("input:not([type=hidden]), button")) : source;
  if (!source.isConnected) return location.reload();
  to?.focus({ preventScroll: true }); // the notice goes, and its button
  if (source.matches("form")) source.requestSubmit(submitter?.isConnected ? submitter : undefined);
  else if (source.matches("input")) source.dispatchEvent(new Event("find"));
  else source.click();
}

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.request && ctx.text === undefined) say(ctx, "lost");
});
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { status } = ctx.response;
  const isNext = status < 300 && BY_HAND.includes(ctx.sourceEvent?.type) && ctx.sourceEvent.timeStamp > shown?.since;
  if (shown && (shown.source === ctx.sourceElement || isNext)) {
    shown.box.remove();
    shown = null;
  }
  if (status < 400 || event.defaultPrevented || ctx.hx.redirect || isOurs(ctx.text)) return;
  event.preventDefault();
  say(ctx, "foreign");
});
