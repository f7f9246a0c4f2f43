// The people to be, the chats to be in, and the head of the open chat.
import { avatar } from "./bubble.js";
import { byId, el, icon, sync } from "./dom.js";
import { preview, shortWhen } from "./format.js";
import { openMenu } from "./overlays.js";
import { isMine, lastOf, openChat, state } from "./state.js";
import { unreadOf } from "./unread.js";
import { say } from "./words.js";

const wide = matchMedia("(min-width: 900px)");
const people = el("div", { id: "people", class: "people", role: "radiogroup" });

export function setUpSidebar(act) {
  byId("back").append(icon("back"));
  byId("back").addEventListener("click", () => act.open(null));
  byId("chat-more").append(icon("more"));
  byId("chat-more").addEventListener("click", () => chatMenu(act));
  people.addEventListener("keydown", (event) => choosePerson(event));
  wide.addEventListener("change", drawShell);
}

/** Radio buttons: the arrow keys choose. */
function choosePerson(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...people.children];
  const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
  next.focus();
  next.click();
}

export function drawSidebar(act) {
  drawShell();
  people.setAttribute("aria-label", say("Who you are"));
  sync(
    people,
    state.users.map((user) => personItem(user, act)),
  );
  sync(
    byId("chats"),
    state.chats.map((chat) => chatItem(chat, act)),
  );
  drawHead();
  drawTopics(act);
  drawLink();
}

/** On a phone one screen at a time; the people move to where the eye is. */
function drawShell() {
  const inChat = Boolean(state.chatId);
  byId("app").dataset.screen = inChat ? "chat" : "list";
  const slot = byId(!wide.matches && inChat ? "people-head" : "people-side");
  if (people.parentNode !== slot) slot.append(people);
}

function personItem(user, act) {
  const chosen = String(user.id) === String(state.me?.id);
  const update = (node) => {
    node.setAttribute("aria-checked", String(chosen));
    node.tabIndex = chosen ? 0 : -1;
  };
  const build = () =>
    el(
      "button",
      {
        type: "button",
        role: "radio",
        class: "person",
        title: say("Be {name}", { name: user.name }),
        aria: { label: user.name },
        testid: `person-${user.id}`,
        onclick: () => act.become(user.id),
      },
      avatar(user),
      el("span", { class: "person-name" }, user.name),
    );
  return { key: String(user.id), sig: String(chosen), build, update };
}

function chatItem(chat, act) {
  const last = lastOf(chat.id);
  const open = String(chat.id) === String(state.chatId);
  const sig = JSON.stringify([chat, unreadOf(chat), open, last?.id, preview(last), state.me?.id]);
  const update = (node) => {
    node.className = open ? "chat-row open" : "chat-row";
    node.setAttribute("aria-current", open ? "page" : "false");
    node.replaceChildren(chatFace(chat), chatWords(chat, last));
  };
  return {
    key: String(chat.id),
    sig,
    build: () => el("button", { type: "button", testid: `chat-${chat.id}`, onclick: () => act.open(chat.id) }),
    update,
  };
}

function chatFace(chat) {
  if (chat.kind === "private") return avatar({ is_bot: true });
  if (chat.kind === "dialog") return avatar({ id: chat.other_id, name: chat.title });
  return el("span", { class: "avatar group", aria: { hidden: "true" } }, icon("group"));
}

const HINTS = { private: "Say hello, or send a photo", supergroup: "A group with the bot", dialog: "Between you two" };

function chatWords(chat, last) {
  const unread = unreadOf(chat);
  const named = chat.kind === "supergroup" && `${last?.from?.name}: `;
  const who = last && !last.service && (isMine(last) ? say("You: ") : named || "");
  const hint = say(HINTS[chat.kind]);
  return el(
    "span",
    { class: "chat-words" },
    el(
      "span",
      { class: "chat-line" },
      el("span", { class: "chat-name" }, chat.title),
      chat.is_admin && el("span", { class: "tag" }, say("admin")),
      last && el("time", { class: "chat-when" }, shortWhen(last.date_ms, Date.now())),
    ),
    el(
      "span",
      { class: "chat-line" },
      el("span", { class: "chat-last" }, who, last ? preview(last) || say("Message") : hint),
      unread > 0 &&
        el(
          "span",
          { class: "badge", testid: `unread-${chat.id}`, aria: { label: say("{number} unread", { number: unread }) } },
          String(unread),
        ),
    ),
  );
}

function drawHead() {
  const chat = openChat();
  const items = chat
    ? [
        { key: "face", sig: String(chat.id), build: () => chatFace(chat) },
        { key: "words", sig: JSON.stringify(chat), build: () => headWords(chat) },
      ]
    : [];
  sync(byId("chat-title"), items);
  byId("chat-more").hidden = !mayBlock(chat);
  document.title = chat ? `${chat.title} · ${say("Kinetogram sandbox")}` : say("Kinetogram sandbox");
}

/** Whether this person may block the bot here: in their own chat, or as an administrator. */
const mayBlock = (chat) => chat && (chat.kind === "private" || chat.is_admin);

function chatMenu(act) {
  const chat = openChat();
  const [block, unblock] =
    chat.kind === "private"
      ? [say("Block the bot"), say("Unblock the bot")]
      : [say("Remove the bot from the group"), say("Bring the bot back")];
  const item = chat.is_blocked
    ? { label: unblock, icon: "retry", run: () => act.block(false), testid: "menu-unblock" }
    : { label: block, icon: "block", danger: true, run: () => act.block(true), testid: "menu-block" };
  const on = state.me.connected;
  const label = say(on ? "Disconnect my business account" : "Connect my business account");
  const business = { label, icon: "link", run: () => act.connect(!on), testid: "menu-business" };
  openMenu(byId("chat-more"), chat.kind === "private" ? [business, item] : [item], say("Chat"));
}

function headWords(chat) {
  const names = state.users.map((user) => user.name).join(", ");
  const name = chat.is_blocked ? say("blocked") : `@${state.bot?.username ?? "bot"}`;
  const group = chat.is_blocked ? say("{names}, without the bot", { names }) : say("{names} and the bot", { names });
  const under = { private: name, supergroup: group, dialog: say("a chat of two") }[chat.kind];
  return el(
    "div",
    { class: "head-words" },
    el("h2", {}, el("span", {}, chat.title), chat.is_admin && el("span", { class: "tag" }, say("admin"))),
    el("p", {}, under),
  );
}

function drawTopics(act) {
  const topics = openChat()?.topics ?? [];
  byId("topics").hidden = topics.length === 0;
  const all = topics.length ? [{ id: null, name: say("All") }, ...topics] : [];
  sync(
    byId("topics"),
    all.map((topic) => {
      const chosen = topic.id === state.threadId;
      const update = (node) => node.setAttribute("aria-selected", String(chosen));
      return {
        key: String(topic.id),
        sig: `${topic.name}${chosen}`,
        build: () =>
          el(
            "button",
            {
              type: "button",
              role: "tab",
              class: "topic",
              testid: `topic-${topic.id ?? "all"}`,
              onclick: () => act.topic(topic.id),
            },
            topic.name,
          ),
        update,
      };
    }),
  );
}

function drawLink() {
  const node = byId("link-state");
  node.hidden = state.online;
  node.textContent = state.online ? "" : say("Reconnecting to the sandbox");
}
