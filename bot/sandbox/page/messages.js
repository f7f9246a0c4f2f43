// The list of messages: draws rows, keeps to the bottom, jumps to quotes, shows what the bot is doing.
import { bubbleItem } from "./bubble.js";
import { previewItems, sweepPreviews } from "./preview.js";
import { byId, el, icon, sync } from "./dom.js";
import { actionLabel, dayLabel, serviceWords, timeOf } from "./format.js";
import { pendingItems } from "./outbox.js";
import { rows } from "./rows.js";
import { messagesOf, openChat, state } from "./state.js";
import { toast } from "./overlays.js";
import { say } from "./words.js";

const NEAR_PX = 90;
const LONG_PRESS_MS = 480;

let stick = true; // the reader is at the bottom and stays there
let shownView = null; // "chat/topic" that is on the screen
let shownLast = 0; // when the newest message on the screen was sent
let unseen = 0; // arrived while the reader looked further up

export function setUpMessages(act) {
  const scroll = byId("scroll");
  byId("to-bottom").append(icon("down"), el("span", { class: "badge", id: "unseen" }));
  byId("to-bottom").addEventListener("click", () => toBottom("smooth"));
  scroll.addEventListener("scroll", onScroll, { passive: true });
  new ResizeObserver(() => stick && toBottom()).observe(byId("list"));
  new ResizeObserver(() => stick && toBottom()).observe(scroll);
  longPress(byId("list"), act);
  setInterval(drawActivity, 1000);
  setInterval(sweepPreviews, 1000);
}

function onScroll() {
  const { scrollTop, scrollHeight, clientHeight } = byId("scroll");
  stick = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  if (stick) unseen = 0;
  drawToBottom();
}

export function toBottom(behavior = "instant") {
  const scroll = byId("scroll");
  scroll.scrollTo({ top: scroll.scrollHeight, behavior });
  stick = true;
  unseen = 0;
  drawToBottom();
}

function drawToBottom() {
  byId("to-bottom").hidden = stick;
  byId("unseen").textContent = unseen ? String(unseen) : "";
}

export function drawMessages(act) {
  const chat = openChat();
  if (!chat) return sync(byId("list"), []);
  const messages = messagesOf(chat.id, state.threadId);
  noteArrivals(`${state.me?.id}/${chat.id}/${state.threadId}`, messages.at(-1)?.date_ms ?? 0, messages);
  const drawn = messages.length ? rows(messages).map((row) => rowItem(row, act)) : [emptyItem(chat, act)];
  sync(byId("list"), [...drawn, ...pendingItems(chat.id, act), ...previewItems(chat.id, act)]);
  drawActivity();
  if (stick) toBottom();
  else drawToBottom();
}

function noteArrivals(view, last, messages) {
  if (view !== shownView) stick = true;
  else if (!stick) unseen += messages.filter((message) => message.date_ms > shownLast).length;
  shownView = view;
  shownLast = last;
}

function rowItem(row, act) {
  if (row.type === "bubble") return bubbleItem(row, act);
  if (row.type === "service") return serviceItem(row.message);
  const label = dayLabel(row.ms, Date.now());
  return {
    key: `d${label}`,
    sig: label,
    build: () => el("div", { class: "day", role: "separator", aria: { label } }, el("span", {}, label)),
  };
}

function serviceItem(message) {
  const build = () =>
    el(
      "div",
      { class: "service", testid: `message-${message.id}`, title: timeOf(message.date_ms) },
      el("span", {}, serviceWords(message.service)),
    );
  return { key: `s${message.id}`, sig: message.service, build };
}

/** What a newcomer can try; a tap puts the words into the composer (or sends a bare command). */
function emptyItem(chat, act) {
  if (!state.loaded.has(String(chat.id)))
    return {
      key: "wait",
      sig: "",
      build: () => el("div", { class: "loading" }, el("span", { class: "spinner" }), say("Opening the chat")),
    };
  const group = chat.kind === "supergroup";
  const lead = say(LEADS[chat.kind]);
  return { key: "empty", sig: `${chat.id}`, build: () => empty(group, lead, act) };
}

const IDEAS = [
  { icon: "image", title: "A photo and a sentence", words: "/video make it move 9:16 5s", attach: true },
  {
    icon: "mic",
    title: "A voice note first, then two photos",
    words: "/video @image1 sings while @image2 watches, @audio1 is the song 9:16",
    voice: true,
  },
  { icon: "edit", title: "Words alone", words: "/video a paper boat crosses a puddle at dusk, 16:9 5s" },
  { icon: "slash", title: "What else is there", words: "/help", send: true },
];

const LEADS = {
  private: "Send a photo with a sentence. A video comes back.",
  supergroup: "Ask for a video where everybody sees it.",
  dialog: "Between you two. Who has connected the bot orders with /video, and reads the answers in the chat with the bot.",
};

function empty(group, lead, act) {
  const ideas = IDEAS.filter((idea) => !(group && idea.voice)).map((idea) =>
    el(
      "button",
      { type: "button", class: "idea", onclick: () => act.idea({ ...idea, words: say(idea.words) }) },
      el("span", { class: "idea-icon" }, icon(idea.icon)),
      el(
        "span",
        { class: "idea-words" },
        el("span", { class: "idea-title" }, say(idea.title)),
        el("span", { class: "idea-text" }, say(idea.words)),
      ),
    ),
  );
  return el(
    "div",
    { class: "empty", testid: "empty" },
    el("img", { class: "empty-mark", src: "/static/icon.svg", alt: "", width: 64, height: 64 }),
    el("h2", {}, lead),
    el("p", {}, say("Some things to try:")),
    el("div", { class: "ideas" }, ideas),
  );
}

export function jumpTo(id) {
  const target =
    byId("list").querySelector(`[data-testid="message-${Number(id)}"]`) ??
    byId("list").querySelector(`[data-id="${Number(id)}"]`);
  if (!target) return toast(say("That message is further up than this page shows."));
  stick = false;
  target.scrollIntoView({
    block: "center",
    behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth",
  });
  target.classList.add("found");
  setTimeout(() => target.classList.remove("found"), 1600);
}

export function drawActivity() {
  const doing = state.actions.get(String(state.chatId));
  const live = doing && doing.until_ms > Date.now();
  const line = live ? `${doing.from?.name ?? state.bot?.name ?? say("The bot")} ${actionLabel(doing.action)}` : "";
  const node = byId("activity");
  if (node.dataset.line === line) return;
  node.dataset.line = line;
  node.replaceChildren(
    ...(live ? [el("span", { class: "dots", aria: { hidden: "true" } }, el("i"), el("i"), el("i")), line] : []),
  );
}

/** iOS fires no contextmenu on a long press, so a timer does for every finger. */
function longPress(list, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  list.addEventListener("pointerdown", (event) => {
    const row = event.target.closest(".row");
    if (event.pointerType !== "touch" || !row || event.target.closest("button, a, video, input")) return;
    timer = setTimeout(
      () => act.menuFor(Number(row.dataset.id), { x: event.clientX, y: event.clientY }),
      LONG_PRESS_MS,
    );
  });
  for (const name of ["pointerup", "pointercancel", "pointermove"]) list.addEventListener(name, stop);
}
