// While an edition is being sent, its progress is renewed by server-sent events. Without
// this the page reloads itself.
"use strict";
const progress = document.querySelector("[data-stream]");
if (progress) {
  const stream = new EventSource(progress.dataset.stream);
  stream.addEventListener("progress", (event) => { progress.innerHTML = event.data; });
  stream.addEventListener("end", () => { stream.close(); location.reload(); });
}
