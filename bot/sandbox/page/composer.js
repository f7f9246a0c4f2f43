// Where messages are written: words, files, voice, commands, and what they answer or amend.
import * as attachments from "./attachments.js";
import * as commands from "./commands.js";
import { byId, el, icon, iconButton, sync } from "./dom.js";
import { preview } from "./format.js";
import { drawInline } from "./inline.js";
import { openMenu, toast } from "./overlays.js";
import { setUpVoice, startRecording } from "./voicebar.js";
import { changed, isMine, messagesOf, openChat, state } from "./state.js";
import { say } from "./words.js";

const FIELD_MAX_PX = 168;
const saved = new Map(); // "person/chat" → words not sent yet
let shownFor = null;
let ui = null;
let asFile = false;
let afterVoice = ""; // an example's words, waiting until its voice note is sent

export function setUpComposer(act) {
  const field = el("textarea", {
    rows: 1,
    placeholder: "Message, or /",
    testid: "composer-text",
    enterKeyHint: "send",
    aria: { label: "Message", autocomplete: "list", controls: "commands" },
  });
  const files = el("input", {
    type: "file",
    multiple: true,
    hidden: true,
    accept: "image/*,video/*,audio/*,*/*",
    testid: "composer-attach",
    aria: { label: "Attach files" },
  });
  const voiceFile = el("input", {
    type: "file",
    hidden: true,
    accept: "audio/*",
    testid: "composer-voice-upload",
    aria: { label: "Send a file as a voice note" },
  });
  const attach = iconButton("clip", "Attach", () => attachMenu(attach), {
    testid: "attach-menu",
    aria: { label: "Attach", haspopup: "menu" },
  });
  const slash = iconButton(
    "slash",
    "Commands",
    () => {
      commands.toggle();
      field.focus();
      draw();
    },
    { testid: "commands-open" },
  );
  const mic = iconButton("mic", "Record a voice note", () => startRecording(ui), {
    testid: "composer-record",
    class: "icon-button round-button",
  });
  const send = iconButton("send", "Send", () => submit(act), {
    testid: "composer-send",
    class: "icon-button round-button accent",
  });
  const context = el("div", { class: "context", hidden: true });
  const tray = el("div", { class: "tray", role: "list", hidden: true, aria: { label: "Attached" } });
  const menu = el("div", {
    class: "commands",
    id: "commands",
    role: "listbox",
    hidden: true,
    aria: { label: "Commands" },
  });
  const offers = el("div", { class: "offers", hidden: true, role: "group", aria: { label: "Your videos" } });
  const blocked = el(
    "button",
    { type: "button", class: "unblock primary", testid: "unblock", onclick: () => act.block(false) },
    "Unblock the bot",
  );
  const bar = el("div", { class: "bar" }, attach, el("div", { class: "field" }, field, slash), mic, send);
  ui = {
    act,
    field,
    files,
    voiceFile,
    send,
    mic,
    slash,
    context,
    tray,
    menu,
    offers,
    bar,
    sendVoice: (item) => sendVoice(act, item),
    inline: { choose: (result) => leaving(act.choose, result), begin: (parameter) => leaving(act.begin, parameter) },
  };
  byId("composer").append(menu, offers, context, tray, bar, blocked, files, voiceFile);
  listen(act);
  setUpVoice(ui);
  setUpDrop();
}

function listen(act) {
  const { field, files } = ui;
  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => onKey(event, act));
  field.addEventListener("blur", () => {
    commands.close();
    draw();
  });
  field.addEventListener("paste", (event) => takeFiles(event, event.clipboardData.files));
  files.addEventListener("change", () => {
    addFiles([...files.files], asFile);
    files.value = "";
    asFile = false;
  });
}

function attachMenu(anchor) {
  const pick =
    (input, accept, whole = false) =>
    () => {
      asFile = whole;
      input.accept = accept;
      input.click();
    };
  openMenu(
    anchor,
    [
      { label: say("Photos, videos, music"), icon: "image", run: pick(ui.files, "image/*,video/*,audio/*") },
      { label: say("As files, unchanged"), icon: "file", run: pick(ui.files, "", true) },
      { label: say("Voice note from a file"), icon: "mic", run: pick(ui.voiceFile, "audio/*") },
    ],
    say("Attach"),
  );
}

/** A voice note travels alone, as in Telegram; an example then goes on with its words. */
function sendVoice(act, item) {
  act.send([{ ...extra(), text: "", files: [item] }]);
  state.replyTo = null;
  draw();
  if (!afterVoice) return;
  write(afterVoice);
  afterVoice = "";
  toast(say("Now attach two photos."));
}

/** Ask for a voice note; `words` are written once it is on its way. */
export function voiceFirst(words) {
  afterVoice = words;
  openMenu(
    ui.mic,
    [
      { label: say("Record a voice note"), icon: "mic", run: () => startRecording(ui) },
      { label: say("Choose a file instead"), icon: "file", run: () => ui.voiceFile.click() },
    ],
    say("Voice note"),
  );
}

const addFiles = (list, whole = false) => attachments.add(list, whole, draw).then(() => ui.field.focus());

function takeFiles(event, list) {
  if (!list?.length || !openChat()) return;
  event.preventDefault();
  addFiles(list);
}

function setUpDrop() {
  const [chat, curtain] = [byId("chat"), byId("drop")];
  const carriesFiles = (event) => openChat() && event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    curtain.hidden = !(carriesFiles(event) && chat.contains(event.target));
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) curtain.hidden = true;
  });
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    curtain.hidden = true;
    takeFiles(event, event.dataTransfer.files);
    event.preventDefault();
  });
}

function onKey(event, act) {
  if (event.isComposing || commands.onKey(event, ui.field, draw, pickCommand)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit(act);
  } else if (event.key === "Escape") leaveContext();
  else if (event.key === "ArrowUp" && !ui.field.value && !state.editing) editLast(act);
}

function editLast(act) {
  const mine = messagesOf(state.chatId, state.threadId).filter(
    (message) => isMine(message) && (message.text ?? message.caption),
  );
  if (mine.length) act.edit(mine.at(-1));
}

function pickCommand(entry) {
  const group = openChat()?.kind === "supergroup" && !entry.sign;
  write(`${commands.wordOf(entry)}${group ? `@${state.bot.username}` : ""} `);
  commands.close();
  draw();
}

/** Put words into the field (in place of what is there) and go there. */
export function write(words) {
  ui.field.value = words;
  ui.field.focus();
  ui.field.setSelectionRange(words.length, words.length);
  draw();
}

export const focus = () => ui.field.focus();

export const pickFiles = () => ui.files.click();

function insert(words) {
  const { field } = ui;
  const before = field.value.slice(0, field.selectionStart);
  field.setRangeText(
    `${before && !/\s$/u.test(before) ? " " : ""}${words} `,
    field.selectionStart,
    field.selectionEnd,
    "end",
  );
  field.focus();
  draw();
}

const extra = () => ({ reply_to: state.replyTo?.id, thread_id: state.threadId ?? undefined });

function submit(act) {
  const text = ui.field.value.trim();
  if (state.editing) return submitEdit(act, text);
  if (!text && !attachments.chosen().length) return undefined;
  const drafts = attachments.drafts(text, attachments.take(), extra());
  clear();
  return act.send(drafts);
}

function submitEdit(act, text) {
  const message = state.editing;
  if (!text) return toast(say("An empty message can't be kept. Delete it instead."));
  clear();
  return text === (message.text ?? message.caption) ? undefined : act.saveEdit(message, text);
}

/** What was typed has done its work: the field is emptied before the rest is done. */
function leaving(run, what) {
  const place = extra();
  clear();
  return run(what, place);
}

function clear() {
  ui.field.value = "";
  state.replyTo = null;
  state.editing = null;
  commands.close();
  changed();
  draw();
}

function leaveContext() {
  if (state.editing) ui.field.value = "";
  state.editing = null;
  state.replyTo = null;
  changed();
  draw();
}

export function startReply(message) {
  state.replyTo = message;
  state.editing = null;
  changed();
  ui.field.focus();
}

export function startEdit(message) {
  state.editing = message;
  state.replyTo = null;
  write(message.text ?? message.caption ?? "");
  changed();
}

/** Draw all of it for the open chat; words of another chat are put by and come back later. */
export function draw() {
  const chat = openChat();
  byId("composer").hidden = !chat;
  if (!chat) return;
  byId("composer").classList.toggle("is-blocked", chat.is_blocked && chat.kind === "private");
  keepWords(`${state.me?.id}/${chat.id}`);
  drawContext();
  attachments.drawTray(ui.tray, {
    onRemove: (item) => {
      attachments.remove(item);
      draw();
    },
    onLabel: insert,
  });
  commands.drawCommands(ui.menu, ui.field, pickCommand);
  drawInline(ui.offers, attachments.chosen().length || state.editing ? "" : ui.field.value, ui.inline);
  const ready = Boolean(ui.field.value.trim()) || attachments.chosen().length > 0 || Boolean(state.editing);
  ui.send.hidden = !ready;
  ui.mic.hidden = ready;
  ui.slash.hidden = Boolean(ui.field.value);
  ui.field.placeholder = attachments.chosen().length ? say("Add a caption, use @image1…") : say("Message, or /");
  grow(ui.field);
}

function keepWords(place) {
  if (shownFor !== null && shownFor !== place) {
    saved.set(shownFor, state.editing ? "" : ui.field.value);
    ui.field.value = saved.get(place) ?? "";
    state.editing = null;
    state.replyTo = null;
    afterVoice = "";
  }
  shownFor = place;
}

function grow(field) {
  field.style.setProperty("height", "auto");
  field.style.setProperty("height", `${Math.min(field.scrollHeight, FIELD_MAX_PX)}px`);
}

function drawContext() {
  const message = state.editing ?? state.replyTo;
  ui.context.hidden = !message;
  if (!message) return;
  const title = state.editing ? say("Edit your message") : say("Reply to {name}", { name: message.from.name });
  sync(ui.context, [{ key: "context", sig: `${title}${message.id}`, build: () => contextBar(title, message) }]);
}

function contextBar(title, message) {
  return el(
    "div",
    { class: "context-bar" },
    icon(state.editing ? "edit" : "reply"),
    el(
      "div",
      { class: "context-words" },
      el("span", { class: "context-title" }, title),
      el("span", { class: "context-text" }, preview(message)),
    ),
    iconButton("close", say("Cancel"), leaveContext, { testid: "context-cancel" }),
  );
}
