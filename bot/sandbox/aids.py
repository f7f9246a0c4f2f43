"""What the embedded services beside the providers share: a key, a list of models, and errors in OpenAI's format."""

from __future__ import annotations

from aiohttp import web


def fault(status: int, message: str, code: str | None = None) -> web.Response:
    """An error as that format has it."""
    error = {"message": message, "type": "invalid_request_error", "code": code}
    return web.json_response({"error": error}, status=status)


def locked(request: web.Request, api_key: str) -> web.Response | None:
    """What is answered to a wrong key; None where it is the right one."""
    if request.headers.get("Authorization") == f"Bearer {api_key}":
        return None
    return fault(401, "Incorrect API key provided", "invalid_api_key")


def listed(request: web.Request, api_key: str, model: str) -> web.Response:
    """`GET /models`."""
    return locked(request, api_key) or web.json_response({"object": "list", "data": [{"id": model, "object": "model"}]})
