"""What stories do not reach of the worker: bodies that are too long, files that cannot be used, its own defects."""

from __future__ import annotations

import asyncio
import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.core.errors import Defect, Transient
from bot.core.media import MediaKind
from bot.providers.room import Room
from bot.sandbox import samples
from bot.sandbox.providers.wire import Trouble
from bot.services import lifecycle
from bot.services.heard import HeardMedia, Source
from bot.services.lifecycle import Held
from bot.worker import collect, upkeep
from bot.worker.loop import Worker
from bot.worker.steps import step
from bot.worker.tools import Pace
from tests.services.house import photo
from tests.worker.line import Line
from tests.worker.rendering import until_rendered


def noise(side: int = 700) -> bytes:
    """A JPEG that does not get small."""
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "JPEG", quality=95)
    return out.getvalue()


def sound(number: int, duration_ms: int | None = None) -> HeardMedia:
    """A voice note whose length Telegram did not tell."""
    return HeardMedia(MediaKind.AUDIO, "voice", f"f{number}", f"u{number}", "audio/ogg", duration_ms=duration_ms)


async def with_files(line: Line, words: str, *files: HeardMedia) -> dict[str, Any]:
    """An album with words, started from its card; the job's row."""
    for number, file in enumerate(files, 10):
        source = Source.COMMAND if number == 10 else None
        text = words if number == 10 else None
        await line.house.hear(text, source=source, message_id=number, album_id="g", media=file)
    line.house.later(s=5)
    await line.upkeep._albums()
    if not await line.house.jobs():
        await line.house.press(await line.house.button("▶", "request:1"))
    line.house.later(s=5)
    return await line.job()


async def test_pictures_are_made_small_enough_for_the_body(line: Line) -> None:
    for number in (0, 1):
        line.chats.files[f"f{number}"] = noise()
    before = sum(len(content) for content in line.chats.files.values())
    line.provider._room = Room(line.house.env.now_ms, 400_000)  # type: ignore[attr-defined]  # as a 413 would teach it
    await with_files(line, "@image1 chases @image2", photo(0), photo(1))
    await line.turn()
    assert (await line.job())["state"] == "RUNNING"
    small = [path.stat().st_size for path in line.tools.folder(1).glob("small-*")]
    assert len(small) == 2
    assert sum(small) < 400_000 * 3 // 4 < before


async def test_what_can_not_be_made_small_enough_is_told(line: Line) -> None:
    line.provider._room = Room(line.house.env.now_ms, 60_000)  # type: ignore[attr-defined]  # as a 413 would teach it
    line.chats.files["f0"] = noise()
    await with_files(line, "it runs", photo(0))
    await line.turn()
    job = await line.job()
    assert (job["state"], job["error_key"]) == ("FAILED", "request-too-big")
    assert line.calls("create") == 0


async def test_a_file_that_broke_its_reader_twice_is_not_opened_again(line: Line, dog_bytes: bytes) -> None:
    line.chats.files["f0"] = dog_bytes
    await with_files(line, "it runs", photo(0))
    await line.house.rows("UPDATE jobs SET prepare_attempts = 2")
    await line.turn()
    assert ((await line.job())["state"], (await line.job())["error_key"]) == ("FAILED", "media-unreadable")


async def test_sounds_that_are_too_long_together_are_told(line: Line, tmp_path: Path, dog_bytes: bytes) -> None:
    long = await asyncio.to_thread(samples.voice_note, tmp_path / "long.ogg", 9.0)
    line.chats.files |= {"f0": dog_bytes, "f1": await asyncio.to_thread(long.read_bytes)}
    line.chats.files["f2"] = line.chats.files["f1"]
    await with_files(line, "@image1 hears @audio1 and @audio2", photo(0), sound(1), sound(2))
    await line.turn()
    assert (await line.job())["error_key"] == "media-too-long-in-total"


async def test_a_file_that_its_model_can_not_take_is_told(line: Line, tmp_path: Path, dog_bytes: bytes) -> None:
    short = await asyncio.to_thread(samples.voice_note, tmp_path / "short.ogg", 0.5)
    line.chats.files |= {"f0": dog_bytes, "f1": await asyncio.to_thread(short.read_bytes)}
    await with_files(line, "@image1 hears @audio1", photo(0), sound(1))
    await line.turn()
    assert (await line.job())["error_key"] == "media-too-short"


async def test_what_was_prepared_before_is_used_again(line: Line, dog_bytes: bytes) -> None:
    line.chats.files["f0"] = dog_bytes
    await with_files(line, "it runs", photo(0))
    line.fail("create", status=503, retry_after_s=1)
    await line.turn()
    line.chats.files.clear()
    line.house.later(s=60)
    await line.turn()
    assert (await line.job())["state"] == "RUNNING"
    assert (await line.job())["prepare_attempts"] == 1


async def test_an_ended_job_has_no_step(line: Line) -> None:
    await line.ask()
    row = await line.job()
    for state in ("DELIVERING", "DELIVERED", "FAILED", "CANCELLED"):
        assert await step(line.tools, Held({**row, "state": state}, "t")) is None


async def test_an_unanswered_call_waits_for_its_provider_to_come_back(line: Line) -> None:
    line.fail("create", trouble=Trouble.DROP_AFTER)
    await line.ask()
    await line.turn()
    assert (await line.job())["state"] == "UNCERTAIN"
    with_provider = line.tools
    line.changed(providers={})
    line.house.later(s=5)
    await line.turn()
    assert (await line.job())["state"] == "UNCERTAIN"
    line.tools = with_provider
    line.house.later(s=120)
    await line.turn()
    assert (await line.job())["state"] == "RUNNING"


async def test_a_defect_of_ours_is_tried_again_and_ends_after_the_deadline(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    await line.ask()
    monkeypatch.setattr("bot.worker.loop.step", broken)
    await line.turn()
    job = await line.job()
    assert (job["state"], job["attempts"]) == ("QUEUED", 1)
    line.house.later(s=40 * 60)
    await line.turn()
    assert ((await line.job())["state"], (await line.job())["error_key"]) == ("FAILED", "deadline")


async def test_a_worker_frees_what_a_dead_one_held_unless_it_is_not_alone(line: Line) -> None:
    await line.ask()
    assert await lifecycle.take(line.tools.env, 1) is not None
    for alone, state in ((False, "QUEUED"), (True, "RUNNING")):
        worker = Worker(line.tools, alone=alone)
        task = asyncio.create_task(worker.run())
        await asyncio.sleep(0.2)
        worker.wake()
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await line.job())["state"] == state


async def test_a_busy_database_stops_no_turn(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> None:
        raise Transient("database-busy")

    worker = Worker(line.tools)
    monkeypatch.setattr(lifecycle, "free_all", busy)
    await worker._free_all()
    monkeypatch.setattr(lifecycle, "due", busy)
    await worker._turn()
    await line.ask()
    held = await lifecycle.take(line.tools.env, 1)
    assert held is not None
    monkeypatch.setattr(lifecycle, "apply", busy)
    await worker._later(held)
    assert (await line.job())["lease_token"] == held.token


async def test_a_fault_of_upkeep_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[Exception] = [Transient("database-busy"), OSError("disk"), Defect("ours")]
    turns = 0

    async def act() -> None:
        nonlocal turns
        turns += 1
        if faults:
            raise faults.pop()

    task = asyncio.create_task(upkeep._every(1, act))
    async with asyncio.timeout(5):
        while turns < 5:
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not faults


async def test_a_long_step_keeps_its_lease(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "RENEW_S", 0.01)
    await line.ask()
    held = await lifecycle.take(line.tools.env, 1)
    assert held is not None
    line.house.later(s=100)
    async with collect.holding(line.tools, held):
        await asyncio.sleep(0.1)
    assert (await line.job())["lease_until"] == line.house.clock[0] + lifecycle.LEASE_MS


async def test_an_offer_that_is_gone_has_still_a_name(line: Line) -> None:
    row = await line.ask()
    held = Held(row, "t")
    assert line.tools.title_of(held) == "Seedance 2.0"
    line.without_provider()
    assert line.tools.title_of(held) == "seedance-2.0"
    with pytest.raises(Defect, match="offer-gone"):
        line.tools.offer_of(held)


def test_back_off_grows_to_its_end() -> None:
    pace = Pace()
    assert [pace.back_off_ms(attempts) for attempts in (0, 1, 5, 99)] == [1_000, 2_000, 30_000, 30_000]


async def test_a_look_that_fails_is_repeated_and_at_the_deadline_the_last_one_counts(line: Line) -> None:
    await line.ask()
    await line.turn()
    await until_rendered(line)
    line.house.later(s=10)
    line.fail("get", status=500)
    await line.turn()
    assert (await line.job())["state"] == "RUNNING"
    line.house.later(s=40 * 60)
    line.fail("get", status=500)
    await line.turn()
    assert (await line.job())["state"] == "COLLECTING"


async def test_a_wish_that_meets_a_refused_key_is_answered(line: Line) -> None:
    line.ark.knobs.queue_s = 10**6
    await line.ask()
    await line.turn()
    line.fail("get", status=401)
    assert await line.house.press(await line.house.button("✕", "request:1")) is not None
    await line.turn()
    assert len(await line.told("cancel-too-late")) == 1
    assert (await line.job())["cancel_requested_at"] is None


async def test_a_defect_in_a_late_look_only_puts_off_the_next(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    line.ark.knobs.render_s = 10**6
    await line.ask()
    await line.turn()
    line.house.later(s=40 * 60)
    await line.turn()
    line.house.later(s=600)
    monkeypatch.setattr("bot.worker.late._look", broken)
    await line.upkeep._late()
    assert (await line.job())["run_at"] > line.house.clock[0]
    line.house.later(days=8)
    await line.upkeep._late()
    assert (await line.job())["run_at"] == 0


async def test_a_picture_that_fits_already_stays_as_it_is(line: Line, dog_bytes: bytes) -> None:
    line.chats.files |= {"f0": noise(), "f1": dog_bytes}
    line.provider._room = Room(line.house.env.now_ms, 300_000)  # type: ignore[attr-defined]  # as a 413 would teach it
    await with_files(line, "@image1 chases @image2", photo(0), photo(1))
    await line.turn()
    assert (await line.job())["state"] == "RUNNING"
    assert len(list(line.tools.folder(1).glob("small-*"))) == 1


async def test_a_status_that_can_not_be_shown_costs_nothing(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise Transient("database-busy")

    await line.ask()
    line.fail("create", status=503, retry_after_s=1)
    monkeypatch.setattr(lifecycle, "show", busy)
    await line.turn()
    assert ((await line.job())["state"], (await line.job())["attempts"]) == ("QUEUED", 1)
