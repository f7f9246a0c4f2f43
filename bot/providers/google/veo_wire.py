"""Veo's long-running predictions: pure translation, both ways, in the two shapes that Google gave it.

    Gemini   POST /v1beta/models/{model}:predictLongRunning    GET  /v1beta/{operation}
             {"response": {"generateVideoResponse": {"generatedSamples": [{"video": {"uri"}}]}}}
    Vertex   POST …/models/{model}:predictLongRunning          POST …/models/{model}:fetchPredictOperation
             {"response": {"videos": [{"bytesBase64Encoded"}]}}

Both answer a filtered request with `done`, no error, and a count of what was filtered. Seconds are a number here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.catalog import Usage
from bot.core.errors import Refusal, Transient, Uncertain
from bot.core.request import Label, Role
from bot.core.resolve import ordinals
from bot.providers.base import Ended, Order, PreparedReference, Rendering, Status, Succeeded
from bot.providers.bodies import InlineFile, Tree, base64_size
from bot.providers.google.faults import create_error, failure, refused
from bot.providers.google.inline import Inline
from bot.providers.http import Account, Reply
from bot.providers.reading import text, whole

MAX_BODY_BYTES = 20_000_000
ENVELOPE_BYTES = 1_000
MAX_NAME_CHARS = 300
DEADLINE_EXCEEDED = 4
_FRAMES = {Role.FIRST: "image", Role.LAST: "lastFrame"}
_NAME = re.compile(r"(?:[\w.-]+/)*models/[\w.-]+/operations/[\w.-]+")


# Create


def create_body(order: Order, *, enterprise: bool) -> Tree:
    """The whole create body; `enterprise` is Vertex, which takes a seed, a switch for sound and words to avoid."""
    spec = order.spec
    parameters: dict[str, Tree] = {
        "aspectRatio": spec.ratio,
        "durationSeconds": spec.duration_s,
        "resolution": spec.resolution,
        "sampleCount": 1,
        "personGeneration": "allow_adult" if enterprise or order.references else "allow_all",
    }
    if enterprise:
        parameters["generateAudio"] = spec.audio
        parameters |= {} if spec.seed is None else {"seed": spec.seed}
        parameters |= {} if spec.negative is None else {"negativePrompt": spec.negative}
    return {"instances": [{"prompt": words(order), **_pictures(order.references)}], "parameters": parameters}


def words(order: Order) -> str:
    """The prompt with plain names: Veo knows no labels."""
    numbers = ordinals(order.spec)
    roles = {ref.label: ref.role for ref in order.spec.references}
    names = {Role.FIRST: "the first frame", Role.LAST: "the last frame"}

    def name(label: Label) -> str:
        return names.get(roles[label], f"reference image {numbers[label]}")

    return order.spec.words(name)


def encoded_size(order: Order) -> int:
    """About how long the body is."""
    files = sum(base64_size(ref.info.size_bytes) + 100 for ref in order.references)
    return ENVELOPE_BYTES + len(words(order).encode()) + files


def _pictures(references: Iterable[PreparedReference]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    assets: list[Tree] = []
    for ref in references:
        image: Tree = {"bytesBase64Encoded": InlineFile(ref.path), "mimeType": ref.info.mime.lower()}
        place = _FRAMES.get(ref.reference.role)
        if place is None:
            assets.append({"image": image, "referenceType": "asset"})
        else:
            found[place] = image
    return found | ({"referenceImages": assets} if assets else {})


def read_created(reply: Reply, account: Account) -> str:
    """The name of the operation that was begun, else raises what the answer means."""
    if not reply.ok:
        raise create_error(reply, account)
    found = text(reply.mapping.get("name")) or ""
    if not _NAME.fullmatch(found) or len(found) > MAX_NAME_CHARS:
        raise Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    return found


# Get


def model_path(name: str) -> str:
    """The model that an operation belongs to: Vertex is asked there.

    >>> model_path("projects/p/locations/l/publishers/google/models/m/operations/1")
    'projects/p/locations/l/publishers/google/models/m'
    """
    return name.rpartition("/operations/")[0]


def read_operation(body: Mapping[str, Any], account: Account, task_id: str) -> Status:
    """Only `done` tells: before it there is neither a queue nor progress."""
    if body.get("done") is not True:
        if text(body.get("name")) is None:
            raise Transient("provider-answer-unreadable", **account.who, status=200)
        return Rendering()
    error = body.get("error")
    if isinstance(error, Mapping):
        if whole(error.get("code")) == DEADLINE_EXCEEDED:
            return Ended(Refusal("task-expired", **account.who), "expired")
        return Ended(failure(text(error.get("message")) or "", account), "failed")
    response = body.get("response")
    return _over(response if isinstance(response, Mapping) else {}, account, task_id)


def _over(response: Mapping[str, Any], account: Account, task_id: str) -> Succeeded | Ended:
    """Each house's own nesting, never a mixture: an answer of the other would pass a refusal off as a video."""
    wrapped = response.get("generateVideoResponse")
    inner = wrapped if isinstance(wrapped, Mapping) else response
    url = _sample(inner) if isinstance(wrapped, Mapping) else _inline(inner, task_id)
    if url is not None:
        return Succeeded(url, Usage(), receipt={"model": model_path(task_id).rpartition("/")[2]})
    reasons = inner.get("raiMediaFilteredReasons")
    why = " ".join(reason for reason in (reasons if isinstance(reasons, list) else ()) if isinstance(reason, str))
    if why or whole(inner.get("raiMediaFilteredCount")):
        return Ended(refused(why, account, "refused-output"), "failed")
    return Ended(Refusal("task-failed", detail="", **account.who), "failed")


def _sample(inner: Mapping[str, Any]) -> str | None:
    video = _first(inner.get("generatedSamples")).get("video")
    return text(video.get("uri")) if isinstance(video, Mapping) else None


def _inline(inner: Mapping[str, Any], task_id: str) -> str | None:
    return Inline.url(task_id) if _data(inner) else None


def inline_data(reply: Reply) -> str | None:
    """Vertex's video as base64, or what stands for it."""
    response = reply.mapping.get("response")
    return _data(response) if isinstance(response, Mapping) else None


def _data(inner: Mapping[str, Any]) -> str | None:
    return text(_first(inner.get("videos")).get("bytesBase64Encoded"))


def _first(found: Any) -> Mapping[str, Any]:
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, Mapping) else {}
