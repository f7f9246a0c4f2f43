"""`/promo`: operators make codes that give money, see how often each was used, and end them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.errors import Refusal
from bot.core.money import Microusd
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.operating import amount_of, note_audit
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("promos")
NEW, OFF = frozenset({"new", "новый"}), frozenset({"off", "end", "выкл", "снять"})
CODE = re.compile(r"[A-Z0-9_-]{3,32}")
"""What a link's start parameter can carry too."""
USES, UNTIL = re.compile(r"(?:uses|раз)=(\d{1,6})"), re.compile(r"(?:until|до)=(\d{4}-\d\d-\d\d)")
LINES = 30


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the answer: an operator in the chat, or one at the terminal, who has no number."""

    language: str
    zone: ZoneInfo
    id: int | None = None


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as it was ordered. `until` is its last day."""

    code: str
    amount: Microusd
    uses: int = 1
    until: date | None = None


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/promo`, `/promo new SUMMER $2 uses=100 until=2026-12-31`, `/promo off SUMMER`: in private, by operators."""
    if not person.is_operator:
        raise Refusal("operators-only")
    if not place.is_private:
        raise Refusal("promo-private")
    return await act(env, tx, Reader(person.language, person.zone, person.id), asked.words.split())


async def act(env: Env, tx: Transaction, reader: Reader, words: Sequence[str]) -> Html:
    """What the words of an operator ask for. Raises Refusal for those that can't be carried out."""
    if not words:
        return await _listed(env, tx, reader)
    verb, *rest = words
    if verb.casefold() in NEW:
        return await _make(env, tx, reader, read_new(rest))
    if verb.casefold() in OFF and len(rest) == 1:
        return await _end(env, tx, reader, rest[0])
    raise Refusal("promo-usage")


def code_of(word: str) -> str | None:
    """A code as it is kept; None for what can be none.

    >>> code_of("Summer-26"), code_of("no code")
    ('SUMMER-26', None)
    """
    code = word.strip().upper()
    return code if CODE.fullmatch(code) else None


def read_new(words: Sequence[str]) -> NewCode:
    """`SUMMER $2 uses=100 until=2026-12-31`; without `uses` it is good once. Raises Refusal."""
    code, amount = code_of(words[0]) if words else None, amount_of(words[1]) if len(words) > 1 else None
    if code is None or amount is None:
        raise Refusal("promo-usage")
    made = NewCode(code, amount)
    for word in words[2:]:
        made = _with(made, word)
    return made


def _with(made: NewCode, word: str) -> NewCode:
    uses, until = USES.fullmatch(word.casefold()), UNTIL.fullmatch(word.casefold())
    if uses is not None and int(uses[1]) > 0:
        return NewCode(made.code, made.amount, int(uses[1]), made.until)
    try:
        if until is not None:
            return NewCode(made.code, made.amount, made.uses, date.fromisoformat(until[1]))
    except ValueError:
        pass
    raise Refusal("promo-usage")


async def _make(env: Env, tx: Transaction, reader: Reader, new: NewCode) -> Html:
    ends_at = _end_of(new.until, reader.zone)
    if ends_at is not None and ends_at <= env.now_ms():
        raise Refusal("promo-past")
    added = await tx.run(
        Q.add,
        code=new.code,
        amount_microusd=new.amount,
        most_uses=new.uses,
        ends_at=ends_at,
        made_by=reader.id,
        now=env.now_ms(),
    )
    if not added:
        raise Refusal("promo-exists", (), code=new.code)
    await note_audit(env, tx, reader.id, None, "promo-new", amount_microusd=new.amount, code=new.code, uses=new.uses)
    total = Microusd(new.amount * new.uses)
    said: dict[str, str | int] = {"code": new.code, "amount_microusd": new.amount, "count": new.uses}
    return env.texts.render(reader.language, "promo-made", total_microusd=total, **said, **_until(env, reader, ends_at))


def _end_of(day: date | None, zone: ZoneInfo) -> int | None:
    """The moment at which a day is over there."""
    if day is None:
        return None
    return round(datetime.combine(day + timedelta(days=1), time(), zone).timestamp() * 1000)


def _until(env: Env, reader: Reader, ends_at: int | None) -> dict[str, str]:
    return {} if ends_at is None else {"until": env.texts.moment(reader.language, ends_at, reader.zone)}


async def _end(env: Env, tx: Transaction, reader: Reader, word: str) -> Html:
    code = code_of(word) or word
    if not await tx.run(Q.switch_off, code=code, now=env.now_ms()):
        raise Refusal("promo-none-such", (), code=code)
    await note_audit(env, tx, reader.id, None, "promo-off", code=code)
    return env.texts.render(reader.language, "promo-ended", code=code)


async def _listed(env: Env, tx: Transaction, reader: Reader) -> Html:
    rows = await tx.all(Q.newest, limit=LINES)
    head = env.texts.render(reader.language, "promo-head" if rows else "promo-none")
    return Html("\n".join([head, *(_line(env, reader, row) for row in rows)]))


def _line(env: Env, reader: Reader, row: Row) -> Html:
    ends_at, now = row["ends_at"], env.now_ms()
    is_over = row["uses"] >= row["most_uses"] or (ends_at is not None and ends_at <= now)
    state = "off" if row["off_at"] is not None else "over" if is_over else "open"
    said = {name: row[name] for name in ("code", "amount_microusd", "uses", "most_uses")}
    return env.texts.render(reader.language, "promo-line", state=state, **said, **_until(env, reader, ends_at))
