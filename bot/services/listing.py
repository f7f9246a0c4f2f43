"""`/jobs`: a person's videos page by page, sorted out by how they stand, sent again, cancelled, seen together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.request import VideoSpec
from bot.core.shortening import shortened
from bot.services import cards, endings, say, submission
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.say import Button, Kept, in_rows
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("listing")
PAGE = 8
WORDED = 3
"""So many videos have their buttons in words."""
SEND = "▶"
MAX_PROMPT_CHARS = 60
MAX_CAPTION_CHARS = 200
MINUTE_MS = 60_000
A_WISH_MS = 2_000
DRAFTS_TOLD = 5
RUNNING = ("QUEUED", "SUBMITTING", "RUNNING", "COLLECTING", "UNCERTAIN")
FINISHED = ("DELIVERING", "DELIVERED")
ALBUM_LEAST = 2
NONE: Mapping[str, str] = {"running": "jobs-none-running"}
FILTERS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "running": RUNNING,
    "finished": FINISHED,
    "failed": ("FAILED", "CANCELLED"),
}


@dataclass(frozen=True, slots=True)
class View:
    """What one drawing of the list shows; `slot` is its card, `chat` the one whose jobs they are, 0: all of them.
    `receipts`: a tap on a job shows its receipt.
    """

    slot: str
    only: str = "all"
    page: int = 0
    chat: int = 0
    receipts: bool = False

    def button(self, words: str, action: str = "jobs-view") -> Button:
        data: dict[str, str | int] = {"slot": self.slot, "only": self.only, "page": self.page, "chat": self.chat}
        return Button(words, action, data | ({"receipts": 1} if self.receipts else {}))


async def command(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    """`/jobs`, or `/jobs running | finished | failed`."""
    word = asked.words.strip().casefold()
    view = View(f"jobs:{asked.update_id}", word if word in FILTERS else "all", chat=_asked_in(place))
    await _draw(env, tx, person, place, view, asked.message_id)


async def to_cancel(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """`/cancel`: drafts are thrown away, and it says which; what runs is shown with a button each."""
    drafts = await submission.discard_open(env, tx, person, place)
    view = View(f"jobs:{asked.update_id}", "running", chat=_asked_in(place))
    if drafts and not await _rows(tx, person, view, 1):
        return _thrown_away(env, person, drafts)
    told = [_thrown_away(env, person, drafts)] if drafts else []
    await _draw(env, tx, person, place, view, asked.message_id, told)
    return None


def _thrown_away(env: Env, person: Person, drafts: list[Row]) -> str:
    texts, language = env.texts, person.language
    words = [cards.in_a_line(" ".join(row["text"].split())) if row["text"] else "" for row in drafts]
    lines = [texts.render(language, "cancel-draft", words=one, told=int(bool(one))) for one in words[:DRAFTS_TOLD]]
    more = len(words) - len(lines)
    rest = [texts.render(language, "cancel-drafts-more", count=more)] if more else []
    return "\n".join([texts.render(language, "cancel-drafts"), *lines, *rest])


async def press(env: Env, tx: Transaction, person: Person, place: Place, data: Mapping[str, Any]) -> None:
    """Another page, or others of them."""
    await _draw(env, tx, person, place, _view(place, data), None)


def _asked_in(place: Place) -> int:
    """In a group only what was asked there, also when the list of it is in its asker's own chat."""
    return 0 if place.is_private else place.chat_id


def _view(place: Place, data: Mapping[str, Any]) -> View:
    chat = int(data.get("chat", _asked_in(place)))
    return View(str(data["slot"]), str(data["only"]), int(data["page"]), chat, bool(data.get("receipts")))


async def _rows(tx: Transaction, person: Person, view: View, limit: int) -> list[Row]:
    return await tx.all(
        Q.page,
        user_id=person.id,
        chat_id=view.chat or None,
        states="|".join(("", *FILTERS[view.only], "")) if FILTERS[view.only] else "",
        limit=limit,
        offset=view.page * PAGE,
    )


async def _draw(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    view: View,
    reply_to: int | None,
    before: Sequence[str] = (),
) -> None:
    language = person.language
    found = await _rows(tx, person, view, PAGE + 1)
    rows, is_last = found[:PAGE], len(found) <= PAGE
    if not rows and view.only == "all" and not view.page:
        await _show(env, tx, person, place, view, env.texts.render(language, "jobs-none"), [], reply_to)
        return
    head = env.texts.render(language, "jobs-head", count=len(rows) if view.page == 0 else 2)
    lines = [job_line(env, person, row) for row in rows] or [
        env.texts.render(language, NONE.get(view.only, "jobs-none-such"))
    ]
    keyboard = [*_job_buttons(env, person, view, rows), *_ways(env, language, view, rows, is_last=is_last)]
    shown = "\n".join([*before, head, *lines])
    await _show(env, tx, person, place, view, shown, keyboard, reply_to)


async def _show(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    view: View,
    html: str,
    buttons: list[list[Button]],
    reply_to: int | None,
) -> None:
    """In private a card, edited in place; in a group its asker's alone, and each page a message of its own."""
    if place.is_private:
        await say.card(env, tx, place, view.slot, html, person=person, buttons=buttons, reply_to=reply_to)
        return
    # Two presses in one second are one wish.
    once = f"{view.slot}:{view.only}:{view.page}:{int(view.receipts)}:{env.now_ms() // A_WISH_MS}"
    await say.alone(env, tx, person, place, html, buttons=buttons, reply_to=reply_to, once=once)


def _ways(env: Env, language: str, view: View, rows: list[Row], *, is_last: bool) -> list[list[Button]]:
    """From this page to others."""

    def words(key: str) -> str:
        return env.texts.plain(language, f"button-jobs-{key}")

    chosen = {only: f"• {words(only)}" if only == view.only else words(only) for only in FILTERS}
    kinds = [replace(view, only=only, page=0, receipts=False).button(chosen[only]) for only in FILTERS]
    newer = [replace(view, page=view.page - 1).button(words("newer"))] if view.page else []
    older = [] if is_last else [replace(view, page=view.page + 1).button(words("older"))]
    gallery = [view.button(words("gallery"), "jobs-gallery")] if any(map(_is_shown, rows)) else []
    other = replace(view, receipts=not view.receipts)
    turn = env.texts.plain(language, "button-back") if view.receipts else words("receipts")
    receipts = [other.button(turn)] if _is_many(rows) else []
    return [row for row in ([*receipts, *gallery], kinds[:2], kinds[2:], [*newer, *older]) if row]


def _is_many(rows: list[Row]) -> bool:
    """Whether rows of words below them would fill a phone."""
    return len(rows) > WORDED


def _is_shown(row: Row) -> bool:
    return row["file_id"] is not None and row["state"] == "DELIVERED"


async def gallery(env: Env, tx: Transaction, person: Person, place: Place, data: Mapping[str, Any], nonce: str) -> None:
    """The finished videos of a page as an album, by the names that Telegram gave them: nothing is uploaded."""
    rows = [row for row in await _rows(tx, person, _view(place, data), PAGE) if _is_shown(row)]
    kept = [_kept(env, person, place, row) for row in reversed(rows)]
    # Two presses in one second are one wish; a minute later it is a new one.
    once = f"gallery:{nonce}:{env.now_ms() // MINUTE_MS}"
    await say.album(env, tx, place, kept, person=person, once=once)


def _kept(env: Env, person: Person, place: Place, row: Row) -> Kept:
    spoiler = say.is_covered(person, place, said=VideoSpec.from_json(row["spec"]).spoiler)
    return Kept("video", row["file_id"], _caption(env, person, row), spoiler)


def _caption(env: Env, person: Person, row: Row) -> str:
    short = _short(row, MAX_CAPTION_CHARS)
    return env.texts.render(person.language, "caption-short", prompt=short, code=row["code"].lstrip("#"))


def _short(row: Row, most: int) -> str:
    words = VideoSpec.from_json(row["spec"]).own_words()
    return shortened(words, most)


def job_line(env: Env, person: Person, row: Row) -> str:
    """One job in a list: code, state, words, cost."""
    state = "erased" if row["erased_at"] is not None else row["state"].lower()
    return env.texts.render(
        person.language,
        "jobs-line",
        reason=endings.reason(env, person.language, row),
        code=row["code"].lstrip("#"),
        state=env.texts.plain(person.language, f"state-{state}"),
        prompt=_short(row, MAX_PROMPT_CHARS) or "–",
        cost=env.texts.money(person.language, job_cost(row)),
    )


def job_cost(row: Row) -> int:
    """What a person pays for a job: the quote while more is not known, nothing for one that brought no video."""
    if row["state"] in FILTERS["failed"]:
        return 0
    return int(row["quote_microusd"] if row["cost_microusd"] is None else row["cost_microusd"])


def _job_buttons(env: Env, person: Person, view: View, rows: list[Row]) -> list[list[Button]]:
    """What is wanted most of each, and its receipt: a row for each of a few; of many a sign and the code alone."""
    language, kept = person.language, [row for row in rows if row["erased_at"] is None]
    if not _is_many(rows):
        return [[*_most_wanted(env, language, row), _receipt(env, language, row)] for row in kept]
    signs = [_receipt(env, language, row) if view.receipts else _sign(env, language, row) for row in kept]
    return in_rows(signs)


def _sign(env: Env, language: str, row: Row) -> Button:
    """`✕ #K7Q2`: the sign with which the same button begins elsewhere."""
    for button in _most_wanted(env, language, row):
        sign = SEND if button.action == "redeliver" else button.text.split()[0]
        return replace(button, text=f"{sign} {row['code']}")
    return _receipt(env, language, row)


def _receipt(env: Env, language: str, row: Row) -> Button:
    code = row["code"].lstrip("#")
    return Button(env.texts.plain(language, "button-receipt", code=code), "details", {"job": row["id"]})


def _most_wanted(env: Env, language: str, row: Row) -> list[Button]:
    """One button; none while the video is fetched, when nothing can be done about it."""
    code, job = row["code"].lstrip("#"), {"job": row["id"]}
    if row["state"] in FINISHED:
        return [Button(env.texts.plain(language, "button-redeliver", code=code), "redeliver", job)]
    if row["state"] in FILTERS["failed"]:
        return [endings.ways_on(env, language, row["id"], row["error_key"], f" #{code}")[0]]
    cancel = Button(f"{env.texts.plain(language, 'button-cancel')} #{code}", "cancel", job)
    return [] if row["state"] == "COLLECTING" else [cancel]
