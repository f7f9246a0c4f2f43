// The sandbox's own client API: JSON, one multipart upload, one event stream. Same origin only.
import { say } from "./words.js";

const BACKOFF_MS = [300, 1000, 2000, 4000, 8000, 15000];

/** `status` is absent where nobody answered at all. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(say("The sandbox does not answer."));
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(explain(body, response.status), response.status);
  return body;
}

const explain = (body, status) => body.description ?? body.reason ?? body.error ?? nothing(status);

const nothing = (status) => say("The sandbox answered {status}.", { status });

const json = (method, body) => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** Everything that one person (`as`) may do. */
export function client(as) {
  const path = (rest, more = "") => `/client/${rest}?as=${encodeURIComponent(as)}${more}`;
  const message = (chat, id, verb = "") => path(`chats/${chat}/messages/${id}${verb}`);
  return {
    world: () => call(path("world")),
    messages: (chat) => call(path(`chats/${chat}/messages`, "&limit=100")),
    send: (chat, draft, onProgress) => upload(path(`chats/${chat}/messages`), multipart(draft), onProgress),
    edit: (chat, id, text) => call(message(chat, id, "/edit"), json("POST", { text })),
    press: (chat, id, data) => call(message(chat, id, "/press"), json("POST", { data })),
    invoice: (slug) => call(path(`invoices/${slug}`)),
    payLink: (slug) => call(path(`invoices/${slug}/pay`), json("POST", {})),
    pay: (chat, id) => call(message(chat, id, "/pay"), json("POST", {})),
    typeInline: (chat, query, offset) => call(path(`chats/${chat}/inline`), json("POST", { query, offset })),
    chooseInline: (chat, choice) => call(path(`chats/${chat}/inline/choose`), json("POST", choice)),
    block: (chat, blocked) => call(path(`chats/${chat}/${blocked ? "block" : "unblock"}`), json("POST", {})),
    connect: (on) => call(path("business"), json("POST", { is_enabled: on })),
    dialog: (other) => call(path("dialogs"), json("POST", { with: other })),
    stop: (chat, draftId) => call(path(`chats/${chat}/stop`), json("POST", { draft_id: draftId })),
    remove: (chat, id) => call(message(chat, id), { method: "DELETE" }),
    events: (handlers) => stream(path("events"), handlers),
  };
}

/** draft: {text, reply_to?, thread_id?, files: [{file, kind, duration_s?}]}; each file follows its own fields. */
function fields(draft) {
  const files = (draft.files ?? []).flatMap((item) => [
    ["kind", item.kind],
    ["duration_s", item.duration_s],
    ["file", item.file],
  ]);
  const all = [
    ["text", draft.text || undefined],
    ["reply_to", draft.reply_to],
    ["thread_id", draft.thread_id],
    ...files,
  ];
  return all.filter(([, value]) => value !== undefined);
}

/** Multipart by hand: FormData would turn each \n of the words into \r\n. The files stay handles, nothing is read here. */
function multipart(draft) {
  const boundary = `kinetogram-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const parts = fields(draft).flatMap(([name, value]) => [
    `--${boundary}\r\n${partHead(name, value)}\r\n\r\n`,
    value instanceof Blob ? value : String(value),
    "\r\n",
  ]);
  return new Blob([...parts, `--${boundary}--\r\n`], { type: `multipart/form-data; boundary=${boundary}` });
}

function partHead(name, value) {
  const disposition = `Content-Disposition: form-data; name="${name}"`;
  if (!(value instanceof Blob)) return disposition;
  const fileName = (value.name ?? "file").replace(/["\r\n]/gu, encodeURIComponent);
  return `${disposition}; filename="${fileName}"\r\nContent-Type: ${value.type || "application/octet-stream"}`;
}

/** XMLHttpRequest, because fetch tells nothing about how far an upload is. */
function upload(url, data, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () =>
      request.status < 300
        ? resolve(request.response ?? {})
        : reject(new ApiError(explain(request.response ?? {}, request.status), request.status));
    request.onerror = () => reject(new ApiError(say("The sandbox does not answer.")));
    request.send(data);
  });
}

/** Server-Sent Events with our own back-off: `onOpen` after each (re)connection, `onDown` when it breaks. Returns a stop. */
function stream(url, { onEvent, onOpen, onDown }) {
  let source = null;
  let timer = 0;
  let tries = 0;
  const open = () => {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(url);
    source.onopen = () => {
      tries = 0;
      onOpen();
    };
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.onerror = () => {
      source.close();
      onDown();
      retry();
    };
  };
  const retry = () => {
    const wait = BACKOFF_MS[Math.min(tries++, BACKOFF_MS.length - 1)];
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
  };
  const wake = () => source?.readyState === EventSource.CLOSED && open();
  addEventListener("online", wake);
  open();
  return () => {
    clearTimeout(timer);
    removeEventListener("online", wake);
    source?.close();
  };
}
