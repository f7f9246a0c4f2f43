// Numbers, times and names as a person reads them. Pure.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const dayOfYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });
const dayWithYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });
const DAY_MS = 86_400_000;

export const timeOf = (ms) => clock.format(ms);

export const dayKey = (ms) => new Date(ms).toDateString();

/** "Today", "Yesterday", "14 March", "14 March 2024". */
export function dayLabel(ms, nowMs) {
  if (dayKey(ms) === dayKey(nowMs)) return "Today";
  if (dayKey(ms) === dayKey(nowMs - DAY_MS)) return "Yesterday";
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? dayOfYear : dayWithYear).format(ms);
}

/** In a list: the time today, otherwise the day. */
export const shortWhen = (ms, nowMs) => (dayKey(ms) === dayKey(nowMs) ? timeOf(ms) : dayLabel(ms, nowMs));

/** 9 → "0:09", 75.4 → "1:15". */
export function clockOf(seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 1 536 000 → "1.5 MB". */
export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
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
const apart = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** A date-time entity as Telegram's format string asks: "r", or of w, d | D and t | T; "" for an empty one. */
export function momentOf(ms, format, nowMs) {
  if (format === "r") {
    const away = Math.round((ms - nowMs) / 1000);
    const [unit, size] = SPANS_S.find(([, seconds]) => Math.abs(away) >= seconds) ?? SPANS_S.at(-1);
    return apart.format(Math.trunc(away / size), unit);
  }
  const long = { day: "numeric", month: "long", year: "numeric" };
  const options = {
    ...(format.includes("w") && { weekday: "long" }),
    ...(format.includes("d") && { day: "2-digit", month: "2-digit", year: "2-digit" }),
    ...(format.includes("D") && long),
    ...(/[tT]/u.test(format) && { hour: "2-digit", minute: "2-digit" }),
    ...(format.includes("T") && { second: "2-digit" }),
  };
  return format ? new Intl.DateTimeFormat(undefined, options).format(ms) : "";
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

export const actionLabel = (action) => ACTIONS[action] ?? "is busy";

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
export const quoted = (words) => KINDS[words] ?? words;

/** One line about a message, for the chat list and for quotes. */
export function preview(message) {
  if (!message) return "";
  const words = message.text ?? message.caption ?? message.invoice?.title ?? message.service;
  if (!message.media) return oneLine(words ?? "");
  return words ? oneLine(words) : (KINDS[message.media.kind] ?? "Attachment");
}

const oneLine = (text) => text.replace(/\s+/gu, " ").slice(0, 120);
