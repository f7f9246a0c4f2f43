// Listening: voice notes with their real waveform, music with its name. One thing sounds at a time.
import { el, icon } from "./dom.js";
import { clockOf, sizeOf } from "./format.js";
import { say } from "./words.js";

const BARS = 40;
const DECODE_MAX_BYTES = 3_000_000;
const KEEP_WAVES = 200;
const LABELS = {
  voice: { play: "Play the voice note", pause: "Pause the voice note", seek: "Position in the voice note" },
  audio: { play: "Play the music", pause: "Pause the music", seek: "Position in the music" },
};
const waves = new Map(); // url → promise of bar heights 0…1

let sounding = null;

export function pauseOthers(player) {
  if (sounding && sounding !== player) sounding.pause();
  sounding = player;
}

/** A play button, bars to seek in, and the time; `media` is a voice note or a piece of music. */
export function audioPlayer(media) {
  const player = new Audio();
  player.preload = "none";
  player.src = media.url;
  const view = parts(media);
  wire(player, media, view);
  whenSeen(view.shell, () => drawWave(media, view.bars));
  return view.shell;
}

function parts(media) {
  const label = LABELS[media.kind === "voice" ? "voice" : "audio"];
  const toggle = el(
    "button",
    { type: "button", class: "play", testid: "voice-play", aria: { label: say(label.play) } },
    icon("play"),
  );
  const bars = el(
    "div",
    { class: "bars", aria: { hidden: "true" } },
    Array.from({ length: BARS }, () => el("i")),
  );
  const seek = el("input", {
    type: "range",
    class: "seek",
    min: 0,
    max: 1000,
    value: 0,
    aria: { label: say(label.seek) },
  });
  const time = el("span", { class: "time" }, caption(media));
  const name = media.kind === "audio" && el("span", { class: "track" }, media.file_name ?? say("Music"));
  const shell = el(
    "div",
    { class: `sound ${media.kind}`, testid: "voice" },
    toggle,
    el("div", { class: "sound-body" }, name, el("div", { class: "wave" }, bars, seek), time),
  );
  return { shell, toggle, bars, seek, time, label };
}

const caption = (media) =>
  media.kind === "audio"
    ? `${clockOf(media.duration_s)} · ${sizeOf(media.size_bytes ?? 0)}`
    : clockOf(media.duration_s);

function wire(player, media, view) {
  const length = () =>
    Number.isFinite(player.duration) && player.duration > 0 ? player.duration : media.duration_s || 1;
  const show = () => {
    const part = Math.min(1, player.currentTime / length());
    view.seek.value = String(Math.round(part * 1000));
    [...view.bars.children].forEach((bar, i) => bar.classList.toggle("heard", i < part * BARS));
    view.time.textContent =
      player.currentTime > 0 ? `${clockOf(player.currentTime)} / ${clockOf(length())}` : caption(media);
  };
  const face = () => {
    view.toggle.replaceChildren(icon(player.paused ? "play" : "pause"));
    view.toggle.setAttribute("aria-label", say(player.paused ? view.label.play : view.label.pause));
  };
  view.toggle.addEventListener("click", () =>
    player.paused ? player.play().catch(() => broken(view)) : player.pause(),
  );
  view.seek.addEventListener("input", () => {
    player.currentTime = (Number(view.seek.value) / 1000) * length();
    show();
  });
  player.addEventListener("play", () => {
    pauseOthers(player);
    face();
  });
  player.addEventListener("pause", face);
  player.addEventListener("timeupdate", show);
  player.addEventListener("ended", () => {
    player.currentTime = 0;
    show();
    face();
  });
}

function broken(view) {
  view.time.textContent = say("This browser can't play it");
}

function whenSeen(node, run) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    run();
  });
  watch.observe(node);
}

async function drawWave(media, bars) {
  if (!waves.has(media.url))
    waves.set(
      media.url,
      peaks(media).catch(() => calm(media.url)),
    );
  if (waves.size > KEEP_WAVES) waves.delete(waves.keys().next().value);
  const heights = await waves.get(media.url);
  heights.forEach((height, i) => bars.children[i].style.setProperty("--h", height.toFixed(3)));
}

/** The loudest sample of each fortieth of the sound, relative to the loudest of all. */
async function peaks(media) {
  if ((media.size_bytes ?? 0) > DECODE_MAX_BYTES) return calm(media.url);
  const bytes = await (await fetch(media.url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const step = Math.max(1, Math.floor(samples.length / BARS));
  const loud = Array.from({ length: BARS }, (_, i) => loudest(samples, i * step, step));
  const top = Math.max(...loud) || 1;
  return loud.map((value) => Math.max(0.08, value / top));
}

function loudest(samples, start, count) {
  let top = 0;
  for (let i = start; i < start + count && i < samples.length; i += 1) top = Math.max(top, Math.abs(samples[i]));
  return top;
}

/** Where the sound can't be read: a quiet pattern, the same for the same file. */
function calm(url) {
  let seed = [...url].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
  return Array.from({ length: BARS }, () => {
    seed = (seed * 137 + 71) % 9973;
    return 0.2 + 0.5 * (seed / 9973);
  });
}
