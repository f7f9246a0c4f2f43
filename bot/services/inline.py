"""`@bot` in any chat: a person's own finished videos, by the names that Telegram gave them; nobody else's."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.request import VideoSpec
from bot.core.shortening import shortened
from bot.services import inbox
from bot.services.directory import Person, UserRef, see_person
from bot.services.env import Env
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("inline")
LOOKED_THROUGH = 300
PAGE = 20
MAX_TITLE_CHARS = 60
MAX_WORDS_CHARS = 200


@dataclass(frozen=True, slots=True)
class Clip:
    """One video to choose."""

    code: str
    file_id: str
    title: str
    about: str
    caption: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What is shown; `more`: from where the next page starts. `none`: the words of a button when there is nothing."""

    clips: tuple[Clip, ...]
    more: str = ""
    none: str | None = None


async def offer(env: Env, update_id: int, user: UserRef, query: str, offset: str) -> Offer | None:
    """The newest first; with words, those whose prompt or code has them all. None: this was answered before."""

    async def use_case(tx: Transaction) -> Offer | None:
        if not await inbox.close(tx, update_id, env.now_ms()):
            return None
        person = await see_person(env, tx, user)
        found = [] if person.is_blocked else await clips(env, tx, person, query)
        start = int(offset) if offset.isdigit() else 0
        more = str(start + PAGE) if len(found) > start + PAGE else ""
        none = None if found else env.texts.plain(person.language, "inline-none")
        return Offer(tuple(found[start : start + PAGE]), more, none)

    return await env.store.transact(use_case)


async def clips(env: Env, tx: Transaction, person: Person, query: str) -> list[Clip]:
    """A person's own, the newest first; with words, those whose prompt or code has them all."""
    rows = await tx.all(Q.finished, user_id=person.id, limit=LOOKED_THROUGH)
    return [_clip(env, person.language, row) for row in rows if _fits(row, query)]


def _fits(row: Row, query: str) -> bool:
    words = f"{VideoSpec.from_json(row['spec']).own_words()} {row['code']}".casefold()
    return all(word in words for word in query.casefold().split())


def _clip(env: Env, language: str, row: Row) -> Clip:
    spec, offered = VideoSpec.from_json(row["spec"]), env.catalog.offer(row["provider"], row["model"])
    words = spec.own_words()
    about = f"{offered.model.title if offered else row['model']} · {env.texts.seconds(language, spec.duration_s)}"
    caption = env.texts.render(language, "inline-caption", prompt=shortened(words, MAX_WORDS_CHARS))
    title = env.texts.labels(language, shortened(words, MAX_TITLE_CHARS)) or row["code"]
    return Clip(row["code"].lstrip("#"), row["file_id"], title, about, caption)
