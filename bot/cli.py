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

from bot import app
from bot.core.errors import KinetogramError
from bot.settings import Settings, explain

BAD_SETTINGS = 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="A Telegram bot that turns a message into a video."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="the service; with no TELEGRAM_BOT_TOKEN, the sandbox")
    run.add_argument("--role", choices=["all"], default="all", help="SQLite serves all roles in one process")
    verbs.add_parser("sandbox", help="the sandbox, whatever the settings say")
    demo = verbs.add_parser("demo", help="plays one story without a browser; the video lands in out/")
    demo.add_argument("--out", type=Path, default=Path("out"))
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
    try:
        return asyncio.run(_until_signal(_verb(chosen, settings)))
    except KinetogramError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return BAD_SETTINGS


async def _verb(chosen: argparse.Namespace, settings: Settings) -> int:
    match chosen.verb:
        case "run":
            await app.run(settings)
        case "sandbox":
            await app.run(settings.model_copy(update={"telegram_bot_token": None}))
        case "demo":
            path = await app.demo(settings, chosen.out)
            print(f"\nSaved {path}", flush=True)  # noqa: T201 - for the person at the terminal
    return 0


async def _until_signal(work: Coroutine[Any, Any, int]) -> int:
    """SIGTERM and Ctrl+C end the work in order; its code is 0 then."""
    task = asyncio.create_task(work)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await task
    return 0
