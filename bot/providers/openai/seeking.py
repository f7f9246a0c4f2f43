"""Which of the listed videos an order without an answer has become: pure, and never a guess that could be wrong.

one that says our prompt, model, size and seconds, made while the call was out, held by no other job  ──▶  ours
several such, or one while another order of ours is lost too: with words alone they are alike          ──▶  the first
                                                              with a picture nobody can tell           ──▶  no proof
one that does not say its prompt (SGLang)                                                              ──▶  no proof
none at all, in a listing that reaches back before the call                                            ──▶  not taken
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from bot.providers.base import Sought
from bot.providers.openai import wire
from bot.providers.reading import real, text, whole

CLOCK_SKEW_MS = 120_000


def ours(items: Iterable[Mapping[str, Any]], sought: Sought) -> str | Literal[False] | None:
    """The id of our video; False when the listing proves that there is none; None when it proves nothing."""
    alike = [item for item in items if _may_be(item, sought)]
    telling = [item for item in alike if text(item.get("prompt")) is not None]
    if not telling:
        return None if alike else False
    exchangeable = not sought.spec.references
    if exchangeable or (len(telling) == 1 and not sought.rivals):
        return wire.task_id(min(telling, key=created_ms))
    return None


def _may_be(item: Mapping[str, Any], sought: Sought) -> bool:
    """Nothing that the item says speaks against it."""
    spec, told = sought.spec, (text(item.get("model")), text(item.get("size")), text(item.get("prompt")))
    wanted = (sought.wire_id, wire.size_of(spec), wire.words(spec))
    seconds, task = real(item.get("seconds")), wire.task_id(item)
    in_time = sought.since_ms - CLOCK_SKEW_MS <= created_ms(item) <= sought.until_ms + CLOCK_SKEW_MS
    free = task is not None and task not in sought.held
    same = all(said is None or said.strip() == ours for said, ours in zip(told, wanted, strict=True))
    of_frames = told[2] is None  # such a server tells what it made: seconds of whole frames, not those that were asked
    return in_time and free and same and (of_frames or seconds in {None, spec.duration_s})


def created_ms(item: Mapping[str, Any]) -> int:
    """When a listed video was asked for; 0 when it is not told."""
    return (whole(item.get("created_at")) or 0) * 1000


def page(body: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """The videos of one page, newest first; None for what is no listing."""
    items = body.get("data")
    if body.get("object") != "list" or not isinstance(items, list):
        return None
    return [item for item in items if isinstance(item, Mapping)]


def reaches_back(items: Iterable[Mapping[str, Any]], sought: Sought) -> bool:
    """Whether a page goes back before the call: what comes behind it is older still."""
    return any(created_ms(item) < sought.since_ms - CLOCK_SKEW_MS for item in items)
