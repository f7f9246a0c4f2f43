// Message text with Telegram entities → nodes. Offsets are UTF-16 units, which is what JavaScript strings count.
import { el } from "./dom.js";
import { momentOf } from "./format.js";
import { say } from "./words.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/** Nodes for `text`; nested entities nest, unknown ones are plain text. `onCommand(text)` runs a tapped /command. */
export function rich(text, entities = [], onCommand = () => {}) {
  const order = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, 0, text.length, order, onCommand);
}

function span(text, start, end, entities, onCommand) {
  const nodes = [];
  let at = start;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    if (entity.offset < at || entity.offset >= end) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    nodes.push(text.slice(at, entity.offset));
    const inner = span(text, entity.offset, stop, entities.slice(i + 1), onCommand);
    nodes.push(wrap(entity, text.slice(entity.offset, stop), inner, onCommand));
    at = stop;
  }
  nodes.push(text.slice(at, end));
  return nodes.filter((node) => node !== "");
}

function wrap(entity, words, inner, onCommand) {
  if (entity.type in TAGS) return el(TAGS[entity.type], {}, inner);
  switch (entity.type) {
    case "pre":
      return el("pre", {}, el("code", {}, inner));
    case "date_time":
      return moment(entity, inner);
    case "spoiler":
      return spoiler(inner);
    case "url":
      return link(words, inner);
    case "text_link":
      return link(entity.url, inner);
    case "email":
      return el("a", { href: `mailto:${words}` }, inner);
    case "bot_command":
      return el("button", { type: "button", class: "command-link", onclick: () => onCommand(words) }, inner);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return el("span", { class: "mention" }, inner);
    default:
      return el("span", {}, inner);
  }
}

/** Only web addresses become links: javascript: and the like stay words. */
export function safeUrl(address) {
  const url = URL.parse?.(address) ?? URL.parse?.(`https://${address}`) ?? tryUrl(address);
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.href : null;
}

function tryUrl(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

function link(address, inner) {
  const href = safeUrl(address ?? "");
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, inner) : el("span", {}, inner);
}

function spoiler(inner) {
  const reveal = (event) => event.currentTarget.classList.add("shown");
  return el(
    "button",
    { type: "button", class: "spoiler", aria: { label: say("Hidden text, show") }, onclick: reveal },
    inner,
  );
}

/** In the reader's own zone and language; without a format the words stand, and a touch tells the time. */
function moment(entity, inner) {
  const at = new Date(entity.unix_time * 1000);
  const shown = momentOf(at.getTime(), entity.date_time_format, Date.now());
  const props = { class: "moment", datetime: at.toISOString(), title: momentOf(at.getTime(), "wDT", Date.now()) };
  return el("time", props, shown || inner);
}
