"""Where a group's videos are made: in every topic, or in some of them alone - chosen, told, and lost with the topic.

An administrator may choose from anywhere and lift it from anywhere. A topic that is gone counts no more: with the last
one that was chosen the choice is over, so that nobody is locked out, and the group is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.errors import Defect, Refusal
from bot.core.setting_words import Where
from bot.services import say
from bot.services.admins import rank_of
from bot.services.choosable import View
from bot.services.directory import Person, Place, place_by_id
from bot.services.env import Env
from bot.services.operating import note_audit
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html
from bot.texts.markup import escaped

Q = load("topics")
GENERAL = 1
SUPERGROUP = "-100"
ELSEWHERE = "held-elsewhere"
DAY_MS = 24 * 3_600_000


async def own_row(tx: Transaction, place: Place) -> Row:
    """The row of the topic that a place is in, General's where it is in none."""
    if place.topic_id is not None:
        return {"id": place.topic_id}
    row = await tx.one(Q.general, chat_id=place.chat_id)
    if row is None:
        raise Defect("topic-not-made")
    return row


async def elsewhere(env: Env, tx: Transaction, person: Person, place: Place) -> Refusal | None:
    """Why nothing is made here though it is elsewhere in this group: told with the way there."""
    if not place.is_forum:
        return None
    chosen = await tx.all(Q.chosen, chat_id=place.chat_id)
    if not chosen or any(_is_here(place, one) for one in chosen):
        return None
    moderates = "yes" if (await rank_of(env, tx, person, place)).moderates else "no"
    return Refusal(ELSEWHERE, topics=links(env, person.language, place, chosen), moderates=moderates)


def _is_here(place: Place, topic: Row) -> bool:
    return bool(topic["id"] == place.topic_id or (place.topic_id is None and topic["thread_id"] == GENERAL))


def links(env: Env, language: str, place: Place, topics: Sequence[Row]) -> Html:
    """Topics by their names, each a way there."""
    return Html(", ".join(f'<a href="{_address(place, one)}">{_name(env, language, one)}</a>' for one in topics))


def _address(place: Place, topic: Row) -> str:
    """Works for the members of any supergroup, whether it has a name of its own or not."""
    return f"https://t.me/c/{str(place.telegram_id).removeprefix(SUPERGROUP)}/{topic['thread_id']}"


def _name(env: Env, language: str, topic: Row) -> Html:
    if topic["thread_id"] == GENERAL:
        return env.texts.render(language, "topic-general")
    return escaped(topic["title"]) if topic["title"] else env.texts.render(language, "topic-unnamed")


def shown_title(env: Env, language: str, place: Place) -> Html:
    """The topic that a place is in, by its name."""
    is_general = place.topic_id is None
    return _name(env, language, {"thread_id": GENERAL if is_general else 0, "title": place.topic_title})


async def line(env: Env, tx: Transaction, language: str, place: Place) -> Html:
    """Where the group's videos are made, in words."""
    chosen = await tx.all(Q.chosen, chat_id=place.chat_id)
    told: dict[str, Html | int] = {"topics": links(env, language, place, chosen), "count": len(chosen)}
    return env.texts.render(language, "settings-where-line", **told)


async def draw(env: Env, tx: Transaction, person: Person, place: Place, view: View, reply_to: int | None) -> None:
    """What may be chosen, in the place of the panel."""
    language, chosen = person.language, await tx.all(Q.chosen, chat_id=place.chat_id)
    lines = [await line(env, tx, language, place), env.texts.render(language, "settings-about-where")]
    buttons = [
        view.button(env.texts.plain(language, f"button-where-{where}"), "where", where=where.value)
        for where in _choices(place, chosen)
    ]
    rows = [*say.in_rows(buttons), [view.button(env.texts.plain(language, "button-back"), "home")]]
    await say.card(env, tx, place, view.slot, Html("\n".join(lines)), person=person, buttons=rows, reply_to=reply_to)


def _choices(place: Place, chosen: Sequence[Row]) -> list[Where]:
    """What would change something here."""
    here = any(_is_here(place, one) for one in chosen)
    offers = {
        Where.HERE: not here or len(chosen) > 1,
        Where.TOO: bool(chosen) and not here,
        Where.NOT: here and len(chosen) > 1,
        Where.EVERYWHERE: bool(chosen),
    }
    return [where for where, offered in offers.items() if offered]


async def choose(env: Env, tx: Transaction, actor: Person, place: Place, where: Where) -> None:
    """Chooses for a group; noted in its audit where that changes something. Raises Refusal."""
    if not place.is_forum and where is not Where.EVERYWHERE:
        raise Refusal("where-no-topics")
    chosen = await tx.all(Q.chosen, chat_id=place.chat_id)
    if where not in _choices(place, chosen):
        if where is Where.NOT:
            raise Refusal("where-nowhere")
        return
    if where in {Where.HERE, Where.EVERYWHERE}:
        await tx.run(Q.choose_none, chat_id=place.chat_id)
    if where is not Where.EVERYWHERE:
        own = await own_row(tx, place)
        if where is Where.NOT:
            await tx.run(Q.leave_out, id=own["id"])
        else:
            await tx.run(Q.choose, id=own["id"], now=env.now_ms())
    await _note(env, tx, actor, place, where)


async def _note(env: Env, tx: Transaction, actor: Person, place: Place, where: Where) -> None:
    of_topic = {} if where is Where.EVERYWHERE else {"topic": shown_topic(place)}
    await note_audit(env, tx, actor.id, place.chat_id, f"where-{where}", **of_topic)


def shown_topic(place: Place) -> str:
    """A topic as the audit keeps it: its name where it has one that was told."""
    return "General" if place.topic_id is None else place.topic_title or f"#{place.topic_id}"


async def unreachable(env: Env, tx: Transaction, chat_id: int, thread_id: int, *, gone: bool) -> None:
    """Telegram knows no such topic (`gone`), or it is closed to the bot: told, if videos are made there."""
    topic = await tx.one(Q.known, chat_id=chat_id, thread_id=thread_id)
    if topic is None or (gone and topic["gone_at"] is not None):
        return
    if gone:
        await tx.run(Q.lose, id=topic["id"], now=env.now_ms())
    if topic["chosen_at"] is None:
        return
    place = await place_by_id(tx, chat_id, None)
    language, left = env.texts.language_for(place.language, None), await tx.all(Q.chosen, chat_id=chat_id)
    told: dict[str, Html | int] = {
        "topic": _name(env, language, topic),
        "topics": links(env, language, place, left),
        "count": len(left),
    }
    html = env.texts.render(language, "topic-lost" if gone else "topic-closed", **told)
    once = f"topic:{topic['id']}:{'gone' if gone else env.now_ms() // DAY_MS}"
    await say.message(env, tx, place, html, once=once)
    if gone:
        await note_audit(env, tx, None, chat_id, "topic-lost", topic=topic["title"] or f"#{topic['id']}")
