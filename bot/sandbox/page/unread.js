// What this person has read. The server counts a fetch as reading; the page fetches every chat for its list, so it keeps
// count itself: a moment up to which each chat was on the screen, for as long as the tab lives.
import { isMine, messagesOf, state } from "./state.js";

const place = (chatId) => `read/${state.me?.id}/${chatId}`;
const readTo = (chatId) => sessionStorage.getItem(place(chatId));

/** Everything that is there now has been seen. */
export function markRead(chatId) {
  const last = messagesOf(chatId).at(-1);
  if (last && last.date_ms > Number(readTo(chatId) ?? -1)) sessionStorage.setItem(place(chatId), String(last.date_ms));
}

/** The first fetch of a chat that this tab never showed: begin where the server says the reading stopped. */
export function beginReading(chat) {
  if (readTo(chat.id) !== null) return;
  const others = messagesOf(chat.id).filter((message) => !isMine(message));
  const lastRead = others.at(-1 - chat.unread);
  sessionStorage.setItem(place(chat.id), String(chat.unread >= others.length ? 0 : lastRead.date_ms));
}

export function unreadOf(chat) {
  const since = Number(readTo(chat.id) ?? Number.POSITIVE_INFINITY);
  if (!state.loaded.has(String(chat.id))) return chat.unread;
  return messagesOf(chat.id).filter((message) => message.date_ms > since && !isMine(message)).length;
}
