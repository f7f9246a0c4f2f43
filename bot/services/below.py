"""What the buttons do that stand below videos, lists, the library and the settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.core.variants import Variant
from bot.services import after, again, clients, library, listing, passing, preferring, privacy, say
from bot.services.after import Below
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.pressing import Act, Press, job_of
from bot.storage.base import Row, Transaction


async def _vary(env: Env, tx: Transaction, press: Press) -> str | None:
    """Once more, the same or otherwise; an open choice of shapes closes."""
    found, agreed = await job_of(tx, press), press.data.get("agreed", 0)
    if found is None:
        return "receipt-none"
    variant = Variant.from_data(press.data)
    key = await again.make(env, tx, press.person, found[0], variant, agreed)
    if variant.ratio is not None and key is None:
        await _show_below(env, tx, press, after.first_rows)
    return key


async def _seed(env: Env, tx: Transaction, press: Press) -> str | None:
    found, agreed = await job_of(tx, press), press.data.get("agreed", 0)
    if found is None:
        return "receipt-none"
    return await again.make(env, tx, press.person, found[0], Variant(new_seed=True), agreed)


RowsBelow = Callable[[Env, Transaction, Person, Below], Awaitable[say.Rows]]


async def _show_below(env: Env, tx: Transaction, press: Press, rows: RowsBelow) -> str | None:
    """Other buttons below a delivered video."""
    found = await job_of(tx, press)
    if found is None:
        return "receipt-none"
    if press.slot is not None:
        below = Below(found[0], press.slot, press.place)
        buttons = await rows(env, tx, press.person, below)
        await say.markup(env, tx, press.place, press.message_id, press.slot, person=press.person, buttons=buttons)
    return None


def _below(rows: RowsBelow) -> Act:
    async def act(env: Env, tx: Transaction, press: Press) -> str | None:
        return await _show_below(env, tx, press, rows)

    return act


async def _ask_words(env: Env, tx: Transaction, press: Press) -> str | None:
    return await _with_job(env, tx, press, after.ask_words)


async def _ask_file(env: Env, tx: Transaction, press: Press) -> str | None:
    return await _with_job(env, tx, press, after.ask_file)


async def _ask_next(env: Env, tx: Transaction, press: Press) -> str | None:
    return await _with_job(env, tx, press, after.ask_next)


async def _with_job(
    env: Env,
    tx: Transaction,
    press: Press,
    act: Callable[[Env, Transaction, Person, Place, Row], Awaitable[None]],
) -> str | None:
    found = await job_of(tx, press)
    if found is None:
        return "receipt-none"
    await act(env, tx, press.person, press.place, found[0])
    return None


def _use(*, frame: bool) -> Act:
    async def act(env: Env, tx: Transaction, press: Press) -> str | None:
        found = await job_of(tx, press)
        if found is None:
            return "receipt-none"
        return await after.lay_in_tray(env, tx, press.person, press.place, found[0], frame=frame)

    return act


async def _delete(env: Env, tx: Transaction, press: Press) -> str | None:
    found = await job_of(tx, press)
    if found is None:
        return "receipt-none"
    return await after.delete(env, tx, press.person, press.place, found[0], press.message_id)


async def _to_me(env: Env, tx: Transaction, press: Press) -> str | None:
    found = await job_of(tx, press)
    if found is None:
        return "receipt-none"
    return await passing.to_asker(env, tx, press.person, press.place, found[0], press.message_id)


async def _to_client(env: Env, tx: Transaction, press: Press) -> str | None:
    found = await job_of(tx, press)
    if found is None:
        return "receipt-none"
    toast = await clients.send(env, tx, press.person, press.place, found[0], press.message_id)
    if toast == clients.SENDING and press.slot != clients.slot_of(found[0]["id"]):
        await _show_below(env, tx, press, after.first_rows)
    return toast


async def _report(env: Env, tx: Transaction, press: Press) -> str | None:
    found = await job_of(tx, press)
    return "receipt-none" if found is None else await passing.report(env, tx, press.person, found[0])


async def _jobs_view(env: Env, tx: Transaction, press: Press) -> None:
    await listing.press(env, tx, press.person, press.place, press.data)


async def _jobs_gallery(env: Env, tx: Transaction, press: Press) -> None:
    await listing.gallery(env, tx, press.person, press.place, press.data, press.nonce)


async def _library_item(env: Env, tx: Transaction, press: Press) -> str | None:
    return await library.open_item(env, tx, press.person, press.place, int(press.data["item"]), press.nonce)


async def _library_rename(env: Env, tx: Transaction, press: Press) -> str | None:
    return await library.ask_name(env, tx, press.person, press.place, int(press.data["item"]))


async def _library_delete(env: Env, tx: Transaction, press: Press) -> str | None:
    return await library.remove(env, tx, press.person, press.place, int(press.data["item"]), press.message_id)


async def _phrase(env: Env, tx: Transaction, press: Press) -> str | None:
    return await library.open_phrase(env, tx, press.person, press.place, int(press.data["phrase"]))


async def _phrase_delete(env: Env, tx: Transaction, press: Press) -> str | None:
    return await library.remove_phrase(env, tx, press.person, press.place, int(press.data["phrase"]), press.message_id)


SETTINGS = tuple(f"{whose}-{act}" for whose in ("settings", "chat-settings") for act in ("open", "set", "home", "zone"))
OF_CHATS = ("chat-settings-lock", "chat-settings-where")


def _settings(action: str) -> Act:
    async def act(env: Env, tx: Transaction, press: Press) -> str | None:
        return await preferring.press(env, tx, press.person, press.place, action, press.data)

    return act


async def _forget(env: Env, tx: Transaction, press: Press) -> str | None:
    return await privacy.agreed(env, tx, press.person, press.place)


ACTIONS: Mapping[str, Act] = {
    "forget": _forget,
    **{name: _settings(name) for name in (*SETTINGS, *OF_CHATS)},
    "again": _vary,
    "seed": _seed,
    "vary": _vary,
    "more": _below(after.all_rows),
    "less": _below(after.first_rows),
    "keep": _below(after.first_rows),
    "shape": _below(after.shapes),
    "delete": _below(after.really),
    "edit": _ask_words,
    "edit-words": _ask_words,
    "swap": _ask_file,
    "extend": _ask_next,
    "use-video": _use(frame=False),
    "use-frame": _use(frame=True),
    "delete-yes": _delete,
    "to-me": _to_me,
    clients.ACTION: _to_client,
    "report": _report,
    "jobs-view": _jobs_view,
    "jobs-gallery": _jobs_gallery,
    "library-item": _library_item,
    "library-rename": _library_rename,
    "library-delete": _library_delete,
    "library-phrase": _phrase,
    "phrase-delete": _phrase_delete,
}

REPEATABLE = frozenset(
    {*SETTINGS, *OF_CHATS, "more", "less", "keep", "shape", "delete", "jobs-view", "jobs-gallery"}
    | {"library-item", "library-rename", "library-phrase", "edit-words", "swap", "to-me"}
)
"""These only show, or set what may be set again."""

DECIDED = frozenset({clients.ACTION})
"""What it does is done once, whichever of its buttons was pressed; what could not be done may be tried again."""
