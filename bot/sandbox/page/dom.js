// The only two ways this page makes elements: `el` (text always becomes a text node) and `sync` (keyed reconciling).

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `props`: on* are listeners, data/aria/style are objects, other keys are properties or attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, name, value) {
  if (value === undefined || value === null) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "aria") for (const [key, text] of Object.entries(value)) node.setAttribute(`aria-${key}`, text);
  else if (name === "style") for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
  else if (name === "class") node.className = value;
  else if (name === "testid") node.dataset.testid = value;
  else if (name in node && name !== "list" && name !== "role") node[name] = value;
  else node.setAttribute(name, value);
}

/**
 * Make `parent`'s children be `items`, in order: {key, sig, build, update?}. A node whose `sig` is unchanged is left alone
 * (a video goes on playing); one whose `sig` changed is updated in place where it can be, else built anew.
 */
export function sync(parent, items) {
  const old = parent.synced ?? new Map();
  const now = new Map();
  let cursor = parent.firstChild;
  for (const item of items) {
    const kept = settle(old.get(item.key), item);
    now.set(item.key, kept);
    if (kept.node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(kept.node, cursor);
  }
  const wanted = new Set([...now.values()].map((kept) => kept.node));
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  parent.synced = now;
}

function settle(kept, item) {
  if (kept && kept.sig === item.sig) return kept;
  if (kept && item.update) {
    item.update(kept.node);
    return { node: kept.node, sig: item.sig };
  }
  const node = item.build();
  item.update?.(node);
  return { node, sig: item.sig };
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  clip: "M20 11.500l-8.300 8.200a5.300 5.300 0 0 1-7.500-7.500l8.600-8.500a3.500 3.500 0 0 1 5 5l-8.500 8.400a1.700 1.700 0 0 1-2.500-2.400l7.700-7.600",
  send: "M12 19V5M6 11l6-6 6 6",
  mic: "M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 11.500a6 6 0 0 0 12 0M12 17.500V21",
  close: "M6 6l12 12M18 6L6 18",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  reply: "M9 7l-5 5 5 5M4 12h10a6 6 0 0 1 6 6v1",
  edit: "M4 20l1-4L16.500 4.500a2 2 0 0 1 3 3L8 19l-4 1M14.500 6.500l3 3",
  copy: "M9 9h10v11H9zM5 15V4h10",
  block: "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16zM6.500 6.500l11 11",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9.500h.01",
  music:
    "M9 18V6l10-2v12M9 18a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0zM19 16a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0z",
  slash: "M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zM13.500 8l-3 8",
  star: "M12 3.500l2.700 5.500 6 .9-4.350 4.250 1 6L12 17.300l-5.350 2.850 1-6L3.300 9.900l6-.9z",
  check: "M5 12.500l4.500 4.500L19 7.500",
  retry: "M5 12a7 7 0 1 1 2 5M5 19v-5h5",
  link: "M7 17L17 7M9 7h8v8",
  group:
    "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.300a3.500 3.500 0 0 1 0 6.400M18 14.200a6.500 6.500 0 0 1 3.500 5.800",
};
const SOLID = {
  play: "M8 5.500v13a1 1 0 0 0 1.500.85l10.500-6.500a1 1 0 0 0 0-1.700L9.500 4.650A1 1 0 0 0 8 5.500z",
  pause: "M7 5h3.500v14H7zM13.500 5H17v14h-3.500z",
};

/** A 24×24 line icon that takes the colour of its text; decoration only, so hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", name in SOLID ? "icon solid" : "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SOLID[name] ?? PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon, named for those who can't see it. */
export function iconButton(name, label, onclick, props = {}) {
  return el(
    "button",
    { type: "button", class: "icon-button", title: label, aria: { label }, onclick, ...props },
    icon(name),
  );
}

export const byId = (id) => document.getElementById(id);
