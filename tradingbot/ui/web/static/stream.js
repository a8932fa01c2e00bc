// file: ui/web/static/stream.js
import { syncClock } from "./clock.js";
import { swap } from "./swap.js";
import { toast } from "./toast.js";

const STALE_MS = 3500;
const AGAIN_MS = 2000;
let lastBeat = 0;

/** Keep the page as the server last said, and say loudly when that is old. */
export function follow() {
  connect();
  setInterval(tell, 500);
}

function connect() {
  const source = new EventSource("/events");
  for (const part of ["lane", "feed", "processes"]) {
    source.addEventListener(part, (event) => swap(JSON.parse(event.data).html));
  }
  source.addEventListener("trouble", (event) => toast(JSON.parse(event.data).sentence, true));
  source.addEventListener("beat", (event) => {
    syncClock(JSON.parse(event.data).wall_ms);
    lastBeat = Date.now();
    tell();
  });
  source.addEventListener("ended", () => {
    source.close();
    location.assign("/login");
  });
  source.addEventListener("error", () => {
    tell();
    // A broken line the browser mends itself; an answer that is no stream it takes for final.
    if (source.readyState === EventSource.CLOSED) setTimeout(again, AGAIN_MS);
  });
}

async function again() {
  try {
    const answer = await fetch("/status/forex", { headers: { accept: "application/json" } });
    if (answer.status === 401) location.assign("/login");
  } catch {
    // Nobody there: the next attempt may find somebody.
  }
  connect();
}

function tell() {
  const old = lastBeat ? Date.now() - lastBeat : 0;
  const stale = old > STALE_MS;
  const shown = document.getElementById("connection");
  const state = !lastBeat ? "connecting" : stale ? "stale" : "live";
  if (shown.dataset.state !== state) shown.dataset.state = state;
  const text = state === "live" ? "● live" : state === "stale" ? `▲ stale ${Math.round(old / 1000)} s` : "connecting";
  if (shown.textContent !== text) shown.textContent = text;
  document.body.toggleAttribute("data-stale", stale);
  const banner = document.getElementById("stale");
  banner.hidden = !stale;
  if (stale) banner.textContent = `▲ The dashboard does not answer. What you see is ${Math.round(old / 1000)} seconds old. The command line works without it: tradingbot kill LANE.`;
}
