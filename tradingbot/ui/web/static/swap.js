// file: ui/web/static/swap.js
import { ages } from "./ages.js";
import { morph } from "./morph.js";

/** Bring a part of the page to what the server says now. */
export function swap(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = box.content.firstElementChild;
  const old = document.getElementById(fresh.id);
  if (!old) return;
  // As in the page, so that what did not change is left alone.
  ages(fresh);
  morph(old, fresh);
}
