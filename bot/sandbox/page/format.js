// Numbers, times and names as a person reads them. Pure.
import { say, locale } from "./words.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const DAY_OF_YEAR = { day: "numeric", month: "long" };
const DAY_WITH_YEAR = { ...DAY_OF_YEAR, year: "numeric" };
const DAY_MS = 86_400_000;

export const timeOf = (ms) => clock.format(ms);

export const dayKey = (ms) => new Date(ms).toDateString();

/** "Today", "Yesterday", "14 March", "14 March 2024". */
export function dayLabel(ms, nowMs) {
  if (dayKey(ms) === dayKey(nowMs)) return say("Today");
  if (dayKey(ms) === dayKey(nowMs - DAY_MS)) return say("Yesterday");
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat(locale(), sameYear ? DAY_OF_YEAR : DAY_WITH_YEAR).format(ms);
}

/** In a list: the time today, otherwise the day. */
export const shortWhen = (ms, nowMs) => (dayKey(ms) === dayKey(nowMs) ? timeOf(ms) : dayLabel(ms, nowMs));

/** 9 → "0:09", 75.4 → "1:15". */
export function clockOf(seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const decimal = (number) => number.toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** 1 536 000 → "1.5 MB". */
export function sizeOf(bytes) {
  if (bytes < 1000) return say("{number} B", { number: bytes });
  if (bytes < 1_000_000) return say("{number} kB", { number: Math.round(bytes / 1000) });
  return say("{number} MB", { number: decimal(bytes / 1_000_000) });
}

export function initials(name) {
  const words = name.trim().split(/\s+/u).slice(0, 2);
  return words
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

/** One of six hues of the style sheet, the same for the same id. */
export const tone = (id) => `tone-${Math.abs(Number(id)) % 6}`;

const SPANS_S = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** English is also what those read whose language the page does not speak: their browser knows how they tell a moment. */
const readers = () => (document.documentElement.lang === "en" ? undefined : locale());

/** A date-time entity as Telegram's format string asks: "r", or of w, d | D and t | T; "" for an empty one. */
export function momentOf(ms, format, nowMs) {
  if (format === "r") {
    const away = Math.round((ms - nowMs) / 1000);
    const [unit, size] = SPANS_S.find(([, seconds]) => Math.abs(away) >= seconds) ?? SPANS_S.at(-1);
    return new Intl.RelativeTimeFormat(readers(), { numeric: "auto" }).format(Math.trunc(away / size), unit);
  }
  const long = { day: "numeric", month: "long", year: "numeric" };
  const options = {
    ...(format.includes("w") && { weekday: "long" }),
    ...(format.includes("d") && { day: "2-digit", month: "2-digit", year: "2-digit" }),
    ...(format.includes("D") && long),
    ...(/[tT]/u.test(format) && { hour: "2-digit", minute: "2-digit" }),
    ...(format.includes("T") && { second: "2-digit" }),
  };
  return format ? new Intl.DateTimeFormat(readers(), options).format(ms) : "";
}

const ACTIONS = {
  typing: "is typing",
  upload_photo: "is sending a photo",
  record_video: "is recording a video",
  upload_video: "is sending a video",
  record_voice: "is recording a voice note",
  upload_voice: "is sending a voice note",
  upload_document: "is sending a file",
  choose_sticker: "is choosing a sticker",
  record_video_note: "is recording a video note",
  upload_video_note: "is sending a video note",
};

export const actionLabel = (action) => say(ACTIONS[action] ?? "is busy");

const KINDS = {
  photo: "Photo",
  video: "Video",
  voice: "Voice note",
  audio: "Music",
  document: "File",
  animation: "Animation",
  sticker: "Sticker",
  video_note: "Video note",
};

/** The server previews a message without words by its kind. */
export const quoted = (words) => (KINDS[words] ? say(KINDS[words]) : words);

const SERVICE = [
  [/^Topic “(.*)” created$/u, "Topic “{what}” created"],
  [/^(.*) joined$/u, "{what} joined"],
  [/^(.*) left$/u, "{what} left"],
  [/^Paid ⭐️ (\d+)$/u, "Paid ⭐️ {what}"],
  [/^⭐️ (\d+) came back$/u, "⭐️ {what} came back"],
];

/** What Telegram wrote itself; the server says it in English. */
export function serviceWords(words) {
  for (const [said, form] of SERVICE) if (said.test(words)) return say(form, { what: said.exec(words)[1] });
  return words;
}

/** One line about a message, for the chat list and for quotes. */
export function preview(message) {
  if (!message) return "";
  const own = message.text ?? message.caption ?? message.invoice?.title;
  const words = own ?? (message.service && serviceWords(message.service));
  if (!message.media) return oneLine(words ?? "");
  return words ? oneLine(words) : say(KINDS[message.media.kind] ?? "Attachment");
}

const oneLine = (text) => text.replace(/\s+/gu, " ").slice(0, 120);
