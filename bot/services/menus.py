"""Which commands a menu shows, by who sees it. A menu only shows: what a person may do is checked where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services import commands, payments
from bot.services.env import Policy

IN_GROUPS = (
    *("video", "batch", "jobs", "cancel", "balance", "models", "add", "save", "library", "quota", "language", "help"),
)
MODERATORS = ("settings", "stats", "block", "unblock", "pause", "resume", "grant", "audit", "moderators", "words")
OPERATORS = ("allow", "deny", "grant", "refund", "ledger", "audit", "halt", "words", "promo", "tier")
REPLY_ONLY = frozenset({"add"})
"""In a private chat media goes into the tray by itself."""


@dataclass(frozen=True, slots=True)
class Menus:
    """The commands of each kind of viewer, in the order in which they are shown."""

    private: tuple[str, ...]
    groups: tuple[str, ...]
    moderators: tuple[str, ...]
    operators: tuple[str, ...]


def menus(policy: Policy) -> Menus:
    """Those about Stars only where Stars are taken."""
    private = tuple(name for name in commands.MENU if name not in REPLY_ONLY)
    stars = () if policy.star_microusd is None else payments.MENU
    groups = (*IN_GROUPS, *stars[:1])
    return Menus(
        private=(*private, *stars),
        groups=groups,
        moderators=(*groups, *MODERATORS),
        operators=(*private, *OPERATORS, *stars),
    )
