"""Omni's interactions: pure translation, both ways.

    POST /v1beta/interactions               {"model", "input": […], "response_format": {…}, "background": true}
                                            and "webhook_config": {"uris": […]} where a call back is wished
    GET  /v1beta/interactions/{id}          {"id", "status", "steps": […], "usage": {…}}
    POST /v1beta/interactions/{id}/cancel

Names are snake_case and seconds a text ("5s"). A refusal is `completed` without a video. The record holds the video
itself as base64 even where an address was asked for; asking still matters, since an inline delivery has 4 MB at most.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bot.core.catalog import Usage
from bot.core.errors import Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.core.resolve import ordinals
from bot.providers import bills
from bot.providers.base import Ended, Order, PreparedReference, Rendering, Status, Succeeded, Waiting
from bot.providers.bodies import InlineFile, Tree, base64_size
from bot.providers.google.catalog import MOST_WITH_LAST_S, OMNI_TITLES
from bot.providers.google.faults import create_error, failure, refused
from bot.providers.google.inline import Inline
from bot.providers.http import Account, Reply
from bot.providers.reading import text
from bot.providers.webhooks import event_data

log = logging.getLogger(__name__)

INTERACTIONS = "/v1beta/interactions"
REVISION = "2026-05-20"
"""Pins the envelope of nested steps."""
MAX_BODY_BYTES = 20_000_000
"""What a request with files inside may have (Gemini API, "file input methods")."""
ENVELOPE_BYTES = 1_000
MAX_ID_CHARS = 200
UNKNOWN_NAME = "invalid interaction name"


# Create


def create_body(order: Order) -> Tree:
    """The whole create body. Raises Refusal for what this model never makes."""
    spec = order.spec
    roles = {ref.reference.role for ref in order.references}
    if Role.LAST in roles and spec.duration_s > MOST_WITH_LAST_S:
        made = f"3–{MOST_WITH_LAST_S}"
        raise Refusal(
            "fault-duration", seconds=spec.duration_s, made=made, model=OMNI_TITLES.get(spec.model, spec.model)
        )
    body: dict[str, Tree] = {
        "model": order.wire_id,
        "input": [{"type": "text", "text": words(order)}, *(_item(ref) for ref in order.references)],
        "response_format": {
            "type": "video",
            "aspect_ratio": spec.ratio,
            "resolution": spec.resolution,
            "duration": f"{spec.duration_s}s",
            "delivery": "uri",
        },
        "background": True,
        "store": True,
    }
    if order.callback_url:
        body["webhook_config"] = {"uris": [order.callback_url]}
    if task := _task(order.references):
        body["generation_config"] = {"video_config": {"task": task}}
    return body


def words(order: Order) -> str:
    """The prompt in Omni's words: `<FIRST_FRAME> blinks`, `<IMAGE_REF_0> sings`."""
    numbers = ordinals(order.spec)
    roles = {ref.label: ref.role for ref in order.spec.references}
    return order.spec.words(lambda label: _name(label, roles[label], numbers[label]))


def _name(label: Label, role: Role, number: int) -> str:
    match role, label.kind:
        case Role.FIRST, _:
            return "<FIRST_FRAME>"
        case Role.LAST, _:
            return "the last frame"
        case _, MediaKind.IMAGE:
            return f"<IMAGE_REF_{number - 1}>"
        case _:
            return f"{label.kind.value} {number}"


def encoded_size(order: Order) -> int:
    """About how long the body is."""
    files = sum(base64_size(ref.info.size_bytes) + 100 for ref in order.references)
    return ENVELOPE_BYTES + len(words(order).encode()) + files


def _item(ref: PreparedReference) -> Tree:
    kind = ref.reference.label.kind.value
    return {"type": kind, "data": InlineFile(ref.path), "mime_type": ref.info.mime.lower()}


def _task(references: Sequence[PreparedReference]) -> str | None:
    """Said where pictures could be taken for something else: one alone would become the first frame, two both ends.
    With a video the words decide, whether it is to be edited or to be like.
    """
    if not references or any(ref.reference.label.kind is MediaKind.VIDEO for ref in references):
        return None
    framed = any(ref.reference.role is not Role.REFERENCE for ref in references)
    return "image_to_video" if framed else "reference_to_video"


def read_created(reply: Reply, account: Account) -> str:
    """The id of the interaction that was begun, else raises what the answer means."""
    if not reply.ok:
        raise create_error(reply, account)
    found = text(reply.mapping.get("id"))
    if found is None or len(found) > MAX_ID_CHARS:
        raise Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    return found


# Callbacks


def callback_task(body: bytes) -> str | None:
    """An event of an interaction names it; the address that it came to is the proof of who sent it."""
    return _named(event_data(body, "interaction."))


def event_task(body: bytes) -> str | None:
    """An event of the project's own webhook may speak of an operation too."""
    return callback_task(body) or _named(event_data(body, "video."))


def _named(about: Mapping[str, Any] | None) -> str | None:
    about = about or {}
    found = text(about.get("id"))
    return found if found is not None and len(found) <= MAX_ID_CHARS else None


# Get


def path_of(task_id: str) -> str:
    return f"{INTERACTIONS}/{quote(task_id, safe='')}"


def read_task(body: Mapping[str, Any], account: Account, task_id: str) -> Status:
    """Ten states; one that waits for an answer of ours will never go on; one that is not known counts as running."""
    match body.get("status"):
        case "queued":
            return Waiting()
        case "in_progress":
            return Rendering()
        case "completed":
            return _completed(body, account, task_id)
        case "incomplete" | "budget_exceeded" if video_of(body) is not None:
            return _completed(body, account, task_id)  # cut short, but paid for and there
        case "cancelled" | "canceled":
            return Ended(Refusal("task-cancelled", **account.who), "cancelled", _billed(body))
        case "failed" | "incomplete" | "budget_exceeded" | "requires_action" | "requires_continuation" | "idle":
            return Ended(failure(_complaint(body), account), "failed", _billed(body))
        case str() as unknown:
            log.warning("a task of %s has the unknown status %.40r", account.name, unknown)
            return Rendering()
        case _:
            raise Transient("provider-answer-unreadable", **account.who, status=200)


def _completed(body: Mapping[str, Any], account: Account, task_id: str) -> Succeeded | Ended:
    video = video_of(body)
    if video is None:
        words = " ".join(said for part in _parts(body) if (said := text(part.get("text"))))
        return Ended(refused(words, account, "refused-output"), "failed")
    uri = text(video.get("uri"))
    model = text(body.get("model"))
    receipt: dict[str, str | int | float] = {"model": model} if model else {}
    return Succeeded(uri or Inline.url(task_id), usage(body), receipt=receipt)


def video_of(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The last part that holds a video, by address or itself."""
    found = [part for part in _parts(body) if part.get("type") == "video"]
    return next((part for part in reversed(found) if text(part.get("uri")) or text(part.get("data"))), None)


def inline_data(reply: Reply) -> str | None:
    """The video itself as base64, or what stands for it."""
    return text((video_of(reply.mapping) or {}).get("data"))


def _parts(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the model put out; its thoughts are not."""
    for step in _objects(body.get("steps")):
        if step.get("type") == "model_output":
            yield from _objects(step.get("content"))


def _objects(found: Any) -> Iterator[Mapping[str, Any]]:
    yield from (item for item in (found if isinstance(found, list) else ()) if isinstance(item, Mapping))


def _complaint(body: Mapping[str, Any]) -> str:
    errors = [*_objects(body.get("errors")), *(step.get("error") for step in _objects(body.get("steps")))]
    said = (text(error.get("message")) for error in errors if isinstance(error, Mapping))
    return " ".join(word for word in said if word)


def usage(body: Mapping[str, Any]) -> Usage:
    """The tokens by what they are: video, words beside it (thoughts too), and what was read."""
    found = body.get("usage")
    counts = found if isinstance(found, Mapping) else {}
    made = {
        text(part.get("modality")): part.get("tokens") for part in _objects(counts.get("output_tokens_by_modality"))
    }
    told = (made.get("video"), counts.get("total_input_tokens"), made.get("text"), counts.get("total_thought_tokens"))
    odd = next(filter(None, map(bills.odd, told)), bills.no_object(found))
    if odd:
        return Usage(odd=odd)  # a sum without one of its parts is none
    video, read, words, thoughts = (bills.whole(part) or 0 for part in told)
    return Usage(tokens=video if "video" in made else None, read_tokens=read, word_tokens=words + thoughts)


def _billed(body: Mapping[str, Any]) -> Usage | None:
    """Google bills no refusal; should a video be counted all the same, it is believed."""
    counted = usage(body)
    return counted if counted.tokens or counted.odd else None


def is_unknown(reply: Reply) -> bool:
    """Whether an answer says that there is no such interaction: a 400 with a sentence, not a 404."""
    return reply.status == 400 and UNKNOWN_NAME in str(reply.data).lower()


def cancelled(reply: Reply) -> bool:
    """Whether a cancel has stopped it."""
    return reply.ok and reply.mapping.get("status") in {"cancelled", "canceled"}
