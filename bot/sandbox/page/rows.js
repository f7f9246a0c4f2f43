// Messages → rows of the list: day separators, service lines, albums and runs of one sender. Pure.
import { dayKey } from "./format.js";

const RUN_MS = 5 * 60_000;

/** [{type: "day", ms} | {type: "service", message} | {type: "bubble", messages, first, last}] */
export function rows(messages) {
  const out = [];
  let day = null;
  for (const group of albums(messages)) {
    const head = group[0];
    if (dayKey(head.date_ms) !== day) out.push({ type: "day", ms: head.date_ms });
    day = dayKey(head.date_ms);
    out.push(
      head.service ? { type: "service", message: head } : { type: "bubble", messages: group, first: true, last: true },
    );
  }
  joinRuns(out);
  return out;
}

/** Neighbours of one album and one sender travel together. */
function albums(messages) {
  const groups = [];
  for (const message of messages) {
    const group = groups.at(-1);
    const joins = group && message.album && group[0].album === message.album && group[0].from.id === message.from.id;
    if (joins) group.push(message);
    else groups.push([message]);
  }
  return groups;
}

function joinRuns(out) {
  for (let i = 1; i < out.length; i += 1) {
    const [before, row] = [out[i - 1], out[i]];
    if (before.type !== "bubble" || row.type !== "bubble") continue;
    const sameSender = before.messages[0].from.id === row.messages[0].from.id;
    const close = row.messages[0].date_ms - before.messages.at(-1).date_ms < RUN_MS;
    if (sameSender && close) before.last = row.first = false;
  }
}
