"""Several jobs of one request: they wait for each other, share one card, and are summed up when all have ended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.job import ACTIVE, State
from bot.core.limits import Counted, Measure
from bot.core.request import VideoSpec
from bot.services import accounts, endings, permits, say, signs, together
from bot.services.cards import in_a_line, slot_of
from bot.services.directory import Person, Place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.say import Button, Kept, Priority
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q, JOBS, REQUESTS = load("batches"), load("jobs"), load("requests")
AT_ONCE = 5
"""How many of one request are at work together, whatever the limits allow."""
FAR = 2**53
"""When a job is due that waits for others."""
MAX_TOLD = 10
OVER = frozenset({State.DELIVERED, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Tally:
    """How far the jobs of a request are."""

    rows: tuple[Row, ...]

    def of(self, *states: State) -> int:
        """How many are in one of these states."""
        counts = Counter(row["state"] for row in self.rows)
        return sum(counts[state.value] for state in states)

    @property
    def made(self) -> int:
        return self.of(State.DELIVERING, State.DELIVERED)

    @property
    def waiting(self) -> int:
        return sum(row["state"] == State.QUEUED and row["waits"] == 1 for row in self.rows)

    @property
    def running(self) -> int:
        return self.of(*ACTIVE) - self.waiting

    @property
    def is_over(self) -> bool:
        return self.of(*OVER) == len(self.rows)


async def at_once(env: Env, tx: Transaction, person: Person, place: Place, request_id: int) -> list[Counted]:
    """The limits on jobs at once that hold this request back: a zero in the face of which it was allowed does not."""
    at = await accounts.standing(env, tx, person, place)
    permit = await permits.of(tx, person, request_id)
    limits = [limit for limit in at.hard if limit.measure is Measure.ACTIVE]
    return [limit for limit in limits if limit.value or permit is None or not permit.lifts(limit)]


async def let_go(env: Env, tx: Transaction, limits: Sequence[Counted], request_id: int, *, rest_ms: int = 0) -> int:
    """As many waiting jobs begin their way as these limits on jobs at once leave room for; answers how many."""
    running = await tx.one(Q.running, request_id=request_id)
    room = [limit.left for limit in limits]
    most = min([AT_ONCE - (running["running"] if running else 0), *room])
    gone = 0
    for row in await tx.all(Q.waiting, request_id=request_id, limit=max(most, 0)):
        now = env.now_ms()
        if await tx.run(Q.let_go, id=row["id"], run_at=now + rest_ms, now=now):
            await accounts.count_at_once(env, tx, row)
            gone += 1
    return gone


async def changed(env: Env, tx: Transaction, request_id: int) -> None:
    """Something happened to one of a request's jobs: the card shows it, and at the end all is summed up."""
    row = await tx.one(REQUESTS.get, id=request_id)
    if row is None:
        return
    person, place = await person_by_id(env, tx, row["user_id"]), await place_by_id(tx, row["chat_id"], row["topic_id"])
    tally = Tally(tuple(await tx.all(JOBS.of_request, request_id=request_id)))
    if not tally.is_over:
        await _show(env, tx, person, place, row, tally)
    elif tally.of(State.CANCELLED) == len(tally.rows):
        await _card(env, tx, person, place, row, env.texts.render(person.language, "cancel-done"), [])
    else:
        await _sum_up(env, tx, person, place, row, tally)


async def _show(env: Env, tx: Transaction, person: Person, place: Place, row: Row, tally: Tally) -> None:
    texts, language, count = env.texts, person.language, len(tally.rows)
    lines: list[str] = [texts.render(language, "batch-progress", done=tally.made, count=count)]
    ended = count - tally.running - tally.waiting
    lines.append(texts.bar(ended / count))
    if tally.running or tally.waiting:
        lines.append(texts.render(language, "batch-at-work", running=tally.running, waiting=tally.waiting))
    failed = tally.of(State.FAILED, State.CANCELLED)
    if failed:
        lines.append(texts.render(language, "batch-without", count=failed))
    buttons = in_rows([_video(job) for job in tally.rows if job["state"] == State.DELIVERED][:MAX_TOLD])
    if tally.running or tally.waiting:
        buttons += [[Button(texts.plain(language, "button-cancel-all"), "cancel-all", {"request": row["id"]})]]
    await _card(env, tx, person, place, row, "\n".join(lines), buttons)


async def _card(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, html: str, buttons: list[list[Button]]
) -> None:
    await say.card(
        env,
        tx,
        place,
        slot_of(row["id"]),
        html,
        person=person,
        buttons=buttons,
        reply_to=row["message_id"],
        priority=Priority.STATUS,
    )


async def _sum_up(env: Env, tx: Transaction, person: Person, place: Place, row: Row, tally: Tally) -> None:
    """How it ended, once: what was made and paid, what was not and why, a receipt a tap away."""
    texts, language = env.texts, person.language
    cost = sum(job["cost_microusd"] or 0 for job in tally.rows if job["state"] == State.DELIVERED)
    money = texts.money(language, cost)
    made, count = tally.of(State.DELIVERED), len(tally.rows)
    lines: list[str] = [texts.render(language, "batch-over", done=made, count=count, cost=money)]
    failed = [job for job in tally.rows if job["state"] != State.DELIVERED]
    lines += [_told(env, language, job) for job in failed[:MAX_TOLD]]
    rows = in_rows([_video_or_way_on(env, language, job) for job in tally.rows[:MAX_TOLD]])
    if made > 1 and not await together.came_whole(tx, row["id"], made):
        rows.append([Button(texts.plain(language, "button-album"), "batch-album", {"request": row["id"]})])
    await signs.show(env, tx, place, row, signs.MADE if made else signs.NOT_MADE)
    await say.remove_card(env, tx, place, slot_of(row["id"]))
    await say.message(
        env,
        tx,
        place,
        "\n".join(lines),
        person=person,
        buttons=rows,
        reply_to=row["message_id"],
        once=f"batch-over:{row['id']}",
    )


def _caption(env: Env, language: str, row: Row) -> str:
    prompt = in_a_line(VideoSpec.from_json(row["spec"]).own_words())
    return env.texts.render(language, "caption-short", prompt=prompt, code=row["code"].lstrip("#"))


def _kept(env: Env, person: Person, place: Place, row: Row) -> Kept:
    spoiler = say.is_covered(person, place, said=VideoSpec.from_json(row["spec"]).spoiler)
    return Kept("video", row["file_id"], _caption(env, person.language, row), spoiler)


async def album(env: Env, tx: Transaction, person: Person, place: Place, request_id: int, press: str) -> None:
    """All finished videos of a request together, by the names that Telegram gave them: nothing is uploaded again."""
    rows = await tx.all(JOBS.of_request, request_id=request_id)
    kept = [
        _kept(env, person, place, row) for row in rows if row["file_id"] is not None and row["state"] == State.DELIVERED
    ]
    for index in range(0, len(kept), say.ALBUM_MOST):
        part = kept[index : index + say.ALBUM_MOST]
        await say.album(env, tx, place, part, person=person, once=f"album:{press}:{index}")


def in_rows(buttons: list[Button]) -> list[list[Button]]:
    """Three codes a row."""
    return [buttons[index : index + 3] for index in range(0, len(buttons), 3)]


def _video(job: Row) -> Button:
    """The receipt of a video with the buttons that an album does not have."""
    return Button(job["code"], "batch-video", {"job": job["id"]})


def _video_or_way_on(env: Env, language: str, job: Row) -> Button:
    if job["state"] == State.DELIVERED:
        return _video(job)
    return endings.ways_on(env, language, job["id"], job["error_key"], f" {job['ordinal'] + 1}")[0]


def _told(env: Env, language: str, job: Row) -> str:
    short = in_a_line(VideoSpec.from_json(job["spec"]).own_words())
    reason = env.texts.render(language, job["error_key"] or "cancel-done", **json.loads(job["error_data"]))
    return env.texts.render(language, "batch-line", number=job["ordinal"] + 1, prompt=short, reason=reason)
