// file: ui/web/static/stream.js
import { swap } from "./swap.js";
import { toast } from "./toast.js";

const STALE_MS = 3500;
let heard = 0;

/** Keep the page as the server last said, and say loudly when that is old. */
export function follow() {
  const source = new EventSource("/events");
  source.addEventListener("lane", (event) => swap(JSON.parse(event.data).html));
  source.addEventListener("feed", (event) => swap(JSON.parse(event.data).html));
  source.addEventListener("processes", (event) => swap(JSON.parse(event.data).html));
  source.addEventListener("trouble", (event) => toast(JSON.parse(event.data).sentence, true));
  source.addEventListener("beat", () => { heard = Date.now(); tell(); });
  source.addEventListener("ended", () => { source.close(); location.assign("/login"); });
  source.addEventListener("error", tell);
  setInterval(tell, 500);
}

function tell() {
  const old = heard ? Date.now() - heard : 0;
  const stale = old > STALE_MS;
  const shown = document.getElementById("connection");
  const state = !heard ? "connecting" : stale ? "stale" : "live";
  if (shown.dataset.state !== state) shown.dataset.state = state;
  const text = state === "live" ? "● live" : state === "stale" ? `▲ stale ${Math.round(old / 1000)} s` : "connecting";
  if (shown.textContent !== text) shown.textContent = text;
  const banner = document.getElementById("stale");
  banner.hidden = !stale;
  if (stale) banner.textContent = `▲ The dashboard does not answer. What you see is ${Math.round(old / 1000)} seconds old. The command line works without it: tradingbot kill LANE.`;
}
