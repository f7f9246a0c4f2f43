"""Kling's refusals: one exception, one envelope, a code that says more than the HTTP status."""

from __future__ import annotations

from typing import Any

from aiohttp import web

STATUSES = {
    **dict.fromkeys((1000, 1001, 1002, 1003, 1004), 401),
    **dict.fromkeys((1100, 1101, 1102, 1302, 1303, 1304), 429),
    1103: 403,
    **dict.fromkeys((1200, 1201, 1300, 1301), 400),
    **dict.fromkeys((1202, 1203), 404),
    5000: 500,
    5001: 503,
    5002: 504,
}
_WORDS = {
    1000: "Authentication failed",
    1001: "Authorization is empty",
    1002: "Authorization is invalid",
    1003: "Authorization is not yet valid",
    1004: "Authorization has expired",
    1102: "Account balance not enough",
    1203: "The requested resource does not exist",
    1302: "The API request is too fast",
    1303: "parallel task over resource pack limit",
    5000: "Server internal error",
    5001: "Server temporarily unavailable",
    5002: "Server internal timeout",
}
_CODES = {400: 1201, 401: 1000, 403: 1103, 404: 1203, 429: 1302, 500: 5000, 503: 5001, 504: 5002}


class KlingError(Exception):
    """Answered with the code's own HTTP status, or another one, and the envelope without data."""

    def __init__(self, code: int, message: str = "", status: int | None = None) -> None:
        self.code = code
        self.message = message or _WORDS.get(code, "The request failed")
        self.status = status or STATUSES.get(code, 500)
        super().__init__(self.message)


def bad(message: str) -> KlingError:
    """A parameter is not as it must be."""
    return KlingError(1201, message)


def of_status(status: int, code: str | None) -> KlingError:
    """An error that has nothing to do with the request; a code may come with any status."""
    return KlingError(int(code) if code else _CODES.get(status, 5000), status=status)


def succeeded(data: Any, request_id: str) -> web.Response:
    """The envelope of all that went well."""
    return web.json_response({"code": 0, "message": "SUCCEED", "request_id": request_id, "data": data})


def refused(error: KlingError, request_id: str) -> web.Response:
    """The same of what did not."""
    body = {"code": error.code, "message": error.message, "request_id": request_id}
    return web.json_response(body, status=error.status)
