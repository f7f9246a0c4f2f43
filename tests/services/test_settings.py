"""`/settings`: only valid choices, one's own and a chat's, and what they change of requests, sounds and moments."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.core.job import Fail
from bot.services import admins, lifecycle
from bot.services.heard import HeardReply, Source
from bot.services.lifecycle import Held
from tests.services.hands import ask, held, running
from tests.services.house import ANN, BOB, LAB, House

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


async def opened(house: House, **values: Any) -> str:
    """The panel's slot."""
    await house.run("settings", user=ANN, **values)
    return str(await house.value("SELECT slot FROM outbox WHERE slot LIKE 'settings:%' ORDER BY id DESC"))


async def choose(house: House, slot: str, name: str, value: str, **values: Any) -> str:
    """Two taps; answers what the panel shows after."""
    await house.press(await house.button(name, slot), **values)
    await house.press(await house.button(value, slot), **values)
    return str((await house.shown(slot))["text"])


async def administrate(house: House) -> None:
    await admins.keep(house.env, LAB, [ANN], house.clock[0])


async def test_a_person_s_choice_holds_until_the_words_say_otherwise(house: House) -> None:
    slot = await opened(house)
    assert "Shape: <b>9:16</b>" in await choose(house, slot, "Shape", "9:16")
    assert "Seconds: <b>8 s</b>" in await choose(house, slot, "Seconds", "8 s")
    await choose(house, slot, "Resolution", "480p")
    one = json.loads((await ask(house, "a dog"))["spec"])
    two = json.loads((await ask(house, "a dog 1:1 5s"))["spec"])
    assert [(spec["ratio"], spec["duration_s"], spec["resolution"]) for spec in (one, two)] == [
        ("9:16", 8, "480p"),
        ("1:1", 5, "480p"),
    ]
    back = await choose(house, slot, "Shape", "not set")
    assert "Shape: the first picture's, else 16:9\n" in back


async def test_what_is_set_is_told_by_its_bold_words_and_no_line_says_that_it_is_not(house: House) -> None:
    slot = await opened(house)
    fresh = (await house.shown(slot))["text"]
    assert "Nothing is set yet; this is what holds." in fresh
    assert ("not set" in fresh, fresh.count("<b>")) == (False, 1)
    chosen = await choose(house, slot, "Shape", "9:16")
    assert "What is set is <b>bold</b>." in chosen
    assert ("not set" in chosen, chosen.count("<b>")) == (False, 3)
    await house.press(await house.button("Seconds", slot))
    assert "5 s (not set)" in (await house.shown(slot))["text"]
    assert "✓ not set" in await house.words(slot)


async def test_only_what_there_is_can_be_chosen(house: House) -> None:
    slot = await opened(house)
    await house.press(await house.button("Resolution", slot))
    assert (await house.words(slot))[:-2] == ["480p", "720p", "1080p", "4k"]
    await house.press(await house.button("‹ Back", slot))
    await house.press(await house.button("Model", slot))
    assert (await house.words(slot))[0].startswith("Seedance")


async def test_the_threshold_decides_what_starts_without_a_tap(house: House) -> None:
    await choose(house, await opened(house), "Ask above", "$0.50")
    await house.hear("a dog", source=Source.COMMAND)
    assert await house.jobs() == []
    assert any(words.startswith("▶") for words in await house.words("request:1"))


async def test_a_chat_s_settings_are_its_administrators(house: House) -> None:
    await house.run("settings", user=ANN, chat=LAB)
    assert await house.value("SELECT count(*) FROM outbox WHERE slot LIKE 'settings:%'") == 0
    await administrate(house)
    slot = await opened(house, chat=LAB)
    assert "When stuck" not in await house.words(slot)
    await choose(house, slot, "Resolution", "480p", chat=LAB)
    spec = json.loads((await ask(house, "a dog", chat=LAB, user=BOB))["spec"])
    louder = json.loads((await ask(house, "a dog 720p", chat=LAB, user=BOB))["spec"])
    assert (spec["resolution"], louder["resolution"]) == ("480p", "720p")


async def test_what_a_chat_holds_is_held_whatever_is_said_and_told(house: House) -> None:
    await administrate(house)
    slot = await opened(house, chat=LAB)
    await choose(house, slot, "Resolution", "480p", chat=LAB)
    assert "480p</b> 🔒" in await choose(house, slot, "Resolution", "🔒 Hold", chat=LAB)
    await house.hear("a dog 1080p", source=Source.COMMAND, chat=LAB, user=BOB)
    assert await house.jobs() == []
    shown = (await house.shown("request:1"))["text"]
    assert "Only 480p is made here" in shown
    assert "· 480p ·" in shown


async def test_a_panel_is_not_for_who_administrates_no_more(house: House) -> None:
    await administrate(house)
    slot = await opened(house, chat=LAB)
    await admins.keep(house.env, LAB, [], house.clock[0])
    assert await house.press(await house.button("Resolution", slot), chat=LAB)
    assert "Resolution" in await house.words(slot)


async def test_in_quiet_hours_nothing_makes_a_sound_in_one_s_own_zone(house: House) -> None:
    slot = await opened(house)
    await choose(house, slot, "Time zone", "Asia/Tokyo")
    await choose(house, slot, "Quiet hours", "22:00–07:00")
    midnight = house.clock[0] - house.clock[0] % 86_400_000
    for hour_utc, is_silent in ((14, True), (21, True), (23, False)):
        house.clock[0] = midnight + hour_utc * 3_600_000
        await house.run("help", user=ANN)
        assert (await house.shown())["silent"] is is_silent, hour_utc
    await house.run("help", user=BOB)
    assert (await house.shown())["silent"] is False


async def test_who_chooses_quiet_hours_is_told_by_whose_clock_they_count(house: House) -> None:
    slot = await opened(house)
    await house.press(await house.button("Quiet hours", slot))
    assert "make no sound. They count by UTC; “Time zone” changes that." in (await house.shown(slot))["text"]
    await choose(house, slot, "‹ Back", "Time zone")
    await house.press(await house.button("Asia/Tokyo", slot))
    await house.press(await house.button("Quiet hours", slot))
    assert "They count by Asia/Tokyo;" in (await house.shown(slot))["text"]


async def test_a_zone_is_told_in_words_and_moments_are_in_it(house: House) -> None:
    slot = await opened(house)
    await house.press(await house.button("Time zone", slot))
    await house.press(await house.button("Another", slot))
    before = await house.value("SELECT count(*) FROM outbox WHERE kind = 'text'")
    await answer(house, "the moon")
    (again,) = await house.rows(
        "SELECT payload FROM outbox WHERE kind = 'text' ORDER BY id LIMIT -1 OFFSET :n", n=before
    )
    assert "I don't know that time zone. Write it like Europe/Berlin." in str(again["payload"])
    await answer(house, "America/Bogota")
    assert "America/Bogota" in (await house.shown(slot))["text"]
    await house.run("balance", user=ANN)
    assert "Bogot" in (await house.shown())["text"]


async def test_one_s_own_zone_tells_times_and_opens_no_second_day(house: House) -> None:
    house.env = replace(house.env, policy=replace(house.env.policy, user_requests_per_day=1))
    house.clock[0] += 15 * HOUR_MS - house.clock[0] % DAY_MS  # 15:00 UTC: tomorrow in Tokyo
    await house.hear("a dog", source=Source.COMMAND)
    assert "Your own limits count by UTC, where days begin at 00:00" in (await house.shown(await opened(house)))["text"]
    told = []
    for zone in ("Asia/Tokyo", "America/Los_Angeles", "not set"):
        text = await choose(house, await opened(house), "Time zone", zone)
        assert "count by UTC" in text
        await house.sender_is_done()
        await house.hear("a cat", source=Source.COMMAND)
        told.append((await house.shown())["text"])
    assert len(await house.jobs()) == 1
    assert [text.partition("ones ")[2].removesuffix(" Nothing was charged.") for text in told] == [
        "Sat 16 Jan 09:00 (Tokyo).",
        "Fri 15 Jan 16:00 (Los Angeles).",
        "Sat 16 Jan 00:00 (UTC).",
    ]


async def test_the_hours_of_a_limit_are_told_in_the_reader_s_zone(house: House) -> None:
    await administrate(house)
    await house.run("quota", "hours=9-23", ANN, chat=LAB)
    await choose(house, await opened(house), "Time zone", "Asia/Kolkata")
    house.clock[0] += 2 * HOUR_MS - house.clock[0] % DAY_MS
    await house.hear("a dog", chat=LAB, source=Source.COMMAND)
    assert "from 14:30 to 04:30 (Kolkata). Next time: Fri 15 Jan 14:30 (Kolkata)" in (await house.shown())["text"]


async def test_a_group_is_told_times_in_its_zone_and_by_which_its_limits_count(house: House) -> None:
    await administrate(house)
    await house.run("clock", "Europe/Berlin 4", chat=LAB)
    slot = await opened(house, chat=LAB)
    assert "Limits here count by Europe/Berlin, where days begin at 04:00" in (await house.shown(slot))["text"]
    assert "count by Europe/Berlin" in await choose(house, slot, "Time zone", "Asia/Tokyo", chat=LAB)
    await house.run("audit", "", ANN, chat=LAB)
    assert "(Tokyo)" in (await house.shown())["text"]


async def answer(house: House, words: str, **values: Any) -> None:
    """Replies to the newest question, as the sender would have put it into the chat."""
    house.updates += 1
    message_id = house.updates
    slot = await house.value("SELECT slot FROM questions ORDER BY id DESC")
    await house.rows(
        "INSERT INTO cards (chat_id, slot, message_id) VALUES (1, :slot, :message)", slot=slot, message=message_id
    )
    await house.sender_is_done()
    await house.hear(None, words=words, reply=HeardReply(message_id=message_id, to_bot=True), **values)


async def test_a_group_s_language_is_that_of_those_who_chose_none(house: House) -> None:
    await administrate(house)
    await choose(house, await opened(house, chat=LAB), "Language", "Русский", chat=LAB)
    await house.run("jobs", user=BOB, chat=LAB)
    slot = await house.value("SELECT slot FROM outbox WHERE slot LIKE 'jobs:%'")
    assert "Видео пока нет" in (await house.shown(slot))["text"]
    await house.run("help", user=BOB)
    assert "How to ask" in (await house.shown())["text"]


async def failed(house: House, key: str, *, overdue: bool = True) -> None:
    await fail(house, await running(house), key, overdue=overdue)


async def fail(house: House, one: Held, key: str, *, overdue: bool = True) -> None:
    if overdue:
        house.later(s=400)
    fresh = replace(one, row=(await house.jobs())[-1])
    await lifecycle.apply(house.env, fresh, Fail(key))


async def test_after_a_stuck_job_that_is_over_a_smaller_one_is_offered(house: House) -> None:
    await failed(house, "output-unreadable")
    assert [words.partition(":")[0] for words in await house.words()] == ["480p · 5 s", "↻ Again"]
    await house.press(await house.button("480p", None))
    assert [json.loads(job["spec"])["resolution"] for job in await house.jobs()] == ["720p", "480p"]


@pytest.mark.parametrize(("key", "overdue"), [("deadline", True), ("output-unreadable", False), ("refused-text", True)])
async def test_nothing_smaller_is_offered_where_it_would_not_help(house: House, key: str, *, overdue: bool) -> None:
    await failed(house, key, overdue=overdue)
    assert await house.words() == ["✏️ Edit the words" if key == "refused-text" else "↻ Again"]


async def test_who_chose_so_gets_the_smaller_one_at_once(house: House) -> None:
    await choose(house, await opened(house), "When stuck", "make a smaller")
    await failed(house, "output-unreadable")
    first, second = await house.jobs()
    assert (first["state"], second["state"], second["parent_job_id"]) == ("FAILED", "QUEUED", first["id"])
    assert json.loads(second["spec"])["resolution"] == "480p"
    assert (await held(house)).id == second["id"]
    said = [row["payload"] for row in await house.rows("SELECT payload FROM outbox WHERE payload LIKE '%charged%'")]
    assert len(said) == 1
    assert "again smaller: 480p, 5 s, $0.35." in said[0].replace("\\u00a0", " ").replace("\u00a0", " ")


async def test_who_chose_so_and_may_make_no_more_is_told_that_the_first_failed(house: House) -> None:
    await choose(house, await opened(house), "When stuck", "make a smaller")
    one = await running(house)
    house.env = replace(house.env, policy=replace(house.env.policy, user_requests_per_day=0))
    await fail(house, one, "output-unreadable")
    assert len(await house.jobs()) == 1
    assert await house.value("SELECT count(*) FROM outbox WHERE payload LIKE '%again smaller%'") == 0
    assert "↻ Again" in await house.words()


async def test_none_is_made_of_words_that_were_refused_meanwhile(house: House) -> None:
    await choose(house, await opened(house), "When stuck", "make a smaller")
    one = await running(house)
    await house.run("words", "add dog")
    await fail(house, one, "output-unreadable")
    assert len(await house.jobs()) == 1


async def test_what_changes_for_a_whole_chat_is_in_its_audit(house: House) -> None:
    await administrate(house)
    slot = await opened(house, chat=LAB)
    for value in ("480p", "🔒", "✓ 480p", "not set"):
        await choose(house, slot, "Resolution", value, chat=LAB)
    await choose(house, slot, "Time zone", "Another", chat=LAB)
    await answer(house, "America/Bogota", chat=LAB)
    await choose(house, slot, "Quiet", "22:00", chat=LAB)
    await choose(house, await opened(house), "Resolution", "480p")
    await choose(house, slot, "Language", "English", chat=LAB)
    await house.run("audit", user=ANN, chat=LAB)
    lines = [line.partition(" · ")[2] for line in (await house.shown())["text"].splitlines()[1:]]
    assert lines == [
        "Ann: setting · Language: English",
        "Ann: setting · Quiet hours: 22:00–07:00",
        "Ann: setting · Time zone: America/Bogota",
        "Ann: setting · Resolution: not set",
        "Ann: setting · Resolution: held whatever is said",
        "Ann: setting · Resolution: 480p",
    ]
