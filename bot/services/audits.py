"""`/audit`: the last changes in words, each in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.core.limits import Scope
from bot.core.quotas import OFF, Kind, Setting, Whom
from bot.services import preferring
from bot.services.directory import Person, Place, person_by_id, zone_of_group
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.moderation import only_moderators, ranked
from bot.services.operating import shown_name
from bot.services.wording import told_one, whose
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("moderation")
AUDIT_LINES = 12
MEN = frozenset({"member", "user"})
"""The scopes that are somebody's."""


async def audit(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/audit`: the last changes here; an operator in private sees those of the whole service, and where each was."""
    rank = await ranked(env, tx, person, place, asked)
    if not rank.moderates:
        await only_moderators(env, tx, person, place, asked)
        return None
    if place.is_private:
        rows = await tx.all(Q.audit_of_all, count=AUDIT_LINES)
    else:
        rows = await tx.all(Q.audit_of_chat, chat_id=place.chat_id, count=AUDIT_LINES)
    zone = person.zone if place.is_private else zone_of_group(env, place)
    lines = [await _audit_line(env, tx, person.language, zone, row) for row in rows]
    if place.is_private:
        pairs = zip(lines, rows, strict=True)
        lines = [_with_its_group(env, person.language, line, row["chat_title"]) for line, row in pairs]
    head = env.texts.render(person.language, "audit-head" if lines else "audit-none")
    return Html("\n".join([head, *lines]))


def _with_its_group(env: Env, language: str, line: Html, title: str | None) -> Html:
    return env.texts.render(language, "audit-in", line=line, title=title) if title else line


async def _audit_line(env: Env, tx: Transaction, language: str, zone: ZoneInfo, row: Row) -> Html:
    data: Mapping[str, object] = json.loads(row["data"])
    user = data.get("user", data.get("scope_id" if data.get("scope") == "user" else "member_id"))
    name = shown_name(await person_by_id(env, tx, user)) if isinstance(user, int) and user else ""
    texts, action = env.texts, row["action"]
    said = {
        "at": texts.moment(language, row["at"], zone),
        "who": row["name"] or texts.plain(language, "audit-nobody"),
        "what": texts.plain(language, key) if texts.has(key := f"audit-{action}") else action,
    }
    if action in {"quota", "ceiling"}:
        return texts.render(language, "audit-limit-line", **said, **_limit_said(env, language, data, name))
    if action in {"setting", "setting-lock"}:
        return texts.render(language, "audit-limit-line", **said, **preferring.change_said(env, language, data))
    amount = data.get("amount_microusd")
    details = (
        texts.money(language, amount)
        if isinstance(amount, int)
        else str(data.get("timezone") or data.get("tier") or data.get("topic") or "")
    )
    return texts.render(language, "audit-line", **said, whom=name, details=details)


def _limit_said(env: Env, language: str, data: Mapping[str, object], name: str) -> dict[str, str]:
    """Whose limit was set, and to what, in the words of the panel."""
    scope, value, period = str(data["scope"]), data.get("value"), str(data.get("period") or "")
    whom = Whom.MEMBERS if scope == "member" and not name else Whom.MEMBER if scope in MEN else Whom(scope)
    kept = value if isinstance(value, int | str) else OFF
    kind, everywhere = Kind(str(data["measure"])), bool(data.get("everywhere"))
    setting = Setting(kind, "" if period == "now" else period, kept, everywhere)
    return {"whom": whose(env, language, whom, name), "limit": told_one(env, language, setting, Scope(scope))}
