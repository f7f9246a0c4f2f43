"""Limits in a person's words: `5 videos a day, $2 a week, 2 at once`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.limits import Bound, Counted, Measure, Period
from bot.core.quotas import OFF, UNLIMITED, Kind, Setting, Whom
from bot.services.env import Env
from bot.storage.base import Row

MONEY = frozenset({Kind.MONEY, Kind.JOB})
NAMED = frozenset({Kind.MODEL, Kind.RESOLUTION, Kind.HOURS})


def setting_of(row: Row) -> Setting:
    """A kept limit as the setting that made it."""
    kind, period = Kind(row["measure"]), "" if row["period"] == "now" else str(row["period"])
    value = UNLIMITED if row["value"] is None else row["words"] or row["value"]
    return Setting(kind, period, value)


def as_setting(limit: Counted | Bound) -> Setting:
    """A limit that applies as the setting that would make it."""
    kind = Kind(limit.measure.value)
    if isinstance(limit, Counted):
        return Setting(kind, "" if limit.period is Period.NOW else limit.period.value, limit.value)
    words = ("-" if limit.measure is Measure.HOURS else ",").join(limit.words)
    return Setting(kind, "", words or limit.value)


def told(env: Env, language: str, settings: Sequence[Setting]) -> str:
    """Several limits in one line."""
    return ", ".join(told_one(env, language, setting) for setting in settings)


def told_one(env: Env, language: str, setting: Setting) -> str:
    """One limit; what is off, unlimited or forbidden is said of its name."""
    kind, value = setting.kind, setting.value
    special = {OFF: "off", UNLIMITED: "unlimited", 0: "none"}.get(value)
    if special is not None:
        return env.texts.plain(language, f"quota-{special}", what=name_of(env, language, setting))
    return env.texts.plain(language, f"quota-says-{kind}", period=setting.period, **_data(kind, value))


def short(env: Env, language: str, setting: Setting) -> str:
    """One limit on a button: `5 a day`, `$2.00 a week`; `videos: –` or `any model` where there is none."""
    kind, value = setting.kind, setting.value
    shown = str(value)
    if value in {OFF, UNLIMITED}:
        shown = "" if value == OFF or kind in NAMED else "∞"
    elif kind in MONEY and isinstance(value, int):
        shown = env.texts.money(language, value)
    return env.texts.plain(language, "quota-short", kind=kind.value, period=setting.period, value=shown).strip()


def name_of(env: Env, language: str, setting: Setting) -> str:
    """What a limit limits: `videos a day`."""
    return env.texts.plain(language, f"quota-name-{setting.kind}", period=setting.period)


def _data(kind: Kind, value: int | str) -> dict[str, int | str]:
    if kind in MONEY:
        return {"amount_microusd": value}
    if kind is Kind.HOURS:
        start, _, end = str(value).partition("-")
        return {"start": f"{int(start):02}:00", "end": f"{int(end) or 24:02}:00"}
    return {"limit": value}


def whose(env: Env, language: str, whom: Whom, name: str) -> str:
    """Whose limits they are, to begin a sentence with."""
    return env.texts.plain(language, f"quota-whom-{whom}", name=name)
