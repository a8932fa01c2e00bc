// file: ui/web/static/clock.js
let ahead = 0;

/** Learn what time it is where the dashboard runs: a phone's own clock may be wrong. */
export function syncClock(wallMs) {
  ahead = wallMs - Date.now();
}

/** The time there, in milliseconds since 1970. */
export function now() {
  return Date.now() + ahead;
}
