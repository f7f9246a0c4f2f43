"""Every fault has its tap: what it does, what it costs, and that the request goes on from there."""

from __future__ import annotations

import json

import pytest

from bot.services.heard import Source
from tests.services.house import House, photo
from tests.services.test_card import tap

SLOT = "request:1"


async def test_faults_come_together_each_with_its_mend_and_its_price(house: House) -> None:
    await house.hear(None, media=photo(1), message_id=1)
    await house.hear("@image3 dances for 20 seconds in 5:7", media=photo(2), source=Source.COMMAND)
    assert (await house.shown(SLOT))["text"].startswith("3 things to settle:")
    assert await house.words(SLOT) == [
        *("use @image2", "without @image3"),
        *("15 s", "Seedance 2.5 · 20 s · $4.66"),
        *("3:4", "9:16"),
        "✕",
    ]
    await tap(house, SLOT, "use @image2", "Seedance 2.5", "3:4", "▶ Start $4.66")
    (job,) = await house.jobs()
    assert (job["model"], json.loads(job["spec"])["duration_s"]) == ("seedance-2.5", 20)


REPAIRS = [
    ("a dog 16s", "15 s", "15"),
    ("a dog --res 2K", "1080p · $1.89", "1080p"),
    ("a dog --ar abc", "1:1", "1:1"),
    ("a dog --dur", "5 s", "5"),
    ("a dog 7.5s", "8 s", "8"),
    ("a dog --for rels", "for reels", "9:16"),
    ("a dog --for", "for square", "1:1"),
    ("a dog --model sedance-2.5", "Seedance 2.5 · 5 s · $1.17", "seedance-2.5"),
    ("a dog --durr 8", "--dur", "8"),
    ("a dog 8s 9s", "9 s", "9"),
    ("a dog 9:16 5:7", "3:4", "3:4"),
    ("x" * 2_001, "Seedance 2.5 · 5 s · $1.17", "seedance-2.5"),
]


@pytest.mark.parametrize(("text", "button", "then"), REPAIRS, ids=[text[:24] for text, _, _ in REPAIRS])
async def test_one_tap_repairs(house: House, text: str, button: str, then: str) -> None:
    await house.hear(text)
    assert button in await house.words(SLOT)
    await tap(house, SLOT, button, "▶")
    jobs = await house.jobs()
    told = [{str(value) for value in json.loads(job["spec"]).values()} for job in jobs]
    assert any(then in values for values in told), told
    assert len(jobs) == (2 if text.endswith("9:16 5:7") else 1)


async def test_too_many_pictures_are_left_out_by_a_tap(house: House) -> None:
    for number in range(1, 11):
        await house.hear(None, media=photo(number), message_id=number)
    await house.hear(" ".join(f"@image{number}" for number in range(1, 11)))
    assert await house.words(SLOT) == ["without @image10", "Seedance 2.5 · 5 s · $1.17", "✕"]
    await tap(house, SLOT, "without @image10", "▶")
    assert await house.value("SELECT count(*) FROM job_references") == 9


async def test_a_mend_of_a_fault_that_is_gone_is_answered(house: House) -> None:
    asked = await house.hear("a dog 16s")
    button = await house.button("15 s", SLOT)
    await house.hear("a dog 8s", message_id=asked, edited=True)
    await tap(house, SLOT, "▶")
    assert await house.press(button) == "Already done."
    assert len(await house.jobs()) == 1
