"""From a verified file to the chat: settled and laid in the outbox in one transaction, noted when it has arrived."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.catalog import Usage
from bot.core.errors import OutputTooBig, Transient
from bot.core.job import Advance, State
from bot.core.ledger import Loss
from bot.core.media import MediaKind
from bot.core.money import Microusd
from bot.core.request import VideoSpec
from bot.core.shortening import shortened
from bot.services import (
    accounts,
    after,
    alerts,
    batches,
    by_link,
    gathering,
    jobs,
    lifecycle,
    losses,
    say,
    signs,
    together,
)
from bot.services.after import Below
from bot.services.directory import Person, Place, person_by_id, place_by_id
from bot.services.env import Env
from bot.services.lifecycle import Held
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("jobs")
MS = 1000
MAX_PROMPT_CHARS = 700
"""A caption holds 1,024 characters; the rest of it needs about 100."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file below DATA_DIR; `info` is the JSON of its MediaInfo."""

    path: str
    size_bytes: int
    sha256: str
    info: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What a finished task brought."""

    usage: Usage
    receipt: Mapping[str, str | int | float]
    output: KeptFile
    playable: KeptFile
    thumbnail: KeptFile


def cost_of(env: Env, held: Held, usage: Usage, input_video_s: float) -> Microusd:
    """What a finished video costs by its reported usage and the price list that quoted the job.

    No video is made of nothing. A provider that reports no usage of one, or 0, has not counted it yet or tells it
    elsewhere, and bills it all the same: by its own formula, with which the quote was counted too. So that count is the
    likeliest bill, never above the quote, and it is charged then. Taking 0 for a price would give videos away at the
    operator's expense, unseen: nothing else ever says what they cost.
    """
    offer = env.catalog.offer(held.row["provider"], held.row["model"])
    if offer is None:
        return Microusd(held.row["quote_microusd"])
    return offer.price.cost(held.spec, input_video_s, usage.of_output())


async def _input_video_s(tx: Transaction, job_id: int) -> float:
    """Seconds of video that went out with a job, as measured on the files that went out."""
    total_ms = 0
    for row in await tx.all(Q.references, job_id=job_id):
        if row["kind"] == MediaKind.VIDEO and row["info"]:
            total_ms += json.loads(row["info"])["duration_ms"]
    return total_ms / MS


async def settle(env: Env, held: Held, collected: Collected, last_frame: KeptFile | None) -> None:
    """COLLECTING → DELIVERING: files recorded, real cost booked, rest released, the video laid in the outbox."""

    async def use_case(tx: Transaction) -> None:
        await _keep_files(env, tx, held.id, collected, last_frame)
        real = cost_of(env, held, collected.usage, await _input_video_s(tx, held.id))
        cost = await accounts.settle(env, tx, held.row, real)
        await losses.tell_odd(env, tx, held.row, collected.usage)
        receipt = json.dumps({**collected.receipt, "reported_microusd": real})
        await tx.run(Q.set_cost, id=held.id, cost_microusd=cost, receipt=receipt)
        if not await lifecycle.write(env, tx, held, Advance(State.DELIVERING)):
            raise Transient("hold-lost")  # somebody else settles it: nothing of this stays
        person, place = await lifecycle.asker(env, tx, held.row)
        await jobs.show_status(
            env, tx, person, place, held.row, env.texts.render(person.language, "status-sending"), buttons=[]
        )
        await _lay(env, tx, person, place, held, collected, "caption", cost)

    await env.store.transact(use_case)


async def deliver_late(env: Env, held: Held, collected: Collected) -> None:
    """The output of a job that had ended for its person: free for them, booked to the operator as `late`."""

    async def use_case(tx: Transaction) -> None:
        await _keep_files(env, tx, held.id, collected, None)
        real = cost_of(env, held, collected.usage, await _input_video_s(tx, held.id))
        await losses.book(env, tx, held.row, Loss.LATE, real)
        await losses.tell_odd(env, tx, held.row, collected.usage)
        if not await tx.run(Q.watch_later, id=held.id, run_at=0, lease_token=held.token):
            raise Transient("hold-lost")  # somebody else delivers it
        person, place = await lifecycle.asker(env, tx, held.row)
        await _lay(env, tx, person, place, held, collected, "caption-late", Microusd(0))

    await env.store.transact(use_case)


async def lose(env: Env, held: Held, usage: Usage, fault: OutputTooBig | None = None) -> None:
    """A finished video that can't be had: its cost is the operator's, who is told of a fault that can be mended."""

    async def use_case(tx: Transaction) -> None:
        real = cost_of(env, held, usage, await _input_video_s(tx, held.id))
        booked = await losses.book(env, tx, held.row, Loss.LOST_OUTPUT, real)
        await losses.tell_odd(env, tx, held.row, usage)
        if fault is not None:
            code, provider, max_mb = held.row["code"].lstrip("#"), held.row["provider"], int(fault.data["max_mb"])
            data = {"code": code, "provider": provider, "max_mb": max_mb, "price_microusd": booked}
            await alerts.alert(env, tx, "alert-output-too-big", str(held.id), **data)

    await env.store.transact(use_case)


async def end_watch(env: Env, held: Held) -> None:
    """Nothing late will come any more."""
    await watch_on(env, held, 0)


async def watch_on(env: Env, held: Held, run_at: int) -> None:
    """A late task is looked at again."""
    await lifecycle.note(env, Q.watch_later, id=held.id, run_at=run_at, lease_token=held.token)


async def _keep_files(env: Env, tx: Transaction, job_id: int, collected: Collected, frame: KeptFile | None) -> None:
    kept = {"output": collected.output, "thumbnail": collected.thumbnail}
    if collected.playable is not collected.output:
        kept["playable"] = collected.playable
    if frame is not None:
        kept["last_frame"] = frame
    for kind, file in kept.items():
        await tx.run(
            Q.add_file,
            job_id=job_id,
            kind=kind,
            path=file.path,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            info=file.info,
            now=env.now_ms(),
        )


def caption(env: Env, language: str, key: str, row: Row, cost: int) -> str:
    """What stands under a delivered video."""
    spec = VideoSpec.from_json(row["spec"])
    offer = env.catalog.offer(row["provider"], row["model"])
    words = spec.own_words()
    short = shortened(words, MAX_PROMPT_CHARS)
    return env.texts.render(
        language,
        key,
        prompt=short,
        model=offer.model.title if offer else row["model"],
        seconds=env.texts.seconds(language, spec.duration_s),
        cost=env.texts.money(language, cost),
        code=row["code"].lstrip("#"),
    )


def video_payload(
    env: Env, file: KeptFile, thumbnail: str | None, caption_html: str, reply_to: int | None
) -> dict[str, Any]:
    """An outbox row's content for sendVideo: whole paths, sides in pixels, whole seconds."""
    info = json.loads(file.info)
    return {
        "caption": caption_html,
        "reply_to": reply_to,
        "path": str(env.data_dir / file.path),
        "size_bytes": file.size_bytes,
        "thumbnail": str(env.data_dir / thumbnail) if thumbnail else None,
        "width": info["width"],
        "height": info["height"],
        "duration_s": max(round(info["duration_ms"] / MS), 1),
        "file_id": None,
    }


async def _lay(
    env: Env, tx: Transaction, person: Person, place: Place, held: Held, collected: Collected, key: str, cost: int
) -> None:
    html = caption(env, person.language, key, held.row, cost)
    once, file, asked = f"deliver:{held.id}", collected.playable, held.row["message_id"]
    if by_link.too_large(env, file.size_bytes):
        below = Below(held.row, f"below:{once}", place, as_link=True)
        await by_link.lay(
            env,
            tx,
            person,
            place,
            file.path,
            file.size_bytes,
            html,
            buttons=await after.first_rows(env, tx, person, below),
            reply_to=asked,
            once=once,
            job_id=held.id,
        )
        return
    payload = video_payload(env, file, collected.thumbnail.path, html, asked)
    await _send_with_buttons(env, tx, person, place, held.row, payload, once)
    if held.row["together"] > 1 and key == "caption":
        await together.join(env, tx, held.row, once)


async def _send_with_buttons(
    env: Env, tx: Transaction, person: Person, place: Place, job: Row, payload: Mapping[str, Any], once: str
) -> None:
    """A video with what can be done with it below; each copy has buttons of its own."""
    below = Below(job, f"below:{once}", place)
    buttons = await after.first_rows(env, tx, person, below)
    job_id, slot = job["id"], below.slot
    full = {**payload, "spoiler": VideoSpec.from_json(job["spec"]).spoiler}
    await say.file(env, tx, place, "video", full, person=person, buttons=buttons, once=once, job_id=job_id, slot=slot)


async def arrived(env: Env, tx: Transaction, job_id: int, chat_id: int, message_id: int, file_id: str | None) -> None:
    """The outbox put a job's video into a chat: noted, remembered for replies there.

    In the job's own chat it is delivered by that, and its status card goes; a copy for somewhere else leaves both.
    """
    row = await tx.one(Q.get, id=job_id)
    if row is None:
        return
    place = await _place_of(tx, row, chat_id)
    at_home = chat_id == row["chat_id"]
    if at_home and await tx.run(Q.deliver, id=job_id, file_id=file_id, message_id=message_id, now=env.now_ms()):
        await _end_card(env, tx, place, row)
        if row["together"] == 1:
            await signs.show(env, tx, place, row, signs.MADE)
    else:
        await tx.run(Q.note_file_id, id=job_id, file_id=file_id)
    if message_id and file_id:
        await _remember_output(env, tx, place, row, message_id, file_id)


async def _end_card(env: Env, tx: Transaction, place: Place, row: Row) -> None:
    """A job's card goes; one that several jobs share shows what is left of them."""
    if row["together"] > 1:
        await batches.changed(env, tx, row["request_id"])
    else:
        await jobs.end_card(env, tx, place, row)


async def _place_of(tx: Transaction, row: Row, chat_id: int) -> Place:
    """Where a video of the job went: its own topic at home, else just the chat."""
    return await place_by_id(tx, chat_id, row["topic_id"] if chat_id == row["chat_id"] else None)


def _asking(row: Row, place: Place) -> int | None:
    """The asking message; in another chat its number belongs to some other message."""
    message_id: int = row["message_id"]
    return message_id if place.chat_id == row["chat_id"] else None


async def _remember_output(env: Env, tx: Transaction, place: Place, row: Row, message_id: int, file_id: str) -> None:
    """So that a reply to the bot's own video uses the provider's unmodified bytes."""
    info: dict[str, Any] = {}
    for file in await tx.all(Q.files, job_id=row["id"]):
        if file["kind"] == "output":
            info = json.loads(file["info"])
    media = after.output_of(row["id"], file_id, info)
    await gathering.remember(env, tx, place, row["user_id"], message_id, None, media, job_id=row["id"])


async def maybe_arrived(env: Env, tx: Transaction, outbox_id: int, job_id: int, chat_id: int) -> None:
    """Telegram did not confirm a video: it is never sent twice blindly; the person decides."""
    row = await tx.one(Q.get, id=job_id)
    if row is None:
        return
    person, place = await person_by_id(env, tx, row["user_id"]), await _place_of(tx, row, chat_id)
    html = env.texts.render(person.language, "sent-maybe", code=row["code"].lstrip("#"))
    button = Button(env.texts.plain(person.language, "button-send-again"), "send-again", {"outbox": outbox_id})
    once = f"maybe:{outbox_id}"
    await say.message(env, tx, place, html, person=person, buttons=[[button]], reply_to=_asking(row, place), once=once)
    if chat_id == row["chat_id"]:
        await _end_card(env, tx, place, row)


async def refused(env: Env, tx: Transaction, job_id: int, outbox_id: int, chat_id: int) -> None:
    """Telegram refused a video for good: it stays paid, kept and re-sendable, and its person hears of it."""
    row = await tx.one(Q.get, id=job_id)
    if row is None:
        return
    person, place = await person_by_id(env, tx, row["user_id"]), await _place_of(tx, row, chat_id)
    html = env.texts.render(person.language, "sent-failed", code=row["code"].lstrip("#"))
    button = Button(env.texts.plain(person.language, "button-send-again"), "redeliver", {"job": job_id})
    once = f"refused:{outbox_id}"
    await say.message(
        env, tx, place, html, person=person, buttons=[[button]], reply_to=_asking(row, place), once=once, job_id=job_id
    )
    if chat_id == row["chat_id"]:
        await _end_card(env, tx, place, row)


async def redeliver(
    env: Env, tx: Transaction, person: Person, place: Place, job_id: int, press: str, kind: str
) -> str | None:
    """Sends a finished video again (`kind` "video", by file_id) or its untouched original ("document")."""
    row = await tx.one(Q.get, id=job_id)
    once = f"again:{press}"
    if row is not None and await _again_by_link(env, tx, person, place, row, kind, once):
        return None
    payload = await _payload_again(env, tx, person, place, row, kind) if row is not None else None
    if row is None or payload is None:
        return "receipt-none"
    if kind == "video":
        await _send_with_buttons(env, tx, person, place, row, payload, once)
    else:
        await say.file(env, tx, place, kind, payload, person=person, buttons=[], once=once, job_id=job_id)
    return None


async def _again_by_link(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, kind: str, once: str
) -> bool:
    """Sends a fresh link where the kept file is too large for Telegram and Telegram does not keep it."""
    files = {file["kind"]: file for file in await tx.all(Q.files, job_id=row["id"])}
    chosen = files.get("output") if kind == "document" else files.get("playable", files.get("output"))
    kept_there = kind == "video" and row["file_id"] is not None
    if chosen is None or kept_there or not by_link.too_large(env, chosen["size_bytes"]):
        return False
    html = caption(env, person.language, "caption", row, row["cost_microusd"] or 0)
    path, size_bytes, asked = chosen["path"], chosen["size_bytes"], _asking(row, place)
    await by_link.lay(
        env, tx, person, place, path, size_bytes, html, buttons=(), reply_to=asked, once=once, job_id=row["id"]
    )
    return True


async def _payload_again(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, kind: str
) -> dict[str, Any] | None:
    """What is sent once more; None when neither we nor Telegram keep the file any more."""
    files = {file["kind"]: file for file in await tx.all(Q.files, job_id=row["id"])}
    html = caption(env, person.language, "caption", row, row["cost_microusd"] or 0)
    chosen = files.get("output") if kind == "document" else files.get("playable", files.get("output"))
    if chosen is None:
        if kind == "document" or row["file_id"] is None:
            return None
        return {"caption": html, "reply_to": _asking(row, place), "path": "", "file_id": row["file_id"]}
    file = KeptFile(chosen["path"], chosen["size_bytes"], chosen["sha256"], chosen["info"])
    thumbnail = files["thumbnail"]["path"] if "thumbnail" in files else None
    payload = video_payload(env, file, thumbnail, html, _asking(row, place))
    if kind == "document":
        payload["file_name"] = f"{row['code'].lstrip('#')}{Path(file.path).suffix}"
    else:
        payload["file_id"] = row["file_id"]
    return payload
