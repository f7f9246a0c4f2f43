"""The running bot: its parts, their order, and the web application that the outside sees."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from telegram.error import InvalidToken, TelegramError

from bot.app import menus
from bot.app.accounts import enhancer, transcriber
from bot.app.base import Base, base, make_folders, now_ms
from bot.chat.bot import Bot, build_bot
from bot.chat.files import TelegramFiles
from bot.chat.limiter import Limiter
from bot.chat.limiter import Pace as ChatPace
from bot.chat.outbox import SentRow, UnsentRow
from bot.chat.previews import Bottoms, Previews
from bot.chat.request import AiohttpRequest
from bot.chat.sender import Hooks, Sender
from bot.chat.stars import TelegramStars
from bot.core.catalog import Model
from bot.core.errors import Defect, OperatorFault
from bot.intake.dispatch import Dispatcher
from bot.intake.lanes import ALLOWED_UPDATES, message_in
from bot.intake.polling import LONG_POLL_S, Poller
from bot.intake.webhook import PATH as WEBHOOK_PATH
from bot.intake.webhook import Webhook
from bot.media.tool import MediaTool
from bot.services import away, clients, delivery, directory, draining, homes
from bot.services.env import Env
from bot.services.secrets import secret
from bot.settings import Settings
from bot.storage.base import Transaction
from bot.storage.claim import claim_service
from bot.telemetry import metered
from bot.telemetry.heartbeat import Heartbeat
from bot.telemetry.stalls import watch_loop
from bot.web.callbacks import Callbacks, callback_url
from bot.web.health import Health, beating, database, disk, scraper
from bot.web.links import MediaLinks
from bot.web.server import build, serve
from bot.worker.clerk import Clerk
from bot.worker.improver import Improver
from bot.worker.links import SentFiles
from bot.worker.loop import Worker
from bot.worker.previewer import Previewer
from bot.worker.reconcile import Till
from bot.worker.scribe import Scribe
from bot.worker.tools import Pace, Tools
from bot.worker.upkeep import Upkeep
from handlers import register
from handlers.kit import Kit

MAX_OUTPUT_BYTES = 1_000 * 1000 * 1000
GREETING_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)
STOP_S = 10.5
STATUS_GAP_MS = 5_000
HEARTBEAT_MS = (LONG_POLL_S + 60) * 1000

log = structlog.get_logger(__name__)
Work = Callable[[], Coroutine[Any, Any, None]]


class Service:
    """Built once. Mount `routes()` on the one web application, then `run()`."""

    def __init__(self, settings: Settings, root: Base, keys: Mapping[str, str], pace: Pace | None = None) -> None:
        if settings.telegram_bot_token is None:
            raise OperatorFault("token-missing")
        self._settings = settings
        self._links = self._build_links(keys["links"], root.env)
        self._root = root = replace(root, env=replace(root.env, link=self._links.url if self._links else None))
        self._metrics = root.metrics
        self._transport = AiohttpRequest()
        self._bot: Bot = build_bot(
            settings.telegram_bot_token.get_secret_value(),
            request=self._transport,
            polling=AiohttpRequest(),
            api_url=settings.telegram_api_url,
            local_mode=settings.telegram_local_mode,
        )
        self._tools = self._build_tools(pace or Pace(poll_ms=round(settings.poll_interval_s * 1000)))
        self._worker = Worker(self._tools)
        limiter = Limiter(ChatPace(private_status_gap_ms=min(STATUS_GAP_MS, self._tools.pace.poll_ms)))
        hooks = Hooks(self._sent, self._parked, self._maybe_sent, self._refused)
        env = root.env
        self._sender = Sender(
            root.store,
            self._bot,
            limiter,
            now_ms,
            hooks,
            root=env.data_dir,
            album_bytes=env.policy.max_upload_bytes,
        )
        self._bottoms = Bottoms()
        self._previewer = Previewer(root.env, Previews(self._bot, limiter, now_ms), self._bottoms)
        self._till = Till(root.env, TelegramStars(self._bot), self._sender.wake)
        self._scribe = Scribe(root.env, self._tools.files, transcriber(settings, root.registry), self._sender.wake)
        self._improver = Improver(root.env, enhancer(settings, root.registry), self._sender.wake)
        self._clerk = Clerk(root.env, self._tools.media, self._sender.wake)
        self._kit = Kit(root.env, self._ring)
        self._application = register.build(self._bot, self._kit)
        self._dispatcher = Dispatcher(root.store, self._handle, self._give_up, now_ms)
        max_bytes = int(settings.data_max_gb * 1_000_000_000)
        self._upkeep = Upkeep(self._tools, max_bytes, lambda: self._dispatcher.caught_up)
        self._webhook_secret = keys["webhook"]
        self._broken: list[str] = []
        self._heart = Heartbeat(now_ms, HEARTBEAT_MS)

    def _build_links(self, key: str, env: Env) -> MediaLinks | None:
        if self._settings.public_url is None:
            return None
        return MediaLinks(key.encode(), self._settings.public_url, env.data_dir, now_ms, env.policy.link_ms)

    def _build_tools(self, pace: Pace) -> Tools:
        settings, registry = self._settings, self._root.registry
        return Tools(
            env=self._root.env,
            providers={name: metered.provider(one, name, self._metrics) for name, one in registry.providers.items()},
            media=MediaTool(),
            files=SentFiles(TelegramFiles(self._bot, self._transport), registry.tools.files),
            data_dir=self._root.env.data_dir,
            max_output_bytes=MAX_OUTPUT_BYTES,
            max_upload_bytes=self._root.env.policy.max_upload_bytes,
            max_active_jobs=settings.max_active_jobs,
            link=self._root.env.link,
            callback_url=partial(callback_url, settings.public_url) if settings.public_url is not None else None,
            pace=pace,
        )

    @property
    def default_model(self) -> Model | None:
        """What makes a request that names none, as far as it is offered."""
        catalog = self._root.env.catalog
        offers = catalog.of(catalog.default_model)
        return offers[0].model if offers else next(iter(catalog.models), None)

    def routes(self) -> list[web.RouteDef]:
        """Everything that the outside may ask of the service."""
        store = self._root.store
        checks = {"database": database(store), "intake": beating(self._heart.alive), "disk": disk(self._tools.data_dir)}
        health = Health(checks, scraper(self._metrics, store, now_ms, self._root.env.policy.zone))
        callbacks = Callbacks(store, self._root.registry.providers, self._worker.wake, now_ms, self._tools.ears.heard)
        routes = [*health.routes(), *callbacks.routes()]
        if self._links is not None:
            webhook = Webhook(store, self._webhook_secret, self._dispatcher.wake, now_ms)
            routes += [*self._links.routes(), *webhook.routes()]
        return routes

    def warn_of_prices(self) -> None:
        """Names the providers whose prices are another house's, and those that offer nothing for want of prices."""
        for config in self._root.registry.borrowing:
            account = config.account
            log.warning("prices-borrowed", provider=account.name, host=account.host, prices=config.prices)
        for name in self._root.registry.unpriced:
            log.warning("prices-missing", provider=name)

    def _ring(self) -> None:
        self._sender.wake()
        self._worker.wake()
        self._till.wake()
        self._clerk.wake()

    async def _handle(self, raw: Mapping[str, Any]) -> None:
        self._metrics.updates(1)
        seen = message_in(raw)
        if seen is not None:
            self._bottoms.note(*seen)
        await register.handle(self._application, raw)

    async def _give_up(self, raw: Mapping[str, Any]) -> None:
        await register.give_up(self._application, self._kit, raw)

    async def _sent(self, tx: Transaction, row: SentRow) -> None:
        self._metrics.message("sent")
        if row.message_id:
            self._bottoms.note(row.telegram_id, row.message_id)
        await directory.tell_waited(self._root.env, tx, row.chat_id, row.unparked)
        if row.lost_thread_id is not None:
            await homes.unreachable(self._root.env, tx, row.chat_id, row.lost_thread_id, gone=row.thread_gone)
        if row.job_id is not None and row.delivers:
            await delivery.arrived(self._root.env, tx, row.job_id, row.chat_id, row.message_id or 0, row.file_id)
        elif row.kind == "video":
            await clients.arrived(self._root.env, tx, row.row_id)

    async def _maybe_sent(self, tx: Transaction, row: UnsentRow) -> None:
        self._metrics.message("maybe_sent")
        if row.job_id is not None:
            await delivery.maybe_arrived(self._root.env, tx, row.row_id, row.job_id, row.chat_id)
        else:
            await clients.maybe_arrived(self._root.env, tx, row.row_id)

    async def _parked(self, _: Transaction, __: UnsentRow) -> None:
        self._metrics.message("parked")

    async def _refused(self, tx: Transaction, row: UnsentRow) -> None:
        self._metrics.message("refused")
        if row.job_id is not None and row.kind in {"video", "document"}:
            await delivery.refused(self._root.env, tx, row.job_id, row.row_id, row.chat_id)
        elif row.kind == "video":
            await clients.refused(self._root.env, tx, row.row_id, row.why)

    async def run(self) -> None:
        """Until cancelled; then intake stops first, and what is out gets a few seconds to end.

        Raises OperatorFault for a token that Telegram refuses.
        """
        try:
            await self._run()
        except asyncio.CancelledError:
            if self._broken:
                raise Defect("part-broke", part=self._broken[0]) from None
            raise

    async def _run(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            await self._greet()
            await stack.enter_async_context(self._application)
            await away.tell(self._root.env)
            for name, work in self._in_order():
                await stack.enter_async_context(_running(name, work, self._broken))
            log.info("started", bot=self._bot.username, providers=list(self._root.registry.providers))
            await self._intake()

    def _in_order(self) -> list[tuple[str, Work]]:
        return [
            ("stalls", self._watch_loop),
            ("heart", self._beat),
            ("sender", self._sender.run),
            ("worker", self._worker.run),
            ("upkeep", self._upkeep.run),
            ("till", self._till.run),
            ("clerk", self._clerk.run),
            ("scribe", self._scribe.run),
            ("improver", self._improver.run),
            ("previewer", self._previewer.run),
            ("dispatcher", self._dispatcher.run),
        ]

    async def _watch_loop(self) -> None:
        await watch_loop(self._metrics.stalled)

    async def _beat(self) -> None:
        """With a webhook the web part itself is the sign of life; a poller beats by itself."""
        while self._settings.public_url is not None:
            self._heart.beat()
            await asyncio.sleep(HEARTBEAT_MS / 4000)
        await asyncio.Event().wait()

    async def _greet(self) -> None:
        """Asks Telegram who we are; an outage at the start is waited out, a refused token is not."""
        attempt = 0
        while True:
            try:
                await self._bot.initialize()
                own = self._root.env.own
                own.username, own.inline = self._bot.username, bool(self._bot.bot.supports_inline_queries)
                own.business = bool(self._bot.bot.can_connect_to_business)
                await menus.show(self._bot, self._root.env)
            except InvalidToken:
                raise OperatorFault("token-refused") from None
            except TelegramError as error:
                log.warning("telegram-not-reached", error=type(error).__name__)
                await asyncio.sleep(GREETING_PAUSES_S[min(attempt, len(GREETING_PAUSES_S) - 1)])
                attempt += 1
            else:
                return

    async def _intake(self) -> None:
        if self._settings.public_url is None:
            await self._bot.delete_webhook()
            poller = Poller(self._bot, self._root.store, self._dispatcher.wake, now_ms, beat=self._heart.beat)
            await poller.run()
        await self._bot.set_webhook(
            f"{self._settings.public_url}{WEBHOOK_PATH}",
            secret_token=self._webhook_secret,
            allowed_updates=list(ALLOWED_UPDATES),
        )
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _running(name: str, work: Work, broken: list[str]) -> AsyncIterator[None]:
    """A part that runs while the block does; if it breaks, the whole service ends rather than limps."""
    task = asyncio.create_task(work(), name=name)
    task.add_done_callback(_end_together(asyncio.current_task(), broken))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=STOP_S)


def _end_together(parent: asyncio.Task[Any] | None, broken: list[str]) -> Callable[[asyncio.Task[None]], None]:
    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None and parent is not None:
            broken.append(task.get_name())
            log.error("part-broke", part=task.get_name(), exc_info=task.exception())
            parent.cancel()

    return ended


async def keys_of(env: Env, settings: Settings) -> dict[str, str]:
    """Secrets of our own, made once and kept in the database; the operator's webhook secret wins."""
    keys = {name: await secret(env, name) for name in ("links", "webhook")}
    if settings.webhook_secret is not None:
        keys["webhook"] = settings.webhook_secret.get_secret_value()
    return keys


@contextlib.asynccontextmanager
async def built(settings: Settings, pace: Pace | None = None) -> AsyncIterator[Service]:
    """The service with its database claimed and open, not served and not running yet."""
    await asyncio.to_thread(make_folders, settings)
    with claim_service(settings.database_path):
        async with base(settings) as root:
            await draining.end(root.env)  # a start ends the drain that came before it
            yield Service(settings, root, await keys_of(root.env, settings), pace)


@contextlib.asynccontextmanager
async def service(settings: Settings, pace: Pace | None = None) -> AsyncIterator[Service]:
    """The service with its web part open; `run()` is the caller's."""
    async with built(settings, pace) as one, serve(build(one.routes()), settings.web_host, settings.web_port):
        one.warn_of_prices()
        yield one
