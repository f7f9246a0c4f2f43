"""What the guide's provider takes: its limits, its refusals, and the order for the renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.casting import cast, look_at
from bot.sandbox.providers.looks import UnreadableError
from bot.sandbox.render import Order, Role

_SHORT_SIDE = {"480p": 480, "720p": 720, "1080p": 1080, "2k": 1440}
_RATIOS = {"16:9": 16 / 9, "9:16": 9 / 16, "4:3": 4 / 3, "3:4": 3 / 4, "21:9": 21 / 9, "1:1": 1.0}
_COUNTS = {"image": 9, "video": 3, "audio": 3}
_REFERENCES = 12
_SECONDS = (4, 15)
_REFUSED_WORDS = ("[nsfw]", "[face]")
_FAILING_WORDS = {
    "[outvideo]": "content_policy_violation",
    "[outaudio]": "content_policy_violation",
    "[copyright]": "content_policy_violation",
    "[expire]": "expired",
    "[fail]": "internal_error",
}
_CODES = {
    400: "invalid_request",
    401: "unauthorized",
    404: "not_found",
    408: "timeout",
    413: "payload_too_large",
    429: "rate_limited",
    500: "internal_error",
    503: "unavailable",
}


@dataclass(slots=True)
class GuideKnobs:
    """Places are dotted paths (``data.id``, ``videos.0.url``); ``words`` renames statuses; a ``None`` limit is none."""

    queue_s: float = 1.0
    render_s: float = 4.0
    concurrency: int = 10
    waiting_limit: int = 50
    creates_per_minute: int | None = None
    retry_after_s: int | None = None
    body_limit_bytes: int = 64 << 20
    url_lifetime_s: int = 86_400
    created_status: int = 200
    id_place: str = "id"
    url_place: str = "video_url"
    progress: Literal["percent", "percent sign", "fraction", "absent"] = "percent"
    error: Literal["object", "text"] = "object"
    words: Mapping[str, str] = field(default_factory=dict)
    output_size_bytes: int | None = None


class GuideError(Exception):
    """Answered with ``status`` and ``{"error":{"code","message"}}``."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code or _CODES.get(status, "internal_error")


def read_order(body: Mapping[str, Any], seed: int, knobs: GuideKnobs) -> Order:
    """The words and numbers of a request; raises 400."""
    prompt, seconds = body.get("prompt"), body.get("duration", 5)
    resolution, ratio = str(body.get("resolution", "720p")).lower(), body.get("aspect_ratio", "16:9")
    if body.get("model") != "seedance-2.0":
        raise GuideError(400, "model must be seedance-2.0.")
    if not isinstance(prompt, str) or not prompt.strip():
        raise GuideError(400, "prompt is required.")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not _SECONDS[0] <= seconds <= _SECONDS[1]:
        raise GuideError(400, "duration must be 4 to 15 seconds.")
    if resolution not in _SHORT_SIDE or ratio not in _RATIOS:
        raise GuideError(400, "resolution or aspect_ratio is not supported.")
    if any(word in prompt for word in _REFUSED_WORDS):
        raise GuideError(400, "The request violates the content policy.", "content_policy_violation")
    width, height = _sides(_SHORT_SIDE[resolution], _RATIOS[ratio])
    given = body.get("seed")
    return Order(
        width,
        height,
        seconds,
        prompt,
        seed=given if isinstance(given, int) and given >= 0 else seed,
        sound=body.get("generate_audio") is not False,
        size_bytes=knobs.output_size_bytes,
    )


def _sides(short: int, ratio: float) -> tuple[int, int]:
    longer = round(short * max(ratio, 1 / ratio) / 2) * 2
    return (longer, short) if ratio >= 1 else (short, longer)


def with_references(order: Order, body: Body) -> Order:
    """The order with its references' files; raises 400. Reads files: call it in a thread."""
    found = body.json.get("references")
    if not isinstance(found, list) or not 1 <= len(found) <= _REFERENCES:
        raise GuideError(400, f"references must hold 1 to {_REFERENCES} items.")
    paths: dict[str, list[Path]] = {kind: [] for kind in _COUNTS}
    for reference in found:
        kind, path = _reference(reference, body)
        paths[kind].append(path)
    for kind, most in _COUNTS.items():
        if len(paths[kind]) > most:
            raise GuideError(400, f"at most {most} references of kind {kind}.")
    alone = len(paths["image"]) == 1 and not paths["video"]
    return cast(order, paths, [Role.FIRST] if alone else [])


def _reference(reference: Any, body: Body) -> tuple[str, Path]:
    fields = reference if isinstance(reference, Mapping) else {}
    kind = str(fields.get("type")).partition("/")[0]
    blob = body.blob(str(fields.get("data")))
    if kind not in _COUNTS or blob is None or blob.path is None or not blob.size_bytes:
        raise GuideError(400, "a reference needs type and data (base64 without a prefix).")
    try:
        look_at(kind, blob.path)
    except UnreadableError as fault:
        raise GuideError(400, f"a reference of type {kind} cannot be read.") from fault
    return kind, blob.path


def doom_of(order: Order) -> str | None:
    """The code with which the prompt asks the job to fail."""
    return next((code for word, code in _FAILING_WORDS.items() if word in order.prompt), None)
