"""`/quota`: the words, and the same with buttons - one card, edited in place, saved in three taps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.errors import Refusal
from bot.core.limits import Measure, Scope, lines_of
from bot.core.money import usd
from bot.core.quotas import OFF, UNLIMITED, Kind, Setting, Whom, read_quota, written
from bot.core.shortening import shortened
from bot.services import accounts, limiting, resets, say, standings
from bot.services.admins import Rank, rank_of
from bot.services.directory import PLACEHOLDERS, Person, Place, person_by_id
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.limiting import Target
from bot.services.moderation import only_moderators, ranked
from bot.services.operating import shown_name
from bot.services.quotas import Aim, aim_of, refused, saved, set_all, settings_in, undo_buttons
from bot.services.say import Button
from bot.services.wording import defaults_of, setting_of, short, told, told_one, whose
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("moderation")
PEOPLE = 8
PEOPLE_A_ROW = 2
MAX_LABEL_CHARS = 30
COUNTS = (0, 1, 2, 3, 5, 10, 15, 20, 30, 50, 100)
AMOUNTS = tuple(usd(amount) for amount in ("0", "0.5", "1", "2", "3", "5", "10", "20", "40", "100", "200", "500"))
JOB_AMOUNTS = tuple(usd(amount) for amount in ("0.1", "0.25", "0.5", "1", "2", "5", "10"))
AT_ONCE = (0, 1, 2, 3, 5, 10)
SECONDS = (4, 5, 6, 8, 10, 12, 15, 20, 30, 60)
HOURS = ("9-18", "9-21", "9-23", "8-0", "22-6")
MODELS_SHOWN, MODELS_A_ROW = 40, 2
PERIODS: Mapping[Kind, tuple[str, ...]] = {
    Kind.REQUESTS: ("day", "hour", "minute"),
    Kind.MONEY: ("week", "month", "day", "ever"),
}
STARTS: Mapping[Kind, int] = {Kind.REQUESTS: 4, Kind.MONEY: 5, Kind.ACTIVE: 2, Kind.JOB: 3}
"""Where a ladder is entered when there was no limit."""


@dataclass(frozen=True, slots=True)
class View:
    """What one drawing of the panel shows: whose limits, and the changes that are not saved yet."""

    slot: str
    aim: Aim | None = None
    changes: tuple[Setting, ...] = ()
    for_all: bool = False

    def button(self, words: str, action: str, **data: str | int) -> Button:
        """A button that carries the view along."""
        aim = self.aim.to_data() if self.aim is not None else {}
        state: dict[str, str | int] = {"slot": self.slot, "set": written(self.changes), "for_all": int(self.for_all)}
        return Button(words, action, {**aim, **state, **data}, for_all=self.for_all)

    def with_change(self, *settings: Setting) -> View:
        """With these over what was changed before."""
        changed = {s.key: s for s in (*self.changes, *settings)}
        return replace(self, changes=tuple(changed.values()))


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/quota …`: words set limits, no words show them - as a panel to those who may set them."""
    rank = await ranked(env, tx, person, place, asked)
    if rank.moderates:
        try:
            return await _obey(env, tx, person, place, rank, asked)
        except Refusal as refusal:
            return refused(env, person.language, refusal)
    if asked.words:
        await only_moderators(env, tx, person, place, asked)
        return None
    return await standings.limits(env, tx, person, place)


async def _obey(env: Env, tx: Transaction, person: Person, place: Place, rank: Rank, asked: Asked) -> Html | None:
    order = read_quota(asked.words, env.catalog.names)
    aim = await aim_of(env, tx, place, rank, order, asked)
    view = View(f"quota:{asked.update_id}", aim, for_all=asked.as_group)
    if order.is_panel:
        if aim is None:
            return await standings.limits(env, tx, person, place)
        start = replace(view, aim=None) if aim.whom is Whom.MEMBERS else view
        await _draw(env, tx, person, place, start, asked.message_id)
        return None
    if order.reset:
        return await resets.command(env, tx, person, place, aim, asked.update_id)
    if aim is None:
        raise Refusal("group-only")
    settings = await settings_in(env, tx, rank, aim, order)
    await _save(env, tx, person, place, rank, replace(view, changes=tuple(settings)), asked.message_id)
    return None


async def _draw(
    env: Env, tx: Transaction, person: Person, place: Place, view: View, reply_to: int | None = None
) -> None:
    if view.aim is None:
        html, rows = await _home(env, tx, person, place, view)
    else:
        html, rows = await _sheet(env, tx, person, place, view, view.aim)
    await say.card(
        env, tx, place, view.slot, html, person=person, buttons=rows, reply_to=reply_to, silent=not place.is_private
    )


async def _home(env: Env, tx: Transaction, person: Person, place: Place, view: View) -> tuple[Html, list[list[Button]]]:
    language = person.language
    lines = [env.texts.render(language, "quota-panel", title=place.title)]
    for aim in _aims(place):
        kept = [setting_of(row) for row in await limiting.settings_of(tx, aim.target)]
        limits = told(env, language, kept, aim.target.scope) if kept else env.texts.plain(language, "quota-no-own")
        who = whose(env, language, aim.whom, "")
        lines.append(env.texts.render(language, "quota-line", whom=who, limits=limits))
    lines += await _group_use(env, tx, person, place)
    doors = [_door(env, language, view, aim) for aim in _aims(place)]
    one = view.button(env.texts.plain(language, "button-one-person"), "quota-people")
    stats = view.button(env.texts.plain(language, "button-stats"), "quota-stats")
    # In direct messages the panel stands before a follower, who is to read nobody else's name.
    return Html("\n".join(lines)), [[doors[0]] if place.is_direct else [doors[0], one], [*doors[1:], stats]]


def _aims(place: Place) -> list[Aim]:
    aims = [Aim(Target.members(place.chat_id), Whom.MEMBERS)]
    if place.topic_id is not None:
        aims.append(Aim(Target.topic(place.chat_id, place.topic_id), Whom.TOPIC))
    return [*aims, Aim(Target.chat(place.chat_id), Whom.CHAT)]


def _door(env: Env, language: str, view: View, aim: Aim) -> Button:
    return replace(view, aim=aim, changes=()).button(env.texts.plain(language, f"button-{aim.whom}"), "quota-view")


async def _group_use(env: Env, tx: Transaction, person: Person, place: Place) -> list[Html]:
    """How much of the group's money is used, and what its pool holds."""
    standing = await accounts.standing(env, tx, person, place)
    texts, language = env.texts, person.language
    money = [c for c in (*standing.hard, *standing.own_money) if c.scope is Scope.CHAT and c.measure is Measure.MONEY]
    lines = [
        texts.render(
            language, "quota-used", used_microusd=c.used, limit_microusd=c.value, bar=texts.bar(c.used / c.value)
        )
        for c in money
        if c.value
    ]
    if standing.payer == "chat":
        lines.append(
            texts.render(language, "balance-chat", title=place.title, balance=texts.money(language, standing.balance))
        )
    return lines


async def _sheet(
    env: Env, tx: Transaction, person: Person, place: Place, view: View, aim: Aim
) -> tuple[Html, list[list[Button]]]:
    """One target's limits, a row each."""
    language = person.language
    shown = await _shown(tx, aim, view)
    rows = [_row(env, language, view, kind, shown) for kind in _ladders(env)]
    save = view.button(env.texts.plain(language, "button-save"), "quota-save")
    back = replace(view, aim=None, changes=()).button(env.texts.plain(language, "button-back"), "quota-view")
    ends = [save] * bool(view.changes) + [back] * (not place.is_private)
    rows += [ends] if ends else []
    limits = told(env, language, list(shown.values()), aim.target.scope) or env.texts.plain(language, "quota-no-own")
    tier = await limiting.tier_of(tx, aim.target)
    key = "quota-unsaved" if view.changes else "quota-line"
    lines = [env.texts.render(language, key, whom=whose(env, language, aim.whom, aim.name), limits=limits)]
    if tier is not None:
        lines.append(env.texts.render(language, "quota-tier", name=tier["name"]))
    rest = [setting for setting in await _defaults(env, tx, aim, tier) if setting.key not in shown]
    if rest:
        lines.append(env.texts.render(language, "quota-defaults", limits=told(env, language, rest, aim.target.scope)))
    return Html("\n".join(lines)), rows


async def _defaults(env: Env, tx: Transaction, aim: Aim, tier: Row | None) -> list[Setting]:
    """What holds for a target where nothing of its own is set: each member's; the tier's, or the service's settings."""
    target = aim.target
    if target.scope is Scope.MEMBER and target.member_id and target.chat_id is not None:
        return [setting_of(row) for row in await limiting.settings_of(tx, Target.members(target.chat_id))]
    rows = await limiting.settings_of(tx, Target.tier(tier["id"])) if tier is not None else []
    return list(
        {setting.key: setting for setting in (*defaults_of(env, target.scope), *map(setting_of, rows))}.values()
    )


async def _shown(tx: Transaction, aim: Aim, view: View) -> dict[tuple[Kind, str], Setting]:
    """What would hold after saving."""
    kept = [setting_of(row) for row in await limiting.settings_of(tx, aim.target)]
    merged = {s.key: s for s in (*kept, *view.changes)}
    return {key: setting for key, setting in merged.items() if setting.value != OFF}


def _ladders(env: Env) -> dict[Kind, Sequence[int | str]]:
    """The steps that a row offers; beyond the last there is no limit."""
    models = env.catalog.models
    resolutions = sorted({name for model in models for name in model.resolutions}, key=lines_of)
    longest = max((model.durations_s[1] for model in models), default=0)
    return {
        Kind.REQUESTS: COUNTS,
        Kind.MONEY: AMOUNTS,
        Kind.ACTIVE: AT_ONCE,
        Kind.JOB: JOB_AMOUNTS,
        Kind.MODEL: [model.id for model in models],
        Kind.RESOLUTION: resolutions,
        Kind.SECONDS: [step for step in SECONDS if step <= longest],
        Kind.HOURS: HOURS,
    }


def _row(env: Env, language: str, view: View, kind: Kind, shown: Mapping[tuple[Kind, str], Setting]) -> list[Button]:
    now = _current(kind, shown, view.aim)
    ladder = _ladders(env)[kind]
    label = shortened(short(env, language, now), MAX_LABEL_CHARS)
    if kind is Kind.MODEL:
        return [view.button(label, "quota-models")]
    turned = view.with_change(*_turned(now))
    less, more = (view.with_change(replace(now, value=_step(kind, ladder, now.value, by))) for by in (-1, 1))
    return [less.button("−", "quota-view"), turned.button(label, "quota-view"), more.button("+", "quota-view")]


def _current(kind: Kind, shown: Mapping[tuple[Kind, str], Setting], aim: Aim | None) -> Setting:
    """The limit of a kind that a row speaks of: the first that is set, else none."""
    periods = PERIODS.get(kind, ("",))
    if kind is Kind.MONEY and aim is not None and aim.whom is Whom.CHAT:
        periods = ("month", *(period for period in periods if period != "month"))
    for period in periods:
        if (kind, period) in shown:
            return shown[kind, period]
    return Setting(kind, periods[0], OFF)


def _turned(now: Setting) -> tuple[Setting, ...]:
    """A tap on the middle: the same in another period; of a limit without periods, away with it."""
    periods = PERIODS.get(now.kind)
    if periods is None or now.value == OFF:
        return (replace(now, value=OFF),)
    after = periods[(periods.index(now.period) + 1) % len(periods)]
    return replace(now, value=OFF), replace(now, period=after)


def _step(kind: Kind, ladder: Sequence[int | str], value: int | str, by: int) -> int | str:
    """The next step up or down; above the highest there is no limit, from none the ladder is entered midway."""
    if not isinstance(value, int) and value not in ladder:
        return ladder[min(STARTS.get(kind, len(ladder) - 1), len(ladder) - 1)]
    if value in ladder:
        place = ladder.index(value) + by
        return OFF if place >= len(ladder) else ladder[max(place, 0)]
    numbers = [
        step for step in ladder if isinstance(step, int) and isinstance(value, int) and (step > value) == (by > 0)
    ]
    return OFF if not numbers else min(numbers) if by > 0 else max(numbers)


async def press(
    env: Env, tx: Transaction, person: Person, place: Place, action: str, data: Mapping[str, str | int]
) -> str | None:
    """A button of a panel; a toast's key for those who may not."""
    rank = await rank_of(env, tx, person, place)
    aim = Aim.from_data(data) if "whom" in data else None
    if not rank.moderates or (aim is not None and aim.target.chat_id not in {None, place.chat_id}):
        return "moderators-only"
    changes = read_quota(str(data["set"])).settings if data["set"] else ()
    view = View(str(data["slot"]), aim, changes, bool(data["for_all"]))
    match action:
        case "quota-people" if not place.is_direct:
            await _people(env, tx, person, place, view)
        case "quota-models" if aim is not None:
            await _models(env, tx, person, place, view, aim)
        case "quota-save" | "quota-undo":
            try:
                await _save(env, tx, person, place, rank, view)
            except Refusal as refusal:
                await _tell(env, tx, person, place, view, refused(env, person.language, refusal))
        case _:
            await _draw(env, tx, person, place, view)
    return None


async def _save(
    env: Env, tx: Transaction, person: Person, place: Place, rank: Rank, view: View, reply_to: int | None = None
) -> None:
    """Everything or nothing, and what holds now with a way back."""
    if view.aim is None:
        return
    before = await set_all(env, tx, person, rank, view.aim, view.changes)
    html = saved(env, person.language, view.aim, view.changes)
    undo = undo_buttons(env, person.language, view.aim, before, view.slot, for_all=view.for_all)
    await _tell(env, tx, person, place, view, html, undo, reply_to)


async def _tell(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    view: View,
    html: Html,
    buttons: Sequence[Button] = (),
    reply_to: int | None = None,
) -> None:
    row = list(buttons)
    if not place.is_private:
        home = View(view.slot, for_all=view.for_all)
        row.append(home.button(env.texts.plain(person.language, "button-limits"), "quota-view"))
    await say.card(env, tx, place, view.slot, html, person=person, buttons=[row], reply_to=reply_to)


async def _people(env: Env, tx: Transaction, person: Person, place: Place, view: View) -> None:
    """Who wrote here lately, a button each."""
    rows = await tx.all(Q.members_lately, chat_id=place.chat_id, count=PEOPLE)
    buttons = []
    for row in rows:
        who = await person_by_id(env, tx, row["user_id"])
        if who.telegram_id in PLACEHOLDERS:
            continue
        aim = Aim(Target.member(place.chat_id, who.id), Whom.MEMBER, shown_name(who))
        buttons.append(replace(view, aim=aim, changes=()).button(shown_name(who)[:MAX_LABEL_CHARS], "quota-view"))
    grid = [buttons[i : i + PEOPLE_A_ROW] for i in range(0, len(buttons), PEOPLE_A_ROW)]
    back = View(view.slot, for_all=view.for_all).button(env.texts.plain(person.language, "button-back"), "quota-view")
    html = env.texts.render(person.language, "quota-people")
    await say.card(env, tx, place, view.slot, html, person=person, buttons=[*grid, [back]])


async def _models(env: Env, tx: Transaction, person: Person, place: Place, view: View, aim: Aim) -> None:
    """A tick for each model that may be used; without any tick all may."""
    now = _current(Kind.MODEL, await _shown(tx, aim, view), aim)
    ticked = [] if now.value in {OFF, UNLIMITED, 0} else str(now.value).split(",")
    buttons = []
    for model in env.catalog.models[:MODELS_SHOWN]:
        chosen = [name for name in (*ticked, model.id) if name != model.id or model.id not in ticked]
        label = f"✓ {model.title}" if model.id in ticked else model.title
        changed = view.with_change(replace(now, value=",".join(chosen) or OFF))
        buttons.append(changed.button(label, "quota-models"))
    grid = [buttons[at : at + MODELS_A_ROW] for at in range(0, len(buttons), MODELS_A_ROW)]
    back = view.button(env.texts.plain(person.language, "button-back"), "quota-view")
    html = env.texts.render(
        person.language,
        "quota-models",
        whom=whose(env, person.language, aim.whom, aim.name),
        limits=told_one(env, person.language, now, aim.target.scope),
    )
    await say.card(env, tx, place, view.slot, html, person=person, buttons=[*grid, [back]])
