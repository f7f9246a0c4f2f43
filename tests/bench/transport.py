"""Calls to the Bot API over our transport, beside the one that the library brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from telegram.request import BaseRequest, HTTPXRequest

from bot.chat.bot import build_bot
from bot.chat.request import AiohttpRequest
from tests.bench.far_end import TOKEN, far_end
from tests.bench.measure import Run, in_flight, measured
from tests.bench.report import Line, table

CALLS, REPEATS = 600, 3
WIDTHS = {1: 2.0, 64: 3.0}
"""How many are out at once, and how many times faster the plan found our transport then, at least."""


async def run() -> list[str]:
    """Rounds in turns; the median of their ratios."""
    async with far_end() as url:
        lines = [line for width, least in WIDTHS.items() for line in await _pair(url, width, least)]
    head = f"Bot API calls (>= {WIDTHS[1]:.0f}x the default transport, >= {WIDTHS[64]:.0f}x with 64 out)"
    return table(head, ["calls/s", "ratio", "cpu ms"], lines)


async def _pair(url: str, width: int, least: float) -> list[Line]:
    rounds = [(await _run(url, width, _default), await _run(url, width, AiohttpRequest)) for _ in range(REPEATS)]
    ratio = median(theirs.took_s / ours.took_s for theirs, ours in rounds)
    theirs, ours = zip(*rounds, strict=True)
    return [
        _line(f"{width} out, default transport", theirs, 1.0),
        _line(f"{width} out, aiohttp", ours, ratio, kept=ratio >= least),
    ]


def _line(label: str, runs: Sequence[Run], ratio: float, *, kept: bool | None = None) -> Line:
    rate, cpu_s = median(CALLS / run.took_s for run in runs), median(run.cpu_s for run in runs)
    return Line(label, (f"{rate:,.0f}", f"{ratio:.1f}", f"{cpu_s / CALLS * 1000:.2f}"), kept)


def _default() -> BaseRequest:
    return HTTPXRequest(connection_pool_size=max(WIDTHS), pool_timeout=30)


async def _run(url: str, width: int, transport: Callable[[], BaseRequest]) -> Run:
    async with build_bot(TOKEN, request=transport(), polling=transport(), api_url=f"{url}/1") as bot:

        async def call(_: int) -> None:
            await bot.send_message(1, "How are you?")

        await in_flight(call, width, width)  # connections are made once
        return await measured(lambda: in_flight(call, CALLS, width))
