"""The client side over HTTP: what people's apps do, as JSON, multipart and Server-Sent Events."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import ClientConnectionResetError, web

from bot.sandbox.telegram import business, checkout, inline, people, previews
from bot.sandbox.telegram.errors import ApiError, ClientError, JsonDict
from bot.sandbox.telegram.exchange import Exchange
from bot.sandbox.telegram.files import Upload
from bot.sandbox.telegram.media import KINDS
from bot.sandbox.telegram.reading import Incoming, read_request
from bot.sandbox.telegram.render import message_view
from bot.sandbox.telegram.world import Chat, User

_HEARTBEAT_S = 15.0
_CLIENT_LIMIT_BYTES = 500 << 20
_MAX_MESSAGES = 1000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _answered(handler: Handler) -> Handler:
    """Errors as JSON with a word for the page."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ClientError as error:
            return web.json_response({"error": error.reason}, status=error.status)
        except ApiError as error:
            return web.json_response({"error": error.description}, status=error.status)

    return answered


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ClientError(400, f"not a number: {text[:40]}") from None


class ClientApi:
    """Handlers of `/client/…`; `?as=USER` says who is asking."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._world = exchange.world

    def routes(self) -> list[web.RouteDef]:
        """What to mount."""
        message = "/client/chats/{chat}/messages/{id}"
        return [
            web.get("/client/world", _answered(self.world)),
            web.get("/client/events", _answered(self.events)),
            web.get("/client/files/{id}", _answered(self.file)),
            web.get("/client/chats/{chat}/messages", _answered(self.messages)),
            web.post("/client/chats/{chat}/messages", _answered(self.send)),
            web.post(message + "/edit", _answered(self.edit)),
            web.post(message + "/press", _answered(self.press)),
            web.post(message + "/pay", _answered(self.pay)),
            web.get("/client/invoices/{slug}", _answered(self.sold)),
            web.post("/client/invoices/{slug}/pay", _answered(self.pay_link)),
            web.post("/client/chats/{chat}/inline", _answered(self.type_inline)),
            web.post("/client/chats/{chat}/inline/choose", _answered(self.choose_inline)),
            web.delete(message, _answered(self.delete)),
            web.post("/client/chats/{chat}/stop", _answered(self.stop)),
            web.post("/client/chats/{chat}/block", _answered(self.block)),
            web.post("/client/chats/{chat}/unblock", _answered(self.block)),
            web.post("/client/business", _answered(self.connect)),
            web.post("/client/dialogs", _answered(self.open_dialog)),
        ]

    def _me(self, request: web.Request) -> User:
        return self._world.person(_number(request.query.get("as", "")))

    def _chat(self, request: web.Request) -> tuple[User, Chat]:
        me = self._me(request)
        return me, self._world.for_person(_number(request.match_info["chat"]), me.id)

    async def world(self, request: web.Request) -> web.Response:
        """Who I am, who else is there, the bot with its menu, my chats."""
        me = self._me(request)
        users = [_user_view(user) for user in self._world.users.values() if not user.is_bot]
        bot = self._world.bot
        commands = self._exchange.menus.shown(None, me.id, me.language)
        return web.json_response(
            {
                "me": _user_view(me) | {"stars": self._exchange.stars.purse(me.id), "connected": self._connected(me)},
                "users": users,
                "bot": {
                    "id": bot.id,
                    "name": bot.name,
                    "username": bot.username,
                    "inline": self._exchange.settings.inline,
                    "commands": commands,
                },
                "chats": [self._chat_view(chat, me) for chat in self._world.chats_of(me.id)],
            }
        )

    def _connected(self, me: User) -> bool:
        """Whether the bot is connected to this person's business account."""
        connection = self._exchange.business.of(me.id)
        return connection is not None and connection.is_enabled

    def _chat_view(self, chat: Chat, me: User) -> JsonDict:
        read_to = chat.seen.get(me.id, 0)
        unread = sum(
            m.id > read_to and m.sender_id != me.id and m.receiver_id is None and me.id in chat.readers(m)
            for m in chat.messages.values()
        )
        view: JsonDict = {
            "id": chat.id,
            "kind": _kind(chat),
            "title": self._world.title_for(chat, me.id),
            "unread": unread,
            "is_admin": chat.is_admin(me.id),
            "is_blocked": chat.owner_id is None and chat.bot_status in {"kicked", "left"},
            "commands": self._exchange.menus.shown(chat, me.id, me.language),
        }
        topics = [
            {"id": topic.id, "name": topic.name}
            for topic in (chat.topics or {}).values()
            if not chat.is_direct or chat.is_admin(me.id)
        ]
        other = {"other_id": chat.client_id if me.id == chat.owner_id else chat.owner_id} if chat.owner_id else {}
        return view | other | ({"topics": topics} if topics else {})

    async def messages(self, request: web.Request) -> web.Response:
        """The last messages, oldest first; they count as read."""
        me, chat = self._chat(request)
        limit = max(1, min(_number(request.query.get("limit", "100")), _MAX_MESSAGES))
        mine = [message for message in chat.messages.values() if me.id in chat.readers(message)]
        chat.seen[me.id] = chat.next_message_id - 1
        shown = [message_view(self._world, message) for message in mine[-limit:]]
        return web.json_response({"messages": shown, "preview": previews.view(self._exchange, chat)})

    async def send(self, request: web.Request) -> web.Response:
        """A text, a file, or an album."""
        me, chat = self._chat(request)
        incoming = Incoming()
        try:
            await read_request(request, self._exchange.files, incoming, _CLIENT_LIMIT_BYTES)
            sent = await people.write(self._exchange, chat, me.id, _writing(incoming))
        finally:
            await incoming.clean_up(self._exchange.files)
        return web.json_response({"messages": [message_view(self._world, message) for message in sent]})

    async def edit(self, request: web.Request) -> web.Response:
        """New words for my message."""
        me, chat = self._chat(request)
        message = people.find(chat, _number(request.match_info["id"]), me.id)
        people.edit(self._exchange, message, me.id, str((await _json(request)).get("text", "")))
        return web.json_response({"message": message_view(self._world, message)})

    async def press(self, request: web.Request) -> web.Response:
        """Press a button; what the bot answers comes as a toast."""
        me, chat = self._chat(request)
        message = people.find(chat, _number(request.match_info["id"]), me.id)
        people.press(self._exchange, chat, message, me.id, str((await _json(request)).get("data", "")))
        return web.json_response({})

    async def type_inline(self, request: web.Request) -> web.Response:
        """Words after the bot's name, in a chat; what it offers comes as an event."""
        me, chat = self._chat(request)
        told = await _json(request)
        words, offset = str(told.get("query", "")), str(told.get("offset", ""))
        return web.json_response({"id": inline.ask(self._exchange, chat, me.id, words, offset)})

    async def choose_inline(self, request: web.Request) -> web.Response:
        """One of the bot's results, sent by me."""
        me, chat = self._chat(request)
        told = await _json(request)
        thread_id, reply_to_id = (_optional_number(told.get(name)) for name in ("thread_id", "reply_to"))
        people.check_place(chat, thread_id, reply_to_id)
        choice = inline.Choice(str(told.get("id")), str(told.get("result")), thread_id, reply_to_id)
        sent = inline.choose(self._exchange, chat, me.id, choice)
        return web.json_response({"message": message_view(self._world, sent)})

    async def pay(self, request: web.Request) -> web.Response:
        """Press Pay under an invoice; what comes of it is an event."""
        me, chat = self._chat(request)
        message = people.find(chat, _number(request.match_info["id"]), me.id)
        opened = checkout.pay(self._exchange, chat, message, me.id)
        return web.json_response({"checkout": opened.id})

    async def sold(self, request: web.Request) -> web.Response:
        """What an invoice link sells."""
        sold = self._exchange.stars.sold_by(request.match_info["slug"])
        return web.json_response({"title": sold.title, "stars": sold.stars, "period_s": sold.period_s})

    async def pay_link(self, request: web.Request) -> web.Response:
        """Press Pay behind an invoice link."""
        opened = checkout.pay_link(self._exchange, request.match_info["slug"], self._me(request).id)
        return web.json_response({"checkout": opened.id})

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message."""
        me, chat = self._chat(request)
        message = people.find(chat, _number(request.match_info["id"]), me.id)
        people.delete(self._exchange, chat, message, me.id)
        return web.json_response({})

    async def stop(self, request: web.Request) -> web.Response:
        """Press Stop on what the bot is making."""
        _, chat = self._chat(request)
        previews.stop(self._exchange, chat, _number(str((await _json(request)).get("draft_id", ""))))
        return web.json_response({})

    async def block(self, request: web.Request) -> web.Response:
        """Block the bot, or take it back."""
        me, chat = self._chat(request)
        people.block(self._exchange, chat, me.id, blocked=request.path.endswith("/block"))
        return web.json_response({})

    async def connect(self, request: web.Request) -> web.Response:
        """Connect the bot to my account, change its right, switch it off or on."""
        me, told = self._me(request), await _json(request)
        can_reply, is_enabled = (bool(told.get(name, True)) for name in ("can_reply", "is_enabled"))
        connection = business.connect(self._exchange, me.id, can_reply=can_reply, is_enabled=is_enabled)
        return web.json_response({"connection": connection.id})

    async def open_dialog(self, request: web.Request) -> web.Response:
        """My chat with another person."""
        me, told = self._me(request), await _json(request)
        chat = business.dialog(self._exchange, me.id, _number(str(told.get("with", ""))))
        return web.json_response({"chat": chat.id})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file of a message, with ranges for players."""
        stored = self._exchange.files.by_unique_id(request.match_info["id"])
        if stored is None:
            raise ClientError(404, "no such file")
        headers = {
            "Content-Type": stored.mime,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return web.FileResponse(stored.path, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The stream of what happens, with a heartbeat."""
        me = self._me(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        async with self._exchange.events.listening(me.id) as queue:
            await response.prepare(request)
            with suppress(ClientConnectionResetError):  # a page that is closed in mid-sentence
                await response.write(b": connected\n\n")
                while (data := await _next(queue)) is not None:
                    await response.write(data)
        return response


async def _next(queue: asyncio.Queue[str | None]) -> bytes | None:
    try:
        async with asyncio.timeout(_HEARTBEAT_S):
            data = await queue.get()
    except TimeoutError:
        return b": heartbeat\n\n"
    return None if data is None else f"data: {data}\n\n".encode()


async def _json(request: web.Request) -> JsonDict:
    try:
        body: Any = await request.json()
    except json.JSONDecodeError:
        raise ClientError(400, "JSON expected") from None
    if not isinstance(body, dict):
        raise ClientError(400, "a JSON object expected")
    return body


def _kind(chat: Chat) -> str:
    if chat.owner_id is not None:
        return "dialog"
    return "private" if chat.is_private else "supergroup"


def _user_view(user: User) -> JsonDict:
    return {"id": user.id, "name": user.name, "language": user.language}


def _writing(incoming: Incoming) -> people.Writing:
    params = incoming.params
    return people.Writing(
        text=str(params.get("text") or ""),
        reply_to_id=_optional_number(params.get("reply_to")),
        thread_id=_optional_number(params.get("thread_id")),
        attachments=_attachments(incoming.parts),
    )


def _optional_number(value: Any) -> int | None:
    return None if value in {None, ""} else _number(str(value))


def _attachments(parts: list[tuple[str, str | Upload]]) -> list[people.Attachment]:
    """Each file with the `kind` and `duration_s` that stand before it."""
    attachments = []
    told: dict[str, str] = {}
    for name, value in parts:
        if isinstance(value, str):
            told[name] = value
            continue
        attachments.append(_attachment(value, told.pop("kind", ""), told.pop("duration_s", "")))
    return attachments


def _attachment(upload: Upload, kind: str, duration_s: str) -> people.Attachment:
    if kind and kind not in KINDS:
        raise ClientError(400, f"unknown kind {kind[:20]}")
    seconds = round(float(duration_s)) if duration_s.replace(".", "", 1).isdigit() else None
    return people.Attachment(upload, kind or people.guess_kind(upload), seconds)
