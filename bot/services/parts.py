"""What the picture of a card's references shows, and how it stands with that picture."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.services.env import Env
from bot.services.planning import Plan
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("sheets")
SHEET_LEAST = 2
"""So many references are shown as a picture too."""
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """`path` below DATA_DIR, None: there is none (yet). `is_given_up`: it could not be made."""

    path: str | None = None
    is_given_up: bool = False


NONE = Sheet()


def role_name(plan: Plan, label: Label, role: Role) -> str:
    """What a reference is for, as its text is called after `role-`."""
    if label in plan.sounds:
        return plan.sounds[label].value
    return "audio" if label.kind is MediaKind.AUDIO and role is Role.REFERENCE else role.value


async def sheet_of(env: Env, tx: Transaction, language: str, row: Row, plan: Plan) -> Sheet:
    """The picture of a request's references; where it is another than before, it is wanted from now on."""
    references = plan.resolution.spec.references[:MOST_SHOWN]
    known = await tx.one(Q.get, request_id=row["id"])
    if row["lines"] or (known is None and len(references) < SHEET_LEAST):
        return NONE  # what shows a picture goes on with one: Telegram takes none away
    shown = [f"{ref.label}:{ref.media_id}:{role_name(plan, ref.label, ref.role)}" for ref in references]
    parts = " ".join([language, *shown])
    if known is None or known["parts"] != parts:
        if known is not None and known["path"] is not None and known["erased_at"] is None:
            await tx.run(Q.replace, path=known["path"], now=env.now_ms())
        await tx.run(Q.want, request_id=row["id"], parts=parts, now=env.now_ms())
        return NONE
    if known["erased_at"] is not None:
        return Sheet(is_given_up=known["path"] is None)
    return Sheet(known["path"])
