"""The places and words that were seen for the same thing among sellers of this shape (facts: the variance table)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from bot.core.catalog import Usage
from bot.providers import bills
from bot.providers.reading import real, text

State = Literal["waiting", "running", "done", "failed", "cancelled", "expired"]

_WORDS: Mapping[State, str] = {
    "waiting": "pending queued queueing submitted not_start in_queue starting waiting throttled created",
    "running": "processing running in_progress generating rendering",
    "done": "completed complete succeeded success done finished",
    "failed": "failed fail failure error rejected",
    "cancelled": "cancelled canceled aborted",
    "expired": "expired timeout timed_out",
}
_STATES: Mapping[str, State] = {word: state for state, words in _WORDS.items() for word in words.split()}

_ID_PLACES = (
    *("task_id", "job_id", "data.task_id", "data.job_id", "data.id", "data.0.task_id", "data.0.id", "id"),
    *("generation_id", "request_id", "requestId", "data"),
)
_STATUS_PLACES = ("data.status", "data.state", "data.0.status", "status", "state", "task_status")
_URL_PLACES = (
    *("video_url", "content.video_url", "output.video_url", "output.url", "output.0", "output.0.url", "output"),
    *("video.url", "video", "videos.0.url", "videos.0", "results.0", "results.0.url", "result.videos.0.url"),
    *("result.videos.0.url.0", "result.video_url", "result.url", "unsigned_urls.0", "metadata.url", "url"),
    *("resultUrls.0", "fail_reason"),
)
_CODE_PLACES = ("error.code", "error.type", "failureCode", "data.error.code", "data.failureCode", "code")
_MESSAGE_PLACES = (
    *("error.message", "error.detail", "error", "fail_reason", "failure", "detail.0.msg", "detail.0", "detail"),
    *("data.error.message", "data.error", "data.fail_reason", "data.failure", "message"),
)
_UNIT = re.compile(r"(?<=\d)\s*s(?:ec(?:ond)?s?)?$")
_SECONDS_PLACES = ("usage.seconds", "usage.duration", "duration", "seconds", "data.duration", "data.seconds")


def dig(body: Any, place: str) -> Any:
    """`dig({"data": [{"id": 7}]}, "data.0.id")` is 7; None where there is no such place."""
    for step in place.split("."):
        if isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(body, Sequence) and not isinstance(body, str) and step.isdigit():
            body = body[int(step)] if int(step) < len(body) else None
        else:
            return None
    return body


def _texts(body: Any, places: Sequence[str]) -> Iterator[str]:
    found = (text(dig(body, place)) for place in places)
    return (value for value in found if value)


def task_id(body: Any) -> str | None:
    """The new task's id, wherever it stands."""
    return next((value for value in _texts(body, _ID_PLACES) if len(value) <= 200), None)


def state(body: Any) -> State | str | None:
    """The state in our words; an unknown word as it is; None when there is none.

    >>> state({"code": "success", "data": {"status": "IN_PROGRESS"}})
    'running'
    """
    word = next(_texts(body, _STATUS_PLACES), None)
    return None if word is None else _STATES.get(word.lower().replace(" ", "_"), word)


def video_url(body: Any) -> str | None:
    """The first thing that is an address, looked for in all the places, the deepest envelope last."""
    for envelope in _envelopes(body):
        for value in _texts(envelope, _URL_PLACES):
            if re.match(r"https?://", value):
                return value
    return None


def _envelopes(body: Any) -> Iterator[Any]:
    for place in ("", "data", "data.0", "data.data"):
        envelope = dig(body, place) if place else body
        yield envelope
        packed = dig(envelope, "resultJson")
        if isinstance(packed, str):
            yield _unpacked(packed)


def _unpacked(packed: str) -> Any:
    try:
        return json.loads(packed)
    except (ValueError, RecursionError):
        return None


def percent(body: Any) -> int | None:
    """Progress as 0-100, out of 42, 0.42, "42" or "42%"; 1.0 is the whole, 1 is one per cent."""
    value = dig(body, "progress")
    value = dig(body, "data.progress") if value is None else value
    raw = value.strip().removesuffix("%") if isinstance(value, str) else value
    number = real(raw)
    if number is None:
        return None
    fraction = isinstance(raw, float) or (isinstance(raw, str) and "." in raw and raw == value)
    return min(max(round(number * 100 if fraction and number <= 1 else number), 0), 100)


def usage(body: Any) -> Usage:
    """How long the output is said to be, in seconds or "5s"; 0 is looked for elsewhere."""
    told = [_bare(dig(body, place)) for place in _SECONDS_PLACES]
    return Usage(seconds=next(filter(None, map(bills.count, told)), None), odd=bills.odd(*told))


def _bare(value: Any) -> Any:
    return _UNIT.sub("", value) if isinstance(value, str) else value


def fault(body: Any) -> tuple[str, str]:
    """Code and message of an error, each "" when absent."""
    return next(_texts(body, _CODE_PLACES), ""), next(_texts(body, _MESSAGE_PLACES), "")
