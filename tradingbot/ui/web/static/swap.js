/* file: ui/web/static/swap.js */
import { ages } from "./ages.js";

/** Put a new version of a part in place of the old one; what is open, focused or scrolled stays so. */
export function swap(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = box.content.firstElementChild;
  const old = document.getElementById(fresh.id);
  if (!old) return;
  for (const part of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(part.id)}`)?.setAttribute("open", "");
  }
  const scrolled = old.querySelector("ol")?.scrollTop ?? 0;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  const list = fresh.querySelector("ol");
  if (list) list.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  ages(fresh);
}
