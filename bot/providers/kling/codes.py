"""Kling's error codes, translated once: the envelope's code decides, the HTTP status only where there is none.

Codes: kling.ai/document-api, error codes (2026-11). A 429 may be a full account (1302, 1303) or an empty one (1101,
1102): never decided by its status.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.core.errors import ContentRefused, KinetogramError, NotTaken, OperatorFault, Refusal, Throttled, Uncertain
from bot.providers.faults import DOWN_WAIT_S, ask_fault, clean, create_fault
from bot.providers.http import Account, Reply
from bot.providers.reading import text, whole

PLACES_WAIT_S = 10.0
"""A place is free when somebody's video is done; the vendor asks for at least a second."""
CLOCK_CODES = frozenset({1003, 1004})
UNKNOWN = 1203
_SAYS_ALL = frozenset({408, 413})
"""Statuses that say more than a code; every 5xx too."""

_POLICY = re.compile(
    r"risk|polic|moderat|sensitive|nsfw|safety|prohibit|violat|copyright|infring|real.?person|face\b", re.IGNORECASE
)
_ALREADY = re.compile(r"external.?task.?id.*(exist|duplicat|repeat|unique|used)", re.IGNORECASE)
_WHICH = (
    (r"real.?person|face\b|portrait|likeness", "refused-face"),
    (r"copyright|infring|intellectual", "refused-copyright"),
    (r"image|video|media|frame|picture", "refused-media"),
)

Say = Callable[[str, Mapping[str, Any]], KinetogramError]
"""Makes the error of a sentence and of the data about the account."""


def _operator(key: str) -> Say:
    return lambda detail, who: OperatorFault(key, detail=detail, **who)


def _refusal(detail: str, who: Mapping[str, Any]) -> KinetogramError:
    """A trace that is taken already was ours: an earlier call got through after all."""
    if _ALREADY.search(detail):
        return Uncertain("provider-answer-unclear", **who, status=400)
    return Refusal("provider-refused-request", detail=detail, **who)


def _content(detail: str, who: Mapping[str, Any]) -> KinetogramError:
    return ContentRefused(which(detail, "refused-text"), labels="", **who)


def _wait(key: str, wait_s: float | None) -> Say:
    return lambda _, who: NotTaken(key, wait_s, **who)


def _unclear(_: str, who: Mapping[str, Any]) -> KinetogramError:
    return Uncertain("provider-answer-unclear", **who, status=200)


_BY_CODE: Mapping[int, Say] = {
    **dict.fromkeys((1000, 1001, 1002), _operator("provider-key-refused")),
    **dict.fromkeys(CLOCK_CODES, _operator("provider-clock-differs")),
    1100: _operator("provider-denied"),
    **dict.fromkeys((1101, 1102), _operator("provider-no-balance")),
    1103: _operator("provider-model-not-open"),
    **dict.fromkeys((1200, 1201), _refusal),
    **dict.fromkeys((1300, 1301), _content),
    1302: _wait("provider-throttled", None),
    1303: _wait("provider-busy", PLACES_WAIT_S),
    1304: _operator("provider-denied"),
    5001: _wait("provider-down", DOWN_WAIT_S),
    **dict.fromkeys((5000, 5002), _unclear),
}


def code_of(reply: Reply) -> int | None:
    """The envelope's code; 0 is success, None is no envelope."""
    return whole(reply.mapping.get("code"))


def is_unknown(reply: Reply) -> bool:
    """Whether Kling itself says that there is no such thing."""
    return code_of(reply) == UNKNOWN


def clock_differs(reply: Reply) -> bool:
    """Whether a token was refused for its times alone: nothing was done."""
    return code_of(reply) in CLOCK_CODES


def create_error(reply: Reply, account: Account) -> KinetogramError:
    """What a create call that made no task means."""
    detail = clean(text(reply.mapping.get("message")))
    say = None if reply.status in _SAYS_ALL or reply.status >= 500 else _BY_CODE.get(code_of(reply) or 0)
    if say is None:
        return create_fault(reply, account, detail)
    error = say(detail, account.who)
    if isinstance(error, NotTaken) and reply.retry_after_s is not None:
        error.retry_after_s = reply.retry_after_s
    return error


def ask_error(reply: Reply, account: Account) -> KinetogramError:
    """The same for calls that are safe to repeat: Transient or OperatorFault."""
    detail, code = clean(text(reply.mapping.get("message"))), code_of(reply)
    if code == 1302:
        return Throttled("provider-throttled", reply.retry_after_s, **account.who)
    known = _BY_CODE.get(code or 0)
    error = known(detail, account.who) if known else None
    return error if isinstance(error, OperatorFault) else ask_fault(reply, account, detail)


def task_error(message: str, account: Account) -> KinetogramError:
    """Why a task that was taken has failed: only its words tell."""
    if _POLICY.search(message):
        return ContentRefused(which(message, "refused-output"), labels="", **account.who)
    return Refusal("task-failed", detail=clean(message), **account.who)


def which(message: str, otherwise: str) -> str:
    """The text for a policy's refusal, as far as the words tell whom it is about."""
    return next((key for pattern, key in _WHICH if re.search(pattern, message, re.IGNORECASE)), otherwise)
