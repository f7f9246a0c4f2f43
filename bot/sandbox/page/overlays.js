// What lies above the chat: menus, toasts, alerts, questions and the picture viewer.
import { byId, el, icon, iconButton } from "./dom.js";
import { say } from "./words.js";

const TOAST_MS = 4000;

/** A small menu at `anchor` (an element) or a point {x, y}; items: [{label, icon, run, danger?}]. */
export function openMenu(anchor, items, label) {
  const menu = el("div", { class: "menu", role: "menu", popover: "auto", aria: { label } });
  for (const item of items) menu.append(menuItem(menu, item));
  document.body.append(menu);
  menu.addEventListener("keydown", (event) => moveFocus(menu, event));
  menu.addEventListener("toggle", (event) => event.newState === "closed" && menu.remove());
  menu.showPopover();
  place(menu, anchor instanceof Element ? anchor.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0));
  menu.querySelector("button").focus();
}

function menuItem(menu, item) {
  const run = () => {
    menu.hidePopover();
    item.run();
  };
  return el(
    "button",
    { type: "button", role: "menuitem", class: item.danger ? "danger" : "", testid: item.testid, onclick: run },
    icon(item.icon),
    item.label,
  );
}

function moveFocus(menu, event) {
  const items = [...menu.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
}

function place(menu, box) {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), innerWidth - width - 8);
  const below = box.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, box.top - height - 4) : below;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${top}px`);
}

/** A short note that goes by itself; the next one takes its place. */
export function toast(text) {
  const note = el("div", { class: "toast", role: "status", testid: "toast" }, text);
  byId("toasts").replaceChildren(note);
  setTimeout(() => note.remove(), TOAST_MS + 30 * text.length);
}

/** The bot's `show_alert` answer: stays until it is read. */
export function alertBox(text) {
  const dialog = el("dialog", { class: "box", testid: "toast", data: { alert: "true" } });
  const close = el(
    "button",
    { type: "button", class: "primary", autofocus: true, onclick: () => dialog.close() },
    "OK",
  );
  dialog.append(el("p", {}, text), el("div", { class: "box-row" }, close));
  show(dialog);
}

/** Resolves to true when the person agrees. */
export function confirmBox(question, verb, { no: stay = say("Keep"), danger = true } = {}) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "box" });
    const answer = (yes) => () => {
      resolve(yes);
      dialog.close();
    };
    const no = el("button", { type: "button", class: "quiet", onclick: answer(false) }, stay);
    const yes = el(
      "button",
      { type: "button", class: danger ? "primary danger" : "primary", testid: "confirm", onclick: answer(true) },
      verb,
    );
    dialog.append(el("p", {}, question), el("div", { class: "box-row" }, no, yes));
    dialog.addEventListener("close", () => resolve(false));
    show(dialog);
  });
}

function show(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}

/** Pictures full size; `urls` are leafed through with the arrow keys or the buttons. */
export function viewer(urls, start) {
  const dialog = el("dialog", { class: "viewer", aria: { label: say("Picture") } });
  const picture = el("img", { alt: say("Picture, full size") });
  const count = el("span", { class: "viewer-count" });
  let at = start;
  const go = (step) => {
    at = (at + step + urls.length) % urls.length;
    picture.src = urls[at];
    count.textContent = urls.length > 1 ? say("{at} of {all}", { at: at + 1, all: urls.length }) : "";
  };
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) go(step);
  });
  picture.addEventListener("click", () => (urls.length > 1 ? go(1) : dialog.close()));
  dialog.append(
    picture,
    el(
      "div",
      { class: "viewer-bar" },
      count,
      iconButton("close", say("Close the picture"), () => dialog.close()),
    ),
  );
  go(0);
  show(dialog);
}
