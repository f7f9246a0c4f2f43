"""How a person goes on after a job that brought no video: what would only be refused again is not offered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from bot.core.job import Fail, State
from bot.services.env import Env
from bot.services.say import Button
from bot.storage.base import Row
from bot.texts import Html

AGAIN: Final = ("again",)
SAID_BY_THE_STATE: Final = frozenset({None, "cancel-done"})
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "refused-text": ("edit-words",),
    "refused-copyright": ("edit-words",),
    "refused-face": ("swap", "edit-words"),
    "refused-media": ("swap", "edit-words"),
    "refused-output": ("again", "edit-words"),
    "refused-output-audio": ("edit-words", "again"),
    "provider-refused-request": ("edit-words",),
}
"""By the reason of the end; `edit-words` keeps the references and the settings, `swap` the words and the settings."""
SELF_CONTAINED: Final = frozenset({"deadline", "uncertain-released", "output-unreadable", "cancel-done"})
"""Texts that already say what was charged."""


def told(env: Env, language: str, fail: Fail) -> str:
    """Why it ended, and that nothing was charged."""
    reason = Html(env.texts.render(language, fail.key, **fail.data))
    if fail.cancelled or fail.key in SELF_CONTAINED:
        return reason
    return env.texts.render(language, "failed", reason=reason)


def reason(env: Env, language: str, job: Row) -> str:
    """Why a job ended without a video; empty where its state says it, or it did not."""
    key = job["error_key"]
    if job["state"] not in {State.FAILED, State.CANCELLED} or job["erased_at"] is not None or key in SAID_BY_THE_STATE:
        return ""
    return env.texts.render(language, key, **json.loads(job["error_data"]))


def ways_on(env: Env, language: str, job_id: int, key: str | None, after: str = "") -> list[Button]:
    """The buttons of an end, the best first; `after` follows their words."""
    names = WAYS.get(key or "", AGAIN)
    return [Button(env.texts.plain(language, f"button-{name}") + after, name, {"job": job_id}) for name in names]
