"""Links to media in a text: an address whose path ends as a picture's, a video's or a sound's file does.

Any other address stays a word. A link is read from a cleaned text, so that every reader finds the same ones.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.core.media import MediaKind
from bot.core.parsing.cleaning import HOLE, clean

MAX_LINKS = 12
MAX_CHARS = 2_000
_ADDRESS = re.compile(rf"(?<!\w)https?://[^\s{HOLE}<>\"'«»“”]+", re.IGNORECASE)
_AFTERWARDS = ".,;:!?…"
_SUFFIXES = {
    MediaKind.IMAGE: (".jpg", ".jpeg", ".png", ".webp", ".heic", ".gif"),
    MediaKind.VIDEO: (".mp4", ".mov", ".webm", ".m4v"),
    MediaKind.AUDIO: (".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac"),
}
_KINDS = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes}


@dataclass(frozen=True, slots=True)
class Link:
    """`url` as it was written; `mime` is a guess by its ending."""

    url: str
    kind: MediaKind
    mime: str | None


def find_links(text: str) -> tuple[Link, ...]:
    """Each once, in the text's order.

    >>> [(link.url, link.kind.value) for link in find_links("make https://a.example/dog.JPG?w=9, see https://a.example")]
    [('https://a.example/dog.JPG?w=9', 'image')]
    """
    found = {match: _link(match) for match in map(_address, _ADDRESS.finditer(clean(text)))}
    return tuple(link for link in found.values() if link is not None)[:MAX_LINKS]


def take_links(text: str) -> str:
    """A cleaned text with holes where links to media were."""
    taken = {link.url for link in find_links(text)}

    def hole(match: re.Match[str]) -> str:
        address = _address(match)
        return HOLE + match[0][len(address) :] if address in taken else match[0]

    return _ADDRESS.sub(hole, text)


def _address(match: re.Match[str]) -> str:
    """Without what ends the sentence, or the bracket, that the address stands in."""
    address = match[0].rstrip(_AFTERWARDS)
    return address.rstrip(")" + _AFTERWARDS) if "(" not in address else address


def _link(address: str) -> Link | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    name = parts.path.rpartition("/")[2].lower()
    kind = _KINDS.get(name[name.rfind(".") :]) if "." in name else None
    if kind is None or not parts.hostname or parts.username is not None or len(address) > MAX_CHARS:
        return None
    return Link(address, kind, mimetypes.guess_type(name)[0])
