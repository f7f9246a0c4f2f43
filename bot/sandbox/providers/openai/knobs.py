"""What a test or the demo may turn on an :class:`OpenAIServer`, and how it says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Dialect = Literal["official", "sglang", "vllm-omni", "litellm", "generic"]


@dataclass(slots=True)
class OpenAIKnobs:
    """Defaults are the documented behaviour, but for the times, which are short; a ``None`` limit is none.

    ``busy_deletes`` is how many DELETEs vLLM-Omni answers with 409 before one works; ``cloud`` puts SGLang's outputs
    into a bucket; ``words`` renames statuses; ``retired`` makes the official server know no model any more. Every
    one of ``webhook_secrets`` signs.
    """

    dialect: Dialect = "official"
    models: tuple[str, ...] = ("sora-2", "sora-2-pro")
    queue_s: float = 1.0
    render_s: float = 4.0
    concurrency: int = 10
    creates_per_minute: int | None = None
    retry_after_s: int | None = None
    body_limit_bytes: int = 64 << 20
    url_lifetime_s: int = 3_600
    busy_deletes: int = 0
    cloud: bool = False
    retired: bool = False
    webhook_url: str | None = None
    webhook_secrets: tuple[str, ...] = ()
    webhook_wait_s: float = 5.0
    words: Mapping[str, str] = field(default_factory=dict)
    output_size_bytes: int | None = None


class VideosError(Exception):
    """Answered with ``status``; the envelope is the dialect's."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param


class InvalidError(VideosError):
    """What FastAPI's own validation finds wrong with one field of a body."""

    def __init__(self, field: str, message: str, kind: str = "value_error") -> None:
        super().__init__(422, message, kind, field)
