"""A Bot API that answers at once, in a process of its own: `/{batch}/bot.../getUpdates` gives so many a call."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.sandbox.providers.serving import serve

TOKEN = "7700001:AA-only-for-the-bench"
UPDATES, CHATS = 4_000, 50
STARTED_S = 20.0
_PROJECT = Path(__file__).resolve().parents[2]
_ME = {"id": 7700001, "is_bot": True, "first_name": "Kinetogram", "username": "kinetogram_bot"}
_SENT = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "well"}


def update(number: int, chat: int) -> dict[str, object]:
    """Somebody asks for help in their private chat."""
    person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}", "language_code": "en"}
    home = {"id": chat, "type": "private", "first_name": f"Person {chat}"}
    entity = {"type": "bot_command", "offset": 0, "length": 5}
    message = {"message_id": number, "date": 1, "chat": home, "from": person, "text": "/help", "entities": [entity]}
    return {"update_id": number, "message": message}


@asynccontextmanager
async def far_end() -> AsyncIterator[str]:
    """Its address while the block runs."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.far_end", stdout=PIPE, cwd=_PROJECT)
    assert child.stdout is not None
    try:
        async with asyncio.timeout(STARTED_S):
            url = (await child.stdout.readline()).decode().strip()
        yield url
    finally:
        child.terminate()
        await child.wait()


async def main() -> None:
    """Serves until it is ended; the address is its first line."""
    updates = [json.dumps(update(number, number % CHATS + 1)) for number in range(1, UPDATES + 1)]

    async def get_updates(request: web.Request) -> web.Response:
        first = int(str((await request.post()).get("offset", 1))) - 1
        batch = updates[first : first + int(request.match_info["batch"])]
        if not batch:
            await asyncio.sleep(25)
        return web.Response(text=f'{{"ok":true,"result":[{",".join(batch)}]}}', content_type="application/json")

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"ok": True, "result": _ME if request.match_info["method"] == "getMe" else _SENT})

    app = web.Application()
    app.router.add_post("/{batch}/bot{token}/getUpdates", get_updates)
    app.router.add_post("/{batch}/bot{token}/{method}", answer)
    async with serve(app, "127.0.0.1", 0) as origin:
        sys.stdout.write(origin + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
