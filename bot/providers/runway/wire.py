"""Runway's JSON: pure translation, both ways.

    POST /v1/text_to_video    words, and references of the Seedance family
    POST /v1/image_to_video   a first frame, or a first and a last one
    POST /v1/video_to_video   a video: `videoUri` where it is edited, `promptVideo` where it is looked at

Shapes are pairs of pixels, `1280:720`. Files go as the `runway://` addresses of uploads.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from bot.core.catalog import Usage
from bot.core.errors import ContentRefused, KinetogramError, NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.core.resolve import ordinals, prompt_length
from bot.providers import bills
from bot.providers.base import Ended, Order, Rendering, Status, Succeeded, Waiting
from bot.providers.bodies import Tree
from bot.providers.faults import clean, create_fault
from bot.providers.http import Account, Reply
from bot.providers.reading import real, text
from bot.providers.runway.catalog import MODELS

log = logging.getLogger(__name__)

VERSION = "2024-11-06"
TASKS = "/v1/tasks"
UPLOADS = "/v1/uploads"
ORGANIZATION = "/v1/organization"
DAILY_WAIT_S = 900.0
"""A cap of tasks a day slides: there may be room again soon."""
MAX_ID_CHARS = 200

Uris = Mapping[Label, str]
"""Where each reference was uploaded."""

_NAMES = {MediaKind.IMAGE: "Image", MediaKind.VIDEO: "Video", MediaKind.AUDIO: "Audio"}
_NO_CREDITS = re.compile(r"enough credits|insufficient credit", re.IGNORECASE)
_DAILY = re.compile(r"daily|per day|24.?h", re.IGNORECASE)
_COPYRIGHT = re.compile(r"copyright|intellectual", re.IGNORECASE)


# Create


def create_path(order: Order) -> str:
    """The references choose the endpoint."""
    kinds = {ref.label.kind for ref in order.spec.references}
    if MediaKind.VIDEO in kinds:
        return "/v1/video_to_video"
    framed = any(ref.role is not Role.REFERENCE for ref in order.spec.references)
    return "/v1/image_to_video" if framed else "/v1/text_to_video"


def check(order: Order) -> None:
    """Refuses words that are too long in the model's own count, before a file is uploaded for them."""
    _words(order)


def create_body(order: Order, uris: Uris) -> Tree:
    """The whole create body. Raises Refusal as `check` does."""
    spec, model = order.spec, order.model or MODELS[order.wire_id]
    body: dict[str, Tree] = {"model": order.wire_id, **_words(order)}
    if not model.as_long_as_input:
        body |= {"ratio": f"{spec.width}:{spec.height}", "duration": spec.duration_s}
    if model.takes_audio_switch:
        body["audio"] = spec.audio
    if spec.seed is not None:
        body["seed"] = spec.seed
    if spec.negative is not None:
        body["negativePrompt"] = spec.negative
    return body | _media(order, uris)


def _words(order: Order) -> dict[str, Tree]:
    """`Image 1 sings`; left out where there are none."""
    numbers, model = ordinals(order.spec), order.model or MODELS[order.wire_id]
    words = order.spec.words(lambda label: f"{_NAMES[label.kind]} {numbers[label]}")
    count, most = prompt_length(words, model), model.prompt_max_chars
    if count > most:
        raise Refusal("fault-prompt-too-long", count=count, max=most, over=count - most)
    return {"promptText": words} if words else {}


def _media(order: Order, uris: Uris) -> dict[str, Tree]:
    references = order.spec.references
    frames = [ref for ref in references if ref.role is not Role.REFERENCE]
    if frames:
        return {"promptImage": [{"uri": uris[ref.label], "position": ref.role.value} for ref in frames]}
    of_kind = {kind: [uris[ref.label] for ref in references if ref.label.kind is kind] for kind in MediaKind}
    first, *rest = of_kind[MediaKind.VIDEO] or [""]
    found: dict[str, list[Tree]] = {
        "references": [{"uri": uri} for uri in of_kind[MediaKind.IMAGE]],
        "referenceVideos": [{"type": "video", "uri": uri} for uri in rest],
        "referenceAudio": [{"type": "audio", "uri": uri} for uri in of_kind[MediaKind.AUDIO]],
    }
    edits = (order.model or MODELS[order.wire_id]).as_long_as_input
    name = "videoUri" if edits else "promptVideo"
    lists: dict[str, Tree] = {field: items for field, items in found.items() if items}
    return {name: first, **lists} if first else lists


def read_created(reply: Reply, account: Account) -> str:
    """The id of the task that was made, else raises what the answer means."""
    if not reply.ok:
        raise create_error(reply, account)
    found = text(reply.mapping.get("id"))
    if found is None or len(found) > MAX_ID_CHARS:
        raise Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    return found


def create_error(reply: Reply, account: Account) -> KinetogramError:
    """What a create call that made no task means."""
    said = message(reply)
    if reply.status == 400 and _NO_CREDITS.search(said):
        return OperatorFault("provider-no-balance", **account.who, detail=clean(said))
    if reply.status == 429 and _DAILY.search(said):
        return NotTaken("provider-throttled", reply.retry_after_s or DAILY_WAIT_S, **account.who)
    if reply.status < 300 and reply.kind != "html":
        return Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    return create_fault(reply, account, clean(said))


def message(reply: Reply) -> str:
    """The sentence of an error."""
    return text(reply.mapping.get("error")) or ""


# Uploads


def read_ticket(reply: Reply) -> tuple[str, str, Mapping[str, str]] | None:
    """The upload's own address, where to put it, and the fields that go before the file; None for what is no ticket."""
    body = reply.mapping if reply.ok else {}
    uri, url, fields = text(body.get("runwayUri")), text(body.get("uploadUrl")), body.get("fields")
    if uri is None or url is None or not isinstance(fields, Mapping):
        return None
    return uri, url, {str(name): str(value) for name, value in fields.items()}


# Get


def read_task(body: Mapping[str, Any], account: Account) -> Status:
    """Both spellings that were seen; a word that is not known counts as running, until the job's own deadline."""
    match text(body.get("status")):
        case "PENDING" | "THROTTLED" | "QUEUED":
            return Waiting()
        case "RUNNING":
            return Rendering(_percent(body))
        case "SUCCEEDED":
            return _succeeded(body, account)
        case "FAILED":
            return Ended(failure(body, account), "failed", _billed(body))
        case "CANCELLED" | "CANCELED":
            return Ended(Refusal("task-cancelled", **account.who), "cancelled", _billed(body))
        case None:
            raise Transient("provider-answer-unreadable", **account.who, status=200)
        case unknown:
            log.warning("a task of %s has the unknown status %.40r", account.name, unknown)
            return Rendering(_percent(body))


def _percent(body: Mapping[str, Any]) -> int | None:
    """`progress` is 0 to 1."""
    told = real(body.get("progress"))
    return None if told is None else min(max(round(told * 100), 0), 100)


def _succeeded(body: Mapping[str, Any], account: Account) -> Succeeded:
    output = body.get("output")
    url = text(output[0]) if isinstance(output, list) and output else None
    if url is None:
        raise Transient("provider-answer-unreadable", **account.who, status=200)
    return Succeeded(url, _usage(body))


def _usage(body: Mapping[str, Any]) -> Usage:
    cost = body.get("cost")
    told = cost.get("credits") if isinstance(cost, Mapping) else cost
    return Usage(credits=bills.count(told), odd=bills.odd(told))


def _billed(body: Mapping[str, Any]) -> Usage | None:
    """What moderation stops costs as much as what it lets pass."""
    usage = _usage(body)
    return usage if usage.credits or usage.odd else None


_BY_CODE: tuple[tuple[str, str], ...] = (
    ("SAFETY.INPUT.TEXT", "refused-text"),
    ("SAFETY.INPUT", "refused-media"),
    ("SAFETY.OUTPUT.AUDIO", "refused-output-audio"),
    ("SAFETY.OUTPUT", "refused-output"),
    ("SAFETY", "refused-output"),
    ("INPUT_PREPROCESSING.SAFETY.TEXT", "refused-text"),
    ("INPUT_PREPROCESSING.SAFETY", "refused-media"),
)
"""Longest first: codes grow longer with time."""


def failure(body: Mapping[str, Any], account: Account) -> KinetogramError:
    """Why a task has failed. Its sentence is for engineers, so it is shown only where a file is at fault."""
    code, said = text(body.get("failureCode")) or "", text(body.get("failure")) or ""
    policy = next((key for prefix, key in _BY_CODE if code.startswith(prefix)), None)
    if policy is not None:
        key = "refused-copyright" if _COPYRIGHT.search(f"{code} {said}") else policy
        return ContentRefused(key, labels="", **account.who)
    if code.startswith("ASSET"):
        return Refusal("provider-refused-request", detail=clean(said), **account.who)
    return Refusal("task-failed", detail=clean(said), **account.who)
