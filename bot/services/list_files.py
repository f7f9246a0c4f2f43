"""Lists that came as a file: fetched beside the conversation, then asked as if they had been written."""

from __future__ import annotations

from bot.core.errors import Faults, KinetogramError, Refusal
from bot.core.parsing.lines import LISTS, Listed
from bot.services import cards, say, submission
from bot.services.directory import Person
from bot.services.env import Env
from bot.services.heard import HeardFile
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, REQUESTS = load("batches"), load("requests")
MAX_BYTES = 512 * 1024
MAX_ATTEMPTS = 6
RETRY_MS = 5_000
SOME = 8
MAX_NAMES = 8


async def expect(env: Env, tx: Transaction, row: Row, file: HeardFile) -> None:
    """The request waits for its list. One of another kind, too large, or with words beside it, is refused at once."""
    if row["text"]:
        await _refuse(env, tx, row, Refusal("fault-list-and-words"))
        return
    if not file.name.casefold().endswith(LISTS):
        await _refuse(env, tx, row, Refusal("fault-list-format"))
        return
    if (file.size_bytes or 0) > MAX_BYTES:
        await _refuse(env, tx, row, Refusal("fault-list-unreadable"))
        return
    await tx.run(Q.add_list, request_id=row["id"], file_id=file.file_id, file_name=file.name, now=env.now_ms())


async def due(env: Env) -> list[Row]:
    """Lists to fetch now."""
    return await env.store.read(lambda tx: tx.all(Q.due_lists, now=env.now_ms(), limit=SOME))


async def read(env: Env, request_id: int, listed: Listed) -> None:
    """The list is here: its request goes on with it, and columns that it makes nothing of are named once."""

    async def use_case(tx: Transaction) -> None:
        await tx.run(Q.drop_list, request_id=request_id)
        if await tx.run(Q.fill, id=request_id, text=listed.text, now=env.now_ms()):
            row = await tx.one(REQUESTS.get, id=request_id)
            if row is not None:
                person, place = await submission.whose(env, tx, row)
                if listed.unused:
                    await say.message(
                        env, tx, place, _unused(env, person, listed), reply_to=row["message_id"], only_for=person
                    )
                await submission.consider(env, tx, person, place, row)

    await env.store.transact(use_case)


def _unused(env: Env, person: Person, listed: Listed) -> str:
    told = [cards.in_a_line(name) for name in listed.unused[:MAX_NAMES]]
    names = ", ".join(told) + (" …" if len(listed.unused) > MAX_NAMES else "")
    return env.texts.render(person.language, "batch-columns-unused", count=len(listed.unused), names=names)


async def failed(env: Env, listed: Row, error: KinetogramError) -> None:
    """It could not be fetched: a file that is no list is refused, anything else is tried again for a while."""

    async def use_case(tx: Transaction) -> None:
        if not isinstance(error, Refusal) and listed["attempts"] + 1 < MAX_ATTEMPTS:
            await tx.run(Q.try_list_later, request_id=listed["request_id"], run_at=env.now_ms() + RETRY_MS)
            return
        row = await tx.one(REQUESTS.get, id=listed["request_id"])
        if row is not None:
            refusal = error if isinstance(error, Refusal) else Refusal("fault-list-unreadable")
            await _refuse(env, tx, row, refusal)

    await env.store.transact(use_case)


async def _refuse(env: Env, tx: Transaction, row: Row, refusal: Refusal) -> None:
    await tx.run(Q.drop_list, request_id=row["id"])
    if await tx.run(REQUESTS.discard, id=row["id"], now=env.now_ms()):
        person, place = await submission.whose(env, tx, row)
        await cards.show_faults(env, tx, person, place, row, Faults([refusal]), lambda _: None)
