"""Ark's refusals: one exception, one envelope."""

from __future__ import annotations

from aiohttp import web

_TYPES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    408: "RequestTimeout",
    409: "Conflict",
    413: "BadRequest",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}
_CODES = {
    401: "AuthenticationError",
    403: "AccountOverdueError",
    408: "RequestTimeout",
    429: "RateLimitExceeded.EndpointRPMExceeded",
    500: "InternalServiceError",
    503: "ServiceUnavailable",
}


class ArkError(Exception):
    """Answered with ``status`` and the envelope; the request id is added to the message."""

    def __init__(self, status: int, code: str, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s


def not_valid(message: str, parameter: str = "content") -> ArkError:
    """400 in Ark's usual words about one parameter."""
    return ArkError(
        400, "InvalidParameter", f"The parameter `{parameter}` specified in the request is not valid: {message}."
    )


def of_status(status: int, code: str | None = None) -> ArkError:
    """An error that has nothing to do with the request."""
    return ArkError(status, code or _CODES.get(status, "InternalServiceError"), "The service could not do it.")


def envelope(error: ArkError, request_id: str) -> web.Response:
    """The four-field envelope with its headers."""
    body = {
        "code": error.code,
        "message": f"{error.message} Request id: {request_id}",
        "param": "",
        "type": _TYPES.get(error.status, ""),
    }
    headers = {"X-Request-Id": request_id, "x-error-code": error.code}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    return web.json_response({"error": body}, status=error.status, headers=headers)
