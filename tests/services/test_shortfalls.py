"""Who lacks money, and which cards wait for it: the corners of what is offered and of what is shown anew."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest

from bot.core.errors import Defect
from bot.core.money import Microusd, usd
from bot.services import admins, payments, submission
from bot.services.directory import ChatRef, UserRef
from bot.services.heard import HeardReply, Source
from bot.services.payments import Charge
from bot.storage.base import Store, UseCase
from tests.services.house import ANN, AT_ANNS, BOB, LAB, MIA, House, opened, photo

STAR = Microusd(13_000)
START, AMOUNT = "▶", "⭐"
charges = itertools.count(1)
T = TypeVar("T")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[House]:
    """Nobody is given anything, Stars are sold; the group's pool holds ten cents, and Mia administrates."""
    async with opened(tmp_path, user_microusd_per_month=0, star_microusd=STAR) as house:
        await admins.keep(house.env, LAB, [MIA], house.clock[0])
        await house.run("grant", "$0.1", chat=LAB)
        yield house


async def ask(house: House, words: str = "a dog runs 9:16", user: UserRef = ANN, chat: ChatRef = AT_ANNS) -> str:
    """A request; the slot of its card."""
    await house.hear(words, user=user, chat=chat, source=Source.COMMAND)
    newest = await house.value("SELECT max(id) FROM requests")
    return f"request:{newest}"


async def sent(house: House, *slots: str) -> None:
    """These cards stand in their chats."""
    await house.sender_is_done()
    for number, slot in enumerate(slots, start=5_000):
        await house.rows(
            "INSERT INTO cards (chat_id, slot, message_id) SELECT chat_id, :slot, :id FROM requests"
            " WHERE 'request:' || id = :slot ON CONFLICT DO NOTHING",
            slot=slot,
            id=number,
        )


async def checked_out(house: House, stars: int = 100, user: UserRef = ANN, chat: ChatRef = AT_ANNS) -> Charge:
    """Stars that were paid, and of which the bot was not told yet."""
    await house.run("topup", str(stars), user, chat=chat)
    (row,) = await house.rows("SELECT account_id, user_id, nonce FROM invoices ORDER BY id DESC LIMIT 1")
    payload = f"topup:{row['account_id']}:{row['user_id']}:{row['nonce']}"
    return Charge(f"stx{next(charges)}", user, stars, payload)


async def pay(house: House, stars: int = 100, user: UserRef = ANN, chat: ChatRef = AT_ANNS) -> None:
    """A whole purchase."""
    await payments.paid(house.env, await checked_out(house, stars, user, chat), chat)


async def waiting(house: House) -> list[str]:
    """The slots whose card is to be sent or edited."""
    rows = await house.rows("SELECT slot FROM outbox WHERE state = 'pending' AND slot IS NOT NULL ORDER BY id")
    return [row["slot"] for row in rows]


async def test_a_card_that_can_not_be_shown_keeps_no_payment_back(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise Defect("ours")

    await sent(shop, await ask(shop))
    monkeypatch.setattr(submission, "consider", broken)
    await pay(shop)
    assert await shop.value("SELECT count(*) FROM entries WHERE kind = 'TOPUP'") == 1
    assert await waiting(shop) == []


@dataclass
class Stopped:
    """A database that only so many use cases reach before the process is stopped."""

    store: Store
    left: int

    async def transact(self, use_case: UseCase[T]) -> T:
        if not self.left:
            raise asyncio.CancelledError
        self.left -= 1
        return await self.store.transact(use_case)

    async def read(self, use_case: UseCase[T]) -> T:
        return await self.store.read(use_case)

    async def close(self) -> None:
        """The house does."""


async def test_cards_that_a_stop_kept_from_being_shown_are_shown_when_the_payment_is_handled_again(shop: House) -> None:
    slot = await ask(shop)
    await sent(shop, slot)
    charge = await checked_out(shop)
    with pytest.raises(asyncio.CancelledError):
        await payments.paid(replace(shop.env, store=Stopped(shop.store, 1)), charge, AT_ANNS)
    assert await waiting(shop) == []
    for _ in range(2):
        await payments.paid(shop.env, charge, AT_ANNS)
    assert await waiting(shop) == [slot]
    assert (await shop.words(slot))[0].startswith(START)
    assert await shop.value("SELECT count(*) FROM entries WHERE kind = 'TOPUP'") == 1


async def test_of_a_group_the_newest_ten_are_shown_anew(shop: House) -> None:
    people = [UserRef(100 + n, f"P{n}", f"p{n}", "en") for n in range(12)]
    slots = [await ask(shop, user=user, chat=LAB) for user in people]
    await sent(shop, *slots)
    await pay(shop, 1000, MIA, LAB)
    assert await waiting(shop) == list(reversed(slots))[:10]
    assert await shop.jobs() == []
    assert any(text.startswith(START) for text in await shop.words(slots[-1]))


async def test_a_private_payment_shows_no_card_of_another_chat(shop: House) -> None:
    slots = [await ask(shop), await ask(shop, user=BOB, chat=ChatRef(7, "private", "Bob")), await ask(shop, chat=LAB)]
    await sent(shop, *slots)
    await pay(shop)
    assert await waiting(shop) == slots[:1]


async def test_a_card_that_was_not_sent_yet_goes_out_as_it_is_after_the_payment(shop: House) -> None:
    slot = await ask(shop)
    await pay(shop)
    assert await waiting(shop) == [slot]
    assert (await shop.words(slot))[0].startswith(START)


async def test_a_card_that_stayed_in_the_group_that_moved_is_left_alone(shop: House) -> None:
    slot = await ask(shop, chat=LAB)
    await sent(shop, slot)
    await shop.rows("DELETE FROM cards")
    await pay(shop, 1000, MIA, LAB)
    assert await waiting(shop) == []


async def test_what_still_is_too_little_is_told_anew_with_what_is_lacking_now(shop: House) -> None:
    slot = await ask(shop, "a dog runs 9:16 15s 1080p")
    before = await shop.words(slot)
    await shop.press(await shop.button(AMOUNT, slot))
    await sent(shop, slot)
    await pay(shop, 1)
    assert "you have $0.01 left" in (await shop.shown(slot))["text"]
    assert [text for text in await shop.words(slot) if AMOUNT in text] == [text for text in before if AMOUNT in text]
    assert await shop.press(await shop.button(AMOUNT, slot)) is None, "a button that was pressed is a new one"
    assert await shop.value("SELECT count(*) FROM invoices") == 3


async def test_a_payment_of_a_card_that_changed_is_offered_by_no_older_look_of_it(shop: House) -> None:
    await ask(shop)
    await shop.run("grant", "@ann $0.5")
    await shop.hear("a dog runs 9:16 720p")
    slot = "request:2"
    amount = await shop.button(AMOUNT, slot)
    fits = next(text for text in await shop.words(slot) if "fits" in text)
    await shop.press(await shop.button(fits, slot))
    assert await shop.press(amount) == "This button is too old. Send the request again to get a new one."
    assert await shop.value("SELECT count(*) FROM invoices") == 0


async def test_who_would_pay_for_a_shared_draft_may_fill_the_pool_for_it(shop: House) -> None:
    await shop.hear("@image1 meets @image2", source=Source.COMMAND, chat=LAB)
    await sent(shop, "request:1")
    assert await shop.press(await shop.button("👥 Let", "request:1"), chat=LAB) is None
    for number in (1, 2):
        reply = HeardReply(5_000, to_bot=True)
        await shop.hear(media=photo(number), user=BOB, chat=LAB, reply=reply)
    await shop.press(await shop.button(START, "request:1"), BOB, LAB)
    told = await shop.shown()
    assert "this group has $0.10 left" in told["text"]
    assert [button["text"] for row in told["buttons"] for button in row] == ["⭐ 100 · top up $1.30"]


async def test_another_model_that_is_too_dear_offers_what_is_lacking_once_the_former_one_is_given_back(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, user_microusd_per_month=usd("0.7"), star_microusd=STAR) as house:
        slot = await ask(house, "a dog runs 9:16 --model seedance-2.0-fast")
        assert slot == "request:1"
        (job,) = await house.jobs()
        data = {"job": job["id"], "model": "seedance-2.0", "agreed": usd("2")}
        await house.rows(
            "INSERT INTO buttons (nonce, user_id, action, data, expires_at)"
            " VALUES ('go', :user, 'elsewhere', :data, :at)",
            user=job["user_id"],
            data=json.dumps(data),
            at=house.clock[0] + 1_000,
        )
        assert await house.press("go") is None
        told = await house.shown()
        assert "you have $0.70 left until" in told["text"]
        assert "goes on waiting" in told["text"]
        assert [button["text"] for row in told["buttons"] for button in row] == ["⭐ 100 · top up $1.30"]
        assert [job["state"] for job in await house.jobs()] == ["QUEUED"]
