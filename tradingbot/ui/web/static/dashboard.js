// file: ui/web/static/dashboard.js
import "./account.js";
import { listen } from "./acts.js";
import { ages } from "./ages.js";
import { open as openChart } from "./chart.js";
import { follow } from "./stream.js";
import { tips } from "./tips.js";
import { toast } from "./toast.js";

listen();
tips();
ages();
setInterval(ages, 1000);
follow();

document.addEventListener("click", async (event) => {
  const close = event.target.closest("[data-close]");
  if (close) document.getElementById(close.dataset.close).close();
  const curve = event.target.closest("[data-curve]");
  if (curve) await openChart(curve.dataset.curve);
  const validation = event.target.closest("[data-validation]");
  if (validation) await showValidation(validation.dataset.validation);
});

async function showValidation(candidate) {
  const path = `/validation/${encodeURIComponent(candidate)}`;
  const answer = await fetch(`${path}?part=true`, { headers: { accept: "application/json" } });
  if (!answer.ok) {
    toast((await answer.json()).detail, true);
    return;
  }
  document.getElementById("validationbody").innerHTML = await answer.text();
  document.getElementById("validationreport").href = `${path}/report`;
  document.getElementById("validation").showModal();
}
