"""`python -m bot doctor`: is everything that the service needs really there? Each check costs nothing."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
from telegram.error import InvalidToken, TelegramError

from bot import app
from bot.app.accounts import aids
from bot.chat.bot import build_bot
from bot.chat.request import AiohttpRequest
from bot.core.errors import KinetogramError
from bot.core.media import Conversion
from bot.media.tool import MediaTool
from bot.providers.adapters import ADAPTERS
from bot.sandbox import samples
from bot.settings import Settings
from bot.storage.backup import check as check_database
from bot.texts import Texts

MAX_CLOCK_SKEW_S = 30.0
CHECK_S = 30.0
SILENT = f"no answer within {CHECK_S:g} s"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is well, and what was seen or must be changed."""

    name: str
    ok: bool
    detail: str


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """All checks, one after the other; none can hang the rest."""
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("database", _database),
        ("media", _media),
        ("telegram", _telegram),
        ("public address", _public),
        ("clock", _clock),
    ]
    opens = True
    for name, check in checks:
        finding = await _guarded(name, check(settings))
        opens = opens and (finding.ok or name != "database")
        yield finding
    if not opens:
        yield Finding("providers", ok=False, detail="not looked at before the database can be opened")
        return
    async for finding in _providers(settings):
        yield finding
    async for finding in _aids(settings):
        yield finding


async def _guarded(name: str, check: Awaitable[str]) -> Finding:
    try:
        async with asyncio.timeout(CHECK_S):
            return Finding(name, ok=True, detail=await check)
    except TimeoutError:
        return Finding(name, ok=False, detail=SILENT)
    except _Unwell as error:
        return Finding(name, ok=False, detail=str(error))
    except KinetogramError as error:
        return Finding(name, ok=False, detail=_sentence(error))


def _sentence(error: KinetogramError) -> str:
    texts = Texts()
    return texts.plain("en", error.key, **error.data) if texts.has(error.key) else str(error)


class _Unwell(Exception):
    """A check's own sentence."""


async def _database(settings: Settings) -> str:
    async with app.base(settings):
        pass
    await asyncio.to_thread(check_database, settings.database_path)
    return f"{settings.database_path} is whole and up to date"


async def _media(_settings: Settings) -> str:
    """A voice note is really converted, so every library of the chain is there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, _, song = await asyncio.to_thread(samples.make, folder)
        info = await MediaTool().convert(song, Conversion(mime="audio/mpeg", max_bytes=1_000_000), folder / "song.mp3")
    return f"a voice note became {info.audio_codec}, {info.duration_ms / 1000:g} s"


async def _telegram(settings: Settings) -> str:
    if settings.telegram_bot_token is None:
        return "TELEGRAM_BOT_TOKEN is not set: `run` starts the sandbox"
    token, request = settings.telegram_bot_token.get_secret_value(), AiohttpRequest()
    bot = build_bot(token, request=request, polling=AiohttpRequest(), api_url=settings.telegram_api_url)
    try:
        await bot.initialize()
        hook = await bot.get_webhook_info()
    except InvalidToken:
        raise _Unwell("the token is refused: take TELEGRAM_BOT_TOKEN anew from BotFather") from None
    except TelegramError as error:
        raise _Unwell(f"{settings.telegram_api_url} does not answer ({type(error).__name__})") from None
    finally:
        await bot.shutdown()
    trouble = f"; last webhook error: {hook.last_error_message}" if hook.last_error_message else ""
    inline = "" if bot.supports_inline_queries else "; inline mode is off, /setinline at BotFather switches it on"
    business = "" if bot.bot.can_connect_to_business else "; business mode is off, BotFather switches it on"
    return f"@{bot.username}, {hook.pending_update_count} updates wait{inline}{business}{trouble}"


async def _public(settings: Settings) -> str:
    if settings.public_url is None:
        return "PUBLIC_URL is not set: updates are polled, video references are not offered"
    status = (await _head(settings.public_url + "/live"))[0]
    if status != 200:
        raise _Unwell(f"{settings.public_url}/live answers {status}: is the service running and the proxy set?")
    return f"{settings.public_url} reaches the service"


async def _clock(settings: Settings) -> str:
    """Telegram's own clock against ours."""
    if settings.telegram_bot_token is None:
        return "not compared: the sandbox has no clock but this machine's"
    before = time.time()
    _, date = await _head(settings.telegram_api_url)
    if date is None:
        return "no clock to compare with"
    skew_s = parsedate_to_datetime(date).timestamp() - (before + time.time()) / 2
    if abs(skew_s) > MAX_CLOCK_SKEW_S:
        raise _Unwell(f"this machine's clock is {-skew_s:+.0f} s off: set it, signed links and limits depend on it")
    return "right"


async def _head(url: str) -> tuple[int, str | None]:
    timeout = aiohttp.ClientTimeout(total=CHECK_S / 2)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return answer.status, answer.headers.get("Date")
    except (aiohttp.ClientError, TimeoutError):
        raise _Unwell(f"{url} can't be reached") from None


async def _providers(settings: Settings) -> AsyncIterator[Finding]:
    async with app.base(settings) as root:
        if not root.registry.providers:
            switches = ", ".join(adapter.switch for adapter in ADAPTERS.values())
            hint = f"none is set up: set one of {switches} (the sandbox needs none)"
            yield Finding("providers", ok=settings.telegram_bot_token is None, detail=hint)
        own = root.registry.own
        if own.model or own.prices:
            names = ", ".join([*(f"{model.provider}/{model.id}" for model in own.model), *own.prices])
            yield Finding("models.toml", ok=True, detail=f"holds {names}")
        for config in root.registry.borrowing:
            detail = (
                f"{config.account.host} has no price list here: {config.prices} holds, compare it with what they charge"
            )
            yield Finding(f"{config.account.name}, prices", ok=True, detail=detail)
        for name in root.registry.unpriced:
            lists = ADAPTERS[name].prices
            ways = [f"name one in {lists.variable}"] if lists else []
            mend = " or ".join([*ways, "say prices in models.toml"])
            yield Finding(name, ok=False, detail=f"no price list for this host, so nothing is offered: {mend}")
        for name, provider in root.registry.providers.items():
            try:
                async with asyncio.timeout(CHECK_S):
                    pings = await provider.pings()
            except TimeoutError:
                yield Finding(name, ok=False, detail=SILENT)
                continue
            for place, ping in enumerate(pings, start=1):
                label = name if len(pings) == 1 else f"{name}, key {place} of {len(pings)}"
                yield Finding(label, ok=ping.ok, detail=root.env.texts.plain("en", ping.key, **ping.data))


async def _aids(settings: Settings) -> AsyncIterator[Finding]:
    """The services beside the providers: who writes voice notes down, who makes words richer."""
    async with app.base(settings) as root:
        for name, aid in aids(settings, root.registry).items():
            ping = await aid.ping()
            yield Finding(name, ok=ping.ok, detail=root.env.texts.plain("en", ping.key, **ping.data))
