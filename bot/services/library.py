"""References and words that a person keeps under a name: saved, used as `@name`, shown, renamed, deleted."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.parsing.names import folded, name_of
from bot.core.shortening import shortened
from bot.services import asking, gathering, questions, say
from bot.services.directory import Person, Place, may_ask
from bot.services.env import Env
from bot.services.heard import Asked, Heard
from bot.services.questions import Question
from bot.services.say import Button, Kept, in_rows
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS = load("library"), load("requests")
MAX_SAVED = 50
MAX_PHRASE_CHARS = 500
LINE_CHARS = 60
PICTURED = frozenset({"photo", "video"})
"""What an album can show; documents and sounds are listed by name."""


async def save(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    """`/save hero` in reply to media, or as its caption; `/save noir in black and white`. Raises Refusal."""
    if not await may_ask(env.policy, tx, person, place):
        raise Refusal("not-let-in")
    media = await _shown_media(env, tx, person, place, asked)
    said = asked.words.split(maxsplit=1) if media is None else [asked.words]
    if not asked.words.strip() or (media is None and len(said) == 1):
        return env.texts.render(person.language, "library-how")
    name = name_of(said[0])
    saved = await tx.one(Q.count, user_id=person.id, folded=folded(name))
    if saved is not None and saved["saved"] >= MAX_SAVED:
        raise Refusal("library-full", max=MAX_SAVED)
    if media is None:
        return await _save_words(env, tx, person, name, said[1].strip())
    await tx.one(Q.save, user_id=person.id, name=name, folded=folded(name), media_id=media["id"], now=env.now_ms())
    await tx.run(Q.give_up_phrase, user_id=person.id, folded=folded(name))
    return env.texts.render(person.language, "library-saved", name=name, kind=media["kind"])


async def _save_words(env: Env, tx: Transaction, person: Person, name: str, words: str) -> str:
    if len(words) > MAX_PHRASE_CHARS:
        raise Refusal("library-words-too-long", max=MAX_PHRASE_CHARS, count=len(words))
    now = env.now_ms()
    await tx.run(Q.save_phrase, user_id=person.id, name=name, folded=folded(name), words=words, now=now)
    await tx.run(Q.give_up, user_id=person.id, folded=folded(name))
    return env.texts.render(person.language, "library-words-saved", name=name, words=words)


async def _shown_media(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Row | None:
    """The attachment of the message itself, else of the one replied to."""
    message_id = asked.message_id
    if asked.media is not None:
        await gathering.remember(env, tx, place, person.id, message_id, asked.album_id, asked.media)
    elif asked.reply is not None:
        await asking.remember_reply(env, tx, place, asked.reply)
        message_id = asked.reply.message_id
    found = await tx.all(REQUESTS.media_of_message, chat_id=place.chat_id, message_id=message_id)
    return next((row for row in found if row["message_id"] == message_id), None)


async def show(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """`/library`: the pictures together, and a button for each name."""
    items = await tx.all(Q.items, user_id=person.id)
    phrases = await tx.all(Q.phrases, user_id=person.id)
    if not items and not phrases:
        return env.texts.render(person.language, "library-empty")
    pictures = [_kept(row) for row in items if row["origin"] in PICTURED and row["file_id"]]
    await say.album(env, tx, place, pictures[: say.ALBUM_MOST], person=person, once=f"library:{asked.update_id}")
    lines = [
        env.texts.render(person.language, "library-head", count=len(items) + len(phrases)),
        *(env.texts.render(person.language, "library-line", name=row["name"], kind=row["kind"]) for row in items),
        *(_phrase_line(env, person, row) for row in phrases),
    ]
    buttons = [Button(f"@{row['name']}", "library-item", {"item": row["id"]}) for row in items]
    buttons += [Button(f"@{row['name']}", "library-phrase", {"phrase": row["id"]}) for row in phrases]
    keyboard = in_rows(buttons)
    await say.message(env, tx, place, "\n".join(lines), person=person, buttons=keyboard, reply_to=asked.message_id)
    return None


def _phrase_line(env: Env, person: Person, row: Row) -> str:
    words = shortened(row["words"], LINE_CHARS)
    return env.texts.render(person.language, "library-words-line", name=row["name"], words=words)


def _kept(row: Row) -> Kept:
    return Kept(row["origin"], row["file_id"], f"@{row['name']}")


async def open_item(env: Env, tx: Transaction, person: Person, place: Place, item_id: int, nonce: str) -> str | None:
    """One of them as it is, with what can be done with it."""
    row = await tx.one(Q.item, id=item_id, user_id=person.id)
    if row is None or not row["file_id"]:
        return "library-gone"
    names = ("library-rename", "library-delete")
    keyboard = [[Button(env.texts.plain(person.language, f"button-{name}"), name, {"item": item_id}) for name in names]]
    once = f"library-item:{nonce}:{env.now_ms() // 60_000}"
    await say.kept(env, tx, place, _kept(row), person=person, buttons=keyboard, once=once)
    return None


async def ask_name(env: Env, tx: Transaction, person: Person, place: Place, item_id: int) -> str | None:
    """Another name, in reply."""
    row = await tx.one(Q.item, id=item_id, user_id=person.id)
    if row is None:
        return "library-gone"
    html = env.texts.render(person.language, "ask-rename", name=row["name"])
    words = (html, env.texts.plain(person.language, "field-rename"))
    await questions.ask(env, tx, person, place, "rename", {"item": item_id}, words, None)
    return None


async def rename(
    env: Env, tx: Transaction, person: Person, place: Place, heard: Heard, question: Question
) -> str | None:
    """The answer to that."""
    item_id = int(question.data["item"])
    if await tx.one(Q.item, id=item_id, user_id=person.id) is None:
        return "library-gone"
    try:
        name = await _named(tx, person, item_id, heard.words or "")
    except Refusal as refusal:
        html = env.texts.render(person.language, refusal.key, **refusal.data)
        await say.message(env, tx, place, html, person=person, reply_to=heard.message_id)
        return await ask_name(env, tx, person, place, item_id)
    html = env.texts.render(person.language, "library-renamed", name=name)
    await say.message(env, tx, place, html, person=person, reply_to=heard.message_id)
    return None


async def _named(tx: Transaction, person: Person, item_id: int, words: str) -> str:
    """The name that it has now. Raises Refusal for none, and for one that is taken."""
    name = name_of(words)
    if await tx.run(Q.rename, id=item_id, user_id=person.id, name=name, folded=folded(name)) == 0:
        raise Refusal("library-name-taken")
    return name


async def remove(env: Env, tx: Transaction, person: Person, place: Place, item_id: int, message_id: int) -> str:
    """Out of the library; requests that took it keep it."""
    await tx.run(Q.remove, id=item_id, user_id=person.id)
    await say.remove(env, tx, place, message_id)
    return "library-removed"


async def open_phrase(env: Env, tx: Transaction, person: Person, place: Place, phrase_id: int) -> str | None:
    """Saved words whole, with what can be done with them."""
    row = await tx.one(Q.phrase, id=phrase_id, user_id=person.id)
    if row is None:
        return "library-gone"
    html = env.texts.render(person.language, "library-words-line", name=row["name"], words=row["words"])
    delete = Button(env.texts.plain(person.language, "button-library-delete"), "phrase-delete", {"phrase": phrase_id})
    await say.message(env, tx, place, html, person=person, buttons=[[delete]])
    return None


async def remove_phrase(
    env: Env, tx: Transaction, person: Person, place: Place, phrase_id: int, message_id: int
) -> str:
    """Out of the library; requests that said them keep them."""
    await tx.run(Q.remove_phrase, id=phrase_id, user_id=person.id)
    await say.remove(env, tx, place, message_id)
    return "library-removed"
