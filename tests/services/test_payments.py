"""Payments and refunds on the real schema: every refusal of a checkout, every order of events, everything at once."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.catalog import Catalog
from bot.core.errors import Refusal
from bot.core.money import Microusd
from bot.core.stars import INVOICE_MS, Given, Later, Move, Refused, nonce_of
from bot.services import accounts, admins, counting, groups, inbox, payments, reconciling, refunds, support
from bot.services.directory import ChatRef, UserRef, see
from bot.services.env import Env, Policy
from bot.services.heard import Asked
from bot.services.inbox import Arrival
from bot.services.payments import Charge, Checkout
from bot.storage.base import Row, Transaction
from bot.storage.queries import Query
from bot.storage.sqlite import open_store
from bot.texts import Texts
from tests.fresh import lay

STAR = Microusd(13_000)
WORTH = 250 * STAR
ANN, MIA = UserRef(1001, "Ann", "ann", "en"), UserRef(1003, "Mia", "mia", "en")
BOB = UserRef(1002, "Bob", "bob", "en")
ANONYMOUS = UserRef(1087968824, "Group", "GroupAnonymousBot", "en")
HOME, OFFICE = ChatRef(1001, "private", "Ann"), ChatRef(1003, "private", "Mia")
LAB = ChatRef(-1001700000001, "supergroup", "Video lab", 7)
TEXTS = Texts(strict=True)
DAY_MS = 86_400_000
POLICY = Policy(
    operator_ids=frozenset({1003}),
    open_access=True,
    service_microusd_per_day=Microusd(20_000_000),
    user_microusd_per_month=Microusd(5_000_000),
    user_requests_per_day=30,
    user_active_jobs=3,
    confirm_above_microusd=Microusd(1_000_000),
    zone=ZoneInfo("Europe/Berlin"),
    can_link=False,
    star_microusd=STAR,
)


@dataclass
class Shop:
    """The use cases over one database, with a clock that a test moves."""

    env: Env
    clock: list[int]
    updates: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def rows(self, sql: str) -> list[Row]:
        return await self.env.store.read(lambda tx: tx.all(Query("test", sql, "Of a test.")))

    async def run(self, sql: str) -> None:
        await self.env.store.transact(lambda tx: tx.run(Query("test", sql, "Of a test.")))

    async def update(self) -> int:
        """A new update of the inbox."""
        update_id = next(self.updates)
        await inbox.keep(self.env.store, [Arrival(update_id, "1", "{}")], self.env.now_ms())
        return update_id

    async def ask(self, command: Any, words: str, user: UserRef = ANN, chat: ChatRef = HOME) -> str | None:
        """A command's answer."""

        async def use_case(tx: Transaction) -> str | None:
            person, place = await see(self.env, tx, user, chat)
            answer: str | None = await command(self.env, tx, person, place, Asked(1, user, chat, 5, words))
            return answer

        return await self.env.store.transact(use_case)

    async def offer(self, chat: ChatRef = HOME) -> str:
        """The payload of a new invoice over 250 Stars."""
        assert await self.ask(payments.topup, "250", chat=chat) is None
        (row,) = await self.rows("SELECT account_id, user_id, nonce FROM invoices ORDER BY id DESC LIMIT 1")
        return f"topup:{row['account_id']}:{row['user_id']}:{row['nonce']}"

    async def administrate(self, *people: UserRef) -> None:
        """Telegram names the group's administrators."""
        await admins.keep(self.env, LAB, people, self.env.now_ms())

    async def checkout(self, payload: str, user: UserRef = ANN) -> str | None:
        return await payments.check(self.env, Checkout(user, payload, "XTR", 250))

    async def pay(self, charge: Charge, chat: ChatRef = HOME) -> None:
        await payments.paid(self.env, charge, chat)

    async def said(self) -> str:
        """All that waits in the outbox."""
        return "\n".join(row["payload"] for row in await self.rows("SELECT payload FROM outbox ORDER BY id"))

    async def booked(self) -> list[tuple[str, int]]:
        found = await self.rows("SELECT kind, amount_microusd FROM entries ORDER BY id")
        return [(row["kind"], row["amount_microusd"]) for row in found]

    async def state(self) -> str:
        (row,) = await self.rows("SELECT state FROM payments WHERE charge = 'stx1'")
        return str(row["state"])


async def opened(path: Path, policy: Policy = POLICY) -> Shop:
    """A shop over a fresh database."""
    clock = [1_800_000_000_000]
    store = await open_store(lay(path), now_ms=clock[0])
    env = Env(store, TEXTS, Catalog((), "none", ()), policy, lambda: clock[0], os.urandom, path.parent)
    return Shop(env, clock)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    made = await opened(tmp_path / "shop.db")
    await made.ask(support.terms, "", MIA, OFFICE)
    yield made
    await made.env.store.close()


async def test_a_checkout_is_let_through_only_as_it_was_offered(shop: Shop) -> None:
    payload = await shop.offer()
    good = Checkout(ANN, payload, "XTR", 250)

    async def why(asked: Checkout, **policy: Any) -> str | None:
        env = replace(shop.env, policy=replace(POLICY, **policy))
        return await payments.check(env, asked)

    def text(key: str) -> str:
        return TEXTS.plain("en", key)

    assert await why(good) is None
    assert await why(replace(good, user=MIA)) == text("checkout-other-payer")
    assert await why(replace(good, stars=249)) == text("checkout-unknown")
    assert await why(replace(good, currency="USD")) == text("checkout-unknown")
    for other in ("", "coffee", "topup:1:1:nobody", payload.replace(":", ":9", 1), f"{payload}:x"):
        assert await why(replace(good, payload=other)) == text("checkout-unknown")
    assert await why(good, star_microusd=None) == text("topup-off")
    assert await why(good, star_microusd=Microusd(13_001)) == text("checkout-old")
    assert await why(good, open_access=False) == text("checkout-blocked")
    shop.clock[0] += INVOICE_MS - 1
    assert await why(good) is None
    shop.clock[0] += 1
    assert await why(good) == text("checkout-old")
    await shop.pay(Charge("stx1", ANN, 250, payload))
    assert await why(good) == text("checkout-paid")
    await shop.run("UPDATE users SET blocked_at = 1")
    assert await why(good) == text("checkout-blocked")


async def test_a_charge_that_comes_many_times_at_once_is_credited_once(shop: Shop) -> None:
    charge = Charge("stx1", ANN, 250, await shop.offer())
    await asyncio.gather(*(shop.pay(charge) for _ in range(20)))
    assert await shop.booked() == [("TOPUP", WORTH)]
    assert (await shop.said()).count("arrived") == 1


async def test_two_payments_of_one_invoice_are_two_credits(shop: Shop) -> None:
    payload = await shop.offer()
    await shop.pay(Charge("stx1", ANN, 250, payload))
    await shop.pay(Charge("stx2", ANN, 250, payload))
    assert await shop.booked() == [("TOPUP", WORTH), ("TOPUP", WORTH)]


async def test_refunds_that_are_asked_for_at_once_are_one(shop: Shop) -> None:
    await shop.pay(Charge("stx1", ANN, 250, await shop.offer()))
    begun = await asyncio.gather(*(refunds.begin_alone(shop.env, "stx1", None) for _ in range(10)))
    assert sorted(begun) == ["refund-begun"] + ["refund-twice"] * 9
    assert await shop.booked() == [("TOPUP", WORTH), ("REFUND", -WORTH)]
    assert await refunds.begin_alone(shop.env, "stx9", None) == "refund-unknown"


async def test_what_telegram_refuses_to_return_is_on_the_account_again_and_can_be_tried_again(shop: Shop) -> None:
    await shop.pay(Charge("stx1", ANN, 250, await shop.offer()))
    await refunds.begin_alone(shop.env, "stx1", None)
    await refunds.answered(shop.env, "stx1", 0, Refused("BALANCE_TOO_LOW"))
    await refunds.answered(shop.env, "stx1", 0, Refused("BALANCE_TOO_LOW"))
    assert await shop.state() == "stuck"
    assert (await shop.said()).count("BALANCE_TOO_LOW") == 1
    assert await refunds.begin_alone(shop.env, "stx1", None) == "refund-begun"
    await refunds.answered(shop.env, "stx1", 0, Given(already=True))
    assert await shop.state() == "refunded"
    assert await shop.booked() == [("TOPUP", WORTH), ("REFUND", -WORTH), ("ADJUST", WORTH), ("REFUND", -WORTH)]


async def test_a_refund_waits_longer_each_time_that_telegram_is_away(shop: Shop) -> None:
    await shop.pay(Charge("stx1", ANN, 250, await shop.offer()))
    await refunds.begin_alone(shop.env, "stx1", None)
    waits = []
    for _ in range(12):
        (row,) = await refunds.due(shop.env)
        await refunds.answered(shop.env, "stx1", row["attempts"], Later())
        (at,) = await shop.rows("SELECT run_at FROM payments")
        assert await refunds.due(shop.env) == []
        waits.append((at["run_at"] - shop.clock[0]) // 1000)
        shop.clock[0] = at["run_at"]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    await refunds.answered(shop.env, "stx1", 12, Later(30_000))
    (at,) = await shop.rows("SELECT run_at FROM payments")
    assert at["run_at"] == shop.clock[0] + 30_000


async def test_stars_that_went_back_before_they_were_heard_of_are_never_credited(shop: Shop) -> None:
    charge = Charge("stx1", ANN, 250, await shop.offer())
    await refunds.returned(shop.env, await shop.update(), charge)
    await shop.pay(charge)
    assert (await shop.state(), await shop.booked()) == ("refunded", [])


async def test_an_anonymous_administrators_payment_is_returned_to_the_person(shop: Shop) -> None:
    await shop.administrate(ANN)
    payload = await shop.offer(LAB)
    assert await shop.checkout(payload) is None
    await shop.pay(Charge("stx1", ANONYMOUS, 250, payload), LAB)
    await refunds.begin_alone(shop.env, "stx1", None)
    (row,) = await refunds.due(shop.env)
    assert (row["charge"], row["telegram_user_id"]) == ("stx1", ANN.telegram_id)


async def test_who_moderates_a_group_opens_its_pool_and_then_everybody_pays_into_it(shop: Shop) -> None:
    await shop.administrate(ANN)
    assert await shop.ask(payments.topup, "", chat=LAB) is None
    assert "Your payment opens it" in await shop.said()
    first = await shop.offer(LAB)
    with pytest.raises(Refusal, match="topup-no-pool"):
        await shop.ask(payments.topup, "250", BOB, LAB)
    assert await press(shop, BOB, LAB) == "topup-no-pool"
    assert await shop.checkout(first) is None
    await shop.administrate()
    await shop.pay(Charge("stx1", ANN, 250, first), LAB)
    assert await shop.booked() == [("TOPUP", WORTH)]
    assert await shop.ask(payments.topup, "", BOB, LAB) is None
    assert "Everybody here makes videos from it" in await shop.said()
    assert await press(shop, BOB, LAB) is None


async def test_who_lost_their_rights_since_the_offer_opens_nothing(shop: Shop) -> None:
    await shop.administrate(ANN)
    payload = await shop.offer(LAB)
    asked = Checkout(ANN, payload, "XTR", 250)
    assert await payments.group_to_ask(shop.env, asked) == replace(LAB, thread_id=None)
    await shop.administrate()
    assert await shop.checkout(payload) == TEXTS.plain("en", "topup-no-pool")
    await shop.pay(Charge("stx1", ANN, 250, payload), LAB)
    assert (await shop.state(), await shop.booked()) == ("refunding", [])


async def test_a_pool_that_closed_between_checkout_and_payment_is_not_opened_by_a_member(shop: Shop) -> None:
    await shop.administrate(ANN)
    first = await shop.offer(LAB)
    await shop.checkout(first)
    await shop.pay(Charge("stx0", ANN, 250, first), LAB)
    await shop.administrate()
    late = await shop.offer(LAB)
    assert await payments.group_to_ask(shop.env, Checkout(ANN, late, "XTR", 250)) is None
    assert await shop.checkout(late) is None
    for _ in range(2):
        await refunds.begin_alone(shop.env, "stx0", None)
    assert (await shop.said()).count("so it is closed") == 1
    await shop.pay(Charge("stx1", ANN, 250, late), LAB)
    assert await shop.state() == "refunding"
    assert await shop.booked() == [("TOPUP", WORTH), ("REFUND", -WORTH)]


async def press(shop: Shop, user: UserRef, chat: ChatRef) -> str | None:
    """The toast of a press on an amount."""

    async def use_case(tx: Transaction) -> str | None:
        person, place = await see(shop.env, tx, user, chat)
        return await payments.press(shop.env, tx, person, place, 250)

    return await shop.env.store.transact(use_case)


async def test_an_invoice_goes_to_the_topic_that_asked(shop: Shop) -> None:
    await shop.administrate(ANN)
    await shop.offer(LAB)
    (row,) = await shop.rows(
        "SELECT topics.thread_id, outbox.payload FROM outbox JOIN topics ON topics.id = topic_id WHERE kind = 'invoice'"
    )
    assert row["thread_id"] == LAB.thread_id
    assert "Top-up of the group" in row["payload"]


async def test_a_payment_that_names_no_offer_goes_back(shop: Shop) -> None:
    await shop.pay(Charge("stx1", ANN, 250, "topup:1:1:lost-with-a-backup"))
    assert (await shop.state(), await shop.booked()) == ("refunding", [])
    await refunds.answered(shop.env, "stx1", 0, Refused("CHARGE_ID_INVALID"))
    assert (await shop.state(), await shop.booked()) == ("stuck", [])


EVENTS = ("paid", "returned", "begin", "given", "refused", "listed", "listed-back")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(EVENTS), max_size=10))
async def test_in_any_order_of_events_the_account_has_the_money_or_the_payer_has(
    tmp_path_factory: pytest.TempPathFactory, events: list[str]
) -> None:
    shop = await opened(tmp_path_factory.mktemp("shop") / "shop.db")
    try:
        charge = Charge("stx1", ANN, 250, await shop.offer())
        for event in events:
            await _happens(shop, event, charge)
        states = [row["state"] for row in await shop.rows("SELECT state FROM payments")]
        owned = sum(amount for _, amount in await shop.booked())
        assert owned == (WORTH if states and states[0] in {"credited", "stuck"} else 0)
        counted = await shop.rows("SELECT value FROM counters WHERE measure = 'balance'")
        assert sum(row["value"] for row in counted) == owned
    finally:
        await shop.env.store.close()


async def _happens(shop: Shop, event: str, charge: Charge) -> None:
    env, store = shop.env, shop.env.store
    match event:
        case "paid":
            await shop.pay(charge)
        case "returned":
            await refunds.returned(env, await shop.update(), charge)
        case "begin":
            await refunds.begin_alone(env, "stx1", None)
        case "given":
            await refunds.answered(env, "stx1", 0, Given())
        case "refused":
            await refunds.answered(env, "stx1", 0, Refused("no"))
        case "listed":
            await store.transact(lambda tx: payments.credit(env, tx, charge, None))
        case _:
            await store.transact(lambda tx: refunds.book(env, tx, charge))


async def test_a_page_of_the_list_is_booked_once_and_a_cut_off_reading_goes_on(shop: Shop) -> None:
    payload = await shop.offer()
    shop.clock[0] += DAY_MS
    old = shop.clock[0] - 3_600_000
    moves = [Move("stx1", 1001, 250, payload, old), None, Move("stx9", 1001, 5, "coffee", old)]
    fresh = Move("stx2", 1001, 250, payload, shop.clock[0] - 60_000)
    reading = await reconciling.begin(shop.env)
    assert reading is not None
    counts = await asyncio.gather(*(reconciling.read_page(shop.env, reading, [*moves, fresh]) for _ in range(3)))
    assert counts == [3, 3, 3]
    again = await reconciling.begin(shop.env)
    assert again is not None
    assert (again.id, again.position) == (reading.id, 3)
    await reconciling.end(shop.env, again)
    assert await reconciling.begin(shop.env) is None
    (row,) = await shop.rows("SELECT credited, refunded, strange, missing, position FROM reconciliations")
    assert dict(row) == {"credited": 1, "refunded": 0, "strange": 1, "missing": 0, "position": 3}
    assert await shop.booked() == [("TOPUP", WORTH)]
    assert (await shop.said()).count("differ from Telegram's list") == 1


async def test_a_payment_that_telegram_does_not_list_is_told_once(shop: Shop) -> None:
    await shop.pay(Charge("stx1", ANN, 250, await shop.offer()))
    for _ in range(3):
        shop.clock[0] += DAY_MS
        reading = await reconciling.begin(shop.env)
        assert reading is not None
        assert await reconciling.read_page(shop.env, reading, []) == 0
        await reconciling.end(shop.env, reading)
    rows = await shop.rows("SELECT missing FROM reconciliations ORDER BY id")
    assert [row["missing"] for row in rows] == [1, 0, 0]
    assert (await shop.said()).count("does not list: 1") == 1


async def test_the_list_is_read_once_a_night_and_never_where_nothing_is_sold(shop: Shop, tmp_path: Path) -> None:
    night = []
    for hour in range(72):
        reading = await reconciling.begin(shop.env)
        if reading is not None:
            night.append(hour)
            await reconciling.end(shop.env, reading)
        shop.clock[0] += 3_600_000
    assert len(night) == 4
    assert {after - before for before, after in itertools.pairwise(night[1:])} == {24}
    other = await opened(tmp_path / "other.db", replace(POLICY, star_microusd=None))
    assert await reconciling.begin(other.env) is None
    await other.env.store.close()


async def test_offers_that_nobody_took_are_forgotten_after_a_month(shop: Shop) -> None:
    await shop.offer()
    await shop.pay(Charge("stx1", ANN, 250, await shop.offer()))
    shop.clock[0] += INVOICE_MS + reconciling.KEEP_MS + 1
    assert await shop.env.store.transact(lambda tx: reconciling.prune(shop.env, tx)) == 1
    assert len(await shop.rows("SELECT id FROM invoices")) == 1


async def test_a_button_of_yesterday_sells_nothing_today(shop: Shop) -> None:
    shop.env = replace(shop.env, policy=replace(POLICY, star_microusd=None))
    assert await press(shop, ANN, HOME) == "topup-off"


async def test_a_stranger_is_told_whom_to_ask(shop: Shop) -> None:
    shop.env = replace(shop.env, policy=replace(POLICY, open_access=False))
    with pytest.raises(Refusal, match="stranger") as caught:
        await shop.ask(payments.topup, "250")
    assert caught.value.data == {"id": "1001", "operator": "1003"}


def test_every_payload_fits_and_names_its_nonce() -> None:
    payload = f"topup:{2**63 - 1}:{2**63 - 1}:{'x' * 16}"
    assert len(payload.encode()) <= 128
    assert nonce_of(payload) == "x" * 16


# A group that the bot is in no more, or that moved


async def group_offer(shop: Shop, chat: ChatRef = LAB) -> str:
    """Mia's offer for the group's pool, let through."""
    await shop.administrate(MIA)
    assert await shop.ask(payments.topup, "250", MIA, chat) is None
    (row,) = await shop.rows("SELECT account_id, user_id, nonce FROM invoices ORDER BY id DESC LIMIT 1")
    return f"topup:{row['account_id']}:{row['user_id']}:{row['nonce']}"


async def put_out(shop: Shop, chat: ChatRef = LAB) -> None:
    await groups.put_out(shop.env, await shop.update(), chat.telegram_id)


async def test_nothing_is_sold_for_a_group_that_the_bot_was_put_out_of_until_it_is_let_in_again(shop: Shop) -> None:
    payload = await group_offer(shop)
    await put_out(shop)
    assert await shop.checkout(payload, MIA) == TEXTS.plain("en", "checkout-gone")
    await groups.reachable(shop.env, await shop.update(), LAB)
    await shop.administrate(MIA)
    assert await shop.checkout(payload, MIA) is None


async def test_what_was_paid_for_a_group_that_the_bot_left_meanwhile_goes_back_and_is_told_in_private(
    shop: Shop,
) -> None:
    payload = await group_offer(shop)
    assert await shop.checkout(payload, MIA) is None
    await put_out(shop)
    listed = Move("stx1", MIA.telegram_id, 250, payload, shop.env.now_ms() - DAY_MS)
    reading = await reconciling.begin(shop.env)
    assert reading is not None
    await reconciling.read_page(shop.env, reading, [listed])
    assert await shop.state() == "refunding"
    assert await shop.booked() == []
    (told,) = await shop.rows(
        "SELECT telegram_id FROM outbox JOIN telegram_ids ON telegram_ids.kind = 'chat' AND owner_id = chat_id"
        " WHERE once = 'returned:stx1'"
    )
    assert told["telegram_id"] == MIA.telegram_id


async def test_being_put_out_of_a_chat_that_nobody_knows_is_no_fault(shop: Shop) -> None:
    await put_out(shop, ChatRef(-5, "group", "?"))
    update = await shop.update()
    for _ in range(2):
        await groups.put_out(shop.env, update, LAB.telegram_id)


OLD, NEW = ChatRef(-300, "group", "Video lab"), ChatRef(-1001700000300, "supergroup", "Video lab")


@pytest.mark.parametrize("met", [False, True], ids=["unmet", "met-before"])
@pytest.mark.parametrize("at", ["offer", "checkout", "payment", "refund"])
async def test_money_for_a_group_that_moves_meanwhile_is_its_pools_and_can_be_returned(
    shop: Shop, at: str, met: bool
) -> None:
    async def moves(step: str) -> None:
        if step != at:
            return
        if met:
            await shop.ask(support.terms, "", ANN, NEW)
        await groups.migrate(shop.env, await shop.update(), OLD.telegram_id, NEW.telegram_id)
        await admins.keep(shop.env, NEW, [MIA], shop.env.now_ms())

    async def pool() -> int | None:
        async def look(tx: Transaction) -> int | None:
            _, place = await see(shop.env, tx, MIA, NEW)
            account = await counting.pool_of(tx, place.chat_id)
            return None if account is None else await accounts.balance_of(tx, account)

        return await shop.env.store.transact(look)

    await shop.ask(support.terms, "", MIA, OLD)
    await admins.keep(shop.env, OLD, [MIA], shop.env.now_ms())
    payload = await group_offer(shop, OLD)
    await moves("offer")
    assert await shop.checkout(payload, MIA) is None
    await moves("checkout")
    await shop.pay(Charge("stx1", MIA, 250, payload), OLD if at in {"payment", "refund"} else NEW)
    await moves("payment")
    assert await shop.state() == "credited"
    if at != "refund":
        assert await pool() == WORTH
    assert await refunds.begin_alone(shop.env, "stx1", None) == "refund-begun"
    await moves("refund")
    assert await pool() is None
    await refunds.answered(shop.env, "stx1", 0, Refused("BALANCE_TOO_LOW"))
    assert await pool() == WORTH
    assert await refunds.begin_alone(shop.env, "stx1", None) == "refund-begun"
    await refunds.answered(shop.env, "stx1", 0, Given(already=False))
    assert await pool() is None
    assert sum(amount for _, amount in await shop.booked()) == 0
