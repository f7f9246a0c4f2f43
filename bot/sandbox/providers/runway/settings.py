"""What a test or the demo may turn on a :class:`RunwayServer`, and how the server refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.sandbox.providers.house import HouseKnobs, RefusedError

NO_CREDITS = "You do not have enough credits to run this task."
_WORDS = {"credits": NO_CREDITS, "daily": "Daily task limit reached for this model."}


@dataclass(slots=True)
class RunwayKnobs(HouseKnobs):
    """Defaults are the vendor's documented behaviour, but for the times, which are short.

    ``concurrency`` counts for each model: more tasks wait as THROTTLED. ``refusals_billed``: what moderation stops
    costs as much as what it lets pass. A ``None`` limit is none.
    """

    concurrency: int = 5
    daily_limit: int | None = None
    credits: int = 1_000_000
    version: str = "2024-11-06"
    retry_after_s: int | None = None
    body_limit_bytes: int = 32 << 20
    upload_limit_bytes: int = 200 << 20
    upload_lifetime_s: int = 86_400
    refusals_billed: bool = True
    estimates: bool = True
    output_size_bytes: int | None = None


class RunwayError(RefusedError):
    """Answered with ``status`` and ``{"error": …}``, with ``issues`` where the body is at fault."""

    def __init__(self, status: int, message: str, issues: list[dict[str, Any]] | None = None) -> None:
        super().__init__(status, message)
        self.issues = issues


def invalid(path: str, message: str, **more: Any) -> RunwayError:
    """One field of the body is not as it must be."""
    issue = {"code": more.pop("code", "invalid_value"), "path": path.split("."), "message": message, **more}
    return RunwayError(400, f"Validation of body failed: {path}: {message}", [issue])


def of_status(status: int, code: str | None) -> RunwayError:
    """An error that has nothing to do with the request."""
    return RunwayError(status, _WORDS.get(code or "", f"The request failed with status {status}."))


def envelope(error: RefusedError) -> web.Response:
    """The envelope."""
    body: dict[str, Any] = {"error": str(error)}
    if isinstance(error, RunwayError) and error.issues is not None:
        body |= {"issues": error.issues, "docUrl": "https://docs.dev.runwayml.com/api"}
    return web.json_response(body, status=error.status)
