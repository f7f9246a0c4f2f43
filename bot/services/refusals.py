"""What was refused, in the words of who reads it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.core.errors import Faults, InLine, KinetogramError, LimitReached
from bot.services.env import Env
from bot.texts import Html

CLOCK = "HH:mm"


def error_text(env: Env, language: str, error: KinetogramError, zone: ZoneInfo | None = None) -> Html:
    """An error in the person's words; several are one line each. All times are told in `zone`, else the service's."""
    if isinstance(error, Faults) and error.faults:
        lines = [error_text(env, language, fault, zone) for fault in error.faults]
        if len(lines) == 1:
            return lines[0]
        head = env.texts.render(language, "faults-head", count=len(lines))
        return Html("\n".join([head, *(env.texts.render(language, "fault-line", text=line) for line in lines)]))
    if isinstance(error, InLine):
        text = Html(" ".join(error_text(env, language, fault, zone) for fault in error.faults.faults))
        return Html(env.texts.render(language, "fault-in-line", number=error.number, text=text))
    return Html(env.texts.render(language, error.key, **shown(env, language, error, zone)))


def uncharged(env: Env, language: str, html: str) -> Html:
    """A refusal before any money was spent, which says so where its own words do not."""
    said = env.texts.render(language, "nothing-charged")
    if said in html:
        return Html(html)
    return Html(("\n" if "\n" in html else " ").join([html, said]))


def shown(env: Env, language: str, error: KinetogramError, zone: ZoneInfo | None = None) -> dict[str, str | float]:
    """An error's data for its text; a moment is written in the reader's zone."""
    data = dict(error.data)
    if isinstance(error, LimitReached):
        told_in, at = zone or env.policy.zone, int(data.pop("resets_at", 0))
        data["resets"] = env.texts.moment(language, at, told_in) if at else ""
        if (closes := int(data.pop("closes_at", 0))) and at:
            data["from_hour"] = env.texts.calendar(language, at, told_in, CLOCK)
            closes_at = env.texts.calendar(language, closes, told_in, CLOCK)
            data["until_hour"] = f"{closes_at} ({env.texts.place(language, told_in)})"
    return data
