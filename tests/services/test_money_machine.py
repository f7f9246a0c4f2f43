"""Every use case of money in any order, with the clock jumping over ends of periods and over changes of the clocks.

MONEY_STEPS=20000 plays that many steps; a few hundred otherwise.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core.errors import LimitReached, Refusal, Transient
from bot.core.ledger import Loss
from bot.core.limits import SLIDING_MS, UNLIMITED, Counted, Lift, Measure, Period, Scope, period_start
from bot.core.money import Microusd
from bot.services import accounts, counting, limiting, losses, payments, permits, resets
from bot.services.counting import AccountKind, Payer
from bot.services.directory import Person, Place, migrate_chat
from bot.services.limiting import Target
from bot.storage.base import Transaction
from tests.services.till import END_JOB, POLICY, Till, add_job, ask, is_lent, person, place

STEPS = int(os.environ.get("MONEY_STEPS", "600"))
STEPS_A_STORY = 40
PLAYED = [0]
pytestmark = pytest.mark.timeout(60 + STEPS // 20)

users, groups, prices = st.integers(1, 2), st.sampled_from([201, 201, 202]), st.integers(0, 900)
places = st.one_of(
    st.none(),
    st.builds(place, groups),
    st.builds(place, groups, st.none()),
    groups.map(lambda group: place(group, group)),
)
owners = st.one_of(st.tuples(st.just("user"), users), st.tuples(st.just("chat"), groups))
targets = st.one_of(
    st.just(Target.service()),
    st.builds(Target.chat, groups),
    groups.map(lambda group: Target.topic(group, group)),
    st.builds(Target.member, groups, st.integers(0, 2)),
    st.builds(Target.user, users),
    st.builds(Target.tier, st.integers(1, 2)),
)
calendar = ["day", "week", "month", "ever"]
kinds = st.one_of(
    st.tuples(st.just("money"), st.sampled_from(calendar), st.sampled_from([0, 400, 1_500, 9_000])),
    st.tuples(st.just("requests"), st.sampled_from(["minute", "hour", *calendar]), st.integers(0, 5)),
    st.tuples(st.just("active"), st.just("now"), st.integers(0, 3)),
    st.tuples(st.just("job"), st.just("now"), st.sampled_from([0, 300, 800])),
    st.tuples(st.just("hours"), st.just("now"), st.sampled_from(["6-23", "22-4"])),
)
SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000
leaps = st.sampled_from([1, SECOND, 59 * SECOND, 61 * SECOND, 20 * 60 * SECOND, HOUR, 7 * HOUR, DAY, 8 * DAY, 32 * DAY])
zones = st.sampled_from([None, "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "no/where"])


GIVEN = "SELECT owner_id FROM accounts JOIN recount_given ON account_id = id WHERE recount_given.given_microusd > 0"
TERMS = (
    "SELECT scope_id FROM limits WHERE scope = 'chat' AND measure = 'money' AND lift = 'operator'"
    " UNION SELECT chat_id FROM ceilings WHERE scope = 'chat' AND measure = 'money'"
)


OWN_OR_TIER = (
    "SELECT value FROM limits WHERE scope = 'user' AND scope_id IN (?, ?) AND measure = ? AND period = ?"
    " ORDER BY scope_id DESC LIMIT 1"
)


class Money(RuleBasedStateMachine):
    """One till; what a rule refuses changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.till = Till.opened()
        self.till.connection.execute("INSERT INTO tiers (id, name) VALUES (1, 'vip'), (2, 'guest')")
        self.ended: list[int] = []
        self.failed: list[int] = []
        self.taken_back: list[tuple[AccountKind, int, str, int]] = []
        self.requests: list[tuple[Person, Place, int]] = []
        self.booked: list[tuple[AccountKind, int, str, int]] = []
        self.pools: set[int] = set()

    def teardown(self) -> None:
        self.till.connection.close()

    def _where(self, user: int, where: Place | None) -> Place:
        return where or place(100 + user, is_private=True)

    @initialize(rules=st.lists(st.tuples(targets, kinds), max_size=3))
    def begin(self, rules: list[tuple[Target, tuple[str, str, Any]]]) -> None:
        for target, kind in rules:
            self._set(target, kind, kind[2], Lift.OPERATOR if target.chat_id is None else Lift.ADMIN)

    @rule(user=users, where=places, wishes=st.lists(prices, min_size=1, max_size=7))
    def accept(self, user: int, where: Place | None, wishes: list[int]) -> None:
        for price in wishes:
            self._accept(person(user), self._where(user, where), price)

    def _accept(self, who: Person, there: Place, price: int) -> None:
        before, serial, env = self._limits(who, there), next(self.till.serials), self.till.env
        try:
            request, _ = self.till.run(lambda tx: ask(env, tx, who, there, price, serial))
        except LimitReached:
            return
        self.requests.append((who, there, request))
        self._not_exceeded(who, there, before)

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), price=prices)
    def allow_once(self, data: st.DataObject, price: int) -> None:
        who, there, request = data.draw(st.sampled_from(self.requests))
        env = self.till.env
        self.till.run(lambda tx: permits.give(env, tx, who, there, request, None))
        for is_passed in (True, False):
            before, uid = self._limits(who, there), f"uid-{next(self.till.serials)}"
            if not self._goes_through(
                partial(add_job, env, who=who, where=there, price=price, uid=uid), request, is_passed=is_passed
            ):
                break
            self._not_exceeded(who, there, before, passed=is_passed)
        self.till.run(lambda tx: permits.give(env, tx, who, there, request, None, jobs=0))

    def _goes_through(self, add: Any, request: int, *, is_passed: bool) -> bool:
        try:
            self.till.run(lambda tx: add(tx=tx, request_id=request))
        except LimitReached as limit:
            if is_passed and limit.data["liftable"] != "operator":
                raise
            return False
        return True

    @rule(user=users, where=places, price=prices)
    def crash_while_accepting(self, user: int, where: Place | None, price: int) -> None:
        before, env = self.till.dump(), self.till.env
        with suppress(LimitReached):
            self.till.run(lambda tx: ask(env, tx, person(user), self._where(user, where), price, 10**6), lost=True)
        assert self.till.dump() == before

    @precondition(lambda self: self.till.open_jobs())
    @rule(data=st.data(), real=st.integers(0, 5_000))
    def settle(self, data: st.DataObject, real: int) -> None:
        job_id = data.draw(st.sampled_from(self.till.open_jobs()))
        job, env = self.till.job(job_id), self.till.env

        async def use_case(tx: Transaction) -> int:
            cost = await accounts.settle(env, tx, job, Microusd(real))
            await tx.run(END_JOB, id=job_id, state="DELIVERED", cost=cost, error=None)
            return cost

        cost = self.till.run(use_case)
        assert cost == min(real, job["quote_microusd"])
        self.ended.append(job_id)

    @precondition(lambda self: self.till.open_jobs())
    @rule(data=st.data(), how=st.sampled_from(["cancel", "fail", "refused", "uncertain"]), billed=prices)
    def release(self, data: st.DataObject, how: str, billed: int) -> None:
        job_id = data.draw(st.sampled_from(self.till.open_jobs()))
        job, env = self.till.job(job_id), self.till.env
        refused = how == "refused"

        async def use_case(tx: Transaction) -> None:
            await accounts.release(env, tx, job, content_refused=refused)
            state, error = ("CANCELLED", None) if how == "cancel" else ("FAILED", "refused-text" if refused else how)
            await tx.run(END_JOB, id=job_id, state=state, cost=None, error=error)
            if how == "uncertain":
                await losses.book(env, tx, job, Loss.UNCERTAIN, Microusd(billed))

        self.till.run(use_case)
        self.ended.append(job_id)
        if how != "cancel":
            self.failed.append(job_id)

    @precondition(lambda self: self.failed)
    @rule(data=st.data(), why=st.sampled_from([Loss.LATE, Loss.LOST_OUTPUT, Loss.REFUSED_BILLED]), billed=prices)
    def bill_the_operator(self, data: st.DataObject, why: Loss, billed: int) -> None:
        """An output that came late, or never, or was refused and billed: the person's books stay as they are."""
        job, env = self.till.job(data.draw(st.sampled_from(self.failed))), self.till.env
        before = self._owned(job["account_id"])
        for _ in range(2):
            self.till.run(lambda tx: losses.book(env, tx, job, why, Microusd(billed)))
        assert self._owned(job["account_id"]) == before
        risk = f"{job['uid']}:{Loss.UNCERTAIN}%"
        (left,) = self.till.rows("SELECT coalesce(sum(amount_microusd), 0) FROM entries WHERE business_id LIKE ?", risk)
        assert left == (0,), "what is known takes the place of what was feared"

    @precondition(lambda self: self.ended)
    @rule(data=st.data())
    def end_again(self, data: st.DataObject) -> None:
        job, env, before = self.till.job(data.draw(st.sampled_from(self.ended))), self.till.env, self.till.dump()
        with pytest.raises(Transient):
            self.till.run(lambda tx: accounts.settle(env, tx, job, Microusd(5)))
        self.till.run(lambda tx: accounts.release(env, tx, job))
        assert self.till.dump() == before

    @rule(owner=owners, amount=st.integers(1, 2_000), way=st.sampled_from(["grant", "topup"]))
    def give(self, owner: tuple[AccountKind, int], amount: int, way: str) -> None:
        env, business_id = self.till.env, f"{way}:{next(self.till.serials)}"
        use = accounts.grant if way == "grant" else accounts.topup
        once = partial(_give, use, env, owner, amount, business_id)
        assert self.till.run(once) == self.till.run(once), "a replay gives nothing"
        if way == "topup":
            self.booked.append((*owner, business_id, amount))

    @rule(user=users, group=groups, amount=st.integers(1, 2_000), administrates=st.booleans())
    def pay_in_a_group(self, user: int, group: int, amount: int, *, administrates: bool) -> None:
        """A member pays into a pool that is open, an administrator opens it."""
        env, there, till = self.till.env, place(group), self.till
        till.connection.execute("DELETE FROM chat_admins WHERE chat_id = ?", (group,))
        if administrates:
            till.connection.execute("INSERT INTO chat_admins (chat_id, user_id) VALUES (?, ?)", (group, user))
        till.connection.execute("UPDATE chats SET admins_seen_at = ? WHERE id = ?", (till.now, group))
        may = till.run(lambda tx: payments.may_fill(env, tx, person(user), there))
        assert may == (administrates or group in self.pools)
        if may:
            self.give(("chat", group), amount, "topup")

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        kind, owner_id, business_id, amount = data.draw(st.sampled_from(self.booked))
        self.booked.remove((kind, owner_id, business_id, amount))
        once = partial(_give, accounts.refund, self.till.env, (kind, owner_id), amount, f"refund:{business_id}")
        assert self.till.run(once) == self.till.run(once), "a replay takes nothing"
        self.taken_back.append((kind, owner_id, business_id, amount))

    @precondition(lambda self: self.taken_back)
    @rule(data=st.data())
    def undo_a_refund(self, data: st.DataObject) -> None:
        """Telegram refused it: the money is on the account again, under an entry of its own."""
        kind, owner_id, business_id, amount = data.draw(st.sampled_from(self.taken_back))
        self.taken_back.remove((kind, owner_id, business_id, amount))
        once = partial(_give, accounts.adjust, self.till.env, (kind, owner_id), amount, f"refund-undone:{business_id}")
        assert self.till.run(once) == self.till.run(once), "a replay gives nothing"

    @rule(source=owners, to=owners, amount=st.integers(1, 1_000))
    def move(self, source: tuple[AccountKind, int], to: tuple[AccountKind, int], amount: int) -> None:
        if source == to:
            return
        env, total = self.till.env, self._all_money()
        business_id = f"move:{next(self.till.serials)}"

        async def use_case(tx: Transaction) -> int:
            return await accounts.move(env, tx, source, to, Microusd(amount), business_id, None)

        try:
            assert self.till.run(use_case) >= 0
            self.till.run(use_case)
        except LimitReached as limit:
            if int(limit.data["left_microusd"]) >= amount:
                raise
        assert self._all_money() == total

    @rule(whose=targets, kind=kinds, by=st.sampled_from(Lift), how=st.integers(0, 5), everywhere=st.booleans())
    def set_limit(self, whose: Target, kind: tuple[str, str, Any], by: Lift, how: int, *, everywhere: bool) -> None:
        chosen = {0: None, 1: "unlimited"}.get(how, kind[2])
        try:
            self._set(whose, kind, chosen, by, everywhere=everywhere and whose.scope is Scope.USER)
        except Refusal as refusal:
            if by is Lift.OPERATOR or refusal.key not in {"quota-operators-only", "quota-above-ceiling"}:
                raise

    def _set(
        self, whose: Target, kind: tuple[str, str, Any], value: Any, by: Lift, *, everywhere: bool = False
    ) -> None:
        env, (measure, period, _) = self.till.env, kind
        self.till.run(
            lambda tx: limiting.set_limit(env, tx, 1, by, whose, measure, period, value, everywhere=everywhere)
        )

    @rule(group=groups, scope=st.sampled_from([Scope.CHAT, Scope.TOPIC, Scope.MEMBER]), kind=kinds, off=st.booleans())
    def set_ceiling(self, group: int, scope: Scope, kind: tuple[str, str, Any], *, off: bool) -> None:
        measure, period, value = kind
        chosen, env = None if off else value, self.till.env
        self.till.run(lambda tx: limiting.ceiling(env, tx, 1, group, scope, measure, period, chosen))

    @rule(user=users, where=places, scope=st.sampled_from([Scope.MEMBER, Scope.USER]))
    def give_back(self, user: int, where: Place | None, scope: Scope) -> None:
        """Of what a member's limits count only what still runs is left; a ceiling and all money stay as they are."""
        who, there, env = person(user), self._where(user, where), self.till.env
        before, money = self._limits(who, there), self._all_money()

        async def use_case(tx: Transaction) -> resets.Given:
            return await resets.give_back(env, tx, 1, who, there, scope, f"reset:{next(self.till.serials)}")

        self.till.run(use_case)
        assert self.till.run(use_case) == resets.Given(), "nothing is given back twice"
        assert self._all_money() == money
        kept = {(_name(limit), stream.is_whole): limit.used for limit, stream in before.watched}
        for limit, stream in self._limits(who, there).watched:
            if limit.scope is scope is Scope.MEMBER and not stream.is_whole:
                assert limit.used == self._running(who, there, limit)
            elif limit.scope is not scope or stream.is_whole or limit.measure is not Measure.REQUESTS:
                assert limit.used == kept[_name(limit), stream.is_whole]

    def _running(self, who: Person, there: Place, limit: Counted) -> int:
        """What the jobs that hold money count for a member here, in a limit's own period."""
        clocks = self.till.run(lambda tx: counting.clocks_of(self.till.env, tx, who, there))
        width, clock, now = SLIDING_MS.get(limit.period), clocks["chat"], self.till.now
        since = now - width + 1 if width else period_start(limit.period, now, clock.zone, clock.reset_hour)
        counted = "coalesce(sum(quote_microusd), 0)" if limit.measure is Measure.MONEY else "count(*)"
        [(held,)] = self.till.rows(
            f"SELECT {counted} FROM jobs JOIN holds ON holds.job_id = jobs.id"  # noqa: S608 - ours
            " WHERE chat_id = ? AND user_id = ? AND created_at >= ?",
            there.chat_id,
            who.id,
            since,
        )
        return min(int(held), limit.value) if width else int(held)

    @rule(user=users, tier=st.sampled_from([None, 1, 2]))
    def choose_tier(self, user: int, tier: int | None) -> None:
        """A person in a tier has its limits but for their own, which replace its, which replace the defaults."""
        till = self.till
        till.connection.execute("UPDATE users SET tier_id = ? WHERE id = ?", (tier, user))
        limits = self._limits(person(user), self._where(user, None))
        defaults = {("requests", "day"): POLICY.user_requests_per_day, ("active", "now"): POLICY.user_active_jobs}
        for kind, default in defaults.items():
            own = till.rows(OWN_OR_TIER, user, -(tier or 0), *kind)
            value = default if not own else UNLIMITED if own[0][0] is None else own[0][0]
            assert [each.value for each in limits.hard if _name(each) == (Scope.USER, *kind)] == [value]

    @rule(
        whose=st.one_of(st.builds(Target.chat, groups), st.builds(Target.user, users)),
        zone=zones,
        hour=st.integers(0, 23),
    )
    def set_clock(self, whose: Target, zone: str | None, hour: int) -> None:
        env = self.till.env
        self.till.run(lambda tx: limiting.set_clock(env, tx, 1, whose, zone, hour))

    @rule(group=groups)
    def become_a_supergroup(self, group: int) -> None:
        env, new = self.till.env, -(10**9) - next(self.till.serials)
        [(old,)] = self.till.rows(
            "SELECT telegram_id FROM telegram_ids WHERE kind = 'chat' AND owner_id = ? AND is_current = 1", group
        )
        money = self._all_money()
        self.till.run(lambda tx: migrate_chat(env, tx, old, new))
        assert self._all_money() == money

    @rule(leap=leaps)
    def tick(self, leap: int) -> None:
        self.till.now += leap

    @invariant()
    def the_books_are_right(self) -> None:
        PLAYED[0] += 1
        self.till.check_books()
        self._pools_are_open_as_they_should()

    def _pools_are_open_as_they_should(self) -> None:
        """While something given is left; and once open, while an operator's terms for its money stand."""
        given = {row[0] for row in self.till.rows(GIVEN)}
        self.pools = given | (self.pools & {row[0] for row in self.till.rows(TERMS)})
        assert self.till.pools() == self.pools

    def _owned(self, account_id: int) -> int:
        return int(
            self.till.rows("SELECT coalesce(sum(amount_microusd), 0) FROM entries WHERE account_id = ?", account_id)[0][
                0
            ]
        )

    def _all_money(self) -> int:
        return int(self.till.rows("SELECT coalesce(sum(value), 0) FROM counters WHERE measure = 'balance'")[0][0])

    def _limits(self, who: Person, there: Place) -> counting.Limits:
        async def use_case(tx: Transaction) -> tuple[counting.Limits, dict[str, counting.Clock]]:
            payer: Payer = await counting.payer_of(tx, who, there)
            assert (payer.kind == "chat") == (there.chat_id in self.pools), "an open pool pays, and no other"
            limits = await counting.count_all(self.till.env, tx, who, there, payer)
            return limits, await counting.clocks_of(self.till.env, tx, who, there)

        limits, clocks = self.till.run(use_case)
        for limit, stream in limits.watched:
            clock = clocks[{"service": "service", "user": "user"}.get(limit.scope.value, "chat")]
            counted = self.till.used(limit, stream, clock, lent=is_lent(limit, stream))
            cap = limit.value if limit.period in SLIDING_MS else counted
            assert limit.used == min(counted, cap), "a count equals its recount"
        return limits

    def _not_exceeded(self, who: Person, there: Place, before: counting.Limits, *, passed: bool = False) -> None:
        after = self._limits(who, there)
        had = {_name(limit): limit.used for limit in before.own_money}
        for limit in after.hard:
            assert limit.used <= limit.value or (passed and limit.lift is Lift.ADMIN)
        for limit in after.own_money:
            assert limit.used <= max(limit.value, had.get(_name(limit), 0))


def _name(limit: Counted) -> tuple[Scope, Measure, Period]:
    return limit.scope, limit.measure, limit.period


async def _give(
    use: Any, env: Any, owner: tuple[AccountKind, int], amount: int, business_id: str, tx: Transaction
) -> int:
    return int(await use(env, tx, *owner, Microusd(amount), business_id, None))


TestMoney = Money.TestCase
TestMoney.settings = settings(
    max_examples=max(1, STEPS * 6 // 5 // STEPS_A_STORY) if STEPS > 600 else STEPS // STEPS_A_STORY,  # some end early
    stateful_step_count=STEPS_A_STORY,
    deadline=None,
    derandomize=STEPS <= 600,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True, scope="module")
def _told() -> Any:
    """How much was played, with -s."""
    yield
    print(f"\nmoney: {PLAYED[0]} steps")  # noqa: T201 - a figure that a person asked for
