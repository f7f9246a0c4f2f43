"""A card is composed by taps alone: what the model can do, what it costs, one press one effect, nothing by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.core.request import VideoSpec
from bot.services import after, cards
from bot.services.directory import person_by_id, place_by_id
from bot.services.heard import HeardReply, Source
from bot.services.say import Button
from bot.storage.base import Transaction
from tests.services.house import BOB, House, photo


async def card(house: House, text: str = "a cat sings 9:16", **values: object) -> str:
    """A request that waits for ▶; answers its slot."""
    await house.hear(text, **values)
    slot = await house.value("SELECT slot FROM outbox WHERE slot IS NOT NULL ORDER BY id DESC LIMIT 1")
    return str(slot)


async def tap(house: House, slot: str, *path: str) -> None:
    """Presses one button after the other, each on the card as it is then."""
    for words in path:
        toast = await house.press(await house.button(words, slot))
        assert toast is None, toast


async def test_a_card_tells_all_and_lets_all_be_changed(house: House) -> None:
    slot = await card(house)
    assert (await house.shown(slot))["text"] == "🎬 Seedance 2.0 · 9:16 · 5 s · 720p · 🔊 · $0.76 · left $49.24"
    assert await house.words(slot) == [
        *("▶ Start $0.76", "✕"),
        *("9:16 ▾", "5 s ▾", "720p ▾", "× 1 ▾"),
        *("Seedance 2.0 ▾", "🔊"),
    ]


CHOICES = [
    (
        "720p",
        ["480p · $0.35", "✓ 720p · $0.76", "1080p · $1.89", "4k · $3.92", "‹ Back"],
    ),
    ("5 s", ["4 s · $0.61", "✓ 5 s · $0.76", "6 s · $0.91", "8 s · $1.22", "10 s · $1.52", "12 s · $1.82"]),
    ("Seedance", ["✓ Seedance 2.0 · $0.76", "Seedance 2.0 fast · $0.61", "Seedance 2.0 mini · $0.38"]),
    ("× 1", ["✓ × 1 · $0.76", "× 2 · $1.52", "× 3 · $2.29", "× 4 · $3.05", "‹ Back"]),
    (
        "9:16",
        ["21:9 · $0.77", "16:9 · $0.76", "4:3 · $0.77", "1:1 · $0.76", "3:4 · $0.77", "✓ 9:16 · $0.76"],
    ),
]


@pytest.mark.parametrize(("opener", "shown"), CHOICES, ids=[opener for opener, _ in CHOICES])
async def test_a_choice_shows_what_the_model_can_do_and_its_prices(house: House, opener: str, shown: list[str]) -> None:
    slot = await card(house)
    await tap(house, slot, opener)
    assert (await house.words(slot))[: len(shown)] == shown
    await tap(house, slot, "‹ Back")
    assert (await house.words(slot))[0] == "▶ Start $0.76"


async def test_a_request_is_composed_by_taps_and_starts_as_shown(house: House) -> None:
    slot = await card(house, "a cat sings")
    await tap(house, slot, "16:9", "1:1", "5 s", "8 s", "720p", "480p", "Seedance", "Seedance 2.0 fast", "🔊")
    assert (await house.shown(slot))["text"].startswith("🎬 Seedance 2.0 fast · 1:1 · 8 s · 480p · 🔇")
    assert await house.jobs() == []
    await tap(house, slot, "▶")
    (job,) = await house.jobs()
    spec = json.loads(job["spec"])
    assert (job["model"], spec["ratio"], spec["duration_s"]) == ("seedance-2.0-fast", "1:1", 8)
    assert (spec["resolution"], spec["audio"]) == ("480p", False)


async def test_a_choice_of_a_command_never_starts_it(house: House) -> None:
    slot = await card(house, "a cat sings 9:16 15s", source=Source.COMMAND)
    await tap(house, slot, "15 s", "5 s")
    assert (await house.words(slot))[0] == "▶ Start $0.76"
    assert await house.jobs() == []


async def test_only_models_that_can_make_it_are_offered(house: House) -> None:
    slot = await card(house, "a cat sings 9:16 1080p")
    await tap(house, slot, "Seedance")
    assert await house.words(slot) == ["✓ Seedance 2.0 · $1.89", "Seedance 2.5 · $2.87", "‹ Back"]
    slot = await card(house, "a cat sings 9:16 --res 4k")
    await tap(house, slot, "Seedance")
    assert await house.words(slot) == ["✓ Seedance 2.0", "‹ Back"]


async def test_roles_of_two_pictures_are_changed_by_a_tap(house: House) -> None:
    await house.hear(None, media=photo(1), message_id=1)
    slot = await card(house, "@image1 becomes @image2", media=photo(2), message_id=2)
    await tap(house, slot, "Roles")
    assert await house.words(slot) == [
        "✓ All as references",
        "From @image1 to @image2",
        "From @image2 to @image1",
        "‹ Back",
    ]
    await tap(house, slot, "From @image2", "▶")
    roles = await house.rows("SELECT label, role FROM job_references ORDER BY position")
    assert [(row["label"], row["role"]) for row in roles] == [("image2", "first"), ("image1", "last")]


async def test_a_double_tap_and_a_stranger_change_nothing(house: House) -> None:
    slot = await card(house)
    opener = await house.button("5 s", slot)
    assert await house.press(opener, user=BOB) == "This button belongs to the person who asked. Send your own request."
    assert [await house.press(opener) for _ in range(2)] == [None, "Already done."]
    pick = await house.button("8 s", slot)
    assert await house.press(pick, user=BOB) is not None
    assert [await house.press(pick) for _ in range(2)] == [None, "Already done."]
    assert (await house.shown(slot))["text"].startswith("🎬 Seedance 2.0 · 9:16 · 8 s")


@pytest.mark.parametrize("end", ["▶", "✕"])
async def test_buttons_of_a_card_that_is_over_answer_and_do_nothing(house: House, end: str) -> None:
    slot = await card(house)
    opener, sound = await house.button("5 s", slot), await house.button("🔊", slot)
    await tap(house, slot, end)
    told, jobs = await house.shown(slot), len(await house.jobs())
    assert [await house.press(nonce) for nonce in (opener, sound)] == ["Already done.", "Already done."]
    assert (await house.shown(slot), len(await house.jobs())) == (told, jobs)


async def test_an_edit_closes_an_open_choice(house: House) -> None:
    asked = await house.hear("a cat sings 9:16")
    slot = "request:1"
    await tap(house, slot, "5 s")
    await house.hear("a cat sings 1:1", message_id=asked, edited=True)
    assert (await house.words(slot))[2] == "1:1 ▾"


async def test_several_shapes_are_one_card_with_one_price_and_a_job_each(house: House) -> None:
    slot = await card(house, "a cat sings 9:16 1:1 16:9")
    assert (await house.shown(slot))["text"].startswith("🎬 Seedance 2.0 · 9:16 + 1:1 + 16:9 · 5 s · 720p · 🔊 · $2.29")
    await tap(house, slot, "▶ Start $2.29")
    assert [json.loads(job["spec"])["ratio"] for job in await house.jobs()] == ["9:16", "1:1", "16:9"]


async def test_all_shapes_that_one_clip_is_posted_in_are_one_tap(house: House) -> None:
    slot = await card(house)
    await tap(house, slot, "9:16", "9:16 + 1:1 + 16:9", "× 1", "× 2")
    assert (await house.words(slot))[:3] == ["▶ Start $4.57", "✕", "9:16 +2 ▾"]


async def test_a_picture_that_comes_later_is_offered_to_the_open_card(house: House) -> None:
    slot = await card(house, "a cat sings 16:9")
    await house.hear(None, media=photo(1))
    assert (await house.words(slot))[0] == "+ @image1"
    await tap(house, slot, "+ @image1", "▶")
    assert await house.value("SELECT count(*) FROM job_references") == 1


async def test_a_picture_that_was_named_mends_the_open_card(house: House) -> None:
    await house.hear("@image1 sings 16:9")
    assert "you attached no picture" in (await house.shown("request:1"))["text"]
    await house.hear(None, media=photo(1))
    assert (await house.words("request:1"))[1] == "▶ Start $0.76"
    assert await house.jobs() == []


async def test_a_picture_after_a_while_is_for_the_next_request(house: House) -> None:
    slot = await card(house, "a cat sings 16:9")
    told = await house.shown(slot)
    house.later(s=16 * 60)
    await house.hear(None, media=photo(1))
    assert await house.shown(slot) == told


async def test_what_lies_in_the_tray_is_used_by_a_tap(house: House) -> None:
    await house.hear(None, media=photo(1), message_id=1)
    slot = await card(house, "a cat sings 16:9")
    await tap(house, slot, "+ @image1")
    assert "@image1" in (await house.shown(slot))["text"]
    assert await house.jobs() == []
    await house.run("add", reply=HeardReply(1))


@pytest.mark.parametrize(
    ("ratio", "language", "told"),
    [("9:16", "en", "9:16"), ("adaptive", "en", "same shape"), ("adaptive", "ru", "та же форма")],
)
async def test_a_shape_that_follows_the_picture_is_told_in_words(
    house: House, ratio: str, language: str, told: str
) -> None:
    spec = VideoSpec("kling-3.0", ("a cat",), (), 5, "720p", ratio, 1280, 720)
    assert cards.shape(house.env, language, spec) == told


def knowing(house: House, **facts: Any) -> None:
    """The same models, with other facts."""
    offers = [replace(one, model=replace(one.model, **facts)) for one in house.env.catalog.offers]
    house.env = replace(house.env, catalog=replace(house.env.catalog, offers=tuple(offers)))


@pytest.mark.parametrize("takes", [True, False])
async def test_a_picture_can_be_made_a_reference_only_where_the_model_takes_one(house: House, takes: bool) -> None:
    knowing(house, takes_references=takes)
    slot = await card(house, "it runs 1:1", reply=HeardReply(3, photo(3)))
    words = env_words(house, "button-reference", label="image1")
    assert (words in await house.words(slot)) is takes


@pytest.mark.parametrize("takes", [True, False])
async def test_a_new_seed_is_offered_below_a_video_only_where_the_model_takes_one(house: House, takes: bool) -> None:
    knowing(house, takes_seed=takes)
    await house.hear("a dog", source=Source.COMMAND)
    (job,) = await house.jobs()

    async def below(tx: Transaction) -> list[list[Button]]:
        person = await person_by_id(house.env, tx, job["user_id"])
        place = await place_by_id(tx, job["chat_id"], None)
        return await after.first_rows(house.env, tx, person, after.Below(job, "video:1", place))

    actions = [button.action for row in await house.store.transact(below) for button in row]
    assert ("seed" in actions) is takes
    assert {"again", "edit"} < set(actions)


def env_words(house: House, key: str, **data: str) -> str:
    """A button's words in English."""
    return house.env.texts.plain("en", key, **data)
