"""What an answer that no vendor code explains means, by its HTTP status alone.

Not taken is: 400-404, 413, 422, 429, 503, and an answer that shows another house (a redirect, 405, 410, a web page).
All else on a create call may have been taken.
"""

from __future__ import annotations

import re

from bot.core.errors import KinetogramError, NotTaken, OperatorFault, Refusal, Throttled, Transient, Uncertain
from bot.providers.http import Account, Reply

DOWN_WAIT_S = 45.0
"""A 503 without Retry-After: the guide says 30-60 s."""
DETAIL_CHARS = 200
GONE = 410
"""The house does this no more: of a create call that nothing was begun. Of a task it says something else."""

_URL = re.compile(r"\b(?:https?|data|asset)://\S+|\bdata:\S+")
_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=.]{32,}")
_NO_MONEY = re.compile(r"insufficient.{0,20}(?:quota|credit|funds)|\bbalance\b", re.IGNORECASE)
_REQUEST_ID = re.compile(r"\s*Request id:\s*\S+", re.IGNORECASE)


def clean(message: object) -> str:
    """A provider's sentence, fit to be shown: no addresses, nothing that looks like a token, short.

    >>> clean("Bad image at https://a.b/c?sig=1. Request id: 0217f")
    'Bad image at …'
    """
    text = message if isinstance(message, str) else ""
    for pattern, instead in ((_REQUEST_ID, ""), (_URL, "…"), (_TOKEN, "…")):
        text = pattern.sub(instead, text)
    return " ".join(text.split())[:DETAIL_CHARS]


def create_fault(reply: Reply, account: Account, detail: str = "") -> KinetogramError:
    """What to raise for a create call that was answered with anything but a task."""
    who = account.who
    match reply.status:
        case 413:
            return Refusal("request-too-big", **who)
        case 429:
            return NotTaken("provider-throttled", reply.retry_after_s, **who)
        case 503:
            return NotTaken("provider-down", reply.retry_after_s or DOWN_WAIT_S, **who)
        case 401 | 402 | 403 if reply.kind != "html":
            return account_fault(reply, account, detail)
        case 400 | 422 if reply.kind != "html":
            return Refusal("provider-refused-request", **who, detail=detail)
        case status if status == GONE or elsewhere(reply):
            return wrong_address(account, status)
        case status:
            return Uncertain("provider-answer-unclear", **who, status=status)


def ask_fault(reply: Reply, account: Account, detail: str = "") -> KinetogramError:
    """What to raise for a call that is safe to repeat (`Http.ask` has dealt with 5xx already)."""
    who = account.who
    match reply.status:
        case 429:
            return Throttled("provider-throttled", reply.retry_after_s, **who)
        case 401 | 402 | 403 if reply.kind != "html":
            return account_fault(reply, account, detail)
        case status if elsewhere(reply):
            return wrong_address(account, status)
        case status:
            return Transient("provider-answer-unreadable", **who, status=status)


def elsewhere(reply: Reply) -> bool:
    """Whether this is the voice of another house: a redirect, an unknown path, a web page that is no 5xx."""
    unknown = reply.status in {404, 405} or 300 <= reply.status < 400
    return unknown or (reply.kind == "html" and reply.status < 500)


def wrong_address(account: Account, status: int) -> OperatorFault:
    """Says what to change where that is known: laozhang.ai serves Seedance in Ark's format, at another path."""
    at_laozhang = f".{account.host}".endswith(".laozhang.ai")
    key = "provider-wrong-address-laozhang" if at_laozhang else "provider-wrong-address"
    return OperatorFault(key, **account.who, status=status)


def account_fault(reply: Reply, account: Account, detail: str = "") -> OperatorFault:
    """401, 402 and 403: only the operator can mend them. An empty account is often a 403 with words."""
    keys = {401: "provider-key-refused", 402: "provider-no-balance"}
    otherwise = "provider-no-balance" if _NO_MONEY.search(detail) else "provider-denied"
    return OperatorFault(keys.get(reply.status, otherwise), **account.who, detail=detail)
