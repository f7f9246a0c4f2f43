// The menu of the bot's commands and of its name: opens on "/", on "@" or by its button, filtered while one types.
import { el, sync } from "./dom.js";
import { openChat, state } from "./state.js";
import { say } from "./words.js";

let at = 0;
let shown = [];
let forced = false; // opened by the button rather than by typing

export const isOpen = () => shown.length > 0;

/** Draw for what stands in the field; `pick(command)` takes a choice. */
export function drawCommands(node, field, pick) {
  const all = openChat()?.commands ?? state.bot?.commands ?? [];
  const typed = /^[/@]\w*$/u.test(field.value) && field.value.toLowerCase();
  shown = typed ? [...all, ...ownName()].filter((entry) => wordOf(entry).startsWith(typed)) : [];
  if (forced && !field.value) shown = all;
  if (!shown.length) forced = false;
  at = Math.min(at, Math.max(0, shown.length - 1));
  node.hidden = !shown.length;
  sync(
    node,
    shown.map((entry, i) => option(entry, i, pick)),
  );
  if (isOpen()) field.setAttribute("aria-activedescendant", `command-${shown[at].command}`);
  else field.removeAttribute("aria-activedescendant");
}

/** The bot's name is a word as well: after it come one's own videos. */
function ownName() {
  if (!state.bot?.inline) return [];
  return [{ command: state.bot.username, sign: "@", description: say("Your videos, to send here") }];
}

export const wordOf = (entry) => `${entry.sign ?? "/"}${entry.command}`;

function option(entry, i, pick) {
  const update = (node) => node.setAttribute("aria-selected", String(i === at));
  const build = () =>
    el(
      "div",
      {
        role: "option",
        class: "command",
        id: `command-${entry.command}`,
        testid: `command-${entry.command}`,
        onmousedown: (event) => {
          event.preventDefault();
          pick(entry);
        },
      },
      el("span", { class: "command-name" }, wordOf(entry)),
      el("span", { class: "command-what" }, entry.description),
    );
  return { key: entry.command, sig: `${entry.description}${i === at}`, build, update };
}

export function toggle() {
  forced = !forced;
  at = 0;
}

export function close() {
  forced = false;
  shown = [];
}

/** Arrow keys, Tab, Enter and Esc while the menu is open; true when the key was used. */
export function onKey(event, field, redraw, pick) {
  if (!isOpen()) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) at = (at + step + shown.length) % shown.length;
  else if (event.key === "Tab" || (event.key === "Enter" && field.value !== wordOf(shown[at]))) pick(shown[at]);
  else if (event.key === "Escape") {
    forced = false;
    field.value = field.value.replace(/^[/@]\w*$/u, "");
  } else return false;
  event.preventDefault();
  redraw();
  return true;
}
