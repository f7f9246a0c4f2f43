// Puts it together: who and where from the address, the event stream, and what each tap does.
import { client } from "./api.js";
import * as composer from "./composer.js";
import { byId, sync } from "./dom.js";
import * as inline from "./inline.js";
import { isVisual } from "./media.js";
import { drawMessages, jumpTo, setUpMessages, toBottom } from "./messages.js";
import { alertBox, confirmBox, openMenu, toast } from "./overlays.js";
import { pay, payLink } from "./paying.js";
import { enqueue } from "./outbox.js";
import { drawSidebar, setUpSidebar } from "./sidebar.js";
import { block, connect } from "./standing.js";
import { beginReading, markRead } from "./unread.js";
import {
  changed,
  chatOf,
  forget,
  isMine,
  messagesOf,
  openChat,
  pressKey,
  put,
  release,
  replaceAll,
  resetPerson,
  state,
  subscribe,
} from "./state.js";
import { onLanguage, say, speak } from "./words.js";

const FIRST_PERSON = "1001";
const ACTION_MS = 6000;
const PRESS_MS = 15_000;
const AGAIN_MS = 2000;
const DRAWN = ["people", "chats", "chat-title", "topics", "list"];
const wide = matchMedia("(min-width: 900px)");

let stopEvents = () => {};

const act = {
  become: (id) =>
    String(id) !== String(state.me?.id) &&
    become(String(id), openChat()?.kind === "private" ? undefined : state.chatId),
  open: (id) => {
    show(id, null);
    if (wide.matches) composer.focus();
  },
  topic: (id) => show(state.chatId, id),
  send: (drafts) => {
    enqueue(state.chatId, drafts);
    toBottom();
  },
  press,
  pay,
  payLink,
  saveEdit,
  jump: jumpTo,
  reply: composer.startReply,
  edit: composer.startEdit,
  command: (text) => act.send([{ text: addressed(text), files: [], thread_id: state.threadId ?? undefined }]),
  idea: (idea) => (idea.send ? act.command(idea.words) : takeIdea(idea)),
  choose,
  begin: (parameter) => {
    show(state.me.id, null);
    act.send([{ text: `/start ${parameter}`, files: [] }]);
  },
  block: (blocked) => attempt(() => block(blocked, refresh)),
  connect: (on) => attempt(() => connect(on, refresh)),
  stop: (preview) => attempt(() => state.api.stop(state.chatId, preview.draft_id)),
  via: (name) => composer.write(`@${name} `),
  menu: messageMenu,
  menuFor: (id, at) => messageMenu(at, rowOf(id)),
};

/** In a group a command names its bot, or the bot may not hear it. */
function addressed(words) {
  return openChat()?.kind !== "supergroup" ? words : words.replace(/^\/(\w+)(?!@|\w)/u, `/$1@${state.bot.username}`);
}

function takeIdea(idea) {
  if (idea.voice) return composer.voiceFirst(idea.words);
  composer.write(addressed(idea.words));
  return idea.attach && composer.pickFiles();
}

// Who and where

function address() {
  const query = new URLSearchParams(location.search);
  return { as: query.get("as") ?? FIRST_PERSON, chat: query.get("chat"), topic: query.get("topic") };
}

function remember(replace) {
  const query = new URLSearchParams({ as: state.me.id });
  if (state.chatId) query.set("chat", state.chatId);
  if (state.threadId !== null) query.set("topic", state.threadId);
  history[replace ? "replaceState" : "pushState"](null, "", `?${query}`);
}

/** Be another person: their world, their chats, their stream. */
async function become(id, chat, replace = false) {
  stopEvents();
  resetPerson();
  const api = (state.api = client(id));
  state.chatId = null;
  for (let answer = await refresh(); answer !== "known"; answer = await refresh()) {
    if (answer === "refused" && id !== FIRST_PERSON) return become(FIRST_PERSON, chat, true);
    await pause(AGAIN_MS);
  }
  if (api !== state.api) return undefined;
  const place = chatOf(chat) ?? (wide.matches || chat !== null ? state.chats[0] : null);
  show(place?.id ?? null, null, replace);
  return listen(state.api);
}

function show(chatId, threadId, replace = false) {
  state.chatId = chatId === null || chatId === undefined ? null : String(chatId);
  state.threadId = threadId;
  remember(replace);
  enter();
}

/** What opening a chat brings with it, however one came there. */
function enter() {
  const chat = openChat();
  if (chat && !state.loaded.has(String(chat.id))) load(chat.id);
  see();
  changed();
}

const see = () => state.chatId && state.loaded.has(String(state.chatId)) && !document.hidden && markRead(state.chatId);

// What the sandbox tells

async function refresh() {
  const { api } = state;
  let answer = "known";
  try {
    const world = await api.world();
    if (api === state.api) {
      speak(world.me.language);
      Object.assign(state, { me: world.me, users: world.users, bot: world.bot, chats: world.chats, online: true });
    }
  } catch (error) {
    answer = error.status ? "refused" : "down";
    state.online = false;
  }
  changed();
  return api === state.api ? answer : "known";
}

const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

async function load(chatId) {
  const { api } = state;
  try {
    const { messages, preview } = await api.messages(chatId);
    if (api !== state.api) return;
    state.previews.set(String(chatId), preview);
    replaceAll(chatId, messages);
    state.loaded.add(String(chatId));
    if (chatOf(chatId)) beginReading(chatOf(chatId));
    see();
    changed();
  } catch (error) {
    toast(error.message);
  }
}

/**
 * After each connection everything is fetched again: events may have passed while there was none. The promise is kept when
 * the first attempt has ended, well or badly.
 */
function listen(api) {
  return new Promise((settled) => {
    const onOpen = async () => {
      await refresh();
      if (api === state.api) await Promise.all(state.chats.map((chat) => load(chat.id)));
      if (api === state.api) enter();
      settled();
    };
    const onDown = () => {
      state.online = false;
      changed();
      settled();
    };
    const heard = (event) => {
      onEvent(event);
      changed();
    };
    stopEvents = api.events({ onOpen, onDown, onEvent: heard });
  });
}

function onEvent(event) {
  const chatId = String(event.chat_id ?? event.message?.chat_id ?? "");
  switch (event.type) {
    case "message":
      return arrived(chatId, event.message);
    case "edit":
    case "reaction":
      return event.message ? amended(chatId, event.message) : load(chatId);
    case "delete":
      return forget(chatId, event.id ?? event.message?.id);
    case "action":
      return state.actions.set(chatId, { action: event.action, from: event.from, until_ms: Date.now() + ACTION_MS });
    case "preview":
      return state.previews.set(chatId, event.preview);
    case "toast":
      return answered(chatId, event);
    case "payment":
      return paid(chatId, event);
    case "inline":
      return inline.heard(event);
    case "commands":
      return refresh();
    default:
      return undefined;
  }
}

function arrived(chatId, message) {
  const chat = chatOf(chatId);
  if (chat && !state.loaded.has(chatId) && !isMine(message)) chat.unread += 1;
  put(message);
  if (message.from?.is_bot) state.actions.delete(chatId);
  if (message.from?.is_bot) state.previews.delete(chatId);
  see();
  return chat ? undefined : refresh();
}

function amended(chatId, message) {
  put(message);
  release(chatId, message.id);
}

function answered(chatId, event) {
  release(chatId || String(state.chatId), event.message_id ?? event.id);
  if (!event.text) return;
  if (event.show_alert) alertBox(event.text);
  else toast(event.text);
}

/** What became of a checkout: the chat shows a payment by itself, a no is told here. */
function paid(chatId, event) {
  release(chatId, event.id);
  if (event.state === "refused") alertBox(event.text);
}

// What a tap does

async function press(message, button) {
  const key = pressKey(message, button.data);
  if (button.copy !== undefined) return copy(button.copy);
  if (button.share !== undefined) return composer.write(`@${state.bot.username} ${button.share}`);
  if (button.data === undefined || state.pressed.has(key)) return undefined;
  state.pressed.add(key);
  changed();
  setTimeout(() => state.pressed.delete(key) && changed(), PRESS_MS);
  try {
    await state.api.press(message.chat_id, message.id, button.data);
  } catch (error) {
    state.pressed.delete(key);
    toast(error.message);
    changed();
  }
  return undefined;
}

/** Send one of the bot's offers, as a reply or into a topic where one was chosen. */
function choose(result, place) {
  const { api, chatId } = state;
  return attempt(async () => {
    const { message } = await api.chooseInline(chatId, { id: result.query, result: result.id, ...place });
    if (api !== state.api) return;
    put(message);
    toBottom();
    changed();
  });
}

async function saveEdit(message, text) {
  await attempt(() => state.api.edit(message.chat_id, message.id, text));
}

async function attempt(run) {
  try {
    await run();
  } catch (error) {
    toast(error.message);
  }
}

/** The messages of the bubble that holds `id`: itself, or its whole album. */
function rowOf(id) {
  const all = messagesOf(state.chatId);
  const one = all.find((message) => message.id === id);
  return one?.album ? all.filter((message) => message.album === one.album) : [one];
}

function messageMenu(at, messages) {
  const [head] = messages;
  const worded = messages.find((message) => message.text ?? message.caption);
  const words = worded?.text ?? worded?.caption;
  const mine = isMine(head);
  const items = [{ label: say("Reply"), icon: "reply", run: () => act.reply(head), testid: "menu-reply" }];
  if (words) items.push({ label: say("Copy text"), icon: "copy", run: () => copy(words) });
  if (mine && (words || isVisual(head)))
    items.push({ label: say("Edit"), icon: "edit", run: () => act.edit(worded ?? head), testid: "menu-edit" });
  if (mine || openChat()?.kind === "private" || openChat()?.is_admin)
    items.push({
      label: say("Delete"),
      icon: "trash",
      danger: true,
      run: () => removeAll(messages),
      testid: "menu-delete",
    });
  openMenu(at, items, say("Message"));
}

const copy = (words) =>
  attempt(async () => {
    await navigator.clipboard.writeText(words);
    toast(say("Copied."));
  });

async function removeAll(messages) {
  const question =
    messages.length > 1
      ? say("Delete these {number} messages for everybody?", { number: messages.length })
      : say("Delete this message for everybody?");
  if (!(await confirmBox(question, say("Delete")))) return;
  const { api } = state;
  await Promise.all(messages.map((message) => attempt(() => api.remove(message.chat_id, message.id))));
}

// Start

function draw() {
  drawSidebar(act);
  drawMessages(act);
  composer.draw();
}

setUpSidebar(act);
setUpMessages(act);
composer.setUpComposer(act);
subscribe(draw);
onLanguage(() => DRAWN.map(byId).forEach((node) => node && sync(node, [])));
addEventListener("popstate", () => {
  const place = address();
  if (place.as !== String(state.me?.id)) return become(place.as, place.chat, true);
  state.chatId = place.chat;
  state.threadId = place.topic === null ? null : Number(place.topic);
  return enter();
});
addEventListener("visibilitychange", () => {
  if (!document.hidden) enter();
});
wide.addEventListener("change", () => {
  if (wide.matches && !state.chatId && state.chats.length) show(state.chats[0].id, null, true);
});

const start = address();
byId("app").dataset.ready = "false";
await become(start.as, start.chat, true);
if (start.topic !== null && openChat()) show(state.chatId, Number(start.topic), true);
byId("app").dataset.ready = "true";
