"""One story played by a person without a browser: a voice note, then an album with references, then the video.

A model that takes less gets less: two pictures without the song, one picture alone, or words alone.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.catalog import Model
from bot.core.media import MediaKind
from bot.sandbox import samples
from bot.sandbox.telegram.client import FileToSend, Person
from bot.sandbox.telegram.world import ANN

CAPTION = "/video @image1 sings while @image2 watches, @audio1 is the song 9:16 5s 720p"
PAIR = "/video @image1 sings while @image2 watches {options}"
ALONE = "/video the cat lifts its head and sings {options}"
WORDS = "/video a cat on a green hill lifts its head and sings {options}"
WISHED = (5, "720p", "9:16")
PAIR_OF = 2
PATIENCE_S = 120.0
GLANCE_S = 0.3

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Story:
    """What is sent: perhaps the song first, then the words with so many of the pictures."""

    caption: str
    pictures: int
    song: bool = False


def story_for(model: Model | None) -> Story:
    """The richest story that the model can make."""
    if model is None:
        return Story(CAPTION, 2, song=True)
    images, _, audios = (model.max_counts.get(kind, 0) for kind in MediaKind)
    options = _options(model, framed=images == 1)
    if images >= PAIR_OF and model.takes_references:
        whole = bool(audios) and options == _told(*WISHED)
        return Story(CAPTION, 2, song=True) if whole else Story(PAIR.format(options=options), 2)
    return Story(ALONE.format(options=options), 1) if images else Story(WORDS.format(options=options), 0)


def _options(model: Model, *, framed: bool) -> str:
    """What is wished, as near as the model comes."""
    seconds, resolution, ratio = WISHED
    sizes = model.sizes_for(framed=framed)
    resolution, ratio = max(sizes, key=lambda size: (size[0] == resolution, size[1] == ratio))
    seconds = min(model.seconds_for(resolution, referenced=not framed), key=lambda made: abs(made - seconds))
    return _told(seconds, resolution, ratio)


def _told(seconds: int, resolution: str, ratio: str) -> str:
    return f"{ratio} {seconds}s {resolution}"


async def play(origin: str, folder: Path, out: Path, say: Say, model: Model | None = None) -> Path:
    """Plays the story at a sandbox, saves the delivered video. Raises TimeoutError when none comes."""
    singer, watcher, song = await asyncio.to_thread(samples.make, folder)
    story = story_for(model)
    pictures = [FileToSend(path, "photo") for path in (singer, watcher)[: story.pictures]]
    async with Person(origin, ANN) as ann:
        chat = (await ann.world())["chats"][0]["id"]
        shown = asyncio.create_task(_show(ann, chat, say))
        try:
            if story.song:
                await ann.send(chat, files=[FileToSend(song, "voice", 6.0)])
                await ann.wait_for(chat, lambda m: bool(m.get("reactions")), PATIENCE_S)
            await ann.send(chat, story.caption, pictures)
            card = await ann.wait_for(chat, lambda m: _has_start(m) or _is_video(m), PATIENCE_S)
            if _has_start(card):
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
