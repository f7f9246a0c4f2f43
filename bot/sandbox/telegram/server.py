"""The embedded Telegram, ready to mount: the Bot API and the client side over one small world."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.sandbox.telegram import checkout, groups
from bot.sandbox.telegram.botapi import BotApi, Tap
from bot.sandbox.telegram.calls import Calls
from bot.sandbox.telegram.clientapi import ClientApi
from bot.sandbox.telegram.events import EventHub
from bot.sandbox.telegram.exchange import Exchange, Settings
from bot.sandbox.telegram.faults import Faults
from bot.sandbox.telegram.files import FileStore
from bot.sandbox.telegram.flood import Flood, FloodLimits
from bot.sandbox.telegram.updates import UpdateQueue
from bot.sandbox.telegram.webhook import Webhook, growing_delay_s
from bot.sandbox.telegram.world import Chat, MemberStatus, Topic, User, World, WorldOptions, seeded


@dataclass(frozen=True, slots=True)
class Options:
    """How this Telegram behaves. `ephemeral`: new enough (10.3) for messages that one person sees. `moments`: new
    enough (9.5) for times in each reader's own zone. `previews` and `stops`: new enough (9.3) to show a message that is
    being made, and (10.3) for a Stop on it. `inline` and `inline_feedback`: BotFather switched them on.
    `local_mode`: as a local Bot API server started with `--local` (2000 MB up, paths of this machine, not links).
    """

    bot_name: str = "Kinetogram"
    bot_username: str = "kinetogram_bot"
    privacy_mode: bool = True
    ephemeral: bool = True
    moments: bool = True
    previews: bool = True
    stops: bool = True
    inline: bool = True
    inline_feedback: bool = False
    world: WorldOptions = field(default_factory=WorldOptions)
    local_mode: bool = False
    business: bool = True
    keep_messages: int = 1000
    keep_files_bytes: int = 4 << 30
    webhook_delay_s: Callable[[int], float] = growing_delay_s


class TelegramServer:
    """A strict Bot API for one bot (`token`) and the people who talk to it.

    `files_dir` takes uploads, `now_ms` is the clock, `flood` None means no limits. `calls`, `violations` and `faults`
    are for tests, `taps` are awaited around each call.
    """

    def __init__(
        self,
        token: str,
        files_dir: Path,
        now_ms: Callable[[], int],
        flood: FloodLimits | None = None,
        options: Options | None = None,
    ) -> None:
        options = options or Options()
        bot = User(int(token.partition(":")[0]), options.bot_name, username=options.bot_username, is_bot=True)
        updates = UpdateQueue(now_ms)
        self.exchange = Exchange(
            world=seeded(bot, options.world, options.keep_messages),
            files=FileStore(files_dir, now_ms, bot.id, options.keep_files_bytes, is_local=options.local_mode),
            updates=updates,
            events=EventHub(),
            flood=Flood(flood, now_ms),
            webhook=Webhook(updates, now_ms, options.webhook_delay_s),
            settings=Settings(
                options.privacy_mode,
                options.ephemeral,
                options.inline,
                options.inline_feedback,
                options.moments,
                options.previews,
                options.stops,
                options.business,
            ),
            now_ms=now_ms,
        )
        self.calls = Calls()
        self.faults = Faults()
        self.taps: list[Tap] = []
        self._bot_api = BotApi(self.exchange, token, self.calls, self.faults, self.taps)
        self._client_api = ClientApi(self.exchange)

    @property
    def world(self) -> World:
        """People, chats, messages."""
        return self.exchange.world

    @property
    def violations(self) -> list[str]:
        """What the bot sent that the Bot API does not know; a test asserts that it is empty."""
        return self.exchange.violations

    def routes(self) -> list[web.RouteDef]:
        """The Bot API and the client side."""
        return [*self._bot_api.routes(), *self._client_api.routes()]

    def attach(self, app: web.Application) -> None:
        """Mount on an app, beside the page and the providers; the app then starts and stops this server.

        The token is part of the path: serve without an access log.
        """
        app.add_routes(self.routes())
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._shut_down)
        app.on_cleanup.append(self._clean_up)

    async def _start(self, _: web.Application) -> None:
        await self.exchange.files.open()

    async def _shut_down(self, _: web.Application) -> None:
        self.exchange.updates.close()
        self.exchange.events.close()

    async def _clean_up(self, _: web.Application) -> None:
        await self.exchange.webhook.close()

    @contextlib.asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve by itself; yields the base URL without a trailing slash."""
        app = web.Application()
        self.attach(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            yield f"http://{host}:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    def add_user(self, user: User, *, started: bool = False) -> Chat:
        """Another person, with a private chat."""
        return self.world.add_user(user, started=started)

    def add_topic(self, chat_id: int, name: str, by_id: int) -> Topic:
        """A new topic in a forum; the bot gets the service message."""
        return groups.add_topic(self.exchange, self.world.chats[chat_id], name, by_id)

    def migrate(self, chat_id: int, by_id: int) -> Chat:
        """Make a basic group a supergroup; both service messages reach the bot."""
        return groups.migrate(self.exchange, self.world.chats[chat_id], by_id)

    def set_member(self, chat_id: int, user_id: int, status: MemberStatus, by_id: int) -> None:
        """Join, promote, demote or remove a person (or the bot itself)."""
        chat = self.world.chats[chat_id]
        if user_id == self.world.bot.id:
            groups.bot_status_changed(self.exchange, chat, status, by_id)
        else:
            groups.member_changed(self.exchange, chat, user_id, status, by_id)

    def refund(self, user_id: int, charge: str) -> None:
        """Telegram itself returns a payment, unasked by the bot."""
        checkout.refund(self.exchange, user_id, charge)

    def renew(self, charge: str) -> str:
        """The next payment of the subscription that began with a charge; its own charge.

        Raises ValueError where it is stopped or the purse is empty.
        """
        return checkout.renew(self.exchange, charge).charge

    def set_anonymous(self, chat_id: int, user_id: int, *, anonymous: bool = True) -> None:
        """Let an administrator write as the group; presses still carry the real person."""
        hidden = self.world.chats[chat_id].anonymous
        if anonymous:
            hidden.add(user_id)
        else:
            hidden.discard(user_id)
