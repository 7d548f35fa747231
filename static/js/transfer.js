// Sends a request as fetch does; to get no answer is an answer, and an upload tells how far it has come.
// Without it: see send.js.
export const LOST = 599;
const lost = () => new Response("", { status: LOST });

// Goes on when its page goes.
export function outlasting(url, request) {
  return fetch(url, { ...request, keepalive: true }).catch((error) => {
    if (error.name === "AbortError") throw error;
    return lost();
  });
}

export function uploading(progress) {
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
      request.onload = () => resolve(answer(request));
      request.onerror = () => resolve(lost());
      request.onabort = () => reject(new DOMException("", "AbortError"));
      signal.addEventListener("abort", () => request.abort());
      request.send(body);
    });
}

function answer(request) {
  const lines = request.getAllResponseHeaders().trim().split("\r\n");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return new Response(request.status === 204 ? null : request.responseText, { status: request.status, headers });
}
