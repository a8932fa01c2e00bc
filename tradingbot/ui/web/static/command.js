// file: ui/web/static/command.js
import { toast } from "./toast.js";

/** Send a command and say what came of it; return whether it was done. */
export async function command(path, reason = null) {
  const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "x-csrf-token": csrf, accept: "application/json", "content-type": "application/json" },
      body: reason === null ? undefined : JSON.stringify({ reason }),
    });
    if (answer.status === 401) location.assign("/login");
    const data = await answer.json();
    toast(answer.ok ? data.sentence : data.detail, !answer.ok);
    return answer.ok;
  } catch (error) {
    toast(`The dashboard did not answer: ${error.message}. Nothing is known to have been done.`, true);
    return false;
  }
}
