// A message that the bot is making: it stands below all others, ends by itself, and may be stopped.
import { el } from "./dom.js";
import { rich } from "./entities.js";
import { changed, state } from "./state.js";
import { say } from "./words.js";

export function previewItems(chatId, act) {
  const shown = state.previews.get(String(chatId));
  if (!shown || shown.until_ms <= Date.now()) return [];
  const sig = JSON.stringify([shown.draft_id, shown.text, shown.entities, shown.can_stop]);
  return [{ key: "preview", sig, build: () => bubble(shown, act) }];
}

/** Telegram shows a preview for half a minute. */
export function sweepPreviews() {
  for (const [chatId, shown] of state.previews) {
    if (shown && shown.until_ms > Date.now()) continue;
    state.previews.delete(chatId);
    if (shown) changed();
  }
}

function bubble(shown, act) {
  const words = shown.text ? rich(shown.text, shown.entities, act.command) : [say("Thinking…")];
  const stop = el(
    "button",
    { type: "button", class: "stop", testid: "stop", onclick: () => act.stop(shown) },
    el("span", { class: "stop-mark", aria: { hidden: "true" } }),
    say("Stop"),
  );
  const keys = shown.can_stop ? [stop] : [];
  return el(
    "article",
    { class: "row theirs first last making", testid: "preview", aria: { label: say("Being made"), live: "off" } },
    el("div", { class: "stack" }, el("div", { class: "bubble" }, el("div", { class: "words", dir: "auto" }, words)), ...keys),
  );
}
