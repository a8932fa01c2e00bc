// file: ui/web/static/ages.js
/** Write how old things are, and the wall's times by the reader's own clock. */
export function ages(root = document) {
  for (const one of root.querySelectorAll("[data-age]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Number(one.dataset.age)) / 1000));
    one.textContent = seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
  }
  for (const one of root.querySelectorAll("[data-clock]")) {
    const time = new Date(Number(one.dataset.clock));
    one.title = one.title || `${one.textContent} UTC`;
    one.textContent = time.toLocaleTimeString([], { hour12: false });
  }
}
