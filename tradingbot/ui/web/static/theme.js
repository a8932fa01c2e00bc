// file: ui/web/static/theme.js
// Before the first paint, hence no module: what was chosen last, else what the system prefers.
(() => {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser that keeps nothing follows the system.
  }
})();
