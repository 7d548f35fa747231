// Shows a reply at once, as a row that waits until the server's stands in its place, or that says it was not sent.
// Without it: htmx sends the form and shows the message when the server has it.
import { back, bodyOf, retried, take, tell } from "./attempts.js";
import { refusal } from "./files.js";
import { newKey } from "./once.js";
import { confirm, fail, start } from "./pending.js";
import { isEmpty, refuse } from "./reply.js";
import { LOST, outlasting, uploading } from "./transfer.js";

// Decides what the request of the form carries: what stands in the composer, or a reply that is tried again.
function configure(event) {
  const { ctx } = event.detail;
  const form = ctx.sourceElement;
  const again = retried();
  const nothing = !again && isEmpty(form);
  const refused = again ? "" : refusal(form.elements.files);
  const waits = nothing && document.querySelector(".pending"); // the second click of a double one
  if (refused || waits || !navigator.onLine) event.preventDefault();
  if (refused) refuse(refused);
  if (event.defaultPrevented || nothing) return;
  const reply = again ?? take(form, ctx.request.body);
  reply.body ??= bodyOf(reply, ctx.request.body);
  if (again) tell("reply:again", reply);
  const progress = start(reply.row, reply.files.length > 0);
  Object.assign(ctx, { reply, fetch: reply.files.length ? uploading(progress) : outlasting });
  Object.assign(ctx.request, { body: reply.body, timeout: reply.files.length ? 0 : ctx.request.timeout });
  reply.abort = () => ctx.request.abort();
}

function answered(event) {
  const { reply, response, text } = event.detail.ctx;
  if (!reply) return;
  if (response.status === 200) {
    confirm(reply.row, text);
    tell("reply:sent", reply);
  } else if (response.status === 401) tell("reply:failed", reply); // its page goes; after signing in it is a draft
  else if (response.status < 500) back(reply, response.status === 409 ? newKey() : reply.key);
  else {
    event.preventDefault(); // the composer may hold the next reply
    fail(reply.row, response.status === LOST ? "" : text);
    tell("reply:failed", reply);
  }
}

function attach() {
  const form = document.getElementById("reply-form");
  if (!form || form.getAttribute("hx-sync") === "#composer:queue all") return;
  form.setAttribute("hx-sync", "#composer:queue all"); // a close waits there too
  form.removeAttribute("hx-disable");
  form.addEventListener("htmx:config:request", configure);
  form.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
    const composer = tasks.findIndex(({ target }) => (target.id ?? target).includes("reply-fields"));
    if (ctx.reply && composer >= 0) tasks.splice(composer, 1);
  });
}

document.addEventListener("htmx:after:request", answered); // a form that was left tells the document
document.addEventListener("htmx:after:swap", attach);
attach();
