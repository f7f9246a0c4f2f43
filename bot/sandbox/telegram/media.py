"""From an uploaded file to the Bot API object that a message carries."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.telegram.convert import gif_to_mp4, to_voice_note
from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.files import PHOTO_LIMIT_BYTES, FileStore, StoredFile, Upload, discard
from bot.sandbox.telegram.probe import (
    PHOTO_SIDES,
    THUMB_SIDE,
    NotAPicture,
    Picture,
    Probe,
    photo_sizes,
    picture_size,
    probe,
)

KINDS = ("photo", "video", "voice", "audio", "document", "animation", "video_note", "sticker")
LOOKED_INTO_BYTES = 10 << 20  # above this Telegram does not look into a bot's video
_THUMB_LIMIT_BYTES = 200_000
_AUDIO = ("mp3", "mov,mp4,m4a")
_GEOMETRY = frozenset({"width", "height", "duration"})
_VOICE = ("ogg", "mp3", "mov,mp4,m4a")


@dataclass(frozen=True, slots=True)
class Hints:
    """What the sender says about a file. `by_person`: an app looked into it, as apps do, whatever its size."""

    width: int | None = None
    height: int | None = None
    duration_s: int | None = None
    thumbnail: Upload | None = None
    title: str | None = None
    performer: str | None = None
    by_person: bool = False


async def describe(files: FileStore, upload: Upload, kind: str, hints: Hints) -> JsonDict:
    """The media fields of a message (`{"video": {…}}`); raises ApiError 400. What is not of its kind is a document."""
    await _check_thumbnail(hints.thumbnail)
    match kind:
        case "photo":
            return await _photo(files, upload)
        case "video" | "animation" | "video_note":
            return await _moving(files, upload, kind, hints)
        case "audio" | "voice":
            return await _sounding(files, upload, kind, hints)
        case "sticker":
            return await _sticker(files, upload)
        case _:
            return await _document(files, upload, hints)


async def _check_thumbnail(thumbnail: Upload | None) -> None:
    if thumbnail is None:
        return
    size = await picture_size(thumbnail.path)
    if size is None or size[2] != "JPEG" or max(size[:2]) > THUMB_SIDE or thumbnail.size_bytes >= _THUMB_LIMIT_BYTES:
        raise bad("wrong thumbnail: a JPEG below 200 kB and 320 px is needed")


async def _photo(files: FileStore, upload: Upload) -> JsonDict:
    if upload.size_bytes > PHOTO_LIMIT_BYTES:
        raise bad(f"file of size {upload.size_bytes} bytes is too big for a photo; the maximum size is 10485760 bytes")
    targets = [files.new_path(".jpg") for _ in range(len(PHOTO_SIDES))]
    try:
        pictures = await photo_sizes(upload.path, targets)
    except NotAPicture as refused:
        raise bad(refused.reason) from None
    stored = [files.adopt(_jpeg(picture), "photo") for picture in pictures]
    sizes = [_photo_size(file, picture) for file, picture in zip(stored, pictures, strict=True)]
    for file in stored:
        file.media = sizes
    return {"photo": sizes}


def _jpeg(picture: Picture) -> Upload:
    return Upload(picture.path, None, "image/jpeg", picture.size_bytes)


def _photo_size(file: StoredFile, picture: Picture) -> JsonDict:
    return {**file.ids(), "width": picture.width, "height": picture.height}


async def _moving(files: FileStore, upload: Upload, kind: str, hints: Hints) -> JsonDict:
    if upload.mime == "image/gif" or (upload.name or "").lower().endswith(".gif"):
        return await _gif(files, upload)
    thumb_path = files.new_path(".jpg")
    looked_into = hints.by_person or upload.size_bytes <= LOOKED_INTO_BYTES
    found = await probe(upload.path, thumb_path if looked_into and hints.thumbnail is None else None)
    if found is None or not found.has_video or "mp4" not in found.container:
        await discard(thumb_path)
        return await _document(files, upload, hints)
    thumbnail = await _thumbnail(files, hints.thumbnail or await asyncio.to_thread(_made, thumb_path))
    stored = files.adopt(upload, kind)
    media = stored.ids() | _geometry(kind, found, hints, looked_into=looked_into) | _thumb_field(thumbnail)
    return _remembered(stored, kind, media)


def _made(path: Path) -> Upload | None:
    return Upload(path, None, "image/jpeg", path.stat().st_size) if path.exists() else None


def _geometry(kind: str, found: Probe, hints: Hints, *, looked_into: bool) -> JsonDict:
    """As sent; what was not sent is read from a small file, and is 320×320 and no seconds for a large one."""
    seen = found if looked_into else Probe(found.container, width=320, height=320)
    width, height = hints.width or seen.width, hints.height or seen.height
    duration_s = hints.duration_s if hints.duration_s is not None else seen.duration_s
    if kind == "video_note":
        return {"length": min(width, height), "duration": duration_s}
    return {"width": width, "height": height, "duration": duration_s}


async def _gif(files: FileStore, upload: Upload) -> JsonDict:
    """Telegram keeps a GIF as a silent MP4."""
    target = files.new_path(".mp4")
    if not await gif_to_mp4(upload.path, target):
        await discard(target)
        return await _document(files, upload, Hints())
    name = f"{Path(upload.name or 'giphy').stem}.mp4"
    clip = await _made_upload(target, name, "video/mp4")
    return await _moving(files, clip, "animation", Hints())


async def _made_upload(path: Path, name: str | None, mime: str) -> Upload:
    return Upload(path, name, mime, (await asyncio.to_thread(path.stat)).st_size)


async def _thumbnail(files: FileStore, upload: Upload | None) -> JsonDict | None:
    size = await picture_size(upload.path) if upload else None
    if upload is None or size is None:
        return None
    return files.adopt(upload, "thumbnail").ids() | {"width": size[0], "height": size[1]}


def _thumb_field(thumbnail: JsonDict | None) -> JsonDict:
    return {"thumbnail": thumbnail} if thumbnail else {}


async def _sounding(files: FileStore, upload: Upload, kind: str, hints: Hints) -> JsonDict:
    found = await probe(upload.path)
    fits = found is not None and found.container.startswith(_VOICE if kind == "voice" else _AUDIO)
    if found is None or not found.has_audio or not (fits or hints.by_person):
        return await _document(files, upload, hints)
    if kind == "voice" and hints.by_person and not found.container.startswith("ogg"):
        upload = await _recorded(files, upload)
        found = await probe(upload.path) or found
    stored = files.adopt(upload, kind)
    duration_s = hints.duration_s if hints.duration_s is not None else found.duration_s
    media = stored.ids() | {"duration": duration_s}
    if kind == "audio":
        named = {"title": hints.title or found.title, "performer": hints.performer or found.performer}
        media |= {name: value for name, value in named.items() if value}
        media |= _thumb_field(await _thumbnail(files, hints.thumbnail))
    return _remembered(stored, kind, media)


async def _recorded(files: FileStore, upload: Upload) -> Upload:
    """A voice note as an app records it."""
    target = files.new_path(".oga")
    if await to_voice_note(upload.path, target):
        return await _made_upload(target, None, "audio/ogg")
    await discard(target)
    return upload


async def _sticker(files: FileStore, upload: Upload) -> JsonDict:
    size = await picture_size(upload.path)
    if size is None:
        raise bad("STICKER_INVALID")
    stored = files.adopt(upload, "sticker")
    media = stored.ids() | {
        "type": "regular",
        "width": size[0],
        "height": size[1],
        "is_animated": False,
        "is_video": False,
    }
    stored.media = media
    return {"sticker": media}


async def _document(files: FileStore, upload: Upload, hints: Hints) -> JsonDict:
    thumbnail = await _thumbnail(files, hints.thumbnail)
    stored = files.adopt(upload, "document")
    return _remembered(stored, "document", stored.ids() | _thumb_field(thumbnail))


def _remembered(stored: StoredFile, kind: str, media: JsonDict) -> JsonDict:
    if kind != "video_note":
        media |= {"mime_type": stored.mime}
    if stored.name and kind in {"video", "audio", "document", "animation"}:
        media |= {"file_name": stored.name}
    stored.media = media
    return resent(stored)


def resent(stored: StoredFile) -> JsonDict:
    """The media fields of a message that carries a known file again."""
    fields: JsonDict = {stored.kind: stored.media}
    if stored.kind == "animation" and isinstance(stored.media, dict):
        fields["document"] = {name: value for name, value in stored.media.items() if name not in _GEOMETRY}
    return fields
