"""The command line: run, sandbox, demo, and an operator's tools. Bad settings end with one sentence each, code 2."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot import app, verbs
from bot.app.base import secrets_of
from bot.core.errors import Defect, KinetogramError
from bot.settings import Settings, explain
from bot.telemetry import logs
from bot.texts import Texts

BROKEN = 1
BAD_SETTINGS = 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="A Telegram bot that turns a message into a video."
    )
    names = parser.add_subparsers(dest="verb", required=True)
    run = names.add_parser("run", help="the service; with no TELEGRAM_BOT_TOKEN, the sandbox")
    run.add_argument("--role", choices=["all"], default="all", help="SQLite serves all roles in one process")
    names.add_parser("sandbox", help="the sandbox, whatever the settings say")
    demo = names.add_parser("demo", help="plays one story without a browser; the video lands in out/")
    demo.add_argument("--out", type=Path, default=Path("out"))
    quote = names.add_parser("quote", help="what a request would cost")
    quote.add_argument("text")
    names.add_parser("doctor", help="checks settings, database, token, providers, media, public address, clock")
    names.add_parser("migrate", help="brings the database up to date")
    copies = names.add_parser("backup", help="copies the live database")
    copies.add_argument("path", type=Path, help="a new file in a folder that is there")
    newest = names.add_parser("jobs", help="the newest jobs")
    newest.add_argument("--count", type=int, default=20, help="how many, 20 if not said")
    names.add_parser("allow", help="lets a person in").add_argument("who", help="@name or number id")
    names.add_parser("deny", help="keeps a person out everywhere").add_argument("who", help="@name or number id")
    grant = names.add_parser("grant", help="gives a person, or a group's pool, money")
    grant.add_argument("who", help="@name or number id; a group's id, like -1001234567890")
    grant.add_argument("amount", help="US dollars, like 5 or 0.50")
    grant.add_argument("--id", help="a name of your own for this grant: run again with the same, it gives nothing more")
    codes = names.add_parser("promo", help="codes that give money: lists them, makes one, ends one")
    codes.add_argument("words", nargs="*", help="new SUMMER 2 uses=100 until=2026-12-31, or off SUMMER")
    names.add_parser("refund", help="gives a payment in Stars back").add_argument("charge")
    names.add_parser("ledger", help="every entry as CSV")
    names.add_parser("audit", help="every change as CSV")
    drain = names.add_parser("drain", help="lets running jobs end before a stop")
    drain.add_argument("--end", action="store_true", help="takes requests up again")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings()
    except ValidationError as error:
        for sentence in explain(error):
            print(sentence, file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return BAD_SETTINGS
    if chosen.verb == "run":
        logs.configure(settings.log_level, settings.log_format, secrets_of(settings))
    else:
        logs.configure("ERROR", "console", secrets_of(settings))
    try:
        return asyncio.run(_until_signal(_verb(chosen, settings)))
    except Defect as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return BROKEN
    except KinetogramError as error:
        print(_sentence(error), file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return BAD_SETTINGS


def _sentence(error: KinetogramError) -> str:
    """What to change, in words where there are some."""
    texts = Texts()
    return texts.plain("en", error.key, **error.data) if texts.has(error.key) else str(error)


async def _verb(chosen: argparse.Namespace, settings: Settings) -> int:
    match chosen.verb:
        case "run":
            await app.run(settings)
        case "sandbox":
            await app.run(settings.model_copy(update={"telegram_bot_token": None}))
        case "demo":
            path = await app.demo(settings, chosen.out)
            verbs.say(f"\nSaved {path}")
        case name:
            return await verbs.VERBS[name](chosen, settings if name == "doctor" else app.in_force(settings))
    return 0


async def _until_signal(work: Coroutine[Any, Any, int]) -> int:
    """SIGTERM and Ctrl+C end the work in order; its code is 0 then."""
    task = asyncio.create_task(work)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await task
    return 0
