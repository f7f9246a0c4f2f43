"""What a file is that Telegram keeps for any kind: by its MIME type, else by its name; and what can be no reference."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from telegram import Document, Message

from bot.core.media import MediaKind

MIMES: Final = {
    **dict.fromkeys((".jpg", ".jpeg"), "image/jpeg"),
    **dict.fromkeys((".tif", ".tiff"), "image/tiff"),
    **dict.fromkeys((".heic", ".heif"), "image/heic"),
    **{f".{name}": f"image/{name}" for name in ("png", "webp", "avif", "gif", "bmp")},
    **dict.fromkeys((".mp4", ".m4v"), "video/mp4"),
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".avi": "video/x-msvideo",
    ".3gp": "video/3gpp",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    **{f".{name}": f"audio/{name}" for name in ("aac", "amr")},
    **dict.fromkeys((".ogg", ".oga", ".opus"), "audio/ogg"),
}
"""What a phone or a computer calls such a file; iPhones and messengers send many as plain bytes."""

NO_MEDIA: Final = (
    *("document", "contact", "location", "venue", "poll", "dice", "story", "game", "checklist", "paid_media"),
)
"""What a person can send that holds nothing for a model, by Telegram's names."""


def mime_of(document: Document) -> str | None:
    """Its own where that says a picture, film or sound, else what its name says; None when neither does."""
    told = document.mime_type or ""
    if told.split("/", 1)[0] in set(MediaKind):
        return told
    return MIMES.get(PurePath(document.file_name or "").suffix.casefold())


def useless(message: Message) -> str | None:
    """Telegram's name of what a message brings, where that can be no reference: called of one without media."""
    if message.sticker is not None:
        return "sticker"
    return next((name for name in NO_MEDIA if getattr(message, name, None)), None)
