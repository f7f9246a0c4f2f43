// One bubble: name, quote, media, words, reactions, and the bot's buttons under it.
import { el, icon, iconButton, sync } from "./dom.js";
import { rich, safeUrl } from "./entities.js";
import { initials, quoted, timeOf, tone } from "./format.js";
import { isVisual, mediaOf } from "./media.js";
import { dataOf, isMine, openChat, pressKey, state } from "./state.js";
import { count, say } from "./words.js";

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,12}$/u;

/** The item for `sync`; `act` has press, jump, menu, reply, command. */
export function bubbleItem(row, act) {
  const messages = row.messages;
  const waiting = messages.flatMap((message) =>
    (message.buttons ?? [])
      .flat()
      .filter((button) => state.pressed.has(pressKey(message, dataOf(button))))
      .map(dataOf),
  );
  const sig = JSON.stringify([messages, row.first, row.last, waiting, openChat()?.kind, state.me?.id]);
  return { key: `m${messages[0].id}`, sig, build: () => el("article", {}), update: (node) => fill(node, row, act) };
}

function fill(node, row, act) {
  const [head] = row.messages;
  const mine = isMine(head);
  node.className = [
    "row",
    mine ? "mine" : "theirs",
    row.first && "first",
    row.last && "last",
    head.ephemeral && "secret",
  ]
    .filter(Boolean)
    .join(" ");
  if (row.messages.length === 1) node.dataset.testid = `message-${head.id}`;
  else node.dataset.testid = `album-${head.album}`;
  node.dataset.id = head.id;
  node.setAttribute("aria-label", `${mine ? say("You") : head.from.name}, ${timeOf(head.date_ms)}`);
  node.oncontextmenu = (event) => openMenuAt(event, row, act);
  sync(node, [avatarItem(row, mine), stackItem(row, act, mine), toolsItem(row, act)].filter(Boolean));
}

function openMenuAt(event, row, act) {
  if (event.target.closest("video, input") || String(getSelection())) return;
  event.preventDefault();
  act.menu({ x: event.clientX, y: event.clientY }, row.messages);
}

const inGroup = () => openChat()?.kind === "supergroup";

function avatarItem(row, mine) {
  if (mine || !inGroup()) return null;
  const { from } = row.messages[0];
  const build = () => (row.last ? avatar(from) : el("span", { class: "avatar-gap" }));
  return { key: "avatar", sig: String(row.last), build };
}

export function avatar(person, props = {}) {
  const classes = ["avatar", person.is_bot ? "bot" : tone(person.id)].join(" ");
  return el(
    "span",
    { class: classes, aria: { hidden: "true" }, ...props },
    person.is_bot ? el("img", { src: "/static/icon.svg", alt: "" }) : initials(person.name),
  );
}

function stackItem(row, act, mine) {
  const update = (node) => {
    const keyboard = row.messages.flatMap((message) => keyboardItem(message, act));
    sync(node, [
      {
        key: "bubble",
        sig: {},
        build: () => el("div", { class: "bubble" }),
        update: (bubble) => fillBubble(bubble, row, act, mine),
      },
      ...keyboard,
    ]);
  };
  return { key: "stack", sig: {}, build: () => el("div", { class: "stack" }), update };
}

function fillBubble(node, row, act, mine) {
  const messages = row.messages;
  const worded = messages.find((message) => message.text ?? message.caption) ?? messages[0];
  const words = worded.text ?? worded.caption ?? "";
  const bare = !words && messages.length === 1 && ["sticker", "video_note"].includes(messages[0].media?.kind);
  const big = !messages[0].media && words && ONLY_EMOJI.test(words) && !/^[\d\s#*]+$/u.test(words);
  node.className = [
    "bubble",
    bare && "bare",
    big && "big",
    messages[0].media && isVisual(messages[0]) && "visual",
    !words && "wordless",
  ]
    .filter(Boolean)
    .join(" ");
  sync(
    node,
    [
      nameItem(row, mine),
      viaItem(messages[0], act),
      guestItem(messages[0]),
      secretItem(messages[0]),
      quoteItem(messages[0], act),
      mediaItem(messages),
      invoiceItem(messages[0]),
      wordsItem(worded, words, act),
      reactionsItem(messages),
      metaItem(messages, worded, mine),
    ].filter(Boolean),
  );
}

function nameItem(row, mine) {
  const { from } = row.messages[0];
  if (mine || !row.first || !inGroup()) return null;
  return {
    key: "name",
    sig: from.name,
    build: () => el("div", { class: `name ${from.is_bot ? "tone-bot" : tone(from.id)}` }, from.name),
  };
}

/** By which bot's name it was chosen; a tap begins the same again. */
function viaItem({ via }, act) {
  if (!via) return null;
  const props = { type: "button", class: "via", testid: "via", onclick: () => act.via(via) };
  return { key: "via", sig: via, build: () => el("button", props, say("via "), el("b", {}, `@${via}`)) };
}

/** Who called the bot into a chat that it is no member of. */
function guestItem({ guest_of: caller }) {
  if (!caller) return null;
  const words = say("A guest, called by {name}", { name: caller });
  return { key: "guest", sig: caller, build: () => el("div", { class: "secret-note" }, words) };
}

function secretItem(message) {
  if (!message.ephemeral) return null;
  return { key: "secret", sig: "", build: () => el("div", { class: "secret-note" }, say("Only you see this")) };
}

function quoteItem(message, act) {
  const quote = message.reply_to;
  if (!quote) return null;
  const told = { name: quote.from_name, words: quoted(quote.preview) };
  const label = say("In reply to {name}: {words}. Go there", told);
  const words = [
    el("span", { class: "quote-name" }, quote.from_name ?? ""),
    el("span", { class: "quote-text" }, quoted(quote.preview) || say("Attachment")),
  ];
  return {
    key: "quote",
    sig: JSON.stringify(quote),
    build: () =>
      el(
        "button",
        {
          type: "button",
          class: "quote",
          aria: { label },
          onclick: () => act.jump(quote.id),
        },
        words,
      ),
  };
}

function mediaItem(messages) {
  if (!messages[0].media) return null;
  return {
    key: "media",
    sig: JSON.stringify(messages.map((message) => [message.id, message.media.url, message.media.kind])),
    build: () => mediaOf(messages),
  };
}

/** What is sold and for how many Stars; the Pay button stands in the keyboard below. */
function invoiceItem({ invoice }) {
  if (!invoice) return null;
  const stars = count("Star|Stars", invoice.stars);
  const price = el("span", { class: "invoice-price" }, icon(invoice.paid ? "check" : "star"), stars);
  const build = () =>
    el(
      "div",
      { class: "invoice", testid: "invoice" },
      el("div", { class: "invoice-title" }, invoice.title),
      el("div", { class: "invoice-text" }, invoice.description),
      price,
    );
  return { key: "invoice", sig: JSON.stringify(invoice), build };
}

function wordsItem(message, words, act) {
  if (!words) return null;
  const entities = message.entities ?? message.caption_entities ?? [];
  return {
    key: "words",
    sig: JSON.stringify([words, entities]),
    build: () => el("div", { class: "words", dir: "auto" }, rich(words, entities, act.command)),
  };
}

function reactionsItem(messages) {
  const all = messages.flatMap((message) => message.reactions ?? []);
  if (!all.length) return null;
  const counts = new Map();
  for (const { emoji } of all) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  const chips = () =>
    [...counts].map(([emoji, n]) => {
      const label = say("Reaction {emoji}", { emoji });
      return el("span", { class: "reaction", aria: { label } }, emoji, n > 1 ? ` ${n}` : null);
    });
  return {
    key: "reactions",
    sig: JSON.stringify([...counts]),
    build: () => el("div", { class: "reactions", testid: `reactions-${messages[0].id}` }, chips()),
  };
}

function metaItem(messages, worded, mine) {
  const edited = worded.edited_ms && worded.edited_ms !== worded.date_ms;
  const build = () =>
    el(
      "div",
      { class: "meta" },
      edited && el("span", { class: "edited" }, say("edited ")),
      el("time", { dateTime: new Date(messages[0].date_ms).toISOString() }, timeOf(messages[0].date_ms)),
      mine && icon("check"),
    );
  return { key: "meta", sig: `${messages[0].date_ms}${edited}`, build };
}

function keyboardItem(message, act) {
  if (!message.buttons?.length) return [];
  const update = (node) =>
    sync(
      node,
      message.buttons.map((row, i) => ({
        key: `r${i}`,
        sig: {},
        build: () => el("div", { class: "keys" }),
        update: (line) =>
          sync(
            line,
            row.map((button, j) => keyItem(message, button, j, act)),
          ),
      })),
    );
  return [
    {
      key: `keyboard${message.id}`,
      sig: {},
      build: () => el("div", { class: "keyboard", role: "group", aria: { label: say("Buttons") } }),
      update,
    },
  ];
}

function keyItem(message, button, j, act) {
  const waiting = state.pressed.has(pressKey(message, dataOf(button)));
  const update = (node) => {
    node.classList.toggle("waiting", waiting);
    node.setAttribute("aria-busy", String(waiting));
  };
  return {
    key: `k${j}${JSON.stringify(button)}${message.invoice?.paid ?? ""}`,
    sig: String(waiting),
    build: () => key(message, button, act),
    update,
  };
}

const INVOICE_LINK = "https://t.me/$"; // Telegram opens these in place: what they sell, and Pay

function key(message, button, act) {
  const props = { class: `key ${button.style ?? ""}`, testid: `button-${button.text}` };
  const slug = button.url?.startsWith(INVOICE_LINK) && button.url.slice(INVOICE_LINK.length);
  if (slug) return el("button", { ...props, type: "button", onclick: () => act.payLink(slug) }, button.text);
  const href = button.url && safeUrl(button.url);
  if (href) return el("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, button.text, icon("link"));
  if (button.pay) return payKey(message, button, act);
  return el(
    "button",
    { ...props, type: "button", data: { callback: button.data ?? "" }, onclick: () => act.press(message, button) },
    button.text,
  );
}

function payKey(message, button, act) {
  if (message.invoice.paid)
    return el("button", { class: "key", type: "button", disabled: true, testid: "paid" }, say("Paid"));
  const props = { class: "key primary", type: "button", testid: "pay", onclick: () => act.pay(message) };
  return el("button", props, button.text);
}

function toolsItem(row, act) {
  const [head] = row.messages;
  const menu = (event) => act.menu(event.currentTarget, row.messages);
  const more = say("More");
  const build = () =>
    el(
      "div",
      { class: "tools" },
      iconButton("reply", say("Reply"), () => act.reply(head), { testid: `reply-${head.id}` }),
      iconButton("more", more, menu, { testid: `more-${head.id}`, aria: { label: more, haspopup: "menu" } }),
    );
  return {
    key: "tools",
    sig: JSON.stringify(row.messages.map((message) => [message.id, message.text, message.caption])),
    build,
  };
}
