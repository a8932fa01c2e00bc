// file: ui/web/static/acts.js
import { ask } from "./ask.js";
import { command } from "./command.js";

const NAMES = { cryptospot: "crypto spot", cryptofutures: "crypto futures", forex: "forex", options: "options" };

const ACTS = {
  kill: (of) => ({ path: `/kill/${of}`, title: `Kill ${NAMES[of]}?`, text: "No new live trades until an operator resumes it. Paper goes on.", reason: "welcome", confirm: "Kill", danger: true }),
  resume: (of) => ({ path: `/resume/${of}`, title: `Resume ${NAMES[of]}?`, text: "The lane may enter again.", reason: "needed", confirm: "Resume" }),
  enable: (of) => ({ path: `/live/${of}/enable`, title: `Enable live trading in ${NAMES[of]}?`, text: "Its live node may trade real money, until it ends or is disabled.", reason: "needed", confirm: "Enable live", danger: true }),
  disable: (of) => ({ path: `/live/${of}/disable`, title: `Disable live trading in ${NAMES[of]}?`, text: "Nothing is entered with real money any more.", reason: "welcome", confirm: "Disable live" }),
  promote: (of) => ({ path: `/promote/${of}`, title: `Promote ${of}?`, text: "Refused where a byte changed since it was validated.", reason: "welcome", confirm: "Promote" }),
  demote: (of) => ({ path: `/demote/${of}`, title: `Demote ${of}?`, text: "The way up again is a new validation.", reason: "needed", confirm: "Demote" }),
  retire: (of) => ({ path: `/retire/${of}`, title: `Retire ${of}?`, text: "For good.", reason: "needed", confirm: "Retire", danger: true }),
  revoke: (of) => ({ path: `/sessions/${of}/revoke`, title: "Revoke this session?", text: "Whoever uses it has to log in again.", reason: "none", confirm: "Revoke", danger: true }),
};

/** Let every button with `data-act` ask, command and say what came of it; `after` is called when something was done. */
export function listen(after = () => {}) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const { act, lane, candidate, session } = button.dataset;
    const asked = ACTS[act](lane ?? candidate ?? session);
    const reason = await ask(asked);
    if (reason === null) return;
    if (await command(asked.path, act === "revoke" ? null : reason)) after();
  });
}
