"""What the Bot API answers when it refuses, as one exception that carries the wire form."""

from typing import Any

JsonDict = dict[str, Any]


class ApiError(Exception):
    """A refused call: HTTP status, the description as Telegram words it, and `parameters` where there are any."""

    def __init__(self, status: int, description: str, parameters: JsonDict | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def body(self) -> JsonDict:
        """The answer's JSON."""
        answer: JsonDict = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class ClientError(Exception):
    """A person asked the client side for something that is not there: status and a word for the page."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def bad(reason: str) -> ApiError:
    """`400 Bad Request: …`, the usual refusal."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """`403 Forbidden: …`: the bot may not write there."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """`409 Conflict: …`: two ways of fetching updates at once."""
    return ApiError(409, f"Conflict: {reason}")


def too_many(retry_after_s: int) -> ApiError:
    """`429`: the flood limits, with the seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after_s}", {"retry_after": retry_after_s})
