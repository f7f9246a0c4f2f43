"""The bot as a guest: `@bot` in a chat that it is no member of shows one video of the person who wrote it.

It is shown by the name that Telegram gave it. Nothing is ordered, held or charged, and nothing of the message is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.services import inline
from bot.services.directory import UserRef, see_person
from bot.services.env import Env
from bot.services.inline import Clip
from bot.storage.base import Transaction
from bot.texts import Html

START = "guest"
"""What `/start` is told by who follows the link of an answer."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What is said where there is no such video: a title and a message with the way to make one."""

    title: str
    html: Html


async def answer(env: Env, user: UserRef, text: str, bot_name: str) -> Clip | Guidance | None:
    """The newest video that the words are about, else the way to make one; None for who is blocked.

    Nothing is closed here: what a crash cuts off is answered at the next start, and Telegram takes one answer alone.
    """

    async def use_case(tx: Transaction) -> Clip | Guidance | None:
        person = await see_person(env, tx, user)
        if person.is_blocked:
            return None
        words = about(text, bot_name)
        clips = await inline.clips(env, tx, person, words)
        if clips:  # others see it at once: a number means that very video
            return next((clip for clip in clips if clip.code.casefold() == words.casefold()), clips[0])
        link = f"https://t.me/{bot_name}?start={START}"
        title = env.texts.plain(person.language, "inline-none")
        return Guidance(title, env.texts.render(person.language, "guest-none", link=link))

    return await env.store.transact(use_case)


def about(text: str, bot_name: str) -> str:
    """What a guest message asks for: its words without the bot's name, and a code without its sign.

    >>> about("@Kinetogram_bot  #12", "kinetogram_bot")
    '12'
    """
    words = re.sub(rf"@{re.escape(bot_name)}\b", " ", text, flags=re.IGNORECASE)
    return " ".join(words.replace("#", " ").split())
