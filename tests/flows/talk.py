"""A person's side of a chat in the words of a story: say, wait for an answer, press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.telegram import FileToSend, Person

Message = dict[str, Any]
WAIT_S = 90.0


def is_from_bot(message: Message) -> bool:
    """Whether the bot wrote it."""
    return bool(message["from"]["is_bot"])


def words(message: Message) -> str:
    """Its text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def buttons(message: Message) -> list[str]:
    """The words on its buttons, row by row."""
    return [button["text"] for row in message.get("buttons", []) for button in row]


def data(message: Message, text: str) -> str:
    """What a button that begins with `text` sends."""
    return str(next(b["data"] for row in message["buttons"] for b in row if b["text"].startswith(text)))


def is_video(message: Message) -> bool:
    """A video of the bot's."""
    return is_from_bot(message) and message.get("media", {}).get("kind") == "video"


@dataclass(frozen=True, slots=True)
class Talk:
    """One person in one chat, perhaps in one topic of it."""

    person: Person
    chat: int
    thread: int | None = None

    async def say(self, text: str = "", *files: FileToSend | Path, reply_to: Message | None = None) -> Message:
        """Sends a text, a file, or an album; answers its first message."""
        sent = await self.person.send(
            self.chat, text, files, reply_to=reply_to["id"] if reply_to else None, thread_id=self.thread
        )
        return sent[0]

    async def sees(self, fits: Callable[[Message], bool], timeout_s: float = WAIT_S) -> Message:
        """The newest message of the bot's here that fits, now or soon."""
        try:
            return await self.person.wait_for(self.chat, lambda m: is_from_bot(m) and fits(m), timeout_s)
        except TimeoutError:
            raise AssertionError(f"not said; instead: {texts(await self.heard())}") from None

    async def answer(self, asked: Message) -> Message:
        """The newest message of the bot's that replies to this one."""
        return await self.sees(lambda m: m.get("reply_to", {}).get("id") == asked["id"])

    async def reads(self, *parts: str, without: str | None = None) -> Message:
        """The newest message of the bot's with all these words."""
        return await self.sees(
            lambda m: all(part in words(m) for part in parts) and (without is None or without not in words(m))
        )

    async def card(self) -> Message:
        """The newest card that waits for a tap on ▶."""
        return await self.sees(lambda m: any(text.startswith("▶") for text in buttons(m)))

    async def video(self) -> Message:
        """The newest video of the bot's."""
        return await self.sees(is_video)

    async def videos(self) -> list[Message]:
        """Every video of the bot's here."""
        return [m for m in await self.person.messages(self.chat, 1000) if is_video(m)]

    async def heard(self) -> list[Message]:
        """All that the bot wrote here."""
        return [m for m in await self.person.messages(self.chat, 1000) if is_from_bot(m)]

    async def press(self, message: Message, button: str) -> None:
        """Presses the button that begins with these words."""
        await self.person.press(self.chat, message["id"], button)

    async def unfold(self, video: Message, button: str) -> None:
        """Presses a button of the second row below a video, which ⋯ opens."""
        if button not in "".join(buttons(await self.now(video))):
            await self.press(video, "⋯")
            await self.person.wait_for(self.chat, lambda m: m["id"] == video["id"] and button in "".join(buttons(m)))
        await self.press(video, button)

    async def now(self, message: Message) -> Message:
        """A message as it looks now."""
        return next(m for m in await self.person.messages(self.chat, 1000) if m["id"] == message["id"])

    async def start(self) -> Message:
        """Taps ▶ on the newest card; answers the card."""
        card = await self.card()
        await self.press(card, "▶")
        return card

    async def toast(self, after: int = 0) -> str:
        """What the newest press was answered with, of those after the first `after`."""
        await self.person.wait_for_event(lambda _: len(self.toasts()) > after, WAIT_S)
        return self.toasts()[-1]

    def toasts(self) -> list[str]:
        """Every answer to a press so far."""
        return [str(event["text"]) for event in self.person.events if event["type"] == "toast"]

    async def edit(self, message: Message, text: str) -> None:
        """Changes the words of one's own message."""
        await self.person.edit(self.chat, message["id"], text)


def texts(messages: Sequence[Message]) -> list[str]:
    """The words of each."""
    return [words(message) for message in messages]
