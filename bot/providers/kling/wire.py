"""What both designs share: references, the envelope, and what a task's JSON means. Pure translation."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.core.catalog import Usage
from bot.core.errors import KinetogramError, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import Role
from bot.core.resolve import ordinals
from bot.providers import bills
from bot.providers.base import Ended, Order, PreparedReference, Rendering, Status, Succeeded, Waiting
from bot.providers.bodies import InlineFile, Tree, base64_size
from bot.providers.http import Account, Reply
from bot.providers.kling.catalog import MOST_PICTURES_BESIDE_VIDEO, OMNI, UNIT_USD
from bot.providers.kling.codes import code_of, create_error, task_error
from bot.providers.reading import fields, real, text, whole

log = logging.getLogger(__name__)

INLINE_BYTES = 40_000_000
"""No limit of a body is documented: more than this goes by links where there are any."""
ENVELOPE_BYTES = 1_000
MAX_ID_CHARS = 200


# References


def media(order: Order) -> Iterator[tuple[PreparedReference, Tree]]:
    """Each reference with what stands for it: base64 without any prefix, or a link. Raises Refusal."""
    check(order)
    by_link = _by_link(order)
    for ref in order.references:
        label = ref.reference.label
        if label.kind is not MediaKind.VIDEO and label not in by_link:
            yield ref, InlineFile(ref.path)
        elif ref.url is not None:
            yield ref, ref.url
        else:
            raise Refusal("fault-needs-public-url", model=order.spec.model)


def check(order: Order) -> None:
    """Fewer pictures go beside a video than alone."""
    kinds = [ref.reference.label.kind for ref in order.references]
    pictures = kinds.count(MediaKind.IMAGE)
    if MediaKind.VIDEO in kinds and pictures > MOST_PICTURES_BESIDE_VIDEO:
        raise Refusal("fault-too-many", kind="image", count=pictures, max=MOST_PICTURES_BESIDE_VIDEO)


def _by_link(order: Order) -> set[object]:
    """The largest files that have a link, until the rest fits."""
    inline = [ref for ref in order.references if ref.reference.label.kind is MediaKind.IMAGE]
    size, linked = sum(_inline_bytes(ref) for ref in inline), set[object]()
    for ref in sorted(inline, key=_inline_bytes, reverse=True):
        if size > INLINE_BYTES and ref.url:
            linked.add(ref.reference.label)
            size -= _inline_bytes(ref)
    return linked


def _inline_bytes(ref: PreparedReference) -> int:
    return base64_size(ref.info.size_bytes)


def encoded_size(order: Order) -> int:
    """About how long the body is."""
    linked = _by_link(order)
    pictures = [ref for ref in order.references if ref.reference.label.kind is MediaKind.IMAGE]
    inline = sum(_inline_bytes(ref) for ref in pictures if ref.reference.label not in linked)
    return ENVELOPE_BYTES * (1 + len(order.references)) + len(order.spec.words().encode()) + inline


def framed(order: Order) -> bool:
    """Whether a first frame decides the shape."""
    return any(ref.reference.role is Role.FIRST for ref in order.references)


def of_references(order: Order) -> bool:
    """Whether it is made by a model that takes references, the operator's own too: it has an endpoint of its own."""
    return order.spec.model == OMNI if order.model is None else order.model.takes_references


def filmed(order: Order) -> bool:
    """Whether a video is among the references: then nothing else sounds, and the shots are its own."""
    return any(ref.reference.label.kind is MediaKind.VIDEO for ref in order.references)


def words(order: Order, named: str) -> str:
    """The prompt: references in the design's words (`named` has places for kind and number), frames as `Image 1`."""
    numbers = ordinals(order.spec)
    frames = {ref.label for ref in order.spec.references if ref.role is not Role.REFERENCE}
    plain = "{kind} {number}"
    return order.spec.words(
        lambda label: (
            plain.format(kind=label.kind.value.title(), number=numbers[label])
            if label in frames
            else named.format(kind=label.kind.value, number=numbers[label])
        )
    )


# Answers


def read_created(reply: Reply, account: Account) -> str:
    """The id of the task that was made, else raises what the answer means."""
    if code_of(reply) != 0 or not reply.ok:
        raise _as_uncertain(create_error(reply, account), reply, account)
    found = task_id(_object(reply.mapping.get("data")))
    if found is None:
        raise Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    return found


def _as_uncertain(error: KinetogramError, reply: Reply, account: Account) -> KinetogramError:
    """A 2xx that can't be read may stand for a task; a web page with 200 stands for another house."""
    unread = reply.status < 300 and reply.kind != "html" and code_of(reply) is None
    return Uncertain("provider-answer-unclear", **account.who, status=reply.status) if unread else error


def tasks(reply: Reply) -> list[Mapping[str, Any]] | None:
    """The tasks of a good answer, be they a list or a single one; None for what is no answer about tasks."""
    data = reply.mapping.get("data")
    if not reply.ok or code_of(reply) != 0 or not isinstance(data, list | Mapping):
        return None
    return [item for item in (data if isinstance(data, list) else [data]) if isinstance(item, Mapping)]


def task_id(body: Mapping[str, Any]) -> str | None:
    """The id of a task in either design; opaque."""
    found = text(body.get("task_id")) or text(body.get("id"))
    return found if found and len(found) <= MAX_ID_CHARS else None


def read_task(body: Mapping[str, Any], account: Account, cny_usd: Decimal) -> Status:
    """Four states in both designs; one that is not known yet counts as running, until the job's own deadline."""
    match text(body.get("task_status")) or text(body.get("status")):
        case "submitted":
            return Waiting()
        case "processing":
            return Rendering()
        case "succeeded" | "succeed":
            return _succeeded(body, account, cny_usd)
        case "failed":
            message = text(body.get("task_status_msg")) or text(body.get("message")) or ""
            taken = _usage(body, cny_usd)
            return Ended(task_error(message, account), "failed", taken if taken.credits or taken.odd else None)
        case None:
            raise Transient("provider-answer-unreadable", **account.who, status=200)
        case unknown:
            log.warning("a task of %s has the unknown status %.40r", account.name, unknown)
            return Rendering()


def _succeeded(body: Mapping[str, Any], account: Account, cny_usd: Decimal) -> Succeeded:
    outputs = body.get("outputs") or _object(body.get("task_result")).get("videos")
    listed = outputs if isinstance(outputs, list) else []
    made = next((item for item in map(_object, listed) if item.get("type", "video") == "video"), {})
    url = text(made.get("url"))
    if url is None:
        raise Transient("provider-answer-unreadable", **account.who, status=200)
    seconds = real(made.get("duration"))
    usage = replace(_usage(body, cny_usd), seconds=seconds)
    return Succeeded(url, usage, receipt=_receipt(body, seconds))


def _receipt(body: Mapping[str, Any], seconds: float | None) -> dict[str, str | int | float]:
    begun = whole(body.get("create_time")) or whole(body.get("created_at"))
    ended = whole(body.get("update_time")) or whole(body.get("updated_at"))
    found = {
        "seconds": None if seconds is None else round(seconds, 1),
        "created_at": begun and begun // 1000,
        "updated_at": ended and ended // 1000,
    }
    return {name: value for name, value in found.items() if value}


# Money


def _usage(body: Mapping[str, Any], cny_usd: Decimal) -> Usage:
    """What was taken, in units: as told, or the money of an account without packages as the units it is worth."""
    lines, units, money = (body.get(name) for name in _BILLS)
    listed = [item for item in lines if _is_told(item)] if isinstance(lines, list) else []
    taken = _sum([_line(_object(item), cny_usd) for item in listed])
    if taken is None:  # the same in the other design's words is not taken twice
        others = (units, bills.signed(units)), (money, _worth(money, Decimal(1)))
        taken = _sum([read for told, read in others if told not in _NOTHING])
    amounts = [item.get("amount") if isinstance(item, Mapping) else item for item in listed]
    said = [told for told in (amounts if isinstance(lines, list) else lines, units, money) if told not in _NOTHING]
    return Usage(credits=taken, odd=bills.written(said[0]) if taken is None and said else "")


_BILLS = ("billing", "final_unit_deduction", "final_balance_deduction")
_NOTHING: tuple[Any, ...] = (None, "", [])


def _is_told(line: Any) -> bool:
    return not isinstance(line, Mapping) or line.get("amount") not in _NOTHING


def _sum(parts: Sequence[float | None]) -> float | None:
    """None without parts, with one that can't be read, and below nothing: no more goes back than was taken."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) and sum(known) >= 0 else None


def _line(line: Mapping[str, Any], cny_usd: Decimal) -> float | None:
    if line.get("charge_type") == "unit":
        return bills.signed(line.get("amount"))
    return _worth(line.get("amount"), cny_usd if line.get("currency") == "CNY" else Decimal(1))


def _worth(amount: Any, usd_each: Decimal) -> float | None:
    money = bills.signed(amount)
    return None if money is None else float(round(Decimal(str(money)) * usd_each / UNIT_USD, 6))


# Callbacks


def callback_task(body: bytes) -> str | None:
    """A callback's body is a task in either design; only its id is believed."""
    task = fields(body)
    told = task.get("task_status", task.get("status"))
    return task_id(task) if isinstance(told, str) else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
