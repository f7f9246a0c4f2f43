"""A list of requests: one card, one price, nothing before all lines are good or the bad ones were passed over."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.errors import Refusal, Transient
from bot.core.parsing.lines import Listed, decoded
from bot.services import list_files
from bot.services.heard import HeardFile, Source
from tests.services.house import House, opened, photo
from tests.services.test_card import tap

SLOT = "request:1"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Two jobs at once."""
    async with opened(tmp_path, user_active_jobs=2) as built:
        yield built


async def batch(house: House, text: str | None, **values: object) -> int:
    return await house.hear(text, source=Source.COMMAND, lines=True, **values)


async def test_a_list_is_one_card_with_one_price(house: House) -> None:
    await batch(house, "a dog 9:16\n\na cat 9:16 480p\na cow 9:16")
    assert (await house.shown(SLOT))["text"].splitlines() == [
        "🎬 3 videos · $1.88 · left $48.12",
        "2 × Seedance 2.0 · 9:16 · 5 s · 720p",
        "1 × Seedance 2.0 · 9:16 · 5 s · 480p",
        "1. <i>a dog</i>",
        "2. <i>a cat</i>",
        "3. <i>a cow</i>",
    ]
    assert "× 1 ▾" not in await house.words(SLOT)
    await tap(house, SLOT, "▶ Start $1.88")
    assert [json.loads(job["spec"])["prompt"] for job in await house.jobs()] == [["a dog"], ["a cat"], ["a cow"]]
    assert [job["waits"] for job in await house.jobs()] == [0, 0, 1]


async def test_a_list_never_starts_by_itself(house: House) -> None:
    await batch(house, "a dog 480p 4s 9:16")
    assert await house.jobs() == []


async def test_a_choice_holds_for_every_line(house: House) -> None:
    await batch(house, "a dog 9:16\na cat 16:9")
    await tap(house, SLOT, "9:16 +1", "1:1", "▶")
    assert [json.loads(job["spec"])["ratio"] for job in await house.jobs()] == ["1:1", "1:1"]


async def test_a_bad_line_names_its_number_and_nothing_starts(house: House) -> None:
    await batch(house, "a dog 9:16\na cat 40s\n@image1 sings --res 2K")
    text = (await house.shown(SLOT))["text"]
    assert text.splitlines()[1:] == [
        "• Line 2: 40 s: Seedance 2.0 makes 4–15 s.",
        "• Line 3: <code>@image1</code>: you attached no picture. 2K: Seedance 2.0 makes 480p, 720p, 1080p, 4k.",
        "Nothing was charged.",
    ]
    assert await house.words(SLOT) == ["Skip these 2 lines", "✕"]
    await tap(house, SLOT, "Skip these 2 lines", "▶ Start $0.76")
    assert len(await house.jobs()) == 1


async def test_a_list_of_bad_lines_alone_can_only_be_mended(house: House) -> None:
    asked = await batch(house, "a cat 40s")
    assert "Line 1: 40 s" in (await house.shown(SLOT))["text"]
    assert (await house.shown(SLOT))["buttons"] == []
    await batch(house, "a cat 4s 9:16", message_id=asked, edited=True)
    assert (await house.words(SLOT))[0].startswith("▶")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The list is empty."),
        ("a dog\n" * 51, "A list may have 50 lines."),
        ("a dog --n 10\n" * 6, "60 videos at once are too many; 50 is the most."),
    ],
)
async def test_too_little_and_too_much_is_said(house: House, text: str, told: str) -> None:
    await batch(house, text)
    assert told in (await house.shown(SLOT))["text"]


async def test_many_bad_lines_are_told_in_brief(house: House) -> None:
    await batch(house, "a dog\n" + "a cat 40s\n" * 20)
    text = (await house.shown(SLOT))["text"]
    assert text.count("Line ") == 8
    assert "12 more lines can't be made" in text
    assert await house.words(SLOT) == ["Skip these 20 lines", "✕"]


async def test_a_picture_of_the_message_serves_every_line(house: House) -> None:
    await batch(house, "@image1 sings 9:16\n@image1 sleeps 9:16", media=photo(1))
    await tap(house, SLOT, "▶")
    assert await house.value("SELECT count(*) FROM job_references") == 2


async def test_a_list_in_a_file_is_asked_as_if_it_was_written(house: House) -> None:
    await batch(house, "", list_file=HeardFile("F1", "list.txt", 30))
    assert await house.value("SELECT count(*) FROM outbox") == 0
    (row,) = await list_files.due(house.env)
    await list_files.failed(house.env, row, Transient("telegram-file-unavailable"))
    assert await list_files.due(house.env) == []
    house.later(s=6)
    (row,) = await list_files.due(house.env)
    for _ in range(2):
        await list_files.read(house.env, row["request_id"], Listed("a dog 9:16\na cat 9:16"))
    assert (await house.words(SLOT))[0] == "▶ Start $1.52"


async def test_a_list_that_cannot_be_read_is_refused(house: House) -> None:
    await batch(house, "", list_file=HeardFile("F1", "list.txt", 30))
    (row,) = await list_files.due(house.env)
    await list_files.failed(house.env, row, Refusal("fault-list-unreadable"))
    assert "can't be read" in (await house.shown(SLOT))["text"]
    await batch(house, "", list_file=HeardFile("F2", "list.txt", 30_000_000))
    assert "can't be read" in (await house.shown("request:2"))["text"]
    assert await list_files.due(house.env) == []


TABLES = [
    ('prompt,ratio,seconds\na dog,9:16,8\n"a cat, asleep",,\n', ["", "a dog --ar 9:16 --dur 8", "a cat, asleep"]),
    ("a dog;9:16\na cat;1:1\n", ["a dog 9:16", "a cat 1:1"]),
    ("запрос;формат\nсобака;9:16\n", ["", "собака --ar 9:16"]),
    ("prompt,sound\na dog,no\na cat,yes\n", ["", "a dog --no-audio", "a cat"]),
    ("prompt,spoiler\na dog,yes\na cat,no\na cow,\n", ["", "a dog --spoiler", "a cat --no-spoiler", "a cow"]),
    ("запрос;спойлер\nсобака;да\n", ["", "собака --spoiler"]),
    ("Prompt,Aspect ratio,Length\na dog,4:09 PM,8\n", ["", "a dog --ar 16:09 --dur 8"]),
    ('prompt,negative prompt\na dog,"blur, ""text"""\n', ["", 'a dog --negative "blur, text"']),
    ("", [""]),
]


@pytest.mark.parametrize(("text", "lines"), TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_table_becomes_a_line_a_row(text: str, lines: list[str], encoding: str) -> None:
    assert decoded(text.encode(encoding), "List.CSV") == Listed("\n".join(lines))


@pytest.mark.parametrize(
    ("head", "unused"),
    [
        ("prompt,Owner,ratio,notes", ("Owner", "notes")),
        ("prompt,owner,,empty", ("owner", "?")),
        ("prompt,ratio,seconds,sound", ()),
    ],
)
def test_columns_that_nothing_is_made_of_are_named(head: str, unused: tuple[str, ...]) -> None:
    row = "a dog,x,x," if "empty" in head else "a dog,x,x,x"
    assert decoded(f"{head}\n{row}\n".encode(), "list.csv").unused == unused


@pytest.mark.parametrize("body", [b"\x00\x01\x02", b"%PDF-1.7\x00\x98\x81", b"x" * 200_000])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal):
        decoded(body, "list.txt")
