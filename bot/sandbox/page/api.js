// The sandbox's own client API: JSON, one multipart upload, one event stream. Same origin only.

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
    throw new ApiError("The sandbox does not answer.");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(explain(body, response.status), response.status);
  return body;
}

const explain = (body, status) => body.description ?? body.reason ?? body.error ?? `The sandbox answered ${status}.`;

const json = (method, body) => ({ method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Everything that one person (`as`) may do. */
export function client(as) {
  const path = (rest, more = "") => `/client/${rest}?as=${encodeURIComponent(as)}${more}`;
  const message = (chat, id, verb = "") => path(`chats/${chat}/messages/${id}${verb}`);
  return {
    world: () => call(path("world")),
    messages: async (chat) => (await call(path(`chats/${chat}/messages`, "&limit=100"))).messages,
    send: (chat, draft, onProgress) => upload(path(`chats/${chat}/messages`), form(draft), onProgress),
    edit: (chat, id, text) => call(message(chat, id, "/edit"), json("POST", { text })),
    press: (chat, id, data) => call(message(chat, id, "/press"), json("POST", { data })),
    remove: (chat, id) => call(message(chat, id), { method: "DELETE" }),
    events: (handlers) => stream(path("events"), handlers),
  };
}

/** draft: {text, reply_to?, thread_id?, files: [{file, kind, duration_s?}]}; each file follows its own fields. */
function form(draft) {
  const data = new FormData();
  if (draft.text) data.append("text", draft.text);
  if (draft.reply_to) data.append("reply_to", String(draft.reply_to));
  if (draft.thread_id) data.append("thread_id", String(draft.thread_id));
  for (const item of draft.files ?? []) {
    data.append("kind", item.kind);
    if (item.duration_s !== undefined) data.append("duration_s", String(item.duration_s));
    data.append("file", item.file, item.file.name ?? "file");
  }
  return data;
}

/** XMLHttpRequest, because fetch tells nothing about how far an upload is. */
function upload(url, data, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve(request.response ?? {}) : reject(new ApiError(explain(request.response ?? {}, request.status), request.status)));
    request.onerror = () => reject(new ApiError("The sandbox does not answer."));
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
    source.onopen = () => { tries = 0; onOpen(); };
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.onerror = () => { source.close(); onDown(); retry(); };
  };
  const retry = () => {
    const wait = BACKOFF_MS[Math.min(tries++, BACKOFF_MS.length - 1)];
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
  };
  const wake = () => source?.readyState === EventSource.CLOSED && open();
  addEventListener("online", wake);
  open();
  return () => { clearTimeout(timer); removeEventListener("online", wake); source?.close(); };
}
