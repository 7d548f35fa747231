// Holds a live stream open and hands on what it says; comes back by itself, ever more slowly, when it is cut.
// Without it: the page asks for news every 30 seconds.
const SILENCE = 40000;
const LONGEST = 60000;

// Listens until the session ends. say(hint) gets every event, "open" after each connection, "alive" with each sign of
// life, and "down" when the stream is cut.
export async function listen(address, headers, say, first = 1000) {
  let wait = first;
  for (;;) {
    const began = Date.now();
    const answer = await once(address, headers, say);
    if (answer.over) return;
    if (Date.now() - began > 5000) wait = first;
    const least = Math.max(wait, answer.after ?? 0);
    await pause(least / 2 + Math.random() * least); // not all browsers at once after a restart
    wait = Math.min(wait * 2, LONGEST);
  }
}

async function once(address, headers, say) {
  const stop = new AbortController();
  let watch;
  const alive = () => {
    clearTimeout(watch);
    watch = setTimeout(() => stop.abort(), SILENCE);
  };
  let last = {};
  try {
    alive();
    const response = await fetch(address, { headers: { Accept: "text/event-stream", ...headers }, signal: stop.signal });
    if ([204, 401, 409].includes(response.status)) last = { over: true };
    else if (response.ok) {
      say({ event: "open" });
      for await (const hint of hints(response.body, alive, say)) {
        if (hint.event === "bye") last = { after: hint.data.after && hint.data.after * 1000 };
        else say(hint);
      }
    }
  } catch (error) {
    if (!(error instanceof TypeError || error.name === "AbortError")) throw error; // cut, silent or refused
  }
  clearTimeout(watch);
  say({ event: "down" });
  return last;
}

async function* hints(body, alive, say) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    say({ event: "alive" });
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const event = part.match(/^event: (.+)$/m)?.[1];
      if (event) yield { event, data: JSON.parse(part.match(/^data: (.+)$/m)?.[1] ?? "{}") };
    }
  }
}

// Waits, but not while the machine slept or the network was away: then at once.
function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}
