// Messages on their way: shown at once, sent one after another, kept with "Try again" when they fail.
import { el, icon } from "./dom.js";
import { changed, put, state } from "./state.js";
import { say } from "./words.js";

let chain = Promise.resolve();
let next = 1;

/** Queue drafts of one chat in order; each is {text, files, reply_to?, thread_id?}. */
export function enqueue(chatId, drafts) {
  for (const draft of drafts) {
    const item = { key: `p${next++}`, chatId, api: state.api, draft, progress: 0, error: null };
    state.pending.push(item);
    chain = chain.then(() => deliver(item));
  }
  changed();
}

async function deliver(item) {
  item.error = null;
  changed();
  try {
    const answer = await item.api.send(item.chatId, item.draft, (part) => progress(item, part));
    if (item.api === state.api) for (const message of answer.messages ?? []) put(message);
    drop(item);
  } catch (error) {
    item.error = error.message;
    changed();
  }
}

function progress(item, part) {
  const bar = document.querySelector(`[data-pending="${item.key}"] .progress`);
  item.progress = part;
  bar?.style.setProperty("--part", String(part));
}

function drop(item) {
  state.pending = state.pending.filter((other) => other !== item);
  for (const file of item.draft.files) if (file.url) URL.revokeObjectURL(file.url);
  changed();
}

function again(item) {
  chain = chain.then(() => deliver(item));
}

export function pendingItems(chatId) {
  return state.pending
    .filter((item) => String(item.chatId) === String(chatId))
    .map((item) => ({ key: item.key, sig: String(item.error), build: () => bubble(item) }));
}

function bubble(item) {
  const { text, files } = item.draft;
  const faces = files.map((file) => face(file));
  const bar = el("div", { class: "progress", role: "progressbar", aria: { label: say("Sending") } });
  bar.style.setProperty("--part", String(item.progress));
  const body = el(
    "div",
    { class: "bubble" },
    faces.length > 0 && el("div", { class: "sending-files" }, faces),
    text && el("div", { class: "words", dir: "auto" }, text),
    item.error ? failed(item) : bar,
  );
  return el(
    "article",
    { class: "row mine first last pending", data: { pending: item.key }, aria: { label: say("On its way") } },
    el("div", { class: "stack" }, body),
  );
}

function face(file) {
  if (file.kind === "photo" && file.url) return el("img", { src: file.url, alt: file.file.name });
  const name = file.kind === "voice" ? say("Voice note") : file.file.name;
  return el(
    "span",
    { class: "sending-file" },
    icon({ video: "play", voice: "mic", audio: "music" }[file.kind] ?? "file"),
    name,
  );
}

function failed(item) {
  return el(
    "div",
    { class: "failed", role: "alert" },
    el("span", {}, say("Not sent. {error}", { error: item.error })),
    el("button", { type: "button", class: "quiet", onclick: () => again(item) }, say("Try again")),
    el("button", { type: "button", class: "quiet", onclick: () => drop(item) }, say("Remove")),
  );
}
