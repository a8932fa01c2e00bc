// file: ui/web/static/toast.js
const SHOWN_MS = 9000;

/** Say a sentence in the corner; what failed stays twice as long. */
export function toast(sentence, failed = false) {
  const box = document.createElement("div");
  box.className = failed ? "toast failed" : "toast";
  if (failed) box.setAttribute("role", "alert");
  box.textContent = `${failed ? "✕" : "✓"} ${sentence}`;
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), failed ? 2 * SHOWN_MS : SHOWN_MS);
}
