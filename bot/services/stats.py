"""`/stats`, `/ledger` and the audit as a table: who may see what, the figures in words, and the chart as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.core.drawing import Bar, Column, Drawing, Stack
from bot.core.errors import Refusal
from bot.core.shortening import shortened
from bot.core.stats import Outcome, Share, Stats, blocks_of, largest, outcome_of, ticks_of
from bot.services import audits, quiet, say, statements
from bot.services.admins import Rank, rank_of
from bot.services.directory import Person, Place, own_place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.moderation import ranked
from bot.services.say import Button
from bot.services.statements import Period, Scope, Statement, Wish
from bot.storage.base import Row, Transaction
from bot.texts import Html

PERIODS: Final[Mapping[str, Period]] = {
    **dict.fromkeys(("day", "today", "день", "сегодня"), "day"),
    **dict.fromkeys(("week", "неделя", "неделю"), "week"),
    **dict.fromkeys(("month", "месяц"), "month"),
    **dict.fromkeys(("all", "ever", "всё", "все"), "ever"),
}
TABLE: Final = frozenset({"csv", "table", "таблица"})
SHOWN: Final[tuple[Period, ...]] = ("day", "week", "month")
MAX_SIDES, MAX_MODELS = 6, 4
MAX_NAME_CHARS = 24
BLOCKS: Final[Mapping[str, int]] = {"day": 6, "week": 1, "month": 7}
"""How many steps are told together in the words: a quarter of a day, a day, a week."""

LABEL_EVERY: Final[Mapping[str, int]] = {"day": 6, "week": 1, "month": 7}
OWN: Final = "service"


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/stats [day|week|month] [csv]`: of this chat to who moderates it; in private one's own, an operator's all."""
    scope = await _scope(env, tx, person, place, asked)
    if scope is None:
        return None
    period, is_table, unknown = _read(asked.words)
    if unknown is not None or period == "ever":
        return env.texts.render(person.language, "stats-usage")
    wish = Wish("jobs" if is_table else "chart", scope, period or "week", asked.as_group)
    await _ask(env, tx, person, place, wish, asked.message_id)
    return None


async def ledger(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/ledger [day|week|month|all]`: every entry as a table, to operators in their private chat."""
    if not person.is_operator:
        raise Refusal("operators-only")
    period, _, unknown = _read(asked.words)
    if not place.is_private or unknown is not None:
        return env.texts.render(person.language, "ledger-usage")
    await statements.ask(env, tx, person, place, Wish("ledger", "service", period or "month"), asked.message_id)
    return None


async def audit(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/audit`: the last changes as words; `/audit csv [day|week|month|all]`: as a table."""
    rank = await ranked(env, tx, person, place, asked)
    is_read_by_another = place.is_direct and asked.as_group
    if not rank.moderates or (not asked.words and not is_read_by_another):
        return await audits.audit(env, tx, person, place, asked)
    period, _, unknown = _read(asked.words)
    if unknown is not None:
        return env.texts.render(person.language, "audit-usage")
    scope: Scope = "service" if place.is_private else "chat"
    wish = Wish("audit", scope, period or "month", for_all=is_read_by_another)
    await _ask(env, tx, person, place, wish, asked.message_id)
    return None


async def _ask(env: Env, tx: Transaction, person: Person, place: Place, wish: Wish, message_id: int) -> None:
    """In a channel's name nobody is meant, and a follower reads their topic: who taps has it in their own chat."""
    if not (place.is_direct and wish.for_all):
        await statements.ask(env, tx, person, place, wish, message_id)
        return
    data: dict[str, str | int] = {"kind": wish.kind, "period": wish.period, "for_all": 1}
    button = Button(env.texts.plain(person.language, "button-to-me"), "stats-show", data, for_all=True)
    html = env.texts.render(person.language, "stats-direct")
    await say.message(env, tx, place, html, person=person, buttons=[[button]], reply_to=message_id, silent=True)


async def _scope(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Scope | None:
    if place.is_private:
        return "service" if person.is_operator else "user"
    if (await ranked(env, tx, person, place, asked)).moderates:
        return "chat"
    html = env.texts.render(person.language, "stats-moderators-only")
    await quiet.refuse(env, tx, person, place, html, asked.message_id)
    return None


def _read(words: str) -> tuple[Period | None, bool, str | None]:
    """The period, whether a table is wanted, and a word that means nothing."""
    period, is_table, unknown = None, False, None
    for word in words.casefold().split():
        if word in PERIODS:
            period = PERIODS[word]
        elif word in TABLE:
            is_table = True
        else:
            unknown = word
    return period, is_table, unknown


async def press(env: Env, tx: Transaction, person: Person, place: Place, data: Mapping[str, Any]) -> str | None:
    """A button below a chart, or the panel's; a toast's key for those who may not."""
    rank = await rank_of(env, tx, person, place)
    if not place.is_private and not rank.moderates:
        return "moderators-only"
    scope: Scope = "chat" if not place.is_private else "service" if rank is Rank.OPERATOR else "user"
    kind, period = data.get("kind", "chart"), data.get("period", "week")
    if place.is_direct and await own_place(tx, person) is None:
        return "stats-no-own-chat"
    for_all = bool(data.get("for_all")) and not place.is_direct
    await statements.ask(env, tx, person, place, Wish(kind, scope, period, for_all), None)
    return "stats-to-you" if place.is_direct else None


def buttons(env: Env, due: Statement) -> list[list[Button]]:
    """The other periods, and the same as a table."""
    language, for_all = due.person.language, due.wish.for_all

    def button(key: str, kind: str, period: str) -> Button:
        data: dict[str, str | int] = {"kind": kind, "period": period, "for_all": int(for_all)}
        return Button(env.texts.plain(language, key), "stats-show", data, for_all=for_all)

    others = [button(f"button-period-{period}", "chart", period) for period in SHOWN if period != due.wish.period]
    return [[*others, button("button-csv", "jobs", due.wish.period)]]


async def gather(env: Env, due: Statement) -> Stats:
    """The figures of a chart; the service's own losses are a side of their own."""
    stats = Stats(due.steps)
    async for row in statements.rows_of(env, due):
        outcome = outcome_of(row["state"], row["error_key"])
        stats.add(row["created_at"], row["cost_microusd"] or 0, _side(env, due, row), row["model"], outcome)
    if due.wish.scope == "service":
        own = (OWN, env.texts.plain(due.person.language, "stats-own"))
        async for row in statements.losses(env, due):
            stats.add(row["booked_at"], -row["amount_microusd"], own, None, None)
    return stats


def _side(env: Env, due: Statement, row: Row) -> tuple[str, str]:
    """Whose job it is; of one's own jobs, where it was asked for."""
    if due.wish.scope != "user":
        return str(row["user_id"]), _short(row["user_name"] or row["username"] or f"#{row['user_id']}")
    here = env.texts.plain(due.person.language, "stats-private")
    return str(row["chat_id"]), here if row["chat_kind"] == "private" else _short(row["chat_title"])


def _short(name: str) -> str:
    return shortened(name, MAX_NAME_CHARS)


def words(env: Env, due: Statement, stats: Stats) -> Html:
    """All figures of the chart as text: a caption of at most 1,024 characters."""
    texts, language = env.texts, due.person.language
    head = texts.render(language, "stats-head", whose=_whose(env, due), span=_span(env, due))
    total = texts.render(language, "stats-total", spent_microusd=stats.total.spent, count=stats.total.jobs)
    steps = _blocks(env, due, stats)
    sides = [
        texts.render(language, "stats-side", name=share.name, spent_microusd=share.spent, count=share.jobs)
        for share in _sides(env, due, stats)
    ]
    models = [
        texts.render(language, "stats-model", name=share.name, outcomes=_outcomes(env, language, share))
        for share in _models(env, due, stats)
    ]
    return Html("\n".join([head, total, *([" · ".join(steps)] if steps else []), "", *sides, "", *models]))


def nothing(env: Env, due: Statement) -> Html:
    """What is said of an empty period."""
    return env.texts.render(due.person.language, "stats-nothing", whose=_whose(env, due), span=_span(env, due))


def _whose(env: Env, due: Statement) -> str:
    key = f"stats-whose-{due.wish.scope}"
    return env.texts.plain(due.person.language, key, title=_short(due.place.title))


def _span(env: Env, due: Statement) -> str:
    return env.texts.plain(due.person.language, f"stats-span-{due.wish.period}")


def _sides(env: Env, due: Statement, stats: Stats) -> list[Share]:
    count = len(stats.sides) - MAX_SIDES + 1
    return largest(stats.sides.values(), MAX_SIDES, env.texts.plain(due.person.language, "stats-others", count=count))


def _models(env: Env, due: Statement, stats: Stats) -> list[Share]:
    titles = {model.id: model.title for model in env.catalog.models}
    for share in stats.models.values():
        share.name = titles.get(share.name, share.name)
    count = len(stats.models) - MAX_MODELS + 1
    return largest(stats.models.values(), MAX_MODELS, env.texts.plain(due.person.language, "stats-others", count=count))


def _outcomes(env: Env, language: str, share: Share) -> str:
    found = [(outcome, share.outcomes[outcome]) for outcome in Outcome if share.outcomes.get(outcome)]
    return ", ".join(f"{count} {env.texts.plain(language, f'stats-{outcome}')}" for outcome, count in found)


def _blocks(env: Env, due: Statement, stats: Stats) -> list[str]:
    """When it was spent, in a handful of figures; what was nothing is left out."""
    width = BLOCKS[due.wish.period]
    return [
        f"{_when(env, due, stats, at, width)} {env.texts.money(due.person.language, spent)}"
        for at, spent in blocks_of(stats.spent, width)
        if spent
    ]


def _when(env: Env, due: Statement, stats: Stats, at: int, width: int) -> str:
    first, last = stats.steps[at], stats.steps[min(at + width, len(stats.steps) - 1)]
    match due.wish.period:
        case "day":
            return f"{_moment(env, due, first, 'HH')}–{_moment(env, due, last - 1, 'HH')}"
        case "week":
            return _moment(env, due, first, "EEE d")
        case _:
            return f"{_moment(env, due, first, 'd MMM')}–{_moment(env, due, last - 1, 'd MMM')}"


def _moment(env: Env, due: Statement, at_ms: int, pattern: str) -> str:
    return env.texts.calendar(due.person.language, at_ms, due.clock.zone, pattern)


def drawing(env: Env, due: Statement, stats: Stats) -> Drawing:
    """The same figures as a picture."""
    texts, language = env.texts, due.person.language
    second = "where" if due.wish.scope == "user" else "who"
    return Drawing(
        title=_whose(env, due),
        subtitle=f"{_span(env, due)} · {texts.plain(language, 'stats-total', **_total(stats))}",
        heads=(
            texts.plain(language, f"stats-by-{due.wish.period}"),
            texts.plain(language, f"stats-by-{second}"),
            texts.plain(language, "stats-by-model"),
        ),
        columns=tuple(_columns(env, due, stats)),
        ticks=tuple((tick, texts.money(language, tick)) for tick in ticks_of(max(stats.spent, default=0))),
        bars=tuple(
            Bar(share.name, f"#{number}", share.spent, texts.money(language, share.spent))
            for number, share in enumerate(_sides(env, due, stats), start=1)
        ),
        stacks=tuple(
            Stack(share.name, tuple(share.outcomes.get(outcome, 0) for outcome in Outcome))
            for share in _models(env, due, stats)
        ),
        legend=tuple(texts.plain(language, f"stats-{outcome}") for outcome in Outcome),
    )


def _total(stats: Stats) -> dict[str, int]:
    return {"spent_microusd": stats.total.spent, "count": stats.total.jobs}


def _columns(env: Env, due: Statement, stats: Stats) -> Sequence[Column]:
    every = LABEL_EVERY[due.wish.period]
    pattern = {"day": "HH:mm", "week": "EEE d", "month": "d MMM"}[due.wish.period]
    few = due.wish.period == "week"
    return [
        Column(
            _moment(env, due, stats.steps[at], pattern) if at % every == 0 else "",
            spent,
            env.texts.money(due.person.language, spent) if spent and few else "",
        )
        for at, spent in enumerate(stats.spent)
    ]


def caption(env: Env, due: Statement, count: int) -> Html:
    """What stands below a table."""
    language, kind = due.person.language, due.wish.kind
    span = env.texts.plain(language, f"stats-span-{due.wish.period}")
    return env.texts.render(language, f"statement-{kind}", whose=_whose(env, due), span=span, count=count)


def file_name(env: Env, due: Statement) -> str:
    """`kinetogram-ledger-2026-03-28.csv`."""
    return f"kinetogram-{due.wish.kind}-{_moment(env, due, due.now, 'yyyy-MM-dd')}.csv"
