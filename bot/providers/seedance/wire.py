"""The guide's JSON: pure translation, both ways.

    POST /video/text-to-video    {"model", "prompt", "duration", "resolution", "aspect_ratio"}
    POST /video/image-to-video   the same and "references": [{"type": "image/jpeg", "data": "<base64>"}]
    GET  /video/jobs/{id}        {"id", "status", "progress", "video_url", "error"}

No live house with exactly this contract is known, so the answers are read tolerantly (`variants`).
"""

from __future__ import annotations

import logging
import re
from typing import Any

from bot.core.errors import ContentRefused, KinetogramError, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.resolve import ordinals
from bot.providers.base import Ended, Order, PreparedReference, Rendering, Status, Succeeded, Waiting
from bot.providers.bodies import InlineFile, Tree, base64_size
from bot.providers.faults import clean, create_fault
from bot.providers.http import Account, Reply
from bot.providers.seedance import variants

log = logging.getLogger(__name__)

FROM_TEXT = "/video/text-to-video"
FROM_REFERENCES = "/video/image-to-video"
JOBS = "/video/jobs"
ENVELOPE_BYTES = 500
_NAMES = {MediaKind.IMAGE: "@Image", MediaKind.VIDEO: "@Video", MediaKind.AUDIO: "@Audio"}
_POLICY = re.compile(
    r"polic|moderat|sensitive|nsfw|unsafe|safety|flagged|prohibited|copyright|real.?person|face\b", re.IGNORECASE
)


def create_path(order: Order) -> str:
    return FROM_REFERENCES if order.references else FROM_TEXT


def create_body(order: Order) -> Tree:
    """The whole create body."""
    spec = order.spec
    body: dict[str, Tree] = {
        "model": order.wire_id,
        "prompt": words(order),
        "duration": spec.duration_s,
        "resolution": spec.resolution,
        "aspect_ratio": spec.ratio,
    }
    if order.references:
        body["references"] = [_reference(ref) for ref in order.references]
    return body


def words(order: Order) -> str:
    """The prompt in the guide's words: `@Image1 sings`."""
    numbers = ordinals(order.spec)
    return order.spec.words(lambda label: f"{_NAMES[label.kind]}{numbers[label]}")


def encoded_size(order: Order) -> int:
    """About how long the body is."""
    return ENVELOPE_BYTES + sum(base64_size(ref.info.size_bytes) + 60 for ref in order.references)


def _reference(ref: PreparedReference) -> Tree:
    return {"type": ref.info.mime.lower(), "data": InlineFile(ref.path)}


def read_created(reply: Reply, account: Account) -> str:
    """The id of the task that was made, else raises what the answer means."""
    found = variants.task_id(reply.data) if reply.ok else None
    if found is not None:
        return found
    if reply.status < 300 and reply.kind != "html":
        raise Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    code, message = variants.fault(reply.data)
    if reply.status in {400, 403, 422} and _POLICY.search(f"{code} {message}"):
        raise refused(code, message, account, "refused-text")
    raise create_fault(reply, account, clean(message))


def refused(code: str, message: str, account: Account, otherwise: str) -> ContentRefused:
    """Which policy it was, as far as the words tell."""
    said = f"{code} {message}".lower()
    for pattern, key in (
        (r"real.?person|face\b|privacy|likeness", "refused-face"),
        (r"copyright|intellectual", "refused-copyright"),
        (r"output.?audio", "refused-output-audio"),
        (r"output|generated|result", "refused-output"),
        (r"image|video|audio|reference", "refused-media"),
        (r"prompt|text", "refused-text"),
    ):
        if re.search(pattern, said):
            return ContentRefused(key, labels="", **account.who)
    return ContentRefused(otherwise, labels="", **account.who)


def read_task(body: Any, account: Account) -> Status:
    """A word that is not known counts as running, until the job's own deadline."""
    match variants.state(body):
        case None:
            raise Transient("provider-answer-unreadable", **account.who, status=200)
        case "waiting":
            return Waiting()
        case "done":
            return _succeeded(body, account)
        case "failed":
            return Ended(_failure(body, account), "failed")
        case "cancelled":
            return Ended(Refusal("task-cancelled", **account.who), "cancelled")
        case "expired":
            return Ended(Refusal("task-expired", **account.who), "expired")
        case "running":
            return Rendering(variants.percent(body))
        case unknown:
            log.warning("a task of %s has the unknown status %.40r", account.name, unknown)
            return Rendering(variants.percent(body))


def _succeeded(body: Any, account: Account) -> Succeeded:
    url = variants.video_url(body)
    if url is None:
        raise Transient("provider-answer-unreadable", **account.who, status=200)
    return Succeeded(url, variants.usage(body))


def _failure(body: Any, account: Account) -> KinetogramError:
    code, message = variants.fault(body)
    if _POLICY.search(f"{code} {message}"):
        return refused(code, message, account, "refused-output")
    return Refusal("task-failed", detail=clean(message), **account.who)
