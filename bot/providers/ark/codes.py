"""Ark's error codes, translated once: by code (longest prefix first), then by HTTP status.

Codes: docs.volcengine.com/docs/82379/1299023 (2026-08-18) and BytePlus error-codes (2026-10).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.changes import setting
from bot.core.errors import ContentRefused, KinetogramError, Mend, NotTaken, OperatorFault, Refusal, Transient
from bot.providers.base import Order
from bot.providers.faults import ask_fault, clean, create_fault
from bot.providers.http import Account, Reply

CHECKER_WAIT_S = 15.0
QUEUE_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Complaint:
    """What Ark said, with what is needed to say it on. `labels` are the references that it blames, if it does."""

    code: str
    message: str
    labels: str
    who: dict[str, Any]

    @property
    def detail(self) -> str:
        return clean(self.message)


Say = Callable[[Complaint], KinetogramError]


def _content(key: str, *mends: Mend) -> Say:
    return lambda said: ContentRefused(key, mends, labels=said.labels, **said.who)


def _operator(key: str) -> Say:
    return lambda said: OperatorFault(key, detail=said.detail, **said.who)


def _refusal(said: Complaint) -> KinetogramError:
    return Refusal("provider-refused-request", detail=said.detail, **said.who)


def _checker_failed(said: Complaint) -> KinetogramError:
    return NotTaken("provider-down", CHECKER_WAIT_S, **said.who)


def _throttled(said: Complaint) -> KinetogramError:
    return NotTaken("provider-throttled", **said.who)


def _quota(said: Complaint) -> KinetogramError:
    """One code, three meanings: only the message tells a full queue from a plan that is used up."""
    if re.search(r"trial|plan|week|month|hour|reset", said.message, re.IGNORECASE):
        return OperatorFault("provider-quota-used", detail=said.detail, **said.who)
    return NotTaken("provider-queue-full", QUEUE_WAIT_S, **said.who)


_BY_CODE: tuple[tuple[str, Say], ...] = (
    (r"\w+\.PrivacyInformation", _content("refused-face")),
    (r"Output\w+\.PolicyViolation", _content("refused-copyright")),
    (r"Input\w+\.PolicyViolation", _content("refused-copyright")),
    (r"OutputAudio\w*Sensitive", _content("refused-output-audio", setting("audio", 0))),
    (r"Output\w*Sensitive", _content("refused-output")),
    (r"Input(Image|Video|Audio|Media)\w*(Sensitive|Risk)", _content("refused-media")),
    (r"InputText\w*(Sensitive|Risk)|Input\w*Sensitive|SensitiveContentDetected", _content("refused-text")),
    (r"ContentSecurityDetectionError", _checker_failed),
    (r"AccountOverdue|InsufficientBalance|OperationDenied\.ServiceOverdue", _operator("provider-no-balance")),
    (r"OperationDenied\.ServiceNotOpen|ModelNotOpen|UnsupportedModel", _operator("provider-model-not-open")),
    (r"InvalidEndpointOrModel|InvalidEndpoint", _operator("provider-model-not-open")),
    (r"AuthenticationError|InvalidAccountStatus|InvalidApiKey", _operator("provider-key-refused")),
    (r"AccessDenied|OperationDenied", _operator("provider-denied")),
    (r"SetLimitExceeded", _operator("provider-quota-used")),
    (r"QuotaExceeded", _quota),
    (r"\w*\.?\w*(RateLimit|BurstTooFast|ServerOverloaded|InflightBatchsize)", _throttled),
    (r"InvalidParameter|MissingParameter|InvalidImageURL|InvalidAction", _refusal),
)
_COMPILED = tuple((re.compile(pattern), say) for pattern, say in _BY_CODE)


def explain(complaint: Complaint) -> KinetogramError | None:
    """The error for a code; None for one that is not known."""
    return next((say(complaint) for pattern, say in _COMPILED if pattern.match(complaint.code)), None)


def create_error(reply: Reply, account: Account, order: Order) -> KinetogramError:
    """What a create call that made no task means. Some statuses say all, whatever the code: 408, 413, every 5xx."""
    said = complaint(reply.mapping, account, order)
    known = explain(said) if said.code and reply.status < 500 and reply.status not in {408, 413} else None
    if isinstance(known, NotTaken) and known.retry_after_s is None:
        known.retry_after_s = reply.retry_after_s
    return known or create_fault(reply, account, said.detail)


def ask_error(reply: Reply, account: Account) -> KinetogramError:
    """The same for calls that are safe to repeat: Transient or OperatorFault."""
    said = complaint(reply.mapping, account)
    known = explain(said) if said.code else None
    return known if isinstance(known, OperatorFault) else ask_fault(reply, account, said.detail)


def task_error(body: Mapping[str, Any], account: Account) -> KinetogramError:
    """Why a task that was taken has failed."""
    said = complaint(body, account)
    known = explain(said)
    if known is None or isinstance(known, Transient):
        return Refusal("task-failed", detail=said.detail, **account.who)
    return known


def complaint(body: Mapping[str, Any], account: Account, order: Order | None = None) -> Complaint:
    """Reads `{"error": {"code", "message"}}`; tolerant of what is missing."""
    error = body.get("error")
    inner = error if isinstance(error, Mapping) else {}
    message = str(inner.get("message") or "")
    return Complaint(str(inner.get("code") or ""), message, blamed(message, order), account.who)


def blamed(message: str, order: Order | None) -> str:
    """The labels of the references that a message points at as 'content[1]' (0 is the text).

    With no order, or no pointer, nothing.
    """
    places = [int(number) for number in re.findall(r"content\[(\d+)\]", message)]
    references = order.references if order else ()
    found = [references[place - 1].reference.label for place in places if 0 < place <= len(references)]
    return " ".join(f"@{label}" for label in dict.fromkeys(found))
