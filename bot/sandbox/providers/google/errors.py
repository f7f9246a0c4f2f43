"""Google's refusals: gRPC states in one envelope, which the front end may put into an array."""

from __future__ import annotations

from typing import Any

from aiohttp import web

_STATES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_WORDS = {
    429: "Resource has been exhausted (e.g. check quota).",
    500: "An internal error has occurred.",
    503: "The model is overloaded. Please try again later.",
}
_DOMAIN = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "domain": "googleapis.com"}


class GoogleError(Exception):
    """Answered with ``status`` and the envelope. ``code`` is the word that interactions use instead of the number."""

    def __init__(
        self, status: int, message: str = "", *, code: str | None = None, details: tuple[dict[str, Any], ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message or _WORDS.get(status, "The request could not be carried out.")
        self.code = code
        self.details = details

    @property
    def state(self) -> str:
        """The gRPC state's name."""
        return _STATES.get(self.status, "UNKNOWN")


def bad_key() -> GoogleError:
    """A wrong key is a bad argument here, not a 401."""
    reason = {**_DOMAIN, "reason": "API_KEY_INVALID"}
    return GoogleError(400, "API key not valid. Please pass a valid API key.", details=(reason,))


def no_key() -> GoogleError:
    """No key at all."""
    words = "Method doesn't allow unregistered callers. Please use API Key or other form of API consumer identity."
    return GoogleError(403, words)


def bad_token() -> GoogleError:
    """Vertex without a living access token."""
    words = "Request had invalid authentication credentials. Expected OAuth 2 access token."
    reason = {**_DOMAIN, "reason": "ACCESS_TOKEN_TYPE_UNSUPPORTED"}
    return GoogleError(401, words, details=(reason,))


def throttled(delay_s: int | None) -> GoogleError:
    """429; how long to wait stands in the details."""
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{delay_s}s"}
    return GoogleError(429, details=() if delay_s is None else (retry,))


def unknown_name(name: str, place: str) -> GoogleError:
    """A field that does not exist, in the words of the JSON front end."""
    where = f" at '{place}'" if place else ""
    return GoogleError(400, f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.')


def envelope(error: GoogleError, *, words: bool = False, listed: bool = False) -> web.Response:
    """``words``: as interactions say it; ``listed``: inside an array."""
    body: dict[str, Any] = {"code": error.status, "message": error.message, "status": error.state}
    if words and error.code:
        body = {"code": error.code, "message": error.message}
    elif error.details:
        body["details"] = list(error.details)
    return web.json_response([{"error": body}] if listed else {"error": body}, status=error.status)
