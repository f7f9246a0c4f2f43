// Files chosen for the next message: their kinds, thumbnails and @labels, and how they travel.
import { el, icon, iconButton, sync } from "./dom.js";
import { clockOf, sizeOf } from "./format.js";
import { toast } from "./overlays.js";
import { say } from "./words.js";

const MOST = 10;
const METADATA_MS = 3000;
const LABELS = { photo: "image", video: "video", animation: "video", audio: "audio", voice: "audio" };
const PICTURES = new Set(["image/jpeg", "image/png", "image/webp"]);

let files = []; // {key, file, kind, url, duration_s?}
let next = 1;

export const chosen = () => files;

function kindOf(file, asFile) {
  if (asFile) return "document";
  if (file.type === "image/gif") return "animation";
  if (PICTURES.has(file.type)) return "photo";
  if (file.type.startsWith("video/")) return "video";
  return file.type.startsWith("audio/") ? "audio" : "document";
}

/** Add what was picked, dropped or pasted; ten at most go into one message. */
export async function add(list, asFile, redraw) {
  const room = MOST - files.length;
  if (list.length > room) toast(say("Ten files at most go into one message."));
  const fresh = [...list].slice(0, room).map((file) => attachment(file, kindOf(file, asFile)));
  files = [...files, ...fresh];
  redraw();
  await Promise.all(fresh.map(measure));
  redraw();
}

export function attachment(file, kind) {
  return { key: `f${next++}`, file, kind, url: URL.createObjectURL(file) };
}

/** Seconds of a sound or a video, as the browser reads them; unknown stays absent. */
export function measure(item) {
  if (!["video", "audio", "voice"].includes(item.kind)) return Promise.resolve();
  const probe = document.createElement(item.kind === "video" ? "video" : "audio");
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, METADATA_MS);
    probe.onloadedmetadata = () => {
      if (Number.isFinite(probe.duration)) item.duration_s = Math.round(probe.duration * 10) / 10;
      clearTimeout(timer);
      resolve();
    };
    probe.onerror = () => {
      clearTimeout(timer);
      resolve();
    };
    probe.preload = "metadata";
    probe.src = item.url;
  });
}

export function remove(item) {
  files = files.filter((other) => other !== item);
  URL.revokeObjectURL(item.url);
}

/** Hand the files over to a message; their object URLs now belong to it. */
export function take() {
  const taken = files;
  files = [];
  return taken;
}

/**
 * Split as Telegram must: pictures and videos share an album, music and files have their own, an animation goes alone.
 * The words go with the last part, so that what came before is already known when they arrive.
 */
export function drafts(text, items, extra) {
  const of = (...kinds) => items.filter((item) => kinds.includes(item.kind));
  const parts = [of("audio"), of("document"), ...of("animation").map((item) => [item]), of("photo", "video")].filter(
    (part) => part.length,
  );
  if (!parts.length) return [{ ...extra, text, files: [] }];
  return parts.map((part, i) => ({ ...extra, files: part, text: i === parts.length - 1 ? text : "" }));
}

/** Draw the chips; tapping a label writes it into the words. */
export function drawTray(node, { onRemove, onLabel }) {
  const counts = {};
  const items = files.map((item) => {
    const kind = LABELS[item.kind];
    const label = kind && `@${kind}${(counts[kind] = (counts[kind] ?? 0) + 1)}`;
    return { key: item.key, sig: `${label}${item.duration_s}`, build: () => chip(item, label, onRemove, onLabel) };
  });
  node.hidden = items.length === 0;
  sync(node, items);
}

function chip(item, label, onRemove, onLabel) {
  const { name } = item.file;
  const drop = iconButton("close", say("Remove {name}", { name }), () => onRemove(item), { class: "chip-drop" });
  const tag =
    label &&
    el(
      "button",
      { type: "button", class: "chip-label", title: say("Write {label}", { label }), onclick: () => onLabel(label) },
      label,
    );
  return el("div", { class: `attachment ${item.kind}`, role: "listitem", testid: "attachment" }, face(item), tag, drop);
}

function face(item) {
  const name = item.file.name;
  if (item.kind === "photo" || item.kind === "animation") return el("img", { src: item.url, alt: name });
  if (item.kind === "video")
    return el(
      "span",
      { class: "attachment-video" },
      el("video", { src: item.url, muted: true, preload: "metadata", aria: { label: name } }),
      item.duration_s && el("span", { class: "chip" }, clockOf(item.duration_s)),
    );
  const detail = item.duration_s ? clockOf(item.duration_s) : sizeOf(item.file.size);
  return el(
    "span",
    { class: "attachment-file" },
    icon(item.kind === "audio" ? "music" : "file"),
    el("span", { class: "attachment-name" }, name),
    el("span", { class: "attachment-detail" }, detail),
  );
}
