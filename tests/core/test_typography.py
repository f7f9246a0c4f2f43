"""The grammar of requests (what a person may type), in both languages, as every phone sets it.

Keyboards make one long dash of two, no-break spaces of spaces, curly quotes of straight ones, full-width colons of
colons, and put marks of direction around words. Each row is told once as it is typed plainly, and must come out the
very same in every combination of these. (One long dash before a word that is an everyday word too needs a value that
makes sense: "—for once" is prose, and no row here.)
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from tests.core.test_requests_table import told

Hand = Callable[[str], str]


def _as_it_is(text: str) -> str:
    return text


def _swap(old: str, new: str) -> Hand:
    return lambda text: text.replace(old, new)


def _quotes(opening: str, closing: str) -> Hand:
    def hand(text: str) -> str:
        parts = text.split('"')
        return "".join(part + (("", opening, closing)[1 + at % 2] if at else "") for at, part in _closed(parts))

    return hand


def _closed(parts: list[str]) -> list[tuple[int, str]]:
    """Each piece with how many quotes come after it, counted so that the last has none."""
    return [(0 if at == len(parts) - 1 else at + 2, part) for at, part in enumerate(parts)]


def _each_word(before: str, after: str = "") -> Hand:
    return lambda text: " ".join(f"{before}{word}{after}" for word in text.split(" "))


DASHES: dict[str, Hand] = {
    "two hyphens": _as_it_is,
    "em dash": _swap("--", "—"),
    "en dash": _swap("--", "–"),
    "two en dashes": _swap("--", "––"),
    "minus": _swap("--", "−−"),
}
SPACES: dict[str, Hand] = {
    "spaces": _as_it_is,
    "no-break": _swap(" ", "\u00a0"),
    "narrow": _swap(" ", "\u202f"),
    "doubled": _swap(" ", " \u00a0"),
}
QUOTES: dict[str, Hand] = {
    "straight": _as_it_is,
    "curly": _quotes("“", "”"),
    "low": _quotes("„", "“"),
    "angle": _quotes("«", "»"),
}
COLONS: dict[str, Hand] = {"colon": _as_it_is, "full-width": _swap(":", "：")}
MARKS: dict[str, Hand] = {
    "none": _as_it_is,
    "right to left": _each_word("\u200f"),
    "both sides": _each_word("\u200e", "\u200f"),
    "embedded": lambda text: f"\u202b{text}\u202c",
    "isolated": _each_word("\u2067", "\u2069"),
    "word joiner": _each_word("\u2060"),
}
HANDS = list(product(*(kind.items() for kind in (DASHES, SPACES, QUOTES, COLONS, MARKS))))
"""Every phone: dashes, then spaces, quotes and colons, and marks last, since they stand at words."""

ROWS = {
    "words": ("a dog runs into the sea", "собака бежит в море", ""),
    "command": ("/video a dog", "/video собака", ""),
    "mention": ("@kineto_bot a dog", "@kineto_bot собака", ""),
    "image": ("@image1 waves", "@фото1 машет", "1i"),
    "images": ("@img1 @photo2 @pic3 meet", "@картинка1 @фото2 @изображение3 рядом", "3i"),
    "video": ("like @video1", "как @видео1", "1v9"),
    "audio": ("@image1 sings @audio1", "@фото1 поёт @аудио1", "1i 1a9"),
    "voice": ("@image1 speaks as @voice1", "@фото1 говорит как @голос1", "1i 1a9"),
    "all kinds": ("@Image1 and @VIDEO1 to @Song1", "@Фото1 и @ВИДЕО1 под @Голос1", "1i 1v9 1a5"),
    "not attached": ("@image3 dances", "@фото3 танцует", "2i"),
    "not named": ("they dance", "они танцуют", "2i"),
    "tray": ("she sings", "она поёт", "1i 1a9+"),
    "first": ("@image1 first", "@фото1 первый кадр", "1i"),
    "first, last": ("@image1 first, @image2 last", "@фото1 первый кадр, @фото2 последний", "2i"),
    "reference": ("@image1 reference --ar 1:1 runs", "@фото1 образец --формат 1:1 бежит", "1i"),
    "model": ("a dog --model seedance-2.0-fast", "собака --модель seedance-2.0-fast", ""),
    "model in quotes": ('--model "seedance 2.0 fast" a dog', '--модель "seedance 2.0 fast" собака', ""),
    "unknown model": ("a dog --model veo", "собака --модель veo", ""),
    "ar": ("a dog --ar 9:16", "собака --формат 9:16", ""),
    "ar with a colon": ("a dog --ar: 9:16", "собака --формат: 9:16", ""),
    "ar =": ("a dog --ratio=1:1 runs", "собака --формат=1:1 бежит", ""),
    "dur": ("a dog --dur 8", "собака --сек 8", ""),
    "dur with its unit": ("a dog --duration 8 s", "собака --сек 8 сек", ""),
    "res": ("a dog --res 1080p", "собака --разрешение 1080п", ""),
    "seed": ("a dog --seed 42", "собака --зерно 42", ""),
    "n": ("a dog --n 3", "собака --n 3", ""),
    "no-audio": ("a dog --no-audio", "собака --без-звука", ""),
    "sound": ("a dog --audio on", "собака --звук вкл", ""),
    "spoiler": ("a dog --spoiler", "собака --спойлер", ""),
    "no-spoiler": ("a dog --no-spoiler", "собака --без-спойлера", ""),
    "negative": ('a dog --negative "people, cars" 9:16', 'собака --negative "люди, машины" 9:16', ""),
    "for": ("a dog --for reels", "собака --для рилс", ""),
    "several places": ("a dog --for reels,square", "собака --для рилс,квадрат", ""),
    "several options": ("a dog --ar 9:16 --dur 8 --n 2", "собака --формат 9:16 --сек 8 --n 2", ""),
    "options between": ("a dog, --ar 9:16, runs", "собака, --формат 9:16, бежит", ""),
    "bare": ("a dog 9:16 8s 720p", "собака 9:16 8с 720п", ""),
    "bare apart": ("a dog 9:16 8 sec", "собака 9:16 8 сек", ""),
    "bare seconds": ("a dog 8 seconds", "собака 8 секунд", ""),
    "one letter": ("a dog 8 s", "собака 8 с", ""),
    "with small words": ("a dog for 8 seconds in 9:16", "собака на 8 секунд в 9:16", ""),
    "after a comma": ("a dog runs, 9:16, 8s", "собака бежит, 9:16, 8с", ""),
    "several shapes": ("a dog 9:16 1:1", "собака 9:16 и 1:1", ""),
    "only settings": ("9:16 8s", "9:16 8с", "1i"),
    "in the middle": ("a 5s countdown in a 16:9 cinema", "5с отсчёта в кино 16:9 ночью", ""),
    "a time of day": ("we meet at 10 again", "встреча в 10 снова", ""),
    "too long": ("a dog 40s", "собака 40с", ""),
    "not offered": ("a dog 5:7", "собака 5:7", ""),
    "no value": ("a dog --ar", "собака --ar", ""),
    "nothing": ("/video", "/video", ""),
}


@pytest.mark.parametrize("language", [0, 1], ids=["en", "ru"])
@pytest.mark.parametrize("row", ROWS)
def test_a_request_is_the_same_however_a_phone_sets_it(row: str, language: int) -> None:
    """A colon that stays in the prose stays as it was typed."""
    text, media = ROWS[row][language], ROWS[row][2]
    plain, seen = told(text, media), set[str]()
    for hands in HANDS:
        typed = text
        for _, hand in hands:
            typed = hand(typed)
        if typed not in seen:
            seen.add(typed)
            assert told(typed, media).replace("：", ":") == plain, [name for name, _ in hands]
