// file: ui/web/static/ages.js
import { now } from "./clock.js";

/** Write how old things are, and the wall's times by the reader's own clock. */
export function ages(root = document) {
  for (const one of root.querySelectorAll("[data-age]")) write(one, age(now() - Number(one.dataset.age)));
  for (const one of root.querySelectorAll("[data-clock]")) {
    one.title ||= `${one.textContent} UTC`;
    write(one, clock(new Date(Number(one.dataset.clock))));
  }
  for (const one of root.querySelectorAll("[data-utc]")) write(one, `${new Date(now()).toISOString().slice(11, 19)} UTC`);
}

function age(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

/** The time alone of what happened today, else the day too. */
function clock(time) {
  const text = time.toLocaleTimeString("en-GB");
  if (time.toDateString() === new Date(now()).toDateString()) return text;
  return `${time.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${text.slice(0, 5)}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
