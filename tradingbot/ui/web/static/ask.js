// file: ui/web/static/ask.js
/** Ask for a confirmation and a reason; resolve to the reason, or null when nothing is to be done. */
export function ask({ title, text, reason, confirm, danger }) {
  const dialog = document.getElementById("ask");
  const why = document.getElementById("why");
  const yes = document.getElementById("confirm");
  document.getElementById("asktitle").textContent = title;
  document.getElementById("asktext").textContent = text;
  document.getElementById("whylabel").textContent = reason === "needed" ? "Reason" : "Reason, if there is time";
  why.hidden = reason === "none";
  document.getElementById("whylabel").hidden = why.hidden;
  why.required = reason === "needed";
  why.value = "";
  yes.textContent = confirm;
  yes.toggleAttribute("data-danger", Boolean(danger));
  dialog.returnValue = "";
  dialog.showModal();
  (reason === "needed" ? why : yes).focus();
  return new Promise((resolve) => {
    document.getElementById("cancel").onclick = () => dialog.close("cancel");
    dialog.onclose = () => resolve(dialog.returnValue === "confirm" ? why.value.trim() : null);
  });
}
