"""Ark's JSON: pure translation, both ways.

Create: docs.volcengine.com/docs/82379/1520757; get 1521309; list 1521675 (2026-10). `null` and absent mean the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.catalog import Usage
from bot.core.errors import KinetogramError, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.core.resolve import ordinals
from bot.providers import bills
from bot.providers.ark.catalog import BUILT_IN
from bot.providers.ark.codes import create_error, task_error
from bot.providers.base import (
    Ended,
    Order,
    PreparedReference,
    Rendering,
    Status,
    Succeeded,
    Waiting,
)
from bot.providers.bodies import InlineFile, Tree, base64_size
from bot.providers.http import Account, Reply
from bot.providers.reading import fields, text, whole

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 63_500_000
"""Ark takes 64 MB. Nine pictures of 5 MiB still fit."""
ENVELOPE_BYTES = 1_000
EXPIRES_S = (3_600, 259_200)
MAX_ID_CHARS = 200
_ROLES = {Role.FIRST: "first_frame", Role.LAST: "last_frame"}
_NAMES = {MediaKind.IMAGE: "Image", MediaKind.VIDEO: "Video", MediaKind.AUDIO: "Audio"}


# Create


def create_body(order: Order) -> Tree:
    """The whole create body. Raises Refusal when a video has no link, or nothing makes the body small enough."""
    spec, frames, model = order.spec, frame_mode(order), order.model or BUILT_IN.get(order.spec.model)
    body: dict[str, Tree] = {
        "model": order.wire_id,
        "content": list(_content(order, frames=frames)),
        "resolution": spec.resolution,
        "ratio": "adaptive" if frames and model and model.frame_sets_ratio else spec.ratio,
        "duration": spec.duration_s,
        "generate_audio": spec.audio,
        "watermark": False,
        "return_last_frame": True,
        "safety_identifier": order.trace,
        "execution_expires_after": min(max(order.deadline_s, EXPIRES_S[0]), EXPIRES_S[1]),
    }
    if spec.seed is not None:
        body["seed"] = spec.seed
    if order.callback_url:
        body["callback_url"] = order.callback_url
    if order.references and not frames and model and model.guesses_task:
        body["omni_reference_task_type"] = "reference"
    return body


def frame_mode(order: Order) -> bool:
    """Whether the references are a first frame, or a first and a last one; anything else goes as references."""
    roles = [ref.reference.role for ref in order.references]
    return bool(roles) and all(role in _ROLES for role in roles)


def words(order: Order) -> str:
    """The prompt in Ark's words: `Image 1 sings`."""
    numbers = ordinals(order.spec)
    return order.spec.words(lambda label: f"{_NAMES[label.kind]} {numbers[label]}")


def encoded_size(order: Order) -> int:
    """About how long the body is, as `create_body` would make it."""
    linked = by_link(order)
    files = [_inline_bytes(ref) for ref in order.references if ref.reference.label not in linked]
    return ENVELOPE_BYTES * (1 + len(order.references)) + len(words(order).encode()) + sum(files)


def by_link(order: Order) -> frozenset[Label]:
    """The references that go as links: videos always, and the largest files that have one until the rest fits."""
    linked = {ref.reference.label for ref in order.references if ref.reference.label.kind is MediaKind.VIDEO}
    inline = [ref for ref in order.references if ref.reference.label not in linked]
    size = sum(_inline_bytes(ref) for ref in inline)
    for ref in sorted(inline, key=_inline_bytes, reverse=True):
        if size <= MAX_BODY_BYTES:
            break
        if ref.url:
            linked.add(ref.reference.label)
            size -= _inline_bytes(ref)
    return frozenset(linked)


def _inline_bytes(ref: PreparedReference) -> int:
    return base64_size(ref.info.size_bytes)


def _content(order: Order, *, frames: bool) -> Iterator[Tree]:
    size = encoded_size(order)
    if size > MAX_BODY_BYTES:
        raise Refusal("request-too-big", mb=round(size / 1e6), max_mb=round(MAX_BODY_BYTES / 1e6))
    linked = by_link(order)
    yield {"type": "text", "text": words(order)}
    for ref in order.references:
        if ref.reference.label not in linked:
            yield _item(ref, InlineFile(ref.path, f"data:{ref.info.mime.lower()};base64,"), frames=frames)
        elif ref.url is not None:
            yield _item(ref, ref.url, frames=frames)
        else:
            raise Refusal("fault-needs-public-url", model=order.spec.model)


def _item(ref: PreparedReference, url: Tree, *, frames: bool) -> Tree:
    kind = ref.reference.label.kind
    name = f"{kind.value}_url"
    role = _ROLES[ref.reference.role] if frames else f"reference_{kind.value}"
    return {"type": name, name: {"url": url}, "role": role}


def read_created(reply: Reply, account: Account, order: Order) -> str:
    """The id of the task that was made, else raises what the answer means."""
    if not reply.ok:
        raise _as_uncertain(create_error(reply, account, order), reply, account)
    found = task_id(reply.mapping)
    if found is None:
        raise Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    return found


def _as_uncertain(error: KinetogramError, reply: Reply, account: Account) -> KinetogramError:
    """A 2xx that can't be read may stand for a task; a web page with 200 stands for another house."""
    if reply.status < 300 and reply.kind != "html":
        return Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    return error


def task_id(body: Mapping[str, Any]) -> str | None:
    """The id of a task; opaque."""
    found = text(body.get("id"))
    return found if found and len(found) <= MAX_ID_CHARS else None


# Get


def read_task(body: Mapping[str, Any], account: Account) -> Status:
    """Six states; one that is not known yet counts as running, until the job's own deadline."""
    match body.get("status"):
        case "queued":
            return Waiting()
        case "running":
            return Rendering()
        case "succeeded":
            return _succeeded(body, account)
        case "failed":
            return Ended(task_error(body, account), "failed", _billed(body))
        case "expired":
            return Ended(Refusal("task-expired", **account.who), "expired", _billed(body))
        case "cancelled" | "canceled":
            return Ended(Refusal("task-cancelled", **account.who), "cancelled")
        case str() as unknown:
            log.warning("a task of %s has the unknown status %.40r", account.name, unknown)
            return Rendering()
        case _:
            raise Transient("provider-answer-unreadable", **account.who, status=200)


def _succeeded(body: Mapping[str, Any], account: Account) -> Succeeded:
    content = body.get("content")
    links = content if isinstance(content, Mapping) else {}
    url = text(links.get("video_url"))
    if url is None:
        raise Transient("provider-answer-unreadable", **account.who, status=200)
    return Succeeded(url, _usage(body), text(links.get("last_frame_url")), _receipt(body))


def _usage(body: Mapping[str, Any]) -> Usage:
    usage = body.get("usage")
    counts = usage if isinstance(usage, Mapping) else {}
    told = counts.get("completion_tokens"), counts.get("total_tokens")
    seconds = whole(body.get("duration"))
    return Usage(
        tokens=next((tokens for tokens in map(bills.whole, told) if tokens is not None), None),
        seconds=None if seconds is None else float(seconds),
        resolution=text(body.get("resolution")),
        odd=bills.odd(*told) or bills.no_object(usage),
    )


def _billed(body: Mapping[str, Any]) -> Usage | None:
    """Only finished tasks are billed; should tokens be reported all the same, they are believed."""
    usage = _usage(body)
    return usage if usage.tokens or usage.odd else None


_RECEIPT: tuple[tuple[str, str], ...] = (
    ("model", "model"),
    ("seed", "seed"),
    ("resolution", "resolution"),
    ("ratio", "ratio"),
    ("duration", "seconds"),
    ("framespersecond", "fps"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
)
_COUNTS = frozenset({"seed", "duration", "framespersecond", "created_at", "updated_at"})


def _receipt(body: Mapping[str, Any]) -> dict[str, str | int | float]:
    found = {
        ours: whole(body.get(theirs)) if theirs in _COUNTS else text(body.get(theirs)) for theirs, ours in _RECEIPT
    }
    return {name: value for name, value in found.items() if value is not None}


# List and callbacks


def read_page(body: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], int] | None:
    """The tasks of one page and how many there are in all; None for what is no listing."""
    items, total = body.get("items"), whole(body.get("total"))
    if total is None or not isinstance(items, list | None):
        return None
    return [item for item in items or () if isinstance(item, Mapping)], total


def created_ms(item: Mapping[str, Any]) -> int:
    """When a listed task was made; 0 when it is not told."""
    return (whole(item.get("created_at")) or 0) * 1000


def callback_task(body: bytes) -> str | None:
    """A callback's body is that of GET; only its id is believed."""
    told = fields(body)
    return task_id(told) if isinstance(told.get("status"), str) else None
