"""Another process on the same database: `python -m tests.storage.process <verb> <driver> <folder> <first> <count>`.

`admit`: that many admissions of user 1 at once; prints how many were taken.
`write`: admissions one after the other without end; prints each serial as soon as it is acknowledged.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.core.errors import LimitReached
from bot.storage.base import Store
from tests.storage.drivers import opened
from tests.storage.miniature import Admit


async def _admit(store: Store, serial: int) -> bool:
    try:
        return await store.transact(Admit(1, serial)) is not None
    except LimitReached:
        return False


async def _write(store: Store, serial: int) -> None:
    await store.transact(Admit(1, serial))
    sys.stdout.write(f"{serial}\n")
    sys.stdout.flush()


async def main(verb: str, driver: str, folder: Path, serials: range) -> None:
    async with opened(driver, folder) as store:
        match verb:
            case "admit":
                taken = await asyncio.gather(*(_admit(store, serial) for serial in serials))
                sys.stdout.write(f"{sum(taken)}\n")
            case "write":
                await asyncio.gather(*(_write(store, serial) for serial in serials))
            case _:
                raise SystemExit(__doc__)


if __name__ == "__main__":
    _, verb, driver, folder, first, count = sys.argv
    asyncio.run(main(verb, driver, Path(folder), range(int(first), int(first) + int(count))))
