"""A file too large for Telegram: a message with a link that expires, in place of the file."""

from __future__ import annotations

from bot.services import say
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.say import Link, Priority
from bot.storage.base import Transaction


def too_large(env: Env, size_bytes: int) -> bool:
    """Whether Telegram would not take a file of this size from us."""
    return size_bytes > env.policy.max_upload_bytes


async def lay(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    path: str,
    size_bytes: int,
    caption_html: str,
    *,
    buttons: say.Rows,
    reply_to: int | None,
    once: str,
    job_id: int,
) -> None:
    """Lays the message in the outbox, before all else of its chat. `path` is below DATA_DIR.

    Without a public address there is no link: the person is told that the file is kept, and where it can be had.
    """
    sizes = {"size_bytes": size_bytes, "max_bytes": env.policy.max_upload_bytes}
    rows = [list(row) for row in buttons]
    if env.link is None:
        why = env.texts.render(person.language, "too-large-kept", **sizes)
    else:
        now = env.now_ms()
        until = env.texts.moment(person.language, now + env.policy.link_ms, person.zone, now)
        why = env.texts.render(person.language, "too-large-link", until=until, **sizes)
        words = env.texts.plain(person.language, "button-download", size_bytes=size_bytes)
        rows.insert(0, [Link(words, env.link(env.data_dir / path))])
    html = f"{caption_html}\n{why}"
    await say.message(
        env,
        tx,
        place,
        html,
        person=person,
        buttons=rows,
        reply_to=reply_to,
        once=once,
        priority=Priority.DELIVERY,
        job_id=job_id,
    )
