// What the page knows, and the only place that changes it. Views subscribe and draw the whole of it again.

export const state = {
  api: null, // client of the person chosen
  me: null,
  users: [],
  bot: null,
  chats: [],
  chatId: null, // the open chat; on a phone null shows the list
  threadId: null, // the open topic, null = all of them
  messages: new Map(), // chat id → Map(message id → message)
  loaded: new Set(), // chats whose messages were fetched since the last (re)connection
  pending: [], // messages on their way: {key, chatId, draft, progress, error}
  pressed: new Set(), // "chat:message:data" of buttons that wait for their answer
  actions: new Map(), // chat id → {action, until_ms}
  previews: new Map(), // chat id → what the bot is making there: {draft_id, text, entities, can_stop, until_ms}
  replyTo: null,
  editing: null,
  online: true,
};

const KEEP_MESSAGES = 400; // of a chat; the server gives the last hundred after each connection
const listeners = new Set();
let queued = false;

export const subscribe = (listener) => listeners.add(listener);

/** Draw once per frame however many changes came; a hidden tab gets no frames, so a timer stands in. */
export function changed() {
  if (queued) return;
  queued = true;
  const draw = () => {
    queued = false;
    for (const listener of listeners) listener();
  };
  if (document.hidden) setTimeout(draw, 30);
  else requestAnimationFrame(draw);
}

export const chatOf = (id) => state.chats.find((chat) => String(chat.id) === String(id)) ?? null;
export const openChat = () => chatOf(state.chatId);
export const isMine = (message) => String(message.from?.id) === String(state.me?.id);
export const pressKey = (message, data) => `${message.chat_id}:${message.id}:${data}`;
export const dataOf = (button) => (button.pay ? "pay" : button.data);

/** Messages of a chat, oldest first (private ones to a person have ids of their own); `threadId` null = every topic. */
export function messagesOf(chatId, threadId = null) {
  const all = [...(state.messages.get(String(chatId))?.values() ?? [])].sort(
    (a, b) => a.date_ms - b.date_ms || a.id - b.id,
  );
  return threadId === null ? all : all.filter((message) => (message.thread_id ?? null) === threadId);
}

export const lastOf = (chatId) => messagesOf(chatId).at(-1) ?? null;

/** Keep the newer of two versions: a slow fetch must not undo an edit that an event already told. */
export function put(message) {
  const chat = String(message.chat_id);
  const known = state.messages.get(chat) ?? new Map();
  const old = known.get(message.id);
  if (!old || (message.edited_ms ?? 0) >= (old.edited_ms ?? 0)) known.set(message.id, message);
  if (known.size > KEEP_MESSAGES) known.delete(known.keys().next().value);
  state.messages.set(chat, known);
}

export function replaceAll(chatId, messages) {
  const fresh = new Map(messages.map((message) => [message.id, message]));
  const newest = Math.max(0, ...messages.map((message) => message.date_ms));
  for (const [id, old] of state.messages.get(String(chatId)) ?? []) {
    const edited = fresh.has(id) && (old.edited_ms ?? 0) > (fresh.get(id).edited_ms ?? 0);
    if (edited || old.date_ms > newest) fresh.set(id, old);
  }
  state.messages.set(String(chatId), fresh);
}

export function forget(chatId, id) {
  state.messages.get(String(chatId))?.delete(id);
  if (state.replyTo?.id === id) state.replyTo = null;
  if (state.editing?.id === id) state.editing = null;
}

/** Presses that have been answered; without a message id, all of that chat. */
export function release(chatId, messageId) {
  const start = messageId === undefined ? `${chatId}:` : `${chatId}:${messageId}:`;
  for (const key of state.pressed) if (key.startsWith(start)) state.pressed.delete(key);
}

export function resetPerson() {
  state.messages.clear();
  state.loaded.clear();
  state.pressed.clear();
  state.actions.clear();
  state.previews.clear();
  state.pending = [];
  state.chats = [];
  state.replyTo = null;
  state.editing = null;
}
