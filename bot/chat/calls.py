"""One outbox row as Bot API calls, tolerant of what Telegram may refuse about it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar, assert_never

import telegram
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    InputMediaVideo,
    LabeledPrice,
    LinkPreviewOptions,
    ReactionTypeEmoji,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.chat import moments
from bot.chat.payload import (
    Album,
    Aside,
    Card,
    File,
    Invoice,
    Kept,
    Markup,
    OutboxRow,
    Reaction,
    Remove,
    RowKind,
    Text,
    Words,
)
from bot.chat.placing import inline, parse_mode, placed, placed_bare
from bot.chat.private import Whispers
from bot.chat.request import NotSent
from bot.chat.tolerance import CardGivenUp, Sent, Tolerance
from bot.core.stars import CURRENCY

WHISPERED: Final = "told to one person alone"
M = TypeVar("M", bound=Text | File | Invoice | Album | Kept)

_ITEMS: Final = {"photo": InputMediaPhoto, "video": InputMediaVideo}
_SENDING: Final = {
    "photo": "send_photo",
    "video": "send_video",
    "animation": "send_animation",
    "audio": "send_audio",
    "voice": "send_voice",
    "video_note": "send_video_note",
    "sticker": "send_sticker",
}
_COVERED: Final = frozenset({"photo", "video", "animation"})
"""These can come covered."""
_BARE: Final = frozenset({"video_note", "sticker"})
"""These have no caption."""

_UNCHANGED = "message is not modified"
_CARD_GONE = ("message to edit not found", "message_id_invalid", "message can't be edited", "message not found")
_ALREADY_GONE = ("message to delete not found", "message can't be deleted", "message_id_invalid", "message not found")


class Calls:
    """Sends rows through a `telegram.Bot`; what can't be mended comes out as PTB's errors, OSError or CardGivenUp.

    `root` is the folder that rows' relative paths start from.
    """

    def __init__(self, bot: telegram.Bot, root: Path, now_ms: Callable[[], int]) -> None:
        self._bot = bot
        self._root = root
        self._whispers = Whispers(bot, now_ms)
        self._tolerance = Tolerance(now_ms)

    async def perform(self, row: OutboxRow) -> Sent:
        """All calls that the row needs, in order."""
        match row.content:
            case Text():
                return await self._card(row, row.content) if row.slot else await self._text(row, row.content)
            case File():
                return await self._tolerance.send(row.content, lambda file: self._file(row.telegram_id, file))
            case Invoice():
                return await self._tolerance.send(row.content, lambda invoice: self._invoice(row.telegram_id, invoice))
            case Reaction():
                return await self._react(row.telegram_id, row.content)
            case Remove():
                return await self._remove(row, row.content)
            case Album():
                return await self._tolerance.send(row.content, lambda album: self._album(row.telegram_id, album))
            case Kept():
                return await self._tolerance.send(row.content, lambda kept: self._kept(row.telegram_id, kept))
            case Markup():
                return await self._markup(row.telegram_id, row.content)
            case _ as never:
                assert_never(never)

    async def perform_album(self, rows: Sequence[OutboxRow]) -> list[Sent]:
        """Videos that go out together, in this order: they stand where the first one would. An album has no buttons."""
        videos = [row.content for row in rows if isinstance(row.content, File)]
        async with contextlib.AsyncExitStack() as stack:
            items = [await self._item(stack, video) for video in videos]
            messages = await self._bot.send_media_group(rows[0].telegram_id, items, **placed_bare(videos[0].words))
        if len(messages) != len(rows):
            raise TelegramError("not as many messages as files")  # what of it is in the chat only a person can see
        return [Sent(message.message_id, _file_id(message)) for message in messages]

    async def _item(self, stack: contextlib.AsyncExitStack, video: File) -> InputMediaVideo:
        media, thumbnail = await stack.enter_async_context(self._upload(video, attach=True))
        return InputMediaVideo(
            media,
            video.words.text,
            parse_mode=parse_mode(video.words),
            width=video.width,
            height=video.height,
            duration=video.duration_s,
            supports_streaming=True,
            has_spoiler=video.spoiler,
            thumbnail=thumbnail,
        )

    async def _card(self, row: OutboxRow, text: Text) -> Sent:
        card = row.card
        if card is None:
            return await self._first(row, text, remade=False)
        if card.content == text.digest:
            return Sent(card.message_id, card=card)
        try:
            return await self._edit(row, card, text)
        except BadRequest as error:
            if not _says(error, _CARD_GONE):
                raise
        if card.remade:
            raise CardGivenUp
        return await self._first(row, text, remade=True)

    async def _first(self, row: OutboxRow, text: Text, *, remade: bool) -> Sent:
        """A card begins as words; its picture is put above them at once, or when it is there."""
        sent = _shown(await self._text(row, text), text, remade=remade)
        if sent.card is None or text.photo is None:
            return sent
        return await self._edit(row, sent.card, text)

    async def _edit(self, row: OutboxRow, card: Card, text: Text) -> Sent:
        """In place. What is a photo stays one; without its picture a card is still a card."""
        if text.photo is not None and text.photo != card.photo:
            with contextlib.suppress(OSError):
                return await self._put_photo(row.telegram_id, card, text, text.photo)
        shown = replace(text, photo=card.photo)

        async def edit(text: Text) -> Sent:
            with _unchanged_is_fine():
                await self._reword(row.telegram_id, card, text)
            return Sent(card.message_id, card=replace(card, content=text.digest))

        return await self._tolerance.send(shown, edit)

    async def _put_photo(self, chat: int, card: Card, text: Text, photo: str) -> Sent:
        body = await asyncio.to_thread((self._root / photo).read_bytes)

        async def edit(text: Text) -> Sent:
            caption, mode = text.words.text, parse_mode(text.words)
            with _unchanged_is_fine():
                await self._bot.edit_message_media(
                    InputMediaPhoto(body, caption, mode, filename="references.jpg"),
                    chat,
                    card.message_id,
                    reply_markup=inline(text.words),
                )
            return Sent(card.message_id, card=Card(card.message_id, text.digest, card.remade, photo))

        return await self._tolerance.send(text, edit)

    async def _reword(self, chat: int, card: Card, text: Text) -> None:
        where: dict[str, Any] = {"chat_id": chat, "message_id": card.message_id, "reply_markup": inline(text.words)}
        mode = parse_mode(text.words)
        if card.photo is not None:
            await self._bot.edit_message_caption(caption=text.words.text, parse_mode=mode, **where)
            return
        preview = LinkPreviewOptions(is_disabled=True)
        await self._bot.edit_message_text(text.words.text, parse_mode=mode, link_preview_options=preview, **where)

    async def _text(self, row: OutboxRow, text: Text) -> Sent:
        async def send(text: Text) -> Sent:
            if await self._whispered(row.telegram_id, text.words):
                return Sent(0, note=WHISPERED)
            if text.words.aside is not None and await self._told_aside(text.words, text.words.aside):
                text = replace(text, words=replace(text.words, text=text.words.aside.pointer, buttons=None))
            message = await self._bot.send_message(
                row.telegram_id,
                text.words.text,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                message_effect_id=text.words.effect,
                **placed(text.words),
            )
            return Sent(message.message_id)

        return await self._tolerance.send(text, send)

    async def _whispered(self, chat: int, words: Words) -> bool:
        if words.only_for is None or chat > 0:
            return False
        preview = LinkPreviewOptions(is_disabled=True)
        return await self._whispers.send(
            chat, words.only_for, words.text, link_preview_options=preview, **placed(words)
        )

    async def _told_aside(self, words: Words, aside: Aside) -> bool:
        """Whether it stands in the person's own chat; False: they closed it, and the group is where it can be said."""
        own = replace(words, reply_to=None, thread_id=None)
        preview = LinkPreviewOptions(is_disabled=True)
        try:
            await self._bot.send_message(aside.chat, words.text, link_preview_options=preview, **placed(own))
        except (BadRequest, Forbidden) as error:
            if moments.is_refused(error.message):
                raise  # not the person: it goes there in other words, and not before the group
            return False
        return True

    async def _file(self, chat: int, file: File) -> Sent:
        place: dict[str, Any] = {"caption": file.words.text, **placed(file.words)}
        if file.client is not None:
            chat, place["business_connection_id"] = file.client.chat, file.client.connection
        async with self._upload(file) as (media, thumbnail):
            if file.kind is RowKind.PHOTO:
                message = await self._bot.send_photo(chat, media, has_spoiler=file.spoiler, **place)
            elif file.kind is RowKind.VIDEO:
                message = await self._bot.send_video(
                    chat,
                    media,
                    width=file.width,
                    height=file.height,
                    duration=file.duration_s,
                    thumbnail=thumbnail,
                    supports_streaming=True,
                    has_spoiler=file.spoiler,
                    **place,
                )
            else:
                message = await self._bot.send_document(
                    chat, media, thumbnail=thumbnail, disable_content_type_detection=True, **place
                )
        return Sent(message.message_id, _file_id(message))

    @contextlib.asynccontextmanager
    async def _upload(
        self, file: File, *, attach: bool = False
    ) -> AsyncIterator[tuple[str | Path | InputFile, InputFile | None]]:
        """What to send as the file and its thumbnail: an id, a path for a local server, or an open handle."""
        if file.file_id:
            yield file.file_id, None
            return
        path = self._root / file.path
        thumbnail = await asyncio.to_thread(_thumbnail, self._root / file.thumbnail if file.thumbnail else None)
        if self._bot.local_mode:
            yield path, thumbnail
            return
        handle = await asyncio.to_thread(path.open, "rb")
        try:
            name = file.file_name or path.name
            yield InputFile(handle, name, attach=attach, read_file_handle=False), thumbnail
        except asyncio.CancelledError:
            if handle.closed or handle.tell() >= os.fstat(handle.fileno()).st_size:
                raise  # all of it went out: it may arrive
            raise NotSent("stopped before the file went out whole") from None
        finally:
            await asyncio.shield(asyncio.to_thread(handle.close))

    async def _invoice(self, chat: int, invoice: Invoice) -> Sent:
        """One price in Stars, no provider; forwarded copies lead to the bot instead of selling to anybody."""
        if invoice.period_s is not None:
            return await self._subscription(chat, invoice, invoice.period_s)
        place = {name: value for name, value in placed(invoice.words).items() if name != "parse_mode"}
        message = await self._bot.send_invoice(
            chat,
            invoice.title,
            invoice.words.text,
            invoice.payload,
            CURRENCY,
            [LabeledPrice(invoice.title, invoice.stars)],
            provider_token="",
            start_parameter="topup",
            **place,
        )
        return Sent(message.message_id)

    async def _subscription(self, chat: int, invoice: Invoice, period_s: int) -> Sent:
        """A message with the link that sells it; a link that was made twice sells the same."""
        price = [LabeledPrice(invoice.title, invoice.stars)]
        link = await self._bot.create_invoice_link(
            invoice.title,
            invoice.words.text,
            invoice.payload,
            CURRENCY,
            price,
            provider_token="",
            subscription_period=period_s,
        )
        keys = InlineKeyboardMarkup([[InlineKeyboardButton(invoice.button, url=link)]])
        place = {name: value for name, value in placed(invoice.words).items() if name != "reply_markup"}
        message = await self._bot.send_message(chat, invoice.words.text, reply_markup=keys, **place)
        return Sent(message.message_id)

    async def _react(self, chat: int, reaction: Reaction) -> Sent:
        try:
            await self._bot.set_message_reaction(chat, reaction.message_id, [ReactionTypeEmoji(reaction.emoji)])
        except BadRequest as error:
            return Sent(note=error.message)  # the message is gone, or reactions are off there: nothing is lost
        return Sent()

    async def _album(self, chat: int, album: Album) -> Sent:
        """One message an item; the first one's number stands for all. An album has no buttons."""
        items = [
            _ITEMS[kind](file_id, caption, parse_mode=ParseMode.HTML, has_spoiler=covered)
            for kind, file_id, caption, covered in album.items
        ]
        messages = await self._bot.send_media_group(chat, items, **placed_bare(album.words))
        return Sent(messages[0].message_id)

    async def _kept(self, chat: int, kept: Kept) -> Sent:
        place = placed(kept.words)
        caption: dict[str, Any] = {"caption": kept.words.text}
        if kept.spoiler and kept.origin in _COVERED:
            caption["has_spoiler"] = True
        if kept.origin in _BARE:
            caption, place = {}, {name: value for name, value in place.items() if name != "parse_mode"}
        send = getattr(self._bot, _SENDING.get(kept.origin, "send_document"))
        message: telegram.Message = await send(chat, kept.file_id, **caption, **place)
        return Sent(message.message_id)

    async def _markup(self, chat: int, markup: Markup) -> Sent:
        try:
            with _unchanged_is_fine():
                await self._bot.edit_message_reply_markup(chat, markup.message_id, reply_markup=markup.buttons)
        except BadRequest as error:
            if not _says(error, _CARD_GONE):
                raise
            return Sent(note=error.message)
        return Sent()

    async def _remove(self, row: OutboxRow, remove: Remove) -> Sent:
        card_id = row.card.message_id if row.card else None
        message_id = remove.message_id if remove.message_id is not None else card_id
        note = None
        if message_id:
            try:
                await self._bot.delete_message(row.telegram_id, message_id)
            except BadRequest as error:
                if not _says(error, _ALREADY_GONE):
                    raise
                note = error.message
        return Sent(gone=row.slot is not None, note=note)


def _shown(sent: Sent, text: Text, *, remade: bool) -> Sent:
    """A card that was sent as a message; one with no number yet can't be edited, so it is not kept."""
    card = Card(sent.message_id, text.digest, remade) if sent.message_id else None
    return Sent(sent.message_id, card=card, note=sent.note)


@contextlib.contextmanager
def _unchanged_is_fine() -> Iterator[None]:
    try:
        yield
    except BadRequest as error:
        if not _says(error, (_UNCHANGED,)):
            raise


def _says(error: BadRequest, signs: tuple[str, ...]) -> bool:
    return any(sign in error.message.lower() for sign in signs)


def _thumbnail(path: Path | None) -> InputFile | None:
    """At most 200 kB, so it is read whole; a video without one still plays."""
    try:
        return InputFile(path.read_bytes(), path.name, attach=True) if path else None
    except OSError:
        return None


def _file_id(message: telegram.Message) -> str | None:
    """Telegram may take a silent video for an animation."""
    file = message.video or message.animation or message.document or (message.photo[-1] if message.photo else None)
    return file.file_id if file else None
