"""What handlers reach: the use cases' environment, and the bell that wakes sender and worker after a commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from telegram.ext import Application, ContextTypes

from bot.services.env import Env
from bot.services.membership import Lookups

Context = ContextTypes.DEFAULT_TYPE
KEY = "kit"


@dataclass(frozen=True, slots=True)
class Kit:
    """Given once by the composition root. `ring` says that something was committed. `parents`: of chats of direct
    messages their channels, as Telegram told them.
    """

    env: Env
    ring: Callable[[], None]
    lookups: Lookups = field(default_factory=Lookups)
    parents: dict[int, int] = field(default_factory=dict)


def give(application: Application[Any, Any, Any, Any, Any, Any], kit: Kit) -> None:
    """Hands the kit to every handler."""
    application.bot_data[KEY] = kit


def kit_of(context: Context) -> Kit:
    """The kit, in a handler."""
    return cast("Kit", context.bot_data[KEY])
