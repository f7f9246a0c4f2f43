"""What Google's errors mean: one envelope, which the front end may put into an array, and gRPC's names of states.

A wrong key is a 400 here; how long to wait stands in the details; a policy speaks in sentences alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.errors import ContentRefused, KinetogramError, NotTaken, OperatorFault, Refusal, Throttled, Uncertain
from bot.providers.faults import ask_fault, clean, create_fault
from bot.providers.http import Account, Reply
from bot.providers.reading import real, text

_KEY = re.compile(r"api.?key (?:not valid|expired|not found)|API_KEY_INVALID", re.IGNORECASE)
_POLICY = re.compile(
    r"responsible ai|usage guidelines|safety|prohibited|sensitive|violat|against .{0,20}polic|blocked by",
    re.IGNORECASE,
)
_KINDS = (
    (r"copyright|third.part|trademark|intellectual", "refused-copyright"),
    (r"\bfaces?\b|real.?person|person safety|celebrit|likeness|child|minor", "refused-face"),
    (r"audio|speech|voice", "refused-output-audio"),
    (r"input (?:image|video)|\bimages?\b|photo", "refused-media"),
    (r"prompt|words|text", "refused-text"),
)
_OUT_OF_MONEY = re.compile(r"prepa|credit|billing|depleted|balance", re.IGNORECASE)
_QUOTA = re.compile(r"per.?day|monthly|daily", re.IGNORECASE)
_PACE = re.compile(r"per.?minute|per.?second", re.IGNORECASE)
_PLAN = re.compile(r"check your plan and billing details", re.IGNORECASE)
_SPENT = re.compile(r"spend", re.IGNORECASE)
"""A spend limit of ten minutes tells how long to wait; one of a month does not."""
_MODEL = re.compile(r"\bmodels?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """An error as Google says it."""

    message: str = ""
    state: str = ""
    reasons: str = ""
    wait_s: float | None = None

    @property
    def whole(self) -> str:
        return f"{self.message} {self.reasons}"

    @property
    def key_refused(self) -> bool:
        return bool(_KEY.search(self.whole))

    @property
    def policy(self) -> bool:
        return bool(_POLICY.search(self.message)) and not self.reasons


def said(data: Any) -> Said:
    """The error of an answer, wherever it stands; an empty one when there is none."""
    first = data[0] if isinstance(data, list) and data else data
    error = first.get("error") if isinstance(first, Mapping) else None
    if not isinstance(error, Mapping):
        return Said()
    details = list(_details(error.get("details")))
    reasons = " ".join(word for detail in details for word in _words(detail))
    waits = (real(str(detail.get("retryDelay", "")).removesuffix("s")) for detail in details)
    state = text(error.get("status")) or text(error.get("code")) or ""
    return Said(text(error.get("message")) or "", state, reasons, next((s for s in waits if s is not None), None))


def _details(found: Any) -> Iterator[Mapping[str, Any]]:
    yield from (detail for detail in (found if isinstance(found, list) else ()) if isinstance(detail, Mapping))


def _words(detail: Mapping[str, Any]) -> Iterator[str]:
    """What tells one refusal from another: the reason of an ErrorInfo, the quotas of a QuotaFailure."""
    yield from (word for word in [text(detail.get("reason"))] if word)
    for violation in _details(detail.get("violations")):
        yield from (word for name in ("quotaId", "quotaMetric", "subject") if (word := text(violation.get(name))))


def create_error(reply: Reply, account: Account) -> KinetogramError:
    """What to raise for a create call that was answered with anything but a task."""
    if reply.status < 300 and reply.kind != "html":
        return Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    error = said(reply.data)
    match reply.status:
        case 400 | 401 | 403 if fault := _operators(reply.status, error, account):
            return fault
        case 429:
            return _exhausted(error, account) or NotTaken("provider-throttled", _wait_s(reply, error), **account.who)
        case 404 if _MODEL.search(error.message):
            return OperatorFault("provider-model-not-open", **account.who)
        case 400 | 403 | 422 if error.policy:
            return refused(error.message, account, "refused-text")
        case _:
            return create_fault(reply, account, clean(error.message))


def ask_error(reply: Reply, account: Account) -> KinetogramError:
    """What to raise for any other call."""
    error = said(reply.data)
    match reply.status:
        case 400 | 401 | 403 if fault := _operators(reply.status, error, account):
            return fault
        case 429:
            return Throttled("provider-throttled", _wait_s(reply, error), **account.who)
        case _:
            return ask_fault(reply, account, clean(error.message))


def refused(message: str, account: Account, otherwise: str) -> ContentRefused:
    """Which policy it was, as far as the words tell."""
    key = next((key for pattern, key in _KINDS if re.search(pattern, message, re.IGNORECASE)), otherwise)
    return ContentRefused(key, labels="", **account.who)


def failure(message: str, account: Account) -> Refusal:
    """A task that ended badly: refused, or failed."""
    if _POLICY.search(message):
        return refused(message, account, "refused-output")
    return Refusal("task-failed", detail=clean(message), **account.who)


def _operators(status: int, error: Said, account: Account) -> OperatorFault | None:
    """What only the operator can mend: the key, the account, the place that is called from."""
    if error.key_refused:
        return OperatorFault("provider-key-refused", **account.who, detail=clean(error.message))
    if status == 400 and error.state != "FAILED_PRECONDITION":
        return None
    if status == 403 and error.policy:
        return None
    key = "provider-key-refused" if status == 401 else "provider-denied"
    return OperatorFault(key, **account.who, detail=clean(error.message)) if error.message else None


def _exhausted(error: Said, account: Account) -> OperatorFault | None:
    """A 429 that no waiting ends. The usual sentence names billing whatever was exceeded: the pace of a minute too."""
    if _PACE.search(error.reasons) and not _QUOTA.search(error.reasons):
        return None
    if _OUT_OF_MONEY.search(_PLAN.sub("", error.whole)):
        return OperatorFault("provider-no-balance", **account.who)
    used_up = _QUOTA.search(error.whole) or (error.wait_s is None and _SPENT.search(error.whole))
    return OperatorFault("provider-quota-used", **account.who) if used_up else None


def _wait_s(reply: Reply, error: Said) -> float | None:
    return error.wait_s if reply.retry_after_s is None else reply.retry_after_s
