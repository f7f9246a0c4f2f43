"""The whole sandbox on one web application: the embedded Telegram with its chat page, and an embedded provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.sandbox import page, speech, wordsmith
from bot.sandbox.providers.base import Tempo
from bot.sandbox.providers.entries import entry_of
from bot.sandbox.render.renderer import Renderer
from bot.sandbox.speech import SpeechServer
from bot.sandbox.telegram.flood import FloodLimits
from bot.sandbox.telegram.server import Options, TelegramServer
from bot.sandbox.telegram.world import MIA, WorldOptions
from bot.sandbox.wordsmith import WordsmithServer

TOKEN = "4200000042:SANDBOX-token-that-opens-nothing-outside"  # noqa: S105 - the sandbox's own, worth nothing
API_KEY = "sandbox-key-that-pays-nothing"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the sandbox answers; tests hurry."""

    queue_s: float = 1.0
    render_s: float = 4.0
    fast_render: bool = False
    flood: FloodLimits | None = None
    forum: bool = False


class Sandbox:
    """Attach it to an application, then run the bot with `environment`."""

    def __init__(
        self,
        folder: Path,
        now_ms: Callable[[], int],
        options: Pace,
        provider: str,
    ) -> None:
        world = WorldOptions(started=True, forum=options.forum, bot_is_admin=True)
        self.telegram = TelegramServer(
            TOKEN, folder / "telegram", now_ms, options.flood, Options(bot_name="Kinetogram", world=world)
        )
        renderer = Renderer(folder / "films", fast=options.fast_render)
        self.speech = SpeechServer(API_KEY)
        self.wordsmith = WordsmithServer(API_KEY)
        self._entry = entry_of(provider)
        self.provider = self._entry.build(API_KEY, renderer, now_ms, Tempo(options.queue_s, options.render_s))

    def attach(self, app: web.Application) -> None:
        """The page at `/`, the Bot API at `/bot…`, the provider at its own path."""
        page.attach(app)
        self.telegram.attach(app)
        self.provider.attach(app, self._entry.path)
        self.speech.attach(app)
        self.wordsmith.attach(app)


def environment(origin: str, provider: str) -> dict[str, str]:
    """The variables that make the bot use a sandbox at `origin` (no trailing slash)."""
    entry = entry_of(provider)
    return {
        **entry.variables(origin + entry.path, API_KEY),
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": origin,
        "ACCESS": "open",
        "OPERATOR_IDS": str(MIA),
        "STARS_USD_RATE": "0.013",
        "STARS_SUBSCRIPTION": "500",
        "TRANSCRIBE_BASE_URL": origin + speech.PATH,
        "TRANSCRIBE_API_KEY": API_KEY,
        "ENHANCE_BASE_URL": origin + wordsmith.PATH,
        "ENHANCE_API_KEY": API_KEY,
        "ENHANCE_MODEL": wordsmith.MODEL,
    }
