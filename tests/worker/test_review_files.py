"""Files on the disk: none that is still needed goes, none that is not needed stays, none outgrows its price."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat import outbox
from bot.core.media import MediaKind, Range, video_limits
from bot.services import keeping
from bot.services.heard import HeardMedia, Source
from bot.worker.prepare import as_quoted
from tests.services.house import photo
from tests.worker.line import Line

DAY_MS = 86_400_000


async def delivering(line: Line) -> dict[str, Any]:
    """A job whose file is kept and whose delivery waits in the outbox."""
    await line.ask()
    await line.turn()
    await line.ark.settle()
    await line.live(s=60, every_s=20)
    job = await line.job()
    assert job["state"] == "DELIVERING"
    return job


async def erasable(line: Line) -> list[str]:
    """Files that would go if there were room for none."""
    return [row["path"] for row in await keeping.to_erase(line.tools.env, line.house.clock[0] - 30 * DAY_MS, 0)]


async def set_video(line: Line, state: str) -> None:
    await line.house.rows("UPDATE outbox SET state = :state WHERE kind = 'video'", state=state)


@pytest.mark.parametrize("state", ["pending", "sending", "parked"])
async def test_a_file_that_is_still_to_be_sent_is_never_erased(line: Line, state: str) -> None:
    await delivering(line)
    await set_video(line, state)
    line.house.later(days=40)
    assert await erasable(line) == []


async def test_a_parked_redelivery_of_a_delivered_video_keeps_its_file(line: Line) -> None:
    await delivering(line)
    await set_video(line, "sent")
    await line.house.rows("UPDATE outbox SET state = 'sent'")
    await line.house.rows("UPDATE jobs SET state = 'DELIVERED'")
    assert len(await erasable(line)) >= 2
    await set_video(line, "parked")
    assert await erasable(line) == []


async def test_an_output_that_a_waiting_job_refers_to_is_not_erased(line: Line) -> None:
    await delivering(line)
    await line.house.rows("UPDATE outbox SET state = 'sent'")
    await line.house.rows("UPDATE jobs SET state = 'DELIVERED'")
    video = HeardMedia(MediaKind.VIDEO, "video", "f9", "u9", "video/mp4", None, 90_000, 1280, 720, 5_000)
    await line.house.hear("it goes on", media=video, source=Source.COMMAND)
    await line.house.rows("UPDATE media SET job_id = 1 WHERE file_unique_id = 'u9'")
    await line.house.press(await line.house.button("▶"))
    assert [job["state"] for job in await line.house.jobs()] == ["DELIVERED", "QUEUED"]
    await line.house.rows("UPDATE outbox SET state = 'sent'")
    assert await erasable(line) == []
    await line.house.rows("UPDATE jobs SET state = 'CANCELLED' WHERE id = 2")
    assert len(await erasable(line)) >= 2


async def test_an_old_file_is_unlinked_and_then_noted(line: Line) -> None:
    await delivering(line)
    await line.house.rows("UPDATE outbox SET state = 'sent'")
    await line.house.rows("UPDATE jobs SET state = 'DELIVERED'")
    line.house.later(days=31)
    folder = line.tools.folder(1)
    assert list(folder.iterdir())
    await line.upkeep._house()
    assert list(folder.iterdir()) == []
    assert await line.house.value("SELECT count(*) FROM job_files WHERE erased_at IS NULL") == 0


async def test_the_files_of_references_go_when_their_job_has_ended(line: Line, dog_bytes: bytes) -> None:
    line.chats.files["f1"] = dog_bytes
    line.ark.knobs.queue_s = 10**6
    await line.ask("it runs", media=photo(1))
    await line.turn()
    folder = line.tools.folder(1)
    await line.upkeep._house()
    assert [path.name for path in folder.iterdir()] == ["source0.jpg"]
    await line.house.rows("UPDATE jobs SET state = 'FAILED', lease_until = 0")
    (folder / "reference0.jpg").touch()
    (folder / "output.mp4").touch()
    await line.upkeep._house()
    assert [path.name for path in folder.iterdir()] == ["output.mp4"]
    assert await line.house.value("SELECT count(*) FROM jobs WHERE inputs_at IS NOT NULL") == 0


async def test_a_parked_delivery_is_never_forgotten(line: Line) -> None:
    await delivering(line)
    await set_video(line, "parked")
    await line.house.rows("UPDATE outbox SET state = 'sent' WHERE kind <> 'video'")
    line.house.later(days=100)
    assert await line.house.store.transact(outbox.prune(line.house.clock[0])) >= 1
    assert await line.house.rows("SELECT kind, state FROM outbox") == [{"kind": "video", "state": "parked"}]


async def test_parked_deliveries_do_not_keep_the_rest_from_being_forgotten(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PRUNED_AT_ONCE", 1)
    await delivering(line)
    await line.house.rows("UPDATE outbox SET state = 'sent' WHERE kind <> 'video'")
    await set_video(line, "parked")
    await line.house.rows("UPDATE outbox SET id = 0 WHERE kind = 'video'")
    line.house.later(days=100)
    assert await line.house.store.transact(outbox.prune(line.house.clock[0])) == 1


@pytest.mark.parametrize(
    ("told_ms", "longest_ms"), [(None, 15_000), (5_000, 6_000), (14_900, 15_000), (1_000, 2_000), (500, 2_000)]
)
def test_a_video_is_cut_to_the_length_that_its_price_was_made_for(told_ms: int | None, longest_ms: int) -> None:
    limits = video_limits(max_bytes=10**6, duration_ms=Range(2_000, 15_000))
    assert as_quoted(limits, told_ms).duration_ms == Range(2_000, longest_ms)
