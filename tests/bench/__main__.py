"""`make bench`, or `python -m tests.bench [name ...]`: each scenario in a process of its own, figures, verdicts.

Memory that a process once took is not given back, so scenarios do not share one. A missed target is printed and counted
but is no failure; a scenario that crashes or overruns ends the bench with exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from asyncio.subprocess import PIPE
from importlib import import_module
from pathlib import Path
from time import perf_counter

from tests.bench.report import KEPT, MISSED

SCENARIOS = (
    "commits",
    "streams",
    "admission",
    "claims",
    "transport",
    "intake",
    "polling",
    "callbacks",
    "load",
    "media",
)
MOST_S = 150.0
_PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Runs what was named, or all; the exit code."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reader.add_argument("name", nargs="*", help=", ".join(SCENARIOS))
    reader.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = reader.parse_args()
    if unknown := set(asked.name) - set(SCENARIOS):
        reader.error(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    if asked.inside:
        return _inside(asked.name[0])
    return asyncio.run(_all(asked.name or SCENARIOS))


def _inside(name: str) -> int:
    """The scenario's own process."""
    _say(asyncio.run(import_module(f"tests.bench.{name}").run()))
    return 0


async def _all(names: list[str] | tuple[str, ...]) -> int:
    began = perf_counter()
    _say([f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}", ""])
    told, crashed = list[str](), list[str]()
    for name in names:
        lines = await _one(name)
        _say([*(lines or [f"{name}: CRASHED"]), ""])
        told += lines
        crashed += [] if lines else [name]
    kept, missed = (sum(line.endswith(f"  {word}") for line in told) for word in (KEPT, MISSED))
    _say([f"{kept} targets kept, {missed} missed, {len(crashed)} scenarios crashed; {perf_counter() - began:.0f} s"])
    return 1 if crashed else 0


async def _one(name: str) -> list[str]:
    """What a scenario printed; nothing when it crashed (then stderr has told why) or overran."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench", "--inside", name, stdout=PIPE, cwd=_PROJECT
    )
    try:
        async with asyncio.timeout(MOST_S):
            said, _ = await child.communicate()
    except TimeoutError:
        child.kill()
        await child.wait()
        return []
    return said.decode().splitlines() if child.returncode == 0 else []


def _say(lines: list[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
