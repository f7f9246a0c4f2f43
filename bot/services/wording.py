"""Limits in a person's words: `5 videos a day, $2 a week, 2 at once`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.core.limits import Bound, Counted, Measure, Period, Scope, is_unlimited
from bot.core.quotas import OFF, UNLIMITED, Kind, Setting, Whom, is_every
from bot.services import counting
from bot.services.counting import Applying
from bot.services.env import Env
from bot.storage.base import Row

MONEY = frozenset({Kind.MONEY, Kind.JOB})
NAMED = frozenset({Kind.MODEL, Kind.RESOLUTION, Kind.HOURS})


def setting_of(row: Row) -> Setting:
    """A kept limit as the setting that made it."""
    kind, period = Kind(row["measure"]), "" if row["period"] == "now" else str(row["period"])
    value = UNLIMITED if row["value"] is None else row["words"] or row["value"]
    return Setting(kind, period, value, bool(row["is_everywhere"]))


def defaults_of(env: Env, scope: Scope) -> list[Setting]:
    """What the service's settings say of a scope."""
    return [as_setting(limit) for limit in counting.defaults(env) if limit.scope is scope]


def as_setting(limit: Counted | Bound | Applying) -> Setting:
    """A limit that applies, or a default, as the setting that would make it."""
    kind = Kind(limit.measure.value)
    if not isinstance(limit, Bound):
        value = UNLIMITED if limit.value is None or is_unlimited(limit.value) else limit.value
        return Setting(kind, "" if limit.period is Period.NOW else limit.period.value, value)
    words = ("-" if limit.measure is Measure.HOURS else ",").join(limit.words)
    return Setting(kind, "", words or limit.value)


def told(env: Env, language: str, settings: Sequence[Setting], scope: Scope = Scope.USER) -> str:
    """Several limits in one line; where every limit is among them, what most of them become is said once."""
    most = Counter(setting.value for setting in settings).most_common(1)[0][0] if is_every(settings) else None
    if most not in {OFF, UNLIMITED}:
        return ", ".join(told_one(env, language, setting, scope) for setting in settings)
    others = [told_one(env, language, setting, scope) for setting in settings if setting.value != most]
    rest = env.texts.plain(language, "quota-name-rest" if others else "quota-name-every")
    return ", ".join([*others, _special(env, language, str(most), rest, scope)])


def told_one(env: Env, language: str, setting: Setting, scope: Scope = Scope.USER) -> str:
    """One limit; what is off, unlimited or forbidden is said of its name. Without a group's own there are others."""
    said = _told_one(env, language, setting, scope)
    return env.texts.plain(language, "quota-everywhere", limit=said) if setting.everywhere else said


def _told_one(env: Env, language: str, setting: Setting, scope: Scope) -> str:
    kind, value = setting.kind, setting.value
    special = {OFF: "off", UNLIMITED: "unlimited", 0: "none"}.get(value)
    if special is not None:
        return _special(env, language, special, name_of(env, language, setting), scope)
    return env.texts.plain(language, f"quota-says-{kind}", period=setting.period, **_data(kind, value))


def _special(env: Env, language: str, special: str, what: str, scope: Scope) -> str:
    said = {"scope": scope.value} if special == UNLIMITED else {}
    return env.texts.plain(language, f"quota-{special}", what=what, **said)


def short(env: Env, language: str, setting: Setting) -> str:
    """One limit on a button: `5 a day`, `$2.00 a week`; `22–06`, `videos: –` or `any model` where there is none."""
    kind, value = setting.kind, setting.value
    shown = str(value)
    if value in {OFF, UNLIMITED}:
        shown = "" if value == OFF or kind in NAMED else "∞"
    elif kind in MONEY and isinstance(value, int):
        shown = env.texts.money(language, value)
    elif kind is Kind.HOURS:
        shown = "–".join(bound[:2] for bound in _bounds(str(value)))
    return env.texts.plain(language, "quota-short", kind=kind.value, period=setting.period, value=shown).strip()


def name_of(env: Env, language: str, setting: Setting) -> str:
    """What a limit limits: `videos a day`."""
    return env.texts.plain(language, f"quota-name-{setting.kind}", period=setting.period)


def left_of(env: Env, language: str, limit: Counted) -> str:
    """What is left of a limit, as a figure."""
    money = limit.measure is Measure.MONEY
    return env.texts.money(language, limit.left) if money else env.texts.number(language, limit.left)


def money_left(env: Env, language: str, microusd: int) -> str:
    """An amount that may still be spent; `∞` where nothing limits it."""
    return "∞" if is_unlimited(microusd) else env.texts.money(language, microusd)


def _data(kind: Kind, value: int | str) -> dict[str, int | str]:
    if kind in MONEY:
        return {"amount_microusd": value}
    if kind is Kind.HOURS:
        start, end = _bounds(str(value))
        return {"start": start, "end": end}
    return {"limit": value.replace(",", ", ") if isinstance(value, str) else value}


def _bounds(hours: str) -> tuple[str, str]:
    """`9-0` → `09:00`, `24:00`."""
    start, _, end = hours.partition("-")
    return f"{int(start):02}:00", f"{int(end) or 24:02}:00"


def whose(env: Env, language: str, whom: Whom, name: str) -> str:
    """Whose limits they are, to begin a sentence with."""
    return env.texts.plain(language, f"quota-whom-{whom}", name=name)
