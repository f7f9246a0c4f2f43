"""Text as Telegram keeps it: plain characters plus entities at UTF-16 offsets."""

import re
from dataclasses import dataclass, field
from html import unescape

from bot.sandbox.telegram.errors import ApiError, JsonDict, bad

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z][A-Za-z0-9_]{2,31})(?!\w)"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)"
)
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "tg-spoiler": "spoiler", "span": "spoiler", "blockquote": "blockquote", "a": "text_link",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)?(?P<attrs>[^<>]*)>?")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_MOMENT = "date_time"
_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
"""How a moment may be shown (https://core.telegram.org/bots/api#date-time-entity-formatting)."""
_NAMED = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


def utf16_length(text: str) -> int:
    """Length as entity offsets count it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of `text` that an entity covers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def detect(text: str) -> list[JsonDict]:
    """The entities that Telegram finds by itself: commands, mentions, links, hashtags."""
    return [
        {"type": found.lastgroup, "offset": utf16_length(text[: found.start()]), "length": utf16_length(found.group())}
        for found in _FOUND.finditer(text)
    ]


@dataclass(slots=True)
class _Open:
    tag: str
    entity: JsonDict


@dataclass(slots=True)
class _Html:
    """Reader of Telegram's HTML: a handful of tags, each closed in order."""

    source: str
    moments: bool = True
    text: str = ""
    entities: list[JsonDict] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def read(self) -> None:
        at = 0
        while (tag_at := self.source.find("<", at)) >= 0:
            self._plain(self.source[at:tag_at])
            at = self._tag(tag_at)
        self._plain(self.source[at:])
        if self.stack:
            raise _unparsable(f'can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')

    def _plain(self, piece: str) -> None:
        self.text += _NAMED.sub(lambda found: unescape(found.group()), piece)

    def _tag(self, at: int) -> int:
        found = _TAG.match(self.source, at)
        offset = len(self.source[:at].encode())
        if found is None or not found.group().endswith(">"):
            raise _unparsable(f"unclosed start tag at byte offset {offset}")
        if found["close"]:
            self._end((found["name"] or "").lower(), offset)
        else:
            self._start((found["name"] or "").lower(), found["attrs"], offset)
        return found.end()

    def _start(self, name: str, attrs: str, offset: int) -> None:
        kind = _TAGS.get(name)
        if kind is None or (kind == _MOMENT and not self.moments):
            raise _unparsable(f'unsupported start tag "{name}" at byte offset {offset}')
        given = {key: next(filter(None, values), "") for key, *values in _ATTRIBUTE.findall(attrs)}
        if name == "span" and given.get("class") != "tg-spoiler":
            raise _unparsable(f'tag "span" must have class "tg-spoiler" at byte offset {offset}')
        entity: JsonDict = {"type": kind, "offset": utf16_length(self.text)} | _extras(kind, given)
        self.stack.append(_Open(name, entity))

    def _end(self, name: str, offset: int) -> None:
        if not self.stack:
            raise _unparsable(f"unexpected end tag at byte offset {offset}")
        opened = self.stack.pop()
        if name and name != opened.tag:
            raise _unparsable(
                f'unmatched end tag at byte offset {offset}, expected "</{opened.tag}>", found "</{name}>"'
            )
        opened.entity["length"] = utf16_length(self.text) - opened.entity["offset"]
        if opened.entity["length"] and _is_whole(opened.entity):
            self.entities.append(opened.entity)


def _is_whole(entity: JsonDict) -> bool:
    """A link without an address and a moment without its time are the words that they stand around."""
    needed = {"text_link": "url", _MOMENT: "unix_time"}.get(entity["type"])
    return needed is None or needed in entity


def _extras(kind: str, given: dict[str, str]) -> JsonDict:
    match kind:
        case "text_link" if given.get("href"):
            return {"url": unescape(given["href"])}
        case "custom_emoji":
            return {"custom_emoji_id": given.get("emoji-id", "")}
        case "blockquote" if "expandable" in given:
            return {"type": "expandable_blockquote"}
        case "date_time":
            return _moment(given)
        case _:
            return {}


def _moment(given: dict[str, str]) -> JsonDict:
    """As tdlib reads it: what is no number is 0, and 0 is no time."""
    shown = given.get("format", "")
    if not _FORMAT.fullmatch(shown):
        raise _unparsable("Invalid date format used")
    at_s = int(given["unix"]) if re.fullmatch(r"\d{1,10}", given.get("unix", "")) else 0
    return {"unix_time": at_s, "date_time_format": shown} if at_s else {}


def _unparsable(why: str) -> ApiError:
    return bad(f"can't parse entities: {why}")


def parse(
    text: str, parse_mode: str | None, entities: list[JsonDict] | None, *, moments: bool = True
) -> tuple[str, list[JsonDict]]:
    """`(text, entities)` of what a bot sent; raises ApiError 400. Without `moments` as before Bot API 9.5."""
    match (parse_mode or "").lower():
        case "":
            _check_entities(text, entities or [])
            plain, found = text, list(entities or [])
        case "html":
            html = _Html(text, moments)
            html.read()
            plain, found = html.text, html.entities
        case _:
            raise _unparsable("the sandbox reads HTML or explicit entities, no other parse mode")
    plain, found = _trimmed(plain, found)
    return plain, sorted(_with_detected(plain, found), key=lambda entity: (entity["offset"], -entity["length"]))


def _with_detected(text: str, given: list[JsonDict]) -> list[JsonDict]:
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in given]
    free = [
        e
        for e in detect(text)
        if not any(e["offset"] < end and start < e["offset"] + e["length"] for start, end in taken)
    ]
    return given + free


def _check_entities(text: str, entities: list[JsonDict]) -> None:
    length = utf16_length(text)
    for entity in entities:
        if entity["offset"] < 0 or entity["length"] < 1 or entity["offset"] + entity["length"] > length:
            raise _unparsable(f"entity beginning at UTF-16 offset {entity['offset']} is outside of the text")
        if entity["type"] == _MOMENT and entity.get("unix_time", 0) <= 0:
            raise _unparsable("Invalid date specified")


def _trimmed(text: str, entities: list[JsonDict]) -> tuple[str, list[JsonDict]]:
    """Telegram drops blanks at both ends."""
    lead = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    end = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        length = min(entity["offset"] - lead + entity["length"], end) - start
        if length > 0:
            kept.append({**entity, "offset": start, "length": length})
    return text, kept


def message_text(params: JsonDict, *, moments: bool = True) -> JsonDict:
    """The `text` and `entities` fields of a message; raises ApiError 400."""
    plain, found = parse(params["text"], params.get("parse_mode"), params.get("entities"), moments=moments)
    if not plain:
        raise bad("message text is empty")
    if utf16_length(plain) > TEXT_LIMIT:
        raise bad("message is too long")
    return {"text": plain} | ({"entities": found} if found else {})


def message_caption(params: JsonDict, *, moments: bool = True) -> JsonDict:
    """The `caption` and `caption_entities` fields of a message; raises ApiError 400."""
    caption, entities = params.get("caption") or "", params.get("caption_entities")
    plain, found = parse(caption, params.get("parse_mode"), entities, moments=moments)
    if utf16_length(plain) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return ({"caption": plain} if plain else {}) | ({"caption_entities": found} if found else {})
