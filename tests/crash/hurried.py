"""`python -m tests.crash.hurried`: the service as `python -m bot run` starts it, with short waits at the provider."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.app import service
from bot.app.base import secrets_of
from bot.settings import Settings
from bot.telemetry import logs
from tests.flows.stage import BRISK

HURRIED = replace(BRISK, absence_first_ms=400, absence_again_ms=300)


async def main() -> None:
    """Until it is killed."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format, secrets_of(settings))
    async with service(settings, HURRIED) as one:
        await one.run()


if __name__ == "__main__":
    asyncio.run(main())
