"""What stories do not reach: replays, holds that were lost, buttons whose job is gone, limits without a way out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.catalog import Catalog, Usage
from bot.core.changes import Changes
from bot.core.errors import Defect
from bot.core.money import usd
from bot.core.variants import Variant
from bot.services import (
    accounts,
    again,
    asking,
    commands,
    delivery,
    directory,
    groups,
    inbox,
    operating,
    planning,
    presses,
    say,
    secrets,
    submission,
)
from bot.services.delivery import Collected, KeptFile
from bot.services.directory import ChatRef, Person, Place, UserRef
from bot.services.heard import Asked, Heard, Pressed, Source
from bot.storage.base import Transaction
from tests.services.hands import ask, running
from tests.services.house import ANN, AT_ANNS, BOB, LAB, MIA, START_MS, House, opened, photo

INFO = json.dumps({"width": 1280, "height": 720, "duration_ms": 5_000, "size_bytes": 5})
FILE = KeptFile("jobs/1/output.mp4", 5, "abc", INFO)
OUTPUT = Collected(Usage(tokens=108_900), {}, FILE, FILE, FILE)
NOON_MS = 1_800_014_400_000


async def who(house: House) -> tuple[Person, Place]:
    """Ann in her private chat."""
    return await house.store.transact(lambda tx: directory.see(house.env, tx, ANN, AT_ANNS))


async def test_whatever_is_replayed_does_nothing_the_second_time(house: House) -> None:
    heard = Heard(5, ANN, AT_ANNS, 5, "a dog", Source.COMMAND)
    asked = Asked(6, ANN, AT_ANNS, 6)
    pressed = Pressed(7, ANN, AT_ANNS, 5, "none")
    await inbox.keep(house.store, [inbox.Arrival(number, "lane", "{}") for number in range(5, 11)], START_MS)
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: asking.hear(house.env, heard),
        lambda: commands.run(house.env, "help", asked),
        lambda: presses.press(house.env, pressed),
        lambda: groups.explain_anonymous(house.env, replace(asked, update_id=8, chat=LAB)),
        lambda: groups.member_left(house.env, 9, BOB, LAB),
        lambda: groups.reachable(house.env, 10, LAB),
    ]
    for act in acts:
        await act()
    first = await house.value("SELECT count(*) FROM outbox")
    for act in acts:
        assert await act() is None
    assert await house.value("SELECT count(*) FROM outbox") == first
    assert len(await house.jobs()) == 1


async def test_a_message_asks_once_even_under_another_update(house: House) -> None:
    await house.hear("a dog", source=Source.COMMAND, message_id=900)
    await house.hear("a dog", source=Source.COMMAND, message_id=900)
    assert len(await house.jobs()) == 1


async def test_a_group_that_nobody_knows_migrates_to_nothing(house: House) -> None:
    await inbox.keep(house.store, [inbox.Arrival(5, "lane", "{}")], START_MS)
    await groups.migrate(house.env, 5, -5, -1005)
    await groups.migrate(house.env, 5, -5, -1005)
    assert await house.value("SELECT count(*) FROM audit") == 0


async def test_a_migration_of_which_both_groups_tell_is_in_the_audit_once(house: House) -> None:
    await house.run("help", chat=ChatRef(-5, "group", "Lab"))
    for _ in range(2):
        await groups.migrate(house.env, await house.arrived(), -5, -1005)
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'migrated'") == 1


async def test_an_anonymous_administrator_is_told_what_administrators_do(house: House) -> None:
    for as_group in (False, True):
        await house.run("help", user=BOB, chat=LAB, as_group=as_group)
        assert ("For this chat's administrators" in (await house.shown())["text"]) is as_group


async def test_a_defect_of_ours_is_said_in_one_sentence_once(house: House) -> None:
    for _ in range(2):
        await groups.apologise(house.env, ANN, AT_ANNS, 5, 5)
    assert await house.value("SELECT count(*) FROM outbox") == 1
    assert "Something went wrong" in (await house.shown())["text"]


async def test_a_video_of_a_job_that_nobody_knows_arrives_in_silence(house: House) -> None:
    async def use_case(tx: Transaction) -> None:
        await delivery.arrived(house.env, tx, 9, 1, 5, "F")
        await delivery.maybe_arrived(house.env, tx, 1, 9, 1)
        await delivery.refused(house.env, tx, 9, 1, 1)

    await house.store.transact(use_case)
    assert await house.value("SELECT count(*) FROM outbox") == 0


async def test_a_copy_elsewhere_that_may_not_have_come_leaves_the_card_at_home(house: House) -> None:
    await ask(house, chat=LAB)
    await who(house)
    private = await house.value("SELECT id FROM chats WHERE kind = 'private'")

    async def use_case(tx: Transaction) -> None:
        await delivery.maybe_arrived(house.env, tx, 5, 1, private)
        await delivery.refused(house.env, tx, 1, 6, private)

    await house.store.transact(use_case)
    told = await house.rows("SELECT * FROM outbox WHERE once IS NOT NULL ORDER BY id")
    assert [row["chat_id"] for row in told] == [private, private]
    assert [json.loads(row["payload"])["reply_to"] for row in told] == [None, None]
    assert await house.value("SELECT count(*) FROM outbox WHERE kind = 'remove'") == 0


async def test_buttons_whose_job_is_gone_or_whose_meaning_nobody_knows_are_answered(house: House) -> None:
    await who(house)
    actions = ("cancel", "again", "seed", "details", "redeliver", "original")
    for action in (*actions, "dance"):
        await house.rows(
            "INSERT INTO buttons (nonce, user_id, action, data, expires_at) VALUES (:n, NULL, :a, :d, :e)",
            n=action,
            a=action,
            d='{"job": 999}',
            e=START_MS * 2,
        )
    gone = house.env.texts.plain("en", "receipt-none")
    assert [await house.press(action) for action in actions] == [gone] * len(actions)
    assert await house.press("dance") == house.env.texts.plain("en", "button-old")


async def test_requests_that_are_gone_are_answered(house: House) -> None:
    ann, _ = await who(house)

    async def use_case(tx: Transaction) -> list[str | None]:
        return [
            await submission.start(house.env, tx, ann, 999, ""),
            await submission.mend(house.env, tx, ann, 999, "set_ratio", {"ratio": "1:1"}),
            await submission.discard(house.env, tx, ann, 999),
        ]

    assert await house.store.transact(use_case) == ["button-used"] * 3
    assert (
        await house.store.transact(lambda tx: delivery.redeliver(house.env, tx, ann, _, 999, "p", "video")) is not None
    )


async def test_a_card_that_was_thrown_away_starts_nothing(house: House) -> None:
    await house.hear("a dog")
    start, cross = await house.button("▶", "request:1"), await house.button("✕", "request:1")
    assert await house.press(cross) is None
    assert await house.press(start) == "Already done."
    assert await house.jobs() == []


async def test_a_link_is_a_button_that_needs_no_press(house: House) -> None:
    ann, place = await who(house)
    rows: say.Rows = [
        [say.Link("Open", "https://example.org"), say.Button("Press", "details", {"job": 1}, for_all=True)]
    ]
    await house.store.transact(lambda tx: say.message(house.env, tx, place, "x", person=ann, buttons=rows))
    link, button = (await house.shown())["buttons"][0]
    assert link == {"text": "Open", "url": "https://example.org"}
    assert await house.value("SELECT user_id FROM buttons WHERE nonce = :n", n=button["nonce"]) is None


async def test_when_nothing_fits_the_limit_is_told_without_a_button(tmp_path: Path) -> None:
    async with opened(tmp_path, user_microusd_per_month=usd("0.01")) as house:
        await house.hear("a dog", source=Source.COMMAND)
        assert "you have $0.01 left" in (await house.shown("request:1"))["text"]
        assert await house.words("request:1") == []


async def test_zero_forbids(tmp_path: Path) -> None:
    async with opened(tmp_path, user_requests_per_day=0) as house:
        await house.hear("a dog", source=Source.COMMAND)
        assert "switched off" in (await house.shown("request:1"))["text"]
        assert await house.jobs() == []


async def test_a_job_at_midnight_gives_back_what_it_took(house: House) -> None:
    """The clock goes on while the request is taken; every count comes back to the day that it was taken from."""
    midnight = START_MS - START_MS % 86_400_000 + 86_400_000
    house.clock[0] = midnight - 3
    ticks = iter(range(1_000_000))
    house.env = replace(house.env, now_ms=lambda: house.clock[0] + next(ticks))
    await house.hear("a dog", source=Source.COMMAND)
    assert await house.press(await house.button("✕", "request:1")) is None
    assert [job["state"] for job in await house.jobs()] == ["CANCELLED"]
    assert await house.rows("SELECT * FROM counters WHERE value <> 0") == []


async def test_a_cancelled_job_in_the_list_can_be_made_again_and_has_a_receipt(house: House) -> None:
    await house.hear("a dog", source=Source.COMMAND)
    await house.press(await house.button("✕", "request:1"))
    await house.run("jobs", user=ANN)
    shown = await house.shown()
    assert "cancelled" in shown["text"]
    assert "$0.00" in shown["text"]
    words = [button["text"] for row in shown["buttons"] for button in row]
    assert words == ["↻ Again #H6CB", "🧾 #H6CB", "• All", "Running", "Finished", "Failed"]


@pytest.mark.parametrize(
    ("word", "amount"),
    [
        ("$5", 5_000_000),
        ("0,50", 500_000),
        ("5$", 5_000_000),
        ("0", None),
        ("100001", None),
        ("five", None),
        ("", None),
    ],
)
def test_amounts_are_read_as_people_write_them(word: str, amount: int | None) -> None:
    assert operating.amount_of(word) == amount


async def test_a_word_that_is_no_name_and_no_number_is_nobody(house: House) -> None:
    async def find(word: str) -> Person | None:
        return await house.store.transact(lambda tx: operating.find_person(house.env, tx, word))

    assert await find("ann") is None
    assert await find("-100123") is None
    made = await find("5551234")
    again = await find("5551234")
    assert made is not None
    assert made == again
    assert operating.shown_name(made) == "5551234"


async def test_ids_that_were_never_given_are_defects(house: House) -> None:
    with pytest.raises(Defect, match="unknown-user"):
        await house.store.transact(lambda tx: directory.person_by_id(house.env, tx, 99))
    with pytest.raises(Defect, match="unknown-chat"):
        await house.store.transact(lambda tx: directory.place_by_id(tx, 99, None))


async def test_the_blocked_may_ask_nothing_even_where_everybody_may(house: House) -> None:
    await who(house)
    await house.rows("UPDATE users SET blocked_at = 1")
    await house.hear("a dog", source=Source.COMMAND)
    assert await house.jobs() == []


async def test_a_secret_is_made_once(house: House) -> None:
    first = await secrets.secret(house.env, "links")
    assert await secrets.secret(house.env, "links") == first
    assert await secrets.secret(house.env, "webhook") != first
    assert len(first) == 43


async def test_a_person_in_a_group_without_money_pays_for_themselves(house: House) -> None:
    await house.run("balance", user=ANN, chat=ChatRef(-100, "supergroup", "Video lab"))
    assert "Your allowance: $50.00 left" in (await house.shown())["text"]


async def test_a_name_that_changes_is_brought_up_to_date(house: House) -> None:
    await who(house)
    renamed = UserRef(ANN.telegram_id, "Anna", "anna", "ru")
    person, _ = await house.store.transact(lambda tx: directory.see(house.env, tx, renamed, AT_ANNS))
    assert (person.name, person.language) == ("Anna", "ru")


async def test_an_item_of_an_album_that_comes_first_carries_no_words_yet(house: House) -> None:
    await house.hear(None, message_id=11, album_id="g", media=photo(11))
    await house.hear("they play", message_id=10, album_id="g", media=photo(10))
    house.later(s=5)
    assert await asking.settle_albums(house.env) == 1
    assert await asking.settle_albums(house.env) == 0
    (request,) = await house.rows("SELECT * FROM requests")
    assert (request["message_id"], request["text"], request["state"]) == (10, "they play", "draft")


async def test_operators_may_always_ask(tmp_path: Path) -> None:
    async with opened(tmp_path, open_access=False) as house:
        await house.hear("a dog", user=MIA, chat=ChatRef(MIA.telegram_id, "private", "Mia"), source=Source.COMMAND)
        assert len(await house.jobs()) == 1


async def test_an_edit_of_an_album_that_is_still_arriving_waits_with_it(house: House) -> None:
    await house.hear(None, message_id=10, album_id="g", media=photo(10))
    await house.hear(None, message_id=10, album_id="g", media=photo(99), edited=True)
    assert await house.value("SELECT state FROM requests") == "collecting"
    await house.hear("they play", message_id=10, album_id="g", media=photo(99), edited=True, source=Source.COMMAND)
    assert await house.value("SELECT state FROM requests") != "collecting"


async def test_a_model_that_is_gone_is_not_made_again(house: House) -> None:
    one = await running(house)
    ann, _ = await who(house)
    bare = replace(house.env, catalog=Catalog(()))
    toast = await house.store.transact(lambda tx: again.make(bare, tx, ann, one.row, Variant()))
    assert toast == "model-gone"


async def test_a_card_whose_model_is_gone_tells_so(house: House) -> None:
    await house.hear("a dog")
    shown = await house.value("SELECT data FROM buttons WHERE action = 'start'")
    ann, _ = await who(house)
    bare = replace(house.env, catalog=Catalog(()))
    data = json.loads(shown)
    await house.store.transact(lambda tx: submission.start(bare, tx, ann, data["request"], data["shown"]))
    assert "No video model is set up" in (await house.shown("request:1"))["text"]


async def test_a_request_is_taken_once(house: House) -> None:
    await house.hear("a dog", source=Source.COMMAND)
    ann, place = await who(house)

    async def use_case(tx: Transaction) -> None:
        row = await tx.one(submission.Q.get, id=1)
        assert row is not None
        made = planning.plan(house.env, "a dog", Changes(), [])
        standing = await accounts.standing(house.env, tx, ann, place)
        await submission.accept(house.env, tx, ann, place, row, made, standing)

    await house.store.transact(use_case)
    assert len(await house.jobs()) == 1
