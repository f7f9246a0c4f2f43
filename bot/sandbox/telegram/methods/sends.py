"""Messages of the bot: text, media, albums."""

from pathlib import Path
from urllib.parse import unquote

from bot.sandbox.telegram.entities import message_caption, message_text
from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.fetching import fetch_url
from bot.sandbox.telegram.files import FileStore
from bot.sandbox.telegram.media import Hints, describe, resent
from bot.sandbox.telegram.methods.call import MethodCall

_ALBUM_MAX = 10


async def send_message(call: MethodCall) -> JsonDict:
    """A text."""
    chat = call.chat()
    body = message_text(call.params, moments=call.exchange.settings.moments)
    draft = call.draft(chat, body)
    call.count(chat)
    return call.posted(draft)


async def _send_media(call: MethodCall, kind: str) -> JsonDict:
    """A photo, a video and so on, exactly with the numbers that were sent."""
    chat = call.chat()
    draft = call.draft(chat, call.caption())
    call.count(chat)
    hints = Hints(
        width=call.get("width"),
        height=call.get("height"),
        duration_s=call.get("duration"),
        thumbnail=call.upload(call.get("thumbnail")),
        title=call.get("title"),
        performer=call.get("performer"),
    )
    draft.body = await media_fields(call, call.params[kind], kind, hints) | _spoiler(call.params) | draft.body
    return call.posted(draft)


async def media_fields(call: MethodCall, reference: str, kind: str, hints: Hints) -> JsonDict:
    """The media fields for an upload, a `file_id` or a URL; raises ApiError 400."""
    files = call.exchange.files
    upload = call.upload(reference)
    if upload is None and reference.startswith(("http://", "https://")):
        upload = await fetch_url(files, reference, kind)
    if files.is_local and reference.startswith("file://"):
        upload = await files.copy(Path(unquote(reference.removeprefix("file://"))))
    if upload is None:
        return _again(files, reference, kind)
    if upload.size_bytes == 0:
        raise bad("file must be non-empty")
    fields = await describe(files, upload, kind, hints)
    await files.trim()
    return fields


def _again(files: FileStore, file_id: str, kind: str) -> JsonDict:
    stored = files.by_file_id(file_id)
    if stored.kind != kind:
        raise bad(f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}")
    return resent(stored)


def _spoiler(params: JsonDict) -> JsonDict:
    return {"has_media_spoiler": True} if params.get("has_spoiler") else {}


async def send_photo(call: MethodCall) -> JsonDict:
    """A photo, made smaller as Telegram does."""
    return await _send_media(call, "photo")


async def send_video(call: MethodCall) -> JsonDict:
    """A playable video."""
    return await _send_media(call, "video")


async def send_document(call: MethodCall) -> JsonDict:
    """A file as it is."""
    return await _send_media(call, "document")


async def send_audio(call: MethodCall) -> JsonDict:
    """Music."""
    return await _send_media(call, "audio")


async def send_voice(call: MethodCall) -> JsonDict:
    """A voice note."""
    return await _send_media(call, "voice")


async def send_animation(call: MethodCall) -> JsonDict:
    """A GIF or a silent video."""
    return await _send_media(call, "animation")


async def send_media_group(call: MethodCall) -> list[JsonDict]:
    """An album: each item its own message, all with one `media_group_id`."""
    chat = call.chat()
    items: list[JsonDict] = call.params["media"]
    _check_album(items)
    drafts = [call.draft(chat, _item_caption(call, item), with_markup=False) for item in items]
    call.count(chat, messages=len(items))
    group_id = str(call.exchange.now_ms()) + str(chat.next_message_id)
    for draft, item in zip(drafts, items, strict=True):
        fields = await media_fields(call, item["media"], item["type"], item_hints(call, item))
        draft.body = fields | _spoiler(item) | draft.body | {"media_group_id": group_id}
    return [call.posted(draft) for draft in drafts]


def _item_caption(call: MethodCall, item: JsonDict) -> JsonDict:
    return message_caption(item, moments=call.exchange.settings.moments)


def item_hints(call: MethodCall, item: JsonDict) -> Hints:
    """What an InputMedia says about its file."""
    return Hints(
        width=item.get("width"),
        height=item.get("height"),
        duration_s=item.get("duration"),
        thumbnail=call.upload(item.get("thumbnail")),
        title=item.get("title"),
        performer=item.get("performer"),
    )


def _check_album(items: list[JsonDict]) -> None:
    if len(items) < 2:
        raise bad("there must be at least 2 items in an album")
    if len(items) > _ALBUM_MAX:
        raise bad("too many messages to send as an album")
    kinds = {item["type"] for item in items}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad(f"{min(kinds & {'document', 'audio'})} can't be mixed with other media types")


SENDS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendVideo": send_video,
    "sendDocument": send_document,
    "sendAudio": send_audio,
    "sendVoice": send_voice,
    "sendAnimation": send_animation,
    "sendMediaGroup": send_media_group,
}
