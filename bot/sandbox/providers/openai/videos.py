"""The videos of one server: their states, and how each dialect words them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.sandbox.providers.openai.asks import Ask
from bot.sandbox.providers.openai.knobs import Dialect, InvalidError, VideosError
from bot.sandbox.render import Order, Picture, Rendered, Role
from bot.sandbox.render.order import FRAMES_PER_SECOND


class State(StrEnum):
    """A video's states on the wire."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


OVER = frozenset({State.COMPLETED, State.FAILED})
_WORDS: Mapping[Dialect, Mapping[State, str]] = {
    "generic": {State.QUEUED: "pending", State.IN_PROGRESS: "processing", State.COMPLETED: "succeeded"}
}
_DOOMS = {
    "[outvideo]": ("moderation_blocked", "Your request was blocked by our moderation system."),
    "[outaudio]": ("content_policy_violation", "The generated audio violates our content policy."),
    "[copyright]": ("content_policy_violation", "The output may be similar to third-party content; see our policy."),
    "[expire]": ("expired", "The job waited for too long."),
    "[fail]": ("video_generation_failed", "The video could not be generated."),
}


@dataclass(slots=True)
class Video:
    """One video in the making; ``error`` is code and message."""

    id: str
    ask: Ask
    folder: Path
    origin: str
    created_ms: int
    seed: int
    state: State = State.QUEUED
    changed_ms: int = 0
    error: tuple[str, str] | None = None
    output: Rendered | None = None

    @property
    def doom(self) -> tuple[str, str] | None:
        """The bad end that the prompt asks for."""
        return next((doom for word, doom in _DOOMS.items() if word in self.ask.prompt), None)

    def order(self, size_bytes: int | None) -> Order:
        """What the renderer is asked for: the first picture is the first frame, others are references."""
        width, height = self.ask.sides
        roles = (Role.FIRST, *[Role.REFERENCE] * len(self.ask.pictures))
        pictures = [
            Picture(upload.path, f"Image {number}", role)
            for number, (upload, role) in enumerate(zip(self.ask.pictures, roles, strict=False), 1)
        ]
        return Order(
            width,
            height,
            self.ask.seconds,
            self.ask.prompt,
            pictures=tuple(pictures),
            seed=self.ask.seed if self.ask.seed is not None else self.seed,
            size_bytes=size_bytes,
        )


def new_id(bits: int, dialect: Dialect, model: str) -> str:
    """LiteLLM packs its own routing into the id, which makes it long and gives it `=` and `/`."""
    plain = f"video_{bits:032x}"
    match dialect:
        case "vllm-omni":
            return f"video_gen_{bits:032x}"
        case "sglang":
            return f"{bits:032x}"
        case "litellm":
            packed = f"litellm:custom_llm_provider:openai;model_id:{model};video_id:{plain}{plain[6:] * 3}?"
            return "video_" + base64.b64encode(packed.encode()).decode()
        case _:
            return plain


def video_body(video: Video, dialect: Dialect, progress: int, url: str | None, lifetime_s: int) -> dict[str, Any]:
    """A video as this dialect tells it."""
    completed_s = video.changed_ms // 1000 if video.state is State.COMPLETED else None
    body: dict[str, Any] = {
        "id": video.id,
        "object": "video",
        "created_at": video.created_ms // 1000,
        "status": _WORDS.get(dialect, {}).get(video.state, video.state.value),
        "model": video.ask.model,
        "progress": progress,
        "seconds": str(video.ask.seconds),
        "size": video.ask.size,
        "completed_at": completed_s,
        "expires_at": None if completed_s is None else completed_s + lifetime_s,
        "remixed_from_video_id": None,
        "error": _error(video, dialect),
        "quality": "standard",
    }
    return body | _own(video, dialect, url)


def _own(video: Video, dialect: Dialect, url: str | None) -> dict[str, Any]:
    """What only this dialect tells; SGLang alone leaves the prompt out."""
    match dialect:
        case "sglang":
            path = f"outputs/{video.id}.mp4"
            return {"url": url, "urls": [url] if url else None, "file_path": path, "num_outputs": 1, "expires_at": None}
        case "vllm-omni":
            frames = video.ask.seconds * FRAMES_PER_SECOND
            told = {"fps": FRAMES_PER_SECOND, "num_frames": frames, "media_type": "video/mp4"}
            return {"prompt": video.ask.prompt, "file_name": f"{video.id}.mp4", **told, "expires_at": None}
        case "generic":
            return {"prompt": video.ask.prompt, "url": url}
        case _:
            return {"prompt": video.ask.prompt}


def _error(video: Video, dialect: Dialect) -> dict[str, Any] | None:
    if video.error is None:
        return None
    code, message = video.error
    match dialect:
        case "sglang":
            return {"message": message}
        case "vllm-omni":
            return {"code": 500, "message": message}
        case _:
            return {"code": code, "message": message}


def listing(bodies: Sequence[Mapping[str, Any]], query: Mapping[str, str], dialect: Dialect) -> dict[str, Any]:
    """One page; vLLM-Omni alone has no default limit, SGLang does not say whether there is more."""
    rows = sorted(bodies, key=lambda body: int(body["created_at"]), reverse=query.get("order", "desc") == "desc")
    ids = [body["id"] for body in rows]
    if "after" in query:
        rows = rows[ids.index(query["after"]) + 1 :] if query["after"] in ids else []
    limit = int(query.get("limit", len(rows) if dialect == "vllm-omni" else 20))
    page = rows[: min(limit, len(rows) if dialect == "vllm-omni" else 100)]
    if dialect == "sglang":
        return {"object": "list", "data": page}
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return {"object": "list", "data": page, "first_id": first, "last_id": last, "has_more": len(page) < len(rows)}


def error_body(fault: VideosError, dialect: Dialect) -> dict[str, Any]:
    """FastAPI's `detail` for the self-hosted, else OpenAI's envelope."""
    if isinstance(fault, InvalidError):
        return {"detail": [{"type": fault.code, "loc": ["body", fault.param], "msg": str(fault)}]}
    if dialect in {"sglang", "vllm-omni"}:
        return {"detail": str(fault)}
    kind = "invalid_request_error" if fault.status < 500 else "server_error"
    code = str(fault.status) if dialect == "litellm" and fault.code is None else fault.code
    return {"error": {"message": str(fault), "type": kind, "param": fault.param, "code": code}}
