"""The composition root: reads the settings, builds everything once, starts it in order, stops it in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.request import BaseRequest

from bot.chat.bot import Bot, build_bot
from bot.chat.files import TelegramFiles
from bot.chat.limiter import Limiter
from bot.chat.outbox import SentRow, UnsentRow
from bot.chat.request import AiohttpRequest
from bot.chat.sender import Hooks, Sender
from bot.core.errors import OperatorFault
from bot.core.money import usd
from bot.intake.dispatch import Dispatcher
from bot.intake.lanes import ALLOWED_UPDATES
from bot.intake.polling import Poller
from bot.intake.webhook import PATH as WEBHOOK_PATH
from bot.intake.webhook import Webhook
from bot.media.tool import MediaTool
from bot.providers.config import ProviderConfig
from bot.providers.registry import Registry, build
from bot.sandbox.demo import play
from bot.sandbox.site import Pace as SandboxPace
from bot.sandbox.site import Sandbox, environment
from bot.services import delivery
from bot.services.commands import MENU
from bot.services.env import Env, Policy
from bot.services.secrets import secret
from bot.settings import Settings
from bot.storage.base import Transaction
from bot.storage.claim import claim_service
from bot.storage.sqlite import SqliteStore, open_store
from bot.texts import Texts
from bot.web.callbacks import Callbacks
from bot.web.links import MediaLinks
from bot.worker.loop import Worker
from bot.worker.tools import Pace, Tools
from bot.worker.upkeep import Upkeep
from handlers import register
from handlers.kit import Kit

CLOUD_UPLOAD_BYTES = 50 * 1000 * 1000
LOCAL_UPLOAD_BYTES = 2_000 * 1000 * 1000
CLOUD_DOWNLOAD_BYTES = 20 << 20
LOCAL_DOWNLOAD_BYTES = 2_000 * 1000 * 1000
MAX_OUTPUT_BYTES = 1_000 * 1000 * 1000
GREETING_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)
STOP_S = 8.0
LINK_MS = 24 * 3_600_000

log = structlog.get_logger(__name__)


def now_ms() -> int:
    """The clock: milliseconds UTC."""
    return time.time_ns() // 1_000_000


def policy_of(settings: Settings) -> Policy:
    """The settings that decide, in the core's units."""
    return Policy(
        operator_ids=frozenset(settings.operator_ids),
        open_access=settings.access == "open",
        service_microusd_per_day=usd(settings.service_usd_per_day),
        user_microusd_per_month=usd(settings.user_usd_per_month),
        user_requests_per_day=settings.user_requests_per_day,
        user_active_jobs=settings.user_active_jobs,
        confirm_above_microusd=usd(settings.confirm_above_usd),
        zone=ZoneInfo(settings.default_timezone),
        can_link=settings.public_url is not None,
        max_download_bytes=LOCAL_DOWNLOAD_BYTES if settings.telegram_local_mode else CLOUD_DOWNLOAD_BYTES,
        deadline_s=settings.job_deadline_s,
        tray_ms=settings.tray_minutes * 60_000,
    )


def provider_configs(settings: Settings) -> list[ProviderConfig]:
    """Each provider that has what it needs; the others are off."""
    configs = []
    if settings.ark_api_key is not None:
        configs.append(
            ProviderConfig(
                "ark",
                settings.ark_base_url,
                settings.ark_api_key.get_secret_value(),
                prices=settings.ark_prices,
                cny_usd=settings.cny_usd,
            )
        )
    if settings.seedance_api_key is not None:
        configs.append(
            ProviderConfig("seedance", settings.seedance_base_url, settings.seedance_api_key.get_secret_value())
        )
    return configs


@dataclass(frozen=True, slots=True)
class Base:
    """What the service and the command line share: the store and the use cases' environment."""

    store: SqliteStore
    env: Env
    registry: Registry


@contextlib.asynccontextmanager
async def base(settings: Settings) -> AsyncIterator[Base]:
    """Opens the database and builds the catalog; no network yet."""
    settings.database_path.parent.mkdir(parents=True, exist_ok=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    registry = build(provider_configs(settings), settings.provider_order)
    store = await open_store(settings.database_path, now_ms=now_ms())
    try:
        env = Env(
            store=store,
            texts=await asyncio.to_thread(Texts),
            catalog=registry.catalog(settings.default_model, settings.model_order),
            policy=policy_of(settings),
            now_ms=now_ms,
            random_bytes=os.urandom,
            data_dir=settings.data_dir.resolve(),
        )
        yield Base(store, env, registry)
    finally:
        await registry.close()
        await store.close()


class Service:
    """The running bot. Mount `routes()` on the one web application, then `run()`."""

    def __init__(self, settings: Settings, root: Base, keys: Mapping[str, bytes]) -> None:
        token = settings.telegram_bot_token
        if token is None:
            raise OperatorFault("token-missing")
        self._settings = settings
        self._root = root
        self._transport: BaseRequest = AiohttpRequest()
        self._bot: Bot = build_bot(
            token.get_secret_value(),
            request=self._transport,
            polling=AiohttpRequest(),
            api_url=settings.telegram_api_url,
            local_mode=settings.telegram_local_mode,
        )
        env = root.env
        self._links = (
            MediaLinks(keys["links"], settings.public_url, env.data_dir, now_ms) if settings.public_url else None
        )
        self._tools = self._build_tools(env)
        self._worker = Worker(self._tools)
        self._sender = Sender(
            root.store,
            self._bot,
            Limiter(),
            now_ms,
            Hooks(self._sent, on_maybe_sent=self._maybe_sent),
            root=env.data_dir,
        )
        self._upkeep = Upkeep(self._tools, int(settings.data_max_gb * 1_000_000_000))
        self._kit = Kit(env, self._ring)
        self._application = register.build(self._bot, self._kit)
        self._dispatcher = Dispatcher(root.store, self._handle, self._give_up, now_ms)
        self._webhook = Webhook(root.store, keys["webhook"].decode(), self._dispatcher.wake, now_ms)
        self._webhook_secret = keys["webhook"].decode()

    def _build_tools(self, env: Env) -> Tools:
        settings = self._settings
        local = settings.telegram_local_mode
        return Tools(
            env=env,
            providers=self._root.registry.providers,
            media=MediaTool(),
            files=TelegramFiles(self._bot, self._transport),  # type: ignore[arg-type]  # it is an AiohttpRequest
            data_dir=env.data_dir,
            max_output_bytes=MAX_OUTPUT_BYTES,
            max_upload_bytes=LOCAL_UPLOAD_BYTES if local else CLOUD_UPLOAD_BYTES,
            max_active_jobs=settings.max_active_jobs,
            link=self._links.url if self._links else None,
            callback_url=self._callback_url if settings.public_url else None,
            pace=Pace(poll_ms=round(settings.poll_interval_s * 1000)),
        )

    def _callback_url(self, provider: str, token: str) -> str:
        return f"{self._settings.public_url}/callbacks/{provider}/{token}"

    def routes(self) -> list[web.RouteDef]:
        """Everything that the outside may ask of the service."""
        routes = [*Callbacks(self._root.env, self._root.registry.providers, self._worker.wake).routes()]
        if self._links is not None:
            routes += [*self._links.routes(), *self._webhook.routes()]
        return routes

    def _ring(self) -> None:
        self._sender.wake()
        self._worker.wake()

    async def _handle(self, raw: Mapping[str, Any]) -> None:
        await register.handle(self._application, raw)

    async def _give_up(self, raw: Mapping[str, Any]) -> None:
        await register.give_up(self._application, self._kit, raw)

    async def _sent(self, tx: Transaction, row: SentRow) -> None:
        if row.job_id is not None and row.kind == "video":
            await delivery.arrived(self._root.env, tx, row.job_id, row.message_id or 0, row.file_id)

    async def _maybe_sent(self, tx: Transaction, row: UnsentRow) -> None:
        if row.job_id is not None:
            await delivery.maybe_arrived(self._root.env, tx, row.row_id, row.job_id)

    async def run(self) -> None:
        """Until cancelled; then intake stops first, and what is out gets a few seconds to end."""
        async with contextlib.AsyncExitStack() as stack:
            await self._greet()
            await stack.enter_async_context(self._application)
            for name, work in self._in_order():
                await stack.enter_async_context(_running(name, work))
            log.info("started", bot=self._bot.username, providers=list(self._root.registry.providers))
            await self._intake()

    def _in_order(self) -> list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        return [
            ("sender", self._sender.run),
            ("worker", self._worker.run),
            ("upkeep", self._upkeep.run),
            ("dispatcher", self._dispatcher.run),
        ]

    async def _greet(self) -> None:
        """Asks Telegram who we are; an outage at the start is waited out, a refused token is not."""
        for attempt in range(1_000_000):
            try:
                await self._bot.initialize()
                await self._show_menus()
            except InvalidToken:
                raise OperatorFault("token-refused") from None
            except TelegramError as error:
                log.warning("telegram-not-reached", error=type(error).__name__)
                await asyncio.sleep(GREETING_PAUSES_S[min(attempt, len(GREETING_PAUSES_S) - 1)])
            else:
                return

    async def _show_menus(self) -> None:
        texts = self._root.env.texts
        for language in texts.languages:
            menu = [BotCommand(name, texts.plain(language, f"command-{name}")) for name in MENU]
            await self._bot.set_my_commands(menu, language_code=None if language == "en" else language)

    async def _intake(self) -> None:
        if self._settings.public_url is None:
            await self._bot.delete_webhook()
            await Poller(self._bot, self._root.store, self._dispatcher.wake, now_ms).run()
        await self._bot.set_webhook(
            self._settings.public_url + WEBHOOK_PATH if self._settings.public_url else "",
            secret_token=self._webhook_secret,
            allowed_updates=list(ALLOWED_UPDATES),
        )
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _running(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """A part that runs while the block does; its own end is the end of the service."""
    task = asyncio.create_task(work(), name=name)
    task.add_done_callback(_end_together(asyncio.current_task()))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            async with asyncio.timeout(STOP_S):
                await task


def _end_together(parent: asyncio.Task[Any] | None) -> Callable[[asyncio.Task[None]], None]:
    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None and parent is not None:
            log.error("part-broke", part=task.get_name(), exc_info=task.exception())
            parent.cancel()

    return ended


async def keys_of(env: Env, settings: Settings) -> dict[str, bytes]:
    """Secrets of our own, made once and kept in the database."""
    keys = {name: (await secret(env, name)).encode() for name in ("links", "webhook")}
    if settings.webhook_secret is not None:
        keys["webhook"] = settings.webhook_secret.get_secret_value().encode()
    return keys


@contextlib.asynccontextmanager
async def service(settings: Settings, sandbox: Sandbox | None = None) -> AsyncIterator[Service]:
    """Builds the service, opens its web part, and closes all of it at the end. A sandbox is mounted beside it."""
    settings.database_path.parent.mkdir(parents=True, exist_ok=True)
    with claim_service(settings.database_path):
        async with base(settings) as root:
            built = Service(settings, root, await keys_of(root.env, settings))
            app = web.Application(client_max_size=64 << 20)
            app.add_routes(built.routes())
            if sandbox is not None:
                sandbox.attach(app)
            async with _serving(app, settings.web_host, settings.web_port):
                yield built


@contextlib.asynccontextmanager
async def _serving(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


def sandbox_settings(settings: Settings, origin: str) -> Settings:
    """The same settings, pointed at the sandbox at `origin`."""
    folder = settings.data_dir / "sandbox"
    variables = {name.lower(): value for name, value in environment(origin).items()}
    own = {"public_url": origin, "data_dir": folder, "database_url": f"sqlite:///{folder / 'kinetogram.db'}"}
    chosen = settings.model_dump(exclude_unset=True, exclude={*variables, *own, "provider_order"})
    return Settings(_env_file=None, **{**chosen, **variables, **own})


@contextlib.asynccontextmanager
async def sandboxed(settings: Settings, port: int, pace: SandboxPace) -> AsyncIterator[tuple[str, Service]]:
    """A sandbox on this machine with the bot in it; yields its address and the bot, which is not running yet."""
    origin = f"http://127.0.0.1:{port}"
    inside = sandbox_settings(settings, origin)
    sandbox = Sandbox(inside.data_dir / "world", now_ms, pace)
    async with service(inside, sandbox) as built:
        yield origin, built


async def run(settings: Settings) -> None:
    """The real service, or the sandbox with the bot in it when there is no token."""
    if settings.telegram_bot_token is not None:
        async with service(settings) as built:
            await built.run()
        return
    async with sandboxed(settings, settings.web_port, SandboxPace()) as (origin, built):
        print(f"\n  Kinetogram sandbox: open {origin} in a browser. Ctrl+C ends it.\n", flush=True)  # noqa: T201 - for people
        await built.run()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def demo(settings: Settings, out: Path) -> Path:
    """Plays the demo's story in a fresh sandbox; answers the delivered video."""
    with tempfile.TemporaryDirectory(prefix="kinetogram-demo-") as folder:
        port = free_port()
        fresh = settings.model_copy(update={"data_dir": Path(folder), "web_port": port})
        async with sandboxed(fresh, port, SandboxPace()) as (origin, built):
            running = asyncio.create_task(built.run())
            try:
                return await _first(play(origin, Path(folder) / "samples", out, _print), running)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def _first(story: Coroutine[Any, Any, Path], running: asyncio.Task[None]) -> Path:
    """The story's end; a service that ends before it is the story's failure."""
    played = asyncio.create_task(story)
    await asyncio.wait({played, running}, return_when=asyncio.FIRST_COMPLETED)
    if not played.done():
        played.cancel()
        await running
    return await played


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - for the person at the terminal
