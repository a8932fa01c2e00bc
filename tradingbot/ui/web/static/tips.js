// file: ui/web/static/tips.js
/** Show the formula behind a number where a finger or the keyboard asks for it; a mouse has the title. */
export function tips() {
  document.addEventListener("click", (event) => {
    document.getElementById("bubble")?.remove();
    const tip = event.target.closest("[data-tip]");
    if (!tip) return;
    const bubble = document.createElement("div");
    bubble.id = "bubble";
    bubble.setAttribute("role", "tooltip");
    bubble.textContent = tip.title;
    // What stands outside an open dialog would be hidden by it.
    (tip.closest("dialog") ?? document.body).append(bubble);
    tip.setAttribute("aria-describedby", bubble.id);
    const place = tip.getBoundingClientRect();
    bubble.style.left = `${Math.max(8, Math.min(place.left, innerWidth - bubble.offsetWidth - 8))}px`;
    const below = place.bottom + 6;
    bubble.style.top = `${below + bubble.offsetHeight < innerHeight ? below : place.top - bubble.offsetHeight - 6}px`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.getElementById("bubble")?.remove();
  });
}
