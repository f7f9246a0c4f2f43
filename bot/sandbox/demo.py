"""One story played by a person without a browser: a voice note, then an album with references, then the video."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.sandbox import samples
from bot.sandbox.telegram.client import FileToSend, Person
from bot.sandbox.telegram.world import ANN

CAPTION = "/video @image1 sings while @image2 watches, @audio1 is the song 9:16 5s 720p"
PATIENCE_S = 120.0
GLANCE_S = 0.3

Say = Callable[[str], None]


async def play(origin: str, folder: Path, out: Path, say: Say) -> Path:
    """Plays the story at a sandbox, saves the delivered video. Raises TimeoutError when none comes."""
    singer, watcher, song = await asyncio.to_thread(samples.make, folder)
    async with Person(origin, ANN) as ann:
        chat = (await ann.world())["chats"][0]["id"]
        shown = asyncio.create_task(_show(ann, chat, say))
        try:
            await ann.send(chat, files=[FileToSend(song, "voice", 6.0)])
            await ann.wait_for(chat, lambda m: bool(m.get("reactions")), PATIENCE_S)
            await ann.send(chat, CAPTION, [FileToSend(singer, "photo"), FileToSend(watcher, "photo")])
            card = await ann.wait_for(chat, _has_start, PATIENCE_S)
            await asyncio.sleep(2 * GLANCE_S)  # a person reads the card first
            await ann.press(chat, card["id"], "▶")
            video = await ann.wait_for(chat, _is_video, PATIENCE_S)
            await asyncio.sleep(2 * GLANCE_S)
        finally:
            shown.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await shown
        await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
        path = out / "demo.mp4"
        await ann.download(video["media"]["url"], path)
    return path


def _has_start(message: dict[str, Any]) -> bool:
    return any(button["text"].startswith("▶") for row in message.get("buttons", []) for button in row)


def _is_video(message: dict[str, Any]) -> bool:
    return bool(message["from"]["is_bot"] and message.get("media", {}).get("kind") == "video")


async def _show(person: Person, chat: int, say: Say) -> None:
    """Says each message and each change of one, as a person would see it."""
    seen: dict[int, str] = {}
    while True:
        for message in await person.messages(chat):
            line = as_text(message)
            if seen.get(message["id"]) != line:
                say(("  (edited) " if message["id"] in seen else "") + line)
                seen[message["id"]] = line
        await asyncio.sleep(GLANCE_S)


def as_text(message: dict[str, Any]) -> str:
    """A message as one paragraph: who, what kind of file, the words, the buttons, the reactions."""
    media = message.get("media")
    parts = [f"{message['from']['name']}:"]
    if media:
        length = f" {media['duration_s']:g} s" if media.get("duration_s") else ""
        size = f" {media['width']}×{media['height']}" if media.get("width") else ""
        parts.append(f"[{media['kind']}{size}{length}]")
    parts.append((message.get("text") or message.get("caption") or "").replace("\n", "\n      "))
    parts += ["".join(f"[{button['text']}]" for row in message.get("buttons", []) for button in row)]
    parts += [reaction["emoji"] for reaction in message.get("reactions", [])]
    return " ".join(part for part in parts if part)
