// How one stands with the bot: blocked in a chat, or connected to one's business account.
import { toast } from "./overlays.js";
import { openChat, state } from "./state.js";
import { say } from "./words.js";

/** In a private chat the bot is blocked, in a group it is thrown out; both can be taken back. */
export async function block(blocked, refresh) {
  const { kind } = openChat();
  await state.api.block(state.chatId, blocked);
  await refresh();
  if (blocked) toast(say(kind === "private" ? "Blocked: it can't write to you." : "Removed: it can't write here."));
}

/** Once connected, there is a chat with everybody else, of which the bot hears. */
export async function connect(on, refresh) {
  const { api, me, users } = state;
  await api.connect(on);
  if (on) await Promise.all(users.filter(({ id }) => id !== me.id).map(({ id }) => api.dialog(id)));
  await refresh();
  toast(say(on ? "Connected: write /video in a chat with somebody." : "Not connected any more."));
}
