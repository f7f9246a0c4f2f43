"""The Bot API over HTTP: token, validation, faults, then the method; every call is recorded."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web

from bot.sandbox.telegram.calls import Call, Calls
from bot.sandbox.telegram.errors import ApiError, JsonDict, bad
from bot.sandbox.telegram.exchange import Exchange
from bot.sandbox.telegram.faults import Fault, Faults
from bot.sandbox.telegram.methods import METHODS, MethodCall
from bot.sandbox.telegram.reading import Incoming, read_request
from bot.sandbox.telegram.validation import check_call, schema

_KEEP_VIOLATIONS = 1000
_UNAUTHORIZED = ApiError(401, "Unauthorized")
_NOT_FOUND = ApiError(404, "Not Found")

Phase = Literal["before", "after"]
Tap = Callable[[Call, Phase], Awaitable[None]]


class BotApi:
    """Handlers of `/bot…` and `/file/bot…`. Taps are awaited before a call acts and after it acted, unanswered yet."""

    def __init__(self, exchange: Exchange, token: str, calls: Calls, faults: Faults, taps: list[Tap]) -> None:
        self._exchange = exchange
        self._token = token
        self._calls = calls
        self._faults = faults
        self._taps = taps

    def routes(self) -> list[web.RouteDef]:
        """What to mount."""
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    def _is_token(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file whose link `getFile` gave out."""
        if not self._is_token(request.match_info["token"]):
            return _refusal(_UNAUTHORIZED)
        stored = self._exchange.files.by_link(request.match_info["path"])
        if stored is None:
            return _refusal(_NOT_FOUND)
        return web.FileResponse(stored.path, headers={"Content-Type": "application/octet-stream"})

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One call of a method."""
        method = schema().method_name(request.match_info["method"])
        incoming = Incoming()
        try:
            if not self._is_token(request.match_info["token"]):
                raise _UNAUTHORIZED
            if method is None:
                raise _NOT_FOUND
            files = self._exchange.files
            await read_request(request, files, incoming, files.upload_limit_bytes)
            return await self._read(request, method, incoming)
        except ApiError as refused:
            return self._refused(method or request.match_info["method"], incoming, refused)
        finally:
            await incoming.clean_up(self._exchange.files)

    def _refused(self, method: str, incoming: Incoming, refused: ApiError) -> web.Response:
        call = self._record(method, incoming)
        call.status, call.answer = refused.status, refused.body()
        return _refusal(refused)

    def _record(self, method: str, incoming: Incoming) -> Call:
        sizes = {name: upload.size_bytes for name, upload in incoming.uploads.items()}
        call = Call.of(method, incoming.params, sizes, self._exchange.now_ms())
        self._calls.add(call)
        return call

    async def _read(self, request: web.Request, method: str, incoming: Incoming) -> web.StreamResponse:
        checked = check_call(method, incoming.params, frozenset(incoming.uploads))
        self._exchange.violations.extend(checked.violations)
        del self._exchange.violations[_KEEP_VIOLATIONS:]
        incoming.params = checked.params
        call = self._record(method, incoming)
        fault = self._faults.take(method, checked.params.get("chat_id"))
        method_call = MethodCall(method, checked.params, incoming.uploads, self._exchange)
        if fault is None:
            await self._act(call, method_call)
        elif not await self._troubled(call, method_call, fault):
            return _drop(request)
        return _response(call)

    async def _act(self, call: Call, method_call: MethodCall) -> None:
        await self._tapped(call, "before")
        try:
            result = await _perform(method_call)
        except ApiError as refused:
            call.status, call.answer = refused.status, refused.body()
        else:
            call.status, call.answer = 200, {"ok": True, "result": result}
        await self._tapped(call, "after")

    async def _troubled(self, call: Call, method_call: MethodCall, fault: Fault) -> bool:
        """Act with trouble; False when the connection is to be lost."""
        if fault.when == "after" or (fault.status is None and not fault.drop):
            await self._act(call, method_call)
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.status is not None:
            call.status, call.answer = fault.status, _fault_body(fault, fault.status)
        if fault.drop:
            call.status = 0
        return not fault.drop

    async def _tapped(self, call: Call, phase: Phase) -> None:
        for tap in tuple(self._taps):
            await tap(call, phase)


async def _perform(call: MethodCall) -> object:
    method = METHODS.get(call.method)
    if method is None:
        raise bad("method is not available in the sandbox")
    return await method(call)


def _fault_body(fault: Fault, status: int) -> JsonDict | str:
    if fault.body is not None:
        return fault.body
    if fault.retry_after_s is not None:
        parameters = {"retry_after": fault.retry_after_s}
        return ApiError(status, f"Too Many Requests: retry after {fault.retry_after_s}", parameters).body()
    return ApiError(status, _DESCRIPTIONS.get(status, "Internal Server Error")).body()


_DESCRIPTIONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 502: "Bad Gateway", 504: "Gateway Timeout"}


def _refusal(refused: ApiError) -> web.Response:
    return web.json_response(refused.body(), status=refused.status)


def _response(call: Call) -> web.Response:
    if isinstance(call.answer, str):
        return web.Response(text=call.answer, status=call.status, content_type="text/html")
    return web.json_response(call.answer, status=call.status)


def _drop(request: web.Request) -> web.Response:
    """Close the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
