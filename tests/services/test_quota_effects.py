"""Every quota sentence of the table carried into the service: what stands in `limits` after it, and what is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import pytest

from bot.core.limits import Lift
from bot.core.money import usd
from bot.providers.config import ProviderConfig
from bot.providers.registry import build
from bot.services import limiting, panel
from bot.services.directory import ChatRef, UserRef, see
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.limiting import Target
from bot.storage.base import Transaction
from bot.texts import Texts
from tests.core.test_quota_sentences import BAD, CLEARED, GOOD
from tests.services.till import POLICY, Till

TOPIC = ChatRef(-100, "supergroup", "Video lab", 7)
MIA = UserRef(1, "Mia", "mia", "en")
NAMED = {"@ann": 42, "@ann_b": 43, "@аня_к": 44, "123456789": 123456789}
SERIALS = count(1)
BEFORE = {"requests/day": 9, "money/week": 9_000_000, "active/now": 9}
MEASURES = {"model": "model", "res": "resolution", "sec": "seconds", "hours": "hours", "active": "active", "job": "job"}
Limits = dict[str, int | str | None]


@dataclass(frozen=True, slots=True)
class Desk:
    """One operator's desk in a topic; its limits are cleared for each sentence."""

    till: Till
    env: Env

    def say(self, words: str) -> str | None:
        """`/quota …` by the operator; its answer, where that is no card."""

        async def use_case(tx: Transaction) -> str | None:
            person, place = await see(self.env, tx, MIA, TOPIC)
            return await panel.command(self.env, tx, person, place, Asked(next(SERIALS), MIA, TOPIC, 1, words))

        return self.till.run(use_case)

    def set_before(self, scope: str, telegram_id: int) -> None:
        """The limits that stood there before the sentence."""
        [(chat, topic)] = self.till.rows("SELECT chat_id, id FROM topics")
        person = "SELECT owner_id FROM telegram_ids WHERE kind = 'user' AND telegram_id = ?"
        user = self.till.rows(person, telegram_id)[0][0] if telegram_id else 0
        targets = {
            "service": Target.service(),
            "chat": Target.chat(chat),
            "topic": Target.topic(chat, topic),
            "member": Target.member(chat, user),
            "user": Target.user(user),
        }
        for kind, value in BEFORE.items():
            measure, period = kind.split("/")
            self.till.run(partial(self._set, targets[scope], measure, period, value))

    async def _set(self, target: Target, measure: str, period: str, value: int, tx: Transaction) -> None:
        await limiting.set_limit(self.env, tx, 1, Lift.OPERATOR, target, measure, period, value)

    def limits(self, everywhere: bool = False) -> dict[tuple[str, int], Limits]:
        """By whose they are: the scope, and the person's number at Telegram."""
        found: dict[tuple[str, int], Limits] = {}
        rows = self.till.rows(
            "SELECT scope, measure || '/' || period, value, words, coalesce(telegram_id, 0) FROM limits"
            " LEFT JOIN telegram_ids ON kind = 'user'"
            " AND owner_id = CASE scope WHEN 'user' THEN scope_id WHEN 'member' THEN member_id END"
            " WHERE is_everywhere = ?",
            int(everywhere),
        )
        for scope, kind, value, words, telegram_id in rows:
            found.setdefault((scope, telegram_id), {})[kind] = words or value
        return found


@pytest.fixture(scope="module")
def office() -> Iterator[Desk]:
    till = Till.opened(users=0, groups=0)
    config = ProviderConfig("ark", "https://ark.ap-southeast.bytepluses.com/api/v3", "key-for-nothing")
    policy = replace(POLICY, operator_ids=frozenset({MIA.telegram_id}))
    catalog = build([config]).catalog("seedance-2.0", ("seedance-2.0",))
    env = replace(till.env, texts=Texts(), catalog=catalog, policy=policy, random_bytes=os.urandom)
    desk = Desk(till, env)
    for name, number in NAMED.items():
        user = UserRef(number, name, name.removeprefix("@"), "en")
        till.run(partial(see, env, user=user, chat=TOPIC))
    yield desk
    till.connection.close()


@pytest.fixture
def desk(office: Desk) -> Desk:
    office.till.connection.execute("DELETE FROM limits")
    return office


def expected(effect: str) -> tuple[Limits, Limits]:
    """What the effect of a sentence leaves of BEFORE: as it is, and what holds everywhere."""
    here, marked = Limits(BEFORE), Limits()
    into = here
    for word in effect.split():
        if word == "everywhere":
            into = marked
            continue
        kind, value = _read(word)
        here.pop(kind, None)
        if value != "off":
            into[kind] = value
    return here, marked


def _read(word: str) -> tuple[str, int | str | None]:
    name, equals, value = word.partition("=")
    amount, _, period = word.partition("/")
    kind = f"{MEASURES[name]}/now" if equals else f"{'money' if amount[0] == '$' else 'requests'}/{period}"
    said = (value if equals else amount).removeprefix("$")
    if said in {"off", "unlimited"}:
        return kind, "off" if said == "off" else None
    if kind.startswith(("money", "job")):
        return kind, usd(said)
    return kind, int(said) if said.isdecimal() else said


def whose(whom: str, name: str | None, effect: str = "") -> tuple[str, int]:
    scope = "user" if "everywhere" in effect else {"members": "member"}.get(whom, whom)
    return scope, NAMED[name] if name else 0


@pytest.mark.parametrize(("sentence", "whom", "name", "effect"), GOOD)
def test_a_sentence_leaves_exactly_these_limits(
    desk: Desk, sentence: str, whom: str, name: str | None, effect: str
) -> None:
    desk.set_before(*whose(whom, name, effect))
    desk.say(sentence)
    here, marked = expected(effect)
    assert desk.limits() == {whose(whom, name, effect): here}
    assert desk.limits(everywhere=True) == ({whose(whom, name, effect): marked} if marked else {})


@pytest.mark.parametrize(("sentence", "whom"), CLEARED)
def test_off_alone_leaves_no_limit_and_touches_nobody_elses(desk: Desk, sentence: str, whom: str) -> None:
    other = "chat" if whom != "chat" else "topic"
    desk.set_before(*whose(whom, "@ann" if whom == "member" else None))
    desk.set_before(other, 0)
    desk.say(sentence)
    assert desk.limits() == {(other, 0): BEFORE}


@pytest.mark.parametrize(("sentence", "keys"), BAD)
def test_a_refused_sentence_leaves_all_as_it_was(desk: Desk, sentence: str, keys: list[str]) -> None:
    desk.set_before("member", 0)
    assert desk.say(sentence) is not None, keys
    assert desk.limits() == {("member", 0): BEFORE}
