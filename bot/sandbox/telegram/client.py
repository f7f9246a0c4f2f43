"""A person with an app, for tests and the demo: everything goes over HTTP, waiting is event driven and bounded."""

import asyncio
import contextlib
import json
import mimetypes
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError as HttpError
from aiohttp import ClientSession, ClientTimeout, FormData

from bot.sandbox.telegram.errors import JsonDict

_KEEP_EVENTS = 1000
_CHUNK_BYTES = 1 << 18


class Refused(Exception):
    """The client side answered with an error."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file on disk; without `kind` it is guessed from the name."""

    path: Path
    kind: str | None = None
    duration_s: float | None = None
    mime: str | None = None


class Person:
    """`async with Person(base_url, user_id) as ann:`; messages are the client API's M as dicts."""

    def __init__(self, base_url: str, user_id: int) -> None:
        self._base_url = base_url.rstrip("/")
        self.id = user_id
        self.events: deque[JsonDict] = deque(maxlen=_KEEP_EVENTS)
        self._session: ClientSession | None = None
        self._listener: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._happened = asyncio.Condition()
        self._count = 0  # of events and reconnections: whoever waits looks again when it grows

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=ClientTimeout(total=120))
        self._listener = asyncio.create_task(self._listen())
        async with asyncio.timeout(10):
            await self._connected.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> ClientSession:
        """The HTTP session; only inside `async with`."""
        if self._session is None:
            raise RuntimeError("use `async with Person(…)`")
        return self._session

    async def _listen(self) -> None:
        """Keep the stream of events open; what was missed while it was away is fetched by whoever waits."""
        while True:
            with contextlib.suppress(HttpError):
                async for event in self._stream():
                    if event is not None:
                        self.events.append(event)
                    async with self._happened:
                        self._count += 1
                        self._happened.notify_all()
            await asyncio.sleep(0.05)

    async def _stream(self) -> AsyncIterator[JsonDict | None]:
        """Events; None when the stream has just been opened."""
        timeout = ClientTimeout(total=None, sock_read=60)
        async with self.session.get(self._url("/client/events"), timeout=timeout) as response:
            async for line in response.content:
                if line == b": connected\n":
                    self._connected.set()
                    yield None
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

    def _url(self, path: str) -> str:
        return f"{self._base_url}{path}{'&' if '?' in path else '?'}as={self.id}"

    async def _call(self, method: str, path: str, **body: Any) -> Any:
        async with self.session.request(method, self._url(path), **body) as response:
            if response.status >= 400:
                raise Refused(response.status, (await response.text())[:200])
            return await response.json()

    async def world(self) -> JsonDict:
        """`/client/world`."""
        return dict(await self._call("GET", "/client/world"))

    async def messages(self, chat: int, limit: int = 100) -> list[JsonDict]:
        """The last messages of a chat, oldest first."""
        answer = await self._call("GET", f"/client/chats/{chat}/messages?limit={limit}")
        return list(answer["messages"])

    async def send(
        self,
        chat: int,
        text: str = "",
        files: Sequence[FileToSend | Path] = (),
        *,
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> list[JsonDict]:
        """Send a text, a file, or an album; the messages that came of it."""
        told = {"text": text, "reply_to": reply_to, "thread_id": thread_id}
        path = f"/client/chats/{chat}/messages"
        if not files:
            answer = await self._call("POST", path, json={k: v for k, v in told.items() if v is not None})
            return list(answer["messages"])
        async with _form(told, [file if isinstance(file, FileToSend) else FileToSend(file) for file in files]) as form:
            answer = await self._call("POST", path, data=form)
        return list(answer["messages"])

    async def edit(self, chat: int, message_id: int, text: str) -> JsonDict:
        """Change the words of my message."""
        answer = await self._call("POST", f"/client/chats/{chat}/messages/{message_id}/edit", json={"text": text})
        return dict(answer["message"])

    async def press(self, chat: int, message_id: int, button: str) -> None:
        """Press a button by its data, or else by (the beginning of) its text."""
        data = button
        shown = next((m for m in await self.messages(chat, 1000) if m["id"] == message_id), {})
        buttons = [b for row in shown.get("buttons", []) for b in row if "data" in b]
        if all(b["data"] != button for b in buttons):
            data = next((b["data"] for b in buttons if b["text"].startswith(button)), button)
        await self._call("POST", f"/client/chats/{chat}/messages/{message_id}/press", json={"data": data})

    async def type_inline(self, chat: int, words: str = "", offset: str = "", timeout_s: float = 10.0) -> JsonDict:
        """Type after the bot's name in a chat; what it offers: `results`, `next_offset`, `button`."""
        answer = await self._call("POST", f"/client/chats/{chat}/inline", json={"query": words, "offset": offset})
        return await self.wait_for_event(lambda e: e["type"] == "inline" and e["id"] == answer["id"], timeout_s)

    async def choose_inline(self, chat: int, offer: JsonDict, result: str) -> JsonDict:
        """Send one of the offered results; the message."""
        told = {"id": offer["id"], "result": result}
        return dict((await self._call("POST", f"/client/chats/{chat}/inline/choose", json=told))["message"])

    async def pay(self, chat: int, message_id: int) -> str:
        """Press Pay under an invoice; the checkout's id. `wait_for_payment` tells what came of it."""
        answer = await self._call("POST", f"/client/chats/{chat}/messages/{message_id}/pay")
        return str(answer["checkout"])

    async def pay_link(self, link: str) -> str:
        """Press Pay behind an invoice link (`https://t.me/$…`); the checkout's id."""
        answer = await self._call("POST", f"/client/invoices/{link.rpartition('$')[2]}/pay")
        return str(answer["checkout"])

    async def wait_for_payment(self, timeout_s: float = 10.0) -> JsonDict:
        """The newest word on a payment: `state` paid or refused, `text` why."""
        return await self.wait_for_event(lambda event: event["type"] == "payment", timeout_s)

    async def delete(self, chat: int, message_id: int) -> None:
        """Delete a message."""
        await self._call("DELETE", f"/client/chats/{chat}/messages/{message_id}")

    async def stop(self, chat: int, draft_id: int) -> None:
        """Press Stop on what the bot is making."""
        await self._call("POST", f"/client/chats/{chat}/stop", json={"draft_id": draft_id})

    async def block(self, chat: int, *, blocked: bool = True) -> None:
        """Block the bot, or take it back."""
        await self._call("POST", f"/client/chats/{chat}/{'block' if blocked else 'unblock'}")

    async def connect(self, *, can_reply: bool = True, is_enabled: bool = True) -> str:
        """Connect the bot to my business account, or change that; the connection's id."""
        told = {"can_reply": can_reply, "is_enabled": is_enabled}
        return str((await self._call("POST", "/client/business", json=told))["connection"])

    async def dialog(self, other: int) -> int:
        """My chat with another person: its id in the client API."""
        return int((await self._call("POST", "/client/dialogs", json={"with": other}))["chat"])

    async def wait_for(self, chat: int, predicate: Callable[[JsonDict], bool], timeout_s: float = 10.0) -> JsonDict:
        """The newest message of the chat, as it is now or will be, that fits; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while True:
                seen = self._count
                for message in reversed(await self.messages(chat)):
                    if predicate(message):
                        return message
                await self._until_something_after(seen)

    async def wait_for_event(self, predicate: Callable[[JsonDict], bool], timeout_s: float = 10.0) -> JsonDict:
        """The newest event (since I came) that fits, a toast say; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while True:
                seen = self._count
                for event in reversed(self.events):
                    if predicate(event):
                        return event
                await self._until_something_after(seen)

    async def wait_for_toast(self, timeout_s: float = 10.0) -> JsonDict:
        """The newest answer to a press."""
        return await self.wait_for_event(lambda event: event["type"] == "toast", timeout_s)

    async def _until_something_after(self, seen: int) -> None:
        async with self._happened:
            await self._happened.wait_for(lambda: self._count != seen)

    async def download(self, url: str, path: Path) -> int:
        """Save a file of a message (`media.url`); its size in bytes."""
        size_bytes = 0
        target = url if url.startswith("http") else self._base_url + url
        handle = await asyncio.to_thread(path.open, "wb")
        try:
            async with self.session.get(target) as response:
                if response.status >= 400:
                    raise Refused(response.status, "download")
                async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                    size_bytes += len(chunk)
                    await asyncio.to_thread(handle.write, chunk)
        finally:
            await asyncio.to_thread(handle.close)
        return size_bytes


@contextlib.asynccontextmanager
async def _form(told: dict[str, Any], files: list[FileToSend]) -> AsyncIterator[FormData]:
    """Multipart with each file read from its open handle while it is sent."""
    form = FormData()
    with contextlib.ExitStack() as handles:
        for name, value in told.items():
            if value is not None:
                form.add_field(name, str(value))
        for file in files:
            if file.kind:
                form.add_field("kind", file.kind)
            if file.duration_s is not None:
                form.add_field("duration_s", str(file.duration_s))
            handle = handles.enter_context(await asyncio.to_thread(file.path.open, "rb"))
            mime = file.mime or mimetypes.guess_type(file.path.name)[0] or "application/octet-stream"
            form.add_field("file", handle, filename=file.path.name, content_type=mime)
        yield form
