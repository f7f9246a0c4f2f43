"""A list of requests as people have it: one a line, or a table with a column of words and columns of settings."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from bot.core.errors import Refusal

MAX_LINES = 50
MAX_TEXT_CHARS = 120_000
TABLES = (".csv", ".tsv")
LISTS = (".txt", *TABLES)
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1251")
_WORDS = frozenset(
    {"prompt", "prompts", "text", "words", "description", "idea", "scene"}
    | {"запрос", "текст", "описание", "промпт", "промт", "идея", "сцена"}
)
_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("ratio", "ar", "aspect", "aspect ratio", "shape", "format"), "ar"),
    **dict.fromkeys(("формат", "соотношение", "соотношение сторон", "пропорции"), "ar"),
    **dict.fromkeys(("seconds", "sec", "duration", "dur", "length"), "dur"),
    **dict.fromkeys(("секунды", "секунд", "сек", "длина", "длительность"), "dur"),
    **dict.fromkeys(("resolution", "res", "разрешение"), "res"),
    **dict.fromkeys(("model", "модель"), "model"),
    **dict.fromkeys(("seed", "зерно", "сид"), "seed"),
    **dict.fromkeys(("n", "count", "variants", "количество", "кол-во"), "n"),
    **dict.fromkeys(("for", "для", "preset"), "for"),
    **dict.fromkeys(("negative", "negative prompt", "негатив"), "negative"),
}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?(?: ([AP])M)?", re.IGNORECASE)
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_END = "\x1a"
NOON = 12


_SOUND = frozenset({"sound", "audio", "звук"})
_SILENT = frozenset({"no", "off", "0", "false", "silent", "нет", "без звука", "выкл"})
_SPOILER = frozenset({"spoiler", "спойлер"})
_COVERED = frozenset({"yes", "on", "1", "true", "+", "x", "да", "вкл", *_SPOILER})
_UNCOVERED = frozenset({"no", "off", "0", "false", "-", "нет", "выкл"})
_KNOWN = _WORDS | _SOUND | _SPOILER | frozenset(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file's requests as lines, and the named columns with something in them that no request is made of."""

    text: str
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a list and where it stands, counted from 1 as an editor shows it."""

    number: int
    words: str


def lines_of(text: str) -> tuple[Line, ...]:
    """Every line that says something.

    >>> [line.number for line in lines_of("a dog\\n\\na cat 9:16")]
    [1, 3]
    """
    return tuple(Line(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def decoded(body: bytes, name: str) -> Listed:
    """A file's requests as lines. Raises Refusal for what is no text or too much of it."""
    text = _text(body)
    if text is None or "\x00" in text:
        raise Refusal("fault-list-unreadable")
    if len(text) > MAX_TEXT_CHARS:
        raise Refusal("fault-list-too-long", max=MAX_LINES)
    return _table(text) if name.casefold().endswith(TABLES) else Listed(text)


def _text(body: bytes) -> str | None:
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _table(text: str) -> Listed:
    """Each row of a table as one line; a row that says nothing stays as an empty one, so that numbers hold."""
    rows = _rows(text)
    heads = [" ".join(cell.split()) for cell in rows[0]] if rows else []
    names = [head.casefold() for head in heads]
    if not _WORDS & set(names):
        return Listed("\n".join(" ".join(" ".join(row).split()) for row in rows))
    lines = ["", *(_told(names, row) for row in rows[1:])]
    return Listed("\n".join(lines), tuple(_unused(heads, rows[1:])))


def _rows(text: str) -> list[list[str]]:
    """As the spreadsheet counts them. Raises Refusal where a quote that never ends takes the rest for one cell."""
    told = _SEPARATOR.match(text)  # Excel's own first line, which it does not show
    body, delimiter = (text[told.end() :], told[1]) if told else (text, _delimiter(text))
    rows = list(csv.reader(StringIO(f"{body.rstrip()}\n{_END}", newline=""), delimiter=delimiter))
    if rows[-1] != [_END]:
        raise Refusal("fault-list-quote", number=len(rows))
    return rows[:-1]


def _unused(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The heads of columns that say something which is no setting; one without a head counts as `?`."""
    for index, head in enumerate(heads):
        if head.casefold() not in _KNOWN and any(cell.strip() for row in rows for cell in row[index : index + 1]):
            yield head or "?"


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _told(names: Sequence[str], row: Sequence[str]) -> str:
    """A row by its columns: the words, then each setting as an option."""
    cells = [(name, " ".join(cell.split())) for name, cell in zip(names, row, strict=False) if cell.strip()]
    words = [cell for name, cell in cells if name in _WORDS]
    options = [f"--{_COLUMNS[name]} {_quoted(name, cell)}" for name, cell in cells if name in _COLUMNS]
    options += ["--no-audio" for name, cell in cells if name in _SOUND and cell.casefold() in _SILENT]
    options += [option for name, cell in cells if name in _SPOILER for option in _covered(cell.casefold())]
    return " ".join([*words, *options]) if words else ""


def _covered(cell: str) -> list[str]:
    return ["--spoiler"] if cell in _COVERED else ["--no-spoiler"] if cell in _UNCOVERED else []


def _quoted(name: str, cell: str) -> str:
    match _COLUMNS[name]:
        case "negative":
            return '"{}"'.format(cell.replace('"', ""))
        case "ar":
            return _shape(cell)
        case _:
            return cell


def _shape(cell: str) -> str:
    """A shape that a spreadsheet took for a time of the day.

    >>> _shape("09:16:00"), _shape("4:09 PM"), _shape("1:1"), _shape("9x16")
    ('9:16', '16:09', '1:1', '9x16')
    """
    clock = _CLOCK.fullmatch(cell)
    if clock is None:
        return cell
    hour = int(clock[1]) % NOON + (NOON if clock[3].upper() == "P" else 0) if clock[3] else int(clock[1])
    return f"{hour}:{clock[2]}"
