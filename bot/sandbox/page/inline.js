// The bot's offers in any chat: what is typed after its name is asked, a tap on one of the answers sends it.
import { el, icon, sync } from "./dom.js";
import { clockOf } from "./format.js";
import { changed, openChat, state } from "./state.js";
import { say } from "./words.js";

const PAUSE_MS = 250; // a person who types on is not asked about yet
const ANSWER_MS = 10_000;
const KEEP_ANSWERS = 20;
const NEAR_PX = 200;

const answers = new Map(); // query id → its event, which may come before the answer to the question does
let place = null; // what is asked: person, chat and words in one
let shown = null; // {place, results, more, button, error}; null: nothing was answered yet
let waiting = null; // {id, offset} of the question that is out
let timer = 0;

/** The words after the bot's name, null when the field does not begin with it. */
function wordsOf(text) {
  const name = state.bot?.inline && `@${state.bot.username} `;
  return name && text.toLowerCase().startsWith(name.toLowerCase()) ? text.slice(name.length).trim() : null;
}

/** Draw for what stands in the field; `act` has choose(result) and begin(parameter). */
export function drawInline(node, text, act) {
  const words = wordsOf(text);
  if (words === null) close();
  else turnTo(`${state.me.id}/${openChat().id}/${words}`, words);
  node.hidden = words === null;
  node.setAttribute("aria-busy", String(Boolean(waiting)));
  sync(node, words === null ? [] : items(act));
  node.onscroll = () => node.scrollWidth - node.scrollLeft - node.clientWidth < NEAR_PX && more(words);
}

function close() {
  clearTimeout(timer);
  place = shown = waiting = null;
}

function turnTo(next, words) {
  if (next === place) return;
  clearTimeout(timer);
  place = next;
  if (shown?.error) shown = null;
  waiting = { id: null, offset: "" };
  timer = setTimeout(() => ask(words, ""), PAUSE_MS);
}

function more(words) {
  if (!waiting && shown?.place === place && shown.more) ask(words, shown.more);
}

async function ask(words, offset) {
  const asked = (waiting = { id: null, offset });
  timer = setTimeout(() => waiting === asked && fail(say("The bot did not answer.")), ANSWER_MS);
  try {
    asked.id = (await state.api.typeInline(state.chatId, words, offset)).id;
    if (answers.has(asked.id)) take(answers.get(asked.id));
  } catch (error) {
    if (waiting === asked) fail(error.message);
  }
}

function fail(error) {
  clearTimeout(timer);
  waiting = null;
  shown = { place, results: [], more: "", button: null, error };
  changed();
}

/** The bot's answer to a question, of this page or of another one of the same person. */
export function heard(event) {
  answers.set(event.id, event);
  if (answers.size > KEEP_ANSWERS) answers.delete(answers.keys().next().value);
  if (waiting?.id === event.id) take(event);
}

function take(event) {
  const before = waiting.offset ? shown.results : [];
  clearTimeout(timer);
  waiting = null;
  const results = event.results.map((result) => ({ ...result, query: event.id }));
  shown = { place, results: [...before, ...results], more: event.next_offset, button: event.button, error: null };
  changed();
}

function items(act) {
  const { results = [], button, error } = shown ?? {};
  if (!shown) return [note(say("Looking…"), "wait")];
  if (error) return [note(error, "error")];
  const head = button ? [buttonItem(button, act)] : results.length ? [] : [note(say("Nothing to send here."), "none")];
  return [...head, ...results.map((result) => resultItem(result, act))];
}

const note = (words, key) => ({ key, sig: words, build: () => el("p", { class: "offer-note" }, words) });

function buttonItem(button, act) {
  const props = { type: "button", class: "offer-button", testid: "inline-button" };
  const onclick = () => act.begin(button.start_parameter);
  return {
    key: "button",
    sig: JSON.stringify(button),
    build: () => el("button", { ...props, onclick }, button.text, icon("edit")),
  };
}

function resultItem(result, act) {
  const { title, description, media } = result;
  const props = {
    type: "button",
    class: "offer",
    testid: `inline-${result.id}`,
    title: [title, description].filter(Boolean).join(" · "),
    onmousedown: (event) => event.preventDefault(), // the field keeps its focus
    onclick: () => act.choose(result),
  };
  const build = () =>
    el("button", props, face(media), el("span", { class: "offer-title", dir: "auto" }, title));
  return { key: `r${result.id}`, sig: result.query, build };
}

function face(media) {
  const length = el("span", { class: "chip", aria: { hidden: "true" } }, clockOf(media.duration_s));
  const picture = media.thumb_url
    ? el("img", { src: media.thumb_url, alt: "", decoding: "async" })
    : el("video", { src: media.url, preload: "metadata", muted: true });
  return el("span", { class: "offer-face" }, picture, length);
}
