// Pictures, videos, stickers and files inside a bubble.
import { el, icon } from "./dom.js";
import { clockOf, sizeOf } from "./format.js";
import { viewer } from "./overlays.js";
import { audioPlayer, pauseOthers } from "./voice.js";
import { say } from "./words.js";

const VISUAL = new Set(["photo", "video", "animation"]);
const ALBUM_ROWS = {
  2: [2],
  3: [1, 2],
  4: [2, 2],
  5: [2, 3],
  6: [3, 3],
  7: [3, 4],
  8: [4, 4],
  9: [3, 3, 3],
  10: [3, 3, 4],
};

export const isVisual = (message) => VISUAL.has(message.media?.kind);
const isMoving = (media) => media.mime?.startsWith("video/");

/** The media of one bubble: one thing alone, a grid of pictures and videos, or a column of files. */
export function mediaOf(messages) {
  const [first] = messages;
  if (messages.length === 1) return el("div", { class: "media" }, alone(first));
  if (!messages.every(isVisual))
    return el(
      "div",
      { class: "media column" },
      messages.map((message) => tagged(alone(message), message)),
    );
  return el(
    "div",
    { class: "media grid" },
    messages.map((message, i) => cell(messages, message, i)),
  );
}

function tagged(node, message) {
  return el("div", { testid: `message-${message.id}`, data: { id: message.id } }, node);
}

function cell(messages, message, i) {
  const spans = ALBUM_ROWS[messages.length]?.flatMap((n) => Array(n).fill(n)) ?? [];
  const node = tagged(visual(message.media, messages), message);
  node.className = "cell";
  node.style.setProperty("grid-column", `span ${12 / (spans[i] ?? 3)}`);
  node.style.setProperty("aspect-ratio", spans[i] === 1 ? "3 / 2" : "1");
  if (message.media.covered) node.append(cover());
  return node;
}

function alone(message) {
  const { media } = message;
  switch (media.kind) {
    case "photo":
    case "video":
    case "animation":
      return framed(media, visual(media, [message]));
    case "video_note":
      return el("div", { class: "round" }, video(media));
    case "sticker":
      return sticker(media);
    case "voice":
    case "audio":
      return audioPlayer(media);
    default:
      return file(media);
  }
}

const visual = (media, messages) =>
  media.kind === "photo" || !isMoving(media) ? photo(media, messages) : video(media);

/** Keep the place of a picture before it loads; portrait ones are bounded in height. */
function framed(media, node) {
  const ratio = media.width && media.height ? media.width / media.height : 4 / 3;
  const frame = el("div", { class: "frame" }, node);
  frame.style.setProperty("--ratio", String(Math.min(3, Math.max(0.42, ratio))));
  if (media.covered) frame.append(cover());
  return frame;
}

/** A spoiler: gone at a touch. */
function cover() {
  const lift = (event) => event.currentTarget.remove();
  return el("button", { type: "button", class: "cover", aria: { label: say("Covered, show") }, onclick: lift });
}

function photo(media, messages) {
  const urls = messages.filter((other) => other.media.kind === "photo").map((other) => other.media.url);
  const open = () => viewer(urls.length ? urls : [media.url], Math.max(0, urls.indexOf(media.url)));
  const image = el("img", { src: media.url, alt: "", loading: "lazy", decoding: "async", draggable: false });
  return el(
    "button",
    { type: "button", class: "photo", aria: { label: say("Photo, show full size") }, onclick: open },
    image,
  );
}

/** A poster with a play button until it is played, then the browser's own controls. */
function video(media) {
  const loop = media.kind === "animation";
  const player = el("video", {
    testid: "video",
    src: media.url,
    poster: media.thumb_url ?? undefined,
    preload: "metadata",
    playsInline: true,
    loop,
    muted: loop,
  });
  const length = clockOf(media.duration_s);
  player.setAttribute("aria-label", loop ? say("Animation") : say("Video, {length}", { length }));
  const begin = el(
    "button",
    {
      type: "button",
      class: "play-big",
      testid: "play",
      aria: { label: say(loop ? "Play the animation" : "Play the video") },
      onclick: () => player.play(),
    },
    icon("play"),
  );
  const chip = el("span", { class: "chip", aria: { hidden: "true" } }, loop ? "GIF" : clockOf(media.duration_s));
  const shell = el("div", { class: "video" }, player, begin, chip);
  player.addEventListener("play", () => {
    shell.classList.add("started");
    player.controls = !loop;
    if (!loop) pauseOthers(player);
  });
  player.addEventListener("error", () => shell.classList.add("broken"));
  player.addEventListener("loadedmetadata", () => !loop && (chip.textContent = clockOf(player.duration)));
  if (loop && !matchMedia("(prefers-reduced-motion: reduce)").matches) player.autoplay = true;
  return shell;
}

function sticker(media) {
  if (isMoving(media))
    return el(
      "div",
      { class: "sticker" },
      el("video", { src: media.url, autoplay: true, loop: true, muted: true, playsInline: true }),
    );
  return el("div", { class: "sticker" }, el("img", { src: media.url, alt: say("Sticker") }));
}

function file(media) {
  const name = media.file_name ?? say("file");
  const face = media.mime?.startsWith("image/")
    ? el("img", { class: "file-face", src: media.thumb_url ?? media.url, alt: "", loading: "lazy" })
    : el("span", { class: "file-face" }, icon("file"));
  const words = el(
    "span",
    { class: "file-words" },
    el("span", { class: "file-name" }, name),
    el("span", { class: "file-size" }, sizeOf(media.size_bytes ?? 0)),
  );
  const label = say("Download {name}", { name });
  return el("a", { class: "file", href: media.url, download: name, aria: { label } }, face, words);
}
