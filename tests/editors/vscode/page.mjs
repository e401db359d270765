// What of VS Code's page is worth knowing. These functions run in the page, so none may use another. VS Code draws
// blanks as no-break spaces.

// The lines of the suggestion that shows, separated by line feeds; "" is none.
export function ghostText() {
  const text = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
  const lines = [text(".ghost-text-decoration").join(""), ...text(".suggest-preview-text .view-line")];
  return lines.join("\n").replace(/\u00a0/g, " ").trimEnd();
}

// The active editor's text as far as it is drawn, the ghost text on the cursor's line included.
export function editorText() {
  const lines = [...document.querySelectorAll(".editor-group-container.active .view-lines .view-line")];
  lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
  return lines.map((line) => line.textContent.replace(/\u00a0/g, " ")).join("\n");
}

// fimd's status bar item as a screen reader says it.
export function statusText() {
  return document.querySelector('.statusbar-item[id*="fimd"] a')?.getAttribute("aria-label") ?? "no status item";
}

export function notificationText() {
  return [...document.querySelectorAll(".notification-toast .notification-list-item-message")]
    .map((element) => element.textContent)
    .join("\n");
}

export function documentText() {
  return document.body.innerText.replace(/\u00a0/g, " ");
}

// Watches the editor's lines until window.stopWatching() tells every text that they ever held, drawn or about to be:
// a text that was gone between two keys is among them, however short it was.
export function watchLines() {
  const seen = new Set();
  const read = () => {
    const lines = [...document.querySelectorAll(".editor-group-container.active .view-lines .view-line")];
    seen.add(lines.map((line) => line.textContent.replace(/\u00a0/g, " ")).sort().join("\n"));
  };
  let frames = 0;
  let request = requestAnimationFrame(function frame() {
    ++frames;
    read();
    request = requestAnimationFrame(frame);
  });
  let mutations = 0;
  const observer = new MutationObserver(() => (++mutations, read()));
  const lines = document.querySelector(".editor-group-container.active .view-lines");
  observer.observe(lines, { childList: true, subtree: true, characterData: true });
  window.stopWatching = () => {
    observer.disconnect();
    cancelAnimationFrame(request);
    return { texts: [...seen], frames, mutations };
  };
}

// Notes when a key goes down and when the ghost text changes next, in milliseconds of the wall clock.
export function timeKeys() {
  const now = () => performance.timeOrigin + performance.now();
  const times = { keys: [], drawn: [] };
  window.addEventListener("keydown", () => times.keys.push(now()), { capture: true });
  const ghost = () => document.querySelector(".ghost-text-decoration")?.textContent ?? "";
  let last = ghost();
  const observer = new MutationObserver(() => {
    if (ghost() === last) return;
    last = ghost();
    if (last) times.drawn.push(now());
  });
  observer.observe(document.querySelector(".editor-group-container.active .view-lines"),
    { childList: true, subtree: true, characterData: true });
  window.keyTimes = () => times;
}
