"""A request over its chat's limits, laid before the moderators: asked once, answered once, and only for what it was."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.money import usd
from bot.core.request import VideoSpec
from bot.core.variants import Variant
from bot.services import admins, again, approving
from bot.services.directory import ChatRef, UserRef, person_by_id
from bot.services.heard import HeardReply, Source
from tests.services.house import ANN, BOB, LAB, House, opened, photo

MOD = UserRef(5, "Mo", "mo", "en")
ELSEWHERE = ChatRef(-200, "supergroup", "Bob's own")
WORDS = "a dog runs 9:16"
HOUR_S = 3_600


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[House]:
    """A group that Mo administrates: one video a day each."""
    async with opened(tmp_path, operator_ids=frozenset()) as house:
        await known(house)
        await house.run("quota", "1/day", MOD, chat=LAB)
        yield house


async def known(house: House, chat: ChatRef = LAB, *people: UserRef) -> None:
    """Telegram names the administrators."""
    await admins.keep(house.env, chat, people or [MOD], house.clock[0])


async def ask_video(house: House, words: str = WORDS, user: UserRef = BOB, **values: Any) -> str:
    """The slot of the request's card."""
    await house.hear(words, user=user, chat=LAB, source=Source.COMMAND, **values)
    newest = await house.value("SELECT max(id) FROM requests")
    return f"request:{newest}"


async def over(house: House, words: str = WORDS) -> str:
    """A request that the limit refuses: one video was made before; the slot of its card."""
    if not await house.jobs():
        await ask_video(house)
    return await ask_video(house, words)


async def asked(house: House, words: str = WORDS) -> str:
    """The slot of the moderators' card."""
    slot = await over(house, words)
    assert await house.press(await house.button("Ask a moderator", slot), BOB, LAB) == "The moderators are asked."
    await house.sender_is_done()
    newest = await house.value("SELECT max(id) FROM approvals")
    return f"approval:{newest}"


async def answer(house: House, slot: str, words: str, by: UserRef = MOD, chat: ChatRef = LAB) -> str | None:
    await known(house)
    return await house.press(await house.button(words, slot), by, chat)


async def states(house: House) -> list[str]:
    return [row["state"] for row in await house.rows("SELECT state FROM approvals ORDER BY id")]


async def audit(house: House) -> list[tuple[str, Any]]:
    rows = await house.rows("SELECT action, data FROM audit WHERE chat_id IS NOT NULL ORDER BY id")
    return [(row["action"], json.loads(row["data"]).get("user")) for row in rows]


async def test_what_is_allowed_once_starts_and_only_once(lab: House) -> None:
    slot = await asked(lab)
    card = await lab.shown(slot)
    assert "<b>Bob</b> asks the moderators" in card["text"]
    assert "Bob: 1 video a day" in card["text"]
    assert await lab.words(slot) == ["Allow once", "Raise to 2 a day", "Refuse"]
    allow = await lab.button("Allow once", slot)
    assert await answer(lab, slot, "Allow once") is None
    assert len(await lab.jobs()) == 2
    assert (await lab.shown())["text"] == "A moderator allowed this once."
    assert "✔ Allowed once, until tomorrow" in (await lab.shown(slot))["text"]
    assert await lab.press(allow, MOD, LAB) == "This was answered already."
    assert len(await lab.jobs()) == 2
    assert ("allow-once", 2) in await audit(lab)
    fresh = await ask_video(lab)
    assert (len(await lab.jobs()), await lab.words(fresh)) == (2, ["Ask a moderator"])


async def test_raising_sets_the_askers_limit_with_a_way_back(lab: House) -> None:
    slot = await asked(lab)
    assert await answer(lab, slot, "Raise") is None
    assert len(await lab.jobs()) == 2
    kept = await lab.rows("SELECT member_id, value FROM limits WHERE member_id > 0")
    assert [row["value"] for row in kept] == [2]
    assert "Bob: 2 videos a day." in (await lab.shown(slot))["text"]
    assert (await lab.shown())["text"] == "A moderator raised your limit here: 2 videos a day."
    await lab.press(await lab.button("Undo", slot), MOD, LAB)
    assert await lab.rows("SELECT * FROM limits WHERE member_id > 0") == []


async def test_a_refusal_and_silence_tell_the_asker_and_start_nothing(lab: House) -> None:
    slot = await asked(lab)
    assert await answer(lab, slot, "Refuse") is None
    assert "said no" in (await lab.shown())["text"]
    late = await asked(lab)
    lab.later(s=24 * HOUR_S)
    assert await approving.lapse_overdue(lab.env) == 1
    assert "did not answer in time" in (await lab.shown())["text"]
    assert await answer_of_old(lab, late) == "This was answered already."
    assert await states(lab) == ["refused", "lapsed"]
    assert len(await lab.jobs()) == 1, "a new day lets it start by a tap alone"
    assert (await lab.words("request:3"))[0].startswith("▶")


async def answer_of_old(house: House, slot: str) -> str | None:
    await known(house)
    nonce = await house.value(
        "SELECT nonce FROM buttons WHERE slot = :slot AND action = 'approve-allow' ORDER BY rowid DESC", slot=slot
    )
    return await house.press(nonce, MOD, LAB)


async def test_a_press_after_the_deadline_decides_nothing(lab: House) -> None:
    slot = await asked(lab)
    lab.later(s=24 * HOUR_S)
    assert await answer(lab, slot, "Allow once") == "This was answered already."
    assert (await states(lab), len(await lab.jobs())) == (["lapsed"], 1)


async def test_what_was_changed_is_not_what_was_asked(lab: House) -> None:
    slot = await asked(lab)
    row = await lab.value("SELECT message_id FROM requests ORDER BY id DESC LIMIT 1")
    await lab.hear("a dog runs 9:16 15s", user=BOB, chat=LAB, source=Source.COMMAND, edited=True, message_id=row)
    assert await states(lab) == ["withdrawn"]
    assert "changed or taken back" in (await lab.shown(slot))["text"]
    assert await lab.words("request:2") == ["Ask a moderator"], "what it is now may be asked anew"


async def edited(house: House, words: str) -> None:
    """Bob changes the words of his newest request."""
    row = await house.value("SELECT message_id FROM requests ORDER BY id DESC LIMIT 1")
    await house.hear(words, user=BOB, chat=LAB, source=Source.COMMAND, edited=True, message_id=row)


@pytest.mark.parametrize("how", ["refused", "lapsed"])
async def test_what_was_refused_is_asked_again_only_as_another_order(lab: House, how: str) -> None:
    slot = await asked(lab)
    await turned_down(lab, slot, how)
    assert "Ask a moderator" not in await lab.words("request:2")
    await edited(lab, "a dog runs 9:16 480p")
    assert await lab.words("request:2") == ["Ask a moderator"]
    ask = await lab.button("Ask a moderator", "request:2")
    assert await lab.press(ask, BOB, LAB) == "The moderators are asked."
    assert await lab.press(ask, BOB, LAB) == "The moderators were asked about this already."
    await lab.sender_is_done()
    await turned_down(lab, "approval:2", how)
    await edited(lab, WORDS)
    assert "Ask a moderator" not in await lab.words("request:2")
    assert await lab.press(ask, BOB, LAB) == "The moderators were asked about this already."
    assert await states(lab) == [how, how]


async def turned_down(house: House, slot: str, how: str) -> None:
    """By a moderator, or by nobody's answer; on the same day, so that the limit stands in the way as before."""
    if how == "refused":
        assert await answer(house, slot, "Refuse") is None
    else:
        await house.rows("UPDATE approvals SET expires_at = 0 WHERE state = 'open'")
        assert await approving.lapse_overdue(house.env) == 1
    await house.sender_is_done()


async def test_an_edit_after_the_answer_takes_the_permission_with_it(lab: House) -> None:
    await ask_video(lab)
    await lab.rows("UPDATE users SET confirm_above_microusd = 0")  # from now on Bob taps ▶ for everything
    slot = await asked(lab)
    await answer(lab, slot, "Allow once")
    start = await lab.button("▶")
    row = await lab.value("SELECT message_id FROM requests ORDER BY id DESC LIMIT 1")
    await lab.hear("a dog runs 9:16 15s 1080p", user=BOB, chat=LAB, source=Source.COMMAND, edited=True, message_id=row)
    await lab.press(start, BOB, LAB)
    assert len(await lab.jobs()) == 1
    assert await lab.words("request:2") == ["Ask a moderator"], "what it is now may be asked for anew"


async def test_who_confirms_everything_gets_a_button_with_the_permission(lab: House) -> None:
    await ask_video(lab)
    await lab.rows("UPDATE users SET confirm_above_microusd = 0")
    slot = await asked(lab)
    await answer(lab, slot, "Allow once")
    assert len(await lab.jobs()) == 1
    await lab.press(await lab.button("▶"), BOB, LAB)
    assert len(await lab.jobs()) == 2


async def test_nobody_floods_the_moderators(lab: House) -> None:
    for _ in range(3):
        await asked(lab)
    fourth = await over(lab)
    nonce = await lab.button("Ask a moderator", fourth)
    assert "several times already" in str(await lab.press(nonce, BOB, LAB))
    await answer(lab, "approval:1", "Refuse")
    assert await lab.press(nonce, BOB, LAB) == "The moderators are asked."
    assert await states(lab) == ["refused", "open", "open", "open"]


@pytest.mark.parametrize(
    ("by", "chat", "toast"),
    [
        (ANN, LAB, "Only this chat's administrators may do that."),
        (BOB, LAB, "Only this chat's administrators may do that."),
        (BOB, ELSEWHERE, "Only this chat's administrators may do that."),
    ],
    ids=["a member", "the asker", "in a group of their own"],
)
async def test_who_does_not_administrate_the_chat_answers_nothing(
    lab: House, by: UserRef, chat: ChatRef, toast: str
) -> None:
    slot = await asked(lab)
    await known(lab, ELSEWHERE, BOB)
    assert await answer(lab, slot, "Allow once", by, chat) == toast
    assert (await states(lab), len(await lab.jobs())) == (["open"], 1)
    assert await answer(lab, slot, "Allow once") is None, "a stranger's press uses no button up"
    assert len(await lab.jobs()) == 2


async def test_an_answer_lifts_nothing_that_the_askers_own_account_does_not_cover(lab: House) -> None:
    slot = await asked(lab)
    await lab.rows(
        "INSERT INTO limits (scope, scope_id, measure, period, value, lift, updated_at)"
        " SELECT 'user', id, 'money', 'month', 100, 'operator', 0 FROM users WHERE name = 'Bob'"
    )
    for words in ("Allow once", "Raise"):
        assert "does not cover" in str(await answer(lab, slot, words))
    assert (await states(lab), len(await lab.jobs())) == (["open"], 1)
    assert await lab.rows("SELECT * FROM passes") == []
    other = await over(lab)
    assert "Ask a moderator" not in await lab.words(other), "an operator's limit stands in the way"


async def test_who_was_blocked_meanwhile_gets_nothing(lab: House) -> None:
    slot = await asked(lab)
    await lab.run("block", "@bob", MOD, chat=LAB)
    assert "may not make videos here" in str(await answer(lab, slot, "Allow once"))
    assert len(await lab.jobs()) == 1


@pytest.mark.parametrize(
    ("order", "words", "line", "raises"),
    [
        ("$0.5/week", WORDS, "• Bob: $0.50 a week, $0.26 over", "Raise to $1.00 a week"),
        ("job=$0.5", WORDS, "• Bob: at most $0.50 a video, $0.26 over", "Raise to $1.00 a video"),
        ("res=480p", WORDS, "Bob: up to 480p", "Raise to 720p"),
        ("sec=4", WORDS, "Bob: up to 4 s", "Raise to 5 s"),
        ("model=seedance-2.0-fast", WORDS, "Bob: only seedance-2.0-fast", "Allow Seedance 2.0 fast, Seedance 2.0"),
        ("0", WORDS, "Bob: videos a day: none", "Raise to 1 a day"),
        ("hours=9-10", WORDS, "Bob: from 09:00 to 10:00", None),
        ("chat 0", WORDS, "The group: videos a day: none", None),
        ("chat $0.5/week", WORDS, "• The group: $0.50 a week, $0.26 over", None),
    ],
)
async def test_every_kind_of_limit_can_be_asked_about(
    tmp_path: Path, order: str, words: str, line: str, raises: str | None
) -> None:
    async with opened(tmp_path, operator_ids=frozenset()) as house:
        await known(house)
        await house.run("quota", order, MOD, chat=LAB)
        slot = await ask_video(house, words)
        assert "broke" not in (await house.shown(slot))["text"]
        await house.press(await house.button("Ask a moderator", slot), BOB, LAB)
        assert line in (await house.shown("approval:1"))["text"]
        offered = [word for word in await house.words("approval:1") if word.startswith(("Raise", "Allow Seed"))]
        assert offered == ([raises] if raises else [])
        for answered in [raises or "Allow once"]:
            assert await answer(house, "approval:1", answered) is None
        assert len(await house.jobs()) == 1


async def test_a_raise_never_goes_above_the_operators_ceiling(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await known(house)
        await house.run("quota", "$0.5/week", MOD, chat=LAB)
        await house.rows(
            "INSERT INTO ceilings (chat_id, scope, measure, period, value, updated_at)"
            " SELECT id, 'member', 'money', 'week', :most, 0 FROM chats WHERE kind = 'supergroup'",
            most=usd("0.8"),
        )
        slot = await ask_video(house)
        await house.press(await house.button("Ask a moderator", slot), BOB, LAB)
        assert await house.words("approval:1") == ["Allow once", "Raise to $0.76 a week", "Refuse"]


async def test_two_limits_at_once_can_only_be_allowed_and_each_has_its_line(lab: House) -> None:
    await lab.run("quota", "sec=4", MOD, chat=LAB)
    slot = await asked_without_a_video(lab)
    lines = (await lab.shown(slot))["text"].splitlines()
    assert lines[:-1] == [
        "<b>Bob</b> asks the moderators for a video: $0.76",
        "“<i>a dog runs</i>”",
        "Seedance 2.0 · 9:16 · 5 s · 720p",
        "",
        "2 limits are in the way:",
        "• Bob: 1 video a day",
        "• Bob: up to 4 s",
        "",
    ]
    assert lines[-1].startswith("Please answer by")


async def asked_without_a_video(house: House) -> str:
    slot = await ask_video(house, "a dog runs 9:16 4s")
    slot = await ask_video(house)
    await house.press(await house.button("Ask a moderator", slot), BOB, LAB)
    assert await house.words("approval:1") == ["Allow once", "Refuse"]
    return "approval:1"


async def test_the_card_speaks_the_moderators_language(tmp_path: Path) -> None:
    async with opened(tmp_path, operator_ids=frozenset()) as house:
        await known(house, LAB, UserRef(5, "Mo", "mo", "ru"))
        await house.run("quota", "0", UserRef(5, "Mo", "mo", "ru"), chat=LAB)
        slot = await ask_video(house)
        await house.press(await house.button("Ask a moderator", slot), BOB, LAB)
        assert "просит у модераторов видео: $0,76" in (await house.shown("approval:1"))["text"]
        assert "The moderators are asked" in (await house.shown(slot))["text"]


async def test_questions_go_to_the_topic_that_the_moderators_chose(lab: House) -> None:
    topic = ChatRef(LAB.telegram_id, "supergroup", LAB.title, thread_id=77)
    places: list[Any] = []
    for words, chat in (("here", topic), ("", LAB), ("off", LAB)):
        await lab.run("moderators", words, MOD, chat=chat)
        slot = await asked(lab)
        places.append(await lab.value("SELECT topic_id FROM outbox WHERE slot = :slot", slot=slot))
    assert places == [1, 1, None]
    await lab.run("moderators", user=ANN, chat=LAB)
    assert (await lab.shown())["text"] == "Only this chat's administrators may do that."
    assert [action for action, _ in await audit(lab) if action.startswith("moderators")] == [
        "moderators-here",
        "moderators-off",
    ]


@pytest.mark.parametrize(
    "variant", [Variant(), Variant(new_seed=True), Variant(ratio="1:1")], ids=["again", "new seed", "another shape"]
)
async def test_a_repeat_over_the_limit_is_laid_before_the_moderators_and_starts_after_it(
    lab: House, variant: Variant
) -> None:
    await ask_video(lab, "@image1 runs --seed 7", reply=HeardReply(3, photo(3)))
    (first,) = await lab.jobs()
    bob = await lab.store.transact(lambda tx: person_by_id(lab.env, tx, first["user_id"]))
    assert await lab.store.transact(lambda tx: again.make(lab.env, tx, bob, first, variant)) is None
    refusal = await lab.words()
    assert (len(refusal), refusal[-1]) == (2, "Ask a moderator"), "and the same button for later"
    assert await lab.press(await lab.button("Ask a moderator"), BOB, LAB) == "The moderators are asked."
    assert "@image1 runs" in (await lab.shown("approval:1"))["text"]
    await lab.sender_is_done()
    assert await answer(lab, "approval:1", "Allow once") is None
    assert len(await lab.jobs()) == 1, "a button's request starts by a tap"
    assert await lab.press(await lab.button("▶"), BOB, LAB) is None
    one, other = [VideoSpec.from_json(job["spec"]) for job in await lab.jobs()]
    assert (await lab.jobs())[1]["parent_job_id"] == first["id"]
    assert (one.seed == other.seed) is not variant.new_seed
    shape = variant.ratio or one.ratio
    assert replace(one, ratio=shape, width=other.width, height=other.height, seed=other.seed) == other
    assert other.ratio == shape
