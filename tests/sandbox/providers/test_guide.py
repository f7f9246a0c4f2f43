"""The guide's REST shape: requests, statuses, refusals, and the variants that resellers use."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.sandbox.providers.guide import GuideKnobs, GuideServer, JobStatus
from bot.sandbox.providers.wire import Fault, Trouble
from tests.sandbox.providers.desk import KEY, HeldClock, Stub, movie_bytes, picture_bytes, wav_bytes


@dataclass
class Counter:
    """A client of the guide's server."""

    server: GuideServer
    base: str
    session: ClientSession
    clock: HeldClock
    stub: Stub

    async def call(self, method: str, path: str, key: str = KEY, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        async with self.session.request(method, f"{self.base}{path}", headers=headers, **more) as response:
            return response.status, await response.json(content_type=None)

    async def text(self, **fields: Any) -> tuple[int, Any]:
        ask = {"model": "seedance-2.0", "prompt": "rain", "duration": 5, "resolution": "720p", "aspect_ratio": "9:16"}
        return await self.call("POST", "/video/text-to-video", json={**ask, **fields})

    async def illustrated(self, *references: Any, **fields: Any) -> tuple[int, Any]:
        ask = {"model": "seedance-2.0", "prompt": "@Image1 in rain", "references": list(references), **fields}
        return await self.call("POST", "/video/image-to-video", json=ask)

    async def get(self, job_id: str) -> Any:
        status, body = await self.call("GET", f"/video/jobs/{job_id}")
        assert status == 200, body
        return body

    async def run(self) -> None:
        self.clock.pass_s(self.server.knobs.queue_s)
        await self.server.settle()
        self.clock.pass_s(self.server.knobs.render_s)
        await self.server.settle()


@pytest.fixture
def guide_knobs() -> GuideKnobs:
    return GuideKnobs()


@pytest.fixture
async def counter(clock: HeldClock, guide_knobs: GuideKnobs, tmp_path: Path) -> AsyncIterator[Counter]:
    stub = Stub(tmp_path)
    server = GuideServer(KEY, stub, clock, guide_knobs)
    async with server.running() as base, ClientSession() as session:
        yield Counter(server, base, session, clock, stub)


def reference(kind: str, content: bytes) -> dict[str, str]:
    return {"type": kind, "data": base64.b64encode(content).decode()}


async def test_a_job_goes_from_queued_over_progress_to_a_file(counter: Counter) -> None:
    status, created = await counter.text()
    assert status == 200
    job_id = created["id"]
    assert created == {"id": job_id, "status": "queued"}
    assert await counter.get(job_id) == {"id": job_id, "status": "queued", "progress": 0, "error": None}
    counter.clock.pass_s(1)
    assert (await counter.get(job_id))["status"] == "processing"
    counter.clock.pass_s(2)
    assert (await counter.get(job_id))["progress"] == 50
    await counter.run()
    body = await counter.get(job_id)
    assert (body["status"], body["progress"]) == ("completed", 100)
    async with counter.session.get(body["video_url"]) as response:
        assert len(await response.read()) == 1000
    counter.clock.pass_s(86_400)
    async with counter.session.get(body["video_url"]) as response:
        assert response.status == 403


@pytest.mark.parametrize(
    ("resolution", "ratio", "size"),
    [
        ("480p", "16:9", (854, 480)),
        ("720p", "9:16", (720, 1280)),
        ("1080p", "1:1", (1080, 1080)),
        ("2K", "16:9", (2560, 1440)),
        ("720p", "21:9", (1680, 720)),
        ("720p", "3:4", (720, 960)),
    ],
)
async def test_sizes_follow_resolution_and_ratio(
    counter: Counter, resolution: str, ratio: str, size: tuple[int, int]
) -> None:
    _, created = await counter.text(resolution=resolution, aspect_ratio=ratio)
    order = counter.server.jobs[created["id"]].order
    assert (order.width, order.height) == size


async def test_references_of_every_kind_reach_the_renderer(counter: Counter) -> None:
    status, _ = await counter.illustrated(
        reference("image/png", picture_bytes()),
        reference("video/mp4", movie_bytes(0.5)),
        reference("audio/wav", wav_bytes(0.5)),
        seed=4,
    )
    assert status == 200
    await counter.run()
    (order,) = counter.stub.orders
    assert (len(order.pictures), len(order.clips), len(order.sounds), order.seed) == (1, 1, 1, 4)
    assert not any(path.exists() for path in order.files)


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "sora"},
        {"prompt": ""},
        {"prompt": None},
        {"duration": 3},
        {"duration": "5"},
        {"resolution": "4k"},
        {"aspect_ratio": "2:1"},
        {"prompt": "[nsfw]"},
        {"prompt": "[face]"},
    ],
)
async def test_a_wrong_field_is_400(counter: Counter, fields: dict[str, Any]) -> None:
    status, body = await counter.text(**fields)
    assert status == 400
    assert sorted(body["error"]) == ["code", "message"]


@pytest.mark.parametrize(
    "references",
    [
        [],
        [{"type": "image/png"}],
        [{"type": "text/plain", "data": "AAAA"}],
        [{"type": "image/png", "data": "data:image/png;base64,AAAA"}],
        [reference("image/png", b"no picture")],
        ["AAAA"],
        [reference("audio/wav", wav_bytes(0.1))] * 4,
        [reference("image/png", picture_bytes())] * 13,
    ],
)
async def test_wrong_references_are_400(counter: Counter, references: list[Any]) -> None:
    assert (await counter.illustrated(*references))[0] == 400


async def test_a_wrong_key_is_401_and_an_unknown_job_404(counter: Counter) -> None:
    assert (await counter.call("GET", "/video/jobs/x", key="wrong"))[0] == 401
    assert (await counter.call("GET", "/video/jobs/x"))[0] == 404


async def test_a_large_body_is_413(counter: Counter, guide_knobs: GuideKnobs) -> None:
    guide_knobs.body_limit_bytes = 200
    assert (await counter.text(prompt="x" * 300))[0] == 413


@pytest.mark.parametrize("retry_after_s", [None, 3])
async def test_too_many_are_429_with_or_without_a_date(
    counter: Counter, guide_knobs: GuideKnobs, retry_after_s: int | None
) -> None:
    guide_knobs.waiting_limit, guide_knobs.retry_after_s = 0, retry_after_s
    headers = {"Authorization": f"Bearer {KEY}"}
    async with counter.session.post(f"{counter.base}/video/text-to-video", headers=headers, json={}) as response:
        assert response.status == 429
        assert response.headers.get("Retry-After") == (None if retry_after_s is None else "3")


async def test_more_than_the_places_wait(counter: Counter, guide_knobs: GuideKnobs) -> None:
    guide_knobs.concurrency = 1
    for _ in range(2):
        await counter.text()
    await counter.run()
    assert [job.status for job in counter.server.jobs.values()] == [JobStatus.COMPLETED, JobStatus.PROCESSING]


@pytest.mark.parametrize(("form", "expected"), [("object", dict), ("text", str)])
async def test_a_failed_job_says_why(counter: Counter, guide_knobs: GuideKnobs, form: Any, expected: type) -> None:
    guide_knobs.error = form
    _, created = await counter.text(prompt="rain [outvideo]")
    await counter.run()
    body = await counter.get(created["id"])
    assert body["status"] == "failed"
    assert isinstance(body["error"], expected)
    assert "content_policy_violation" in str(body["error"])


@pytest.mark.parametrize("place", ["job_id", "task_id", "data.id", "data.0.task_id"])
async def test_the_id_can_stand_elsewhere(counter: Counter, guide_knobs: GuideKnobs, place: str) -> None:
    guide_knobs.id_place, guide_knobs.created_status = place, 202
    status, created = await counter.text()
    (job_id,) = counter.server.jobs
    assert status == 202
    assert "id" not in created
    assert job_id in str(created)


async def test_the_answer_can_be_worded_and_built_differently(counter: Counter, guide_knobs: GuideKnobs) -> None:
    guide_knobs.id_place, guide_knobs.url_place, guide_knobs.progress = "data.id", "data.videos.0.url", "fraction"
    guide_knobs.words = {"completed": "SUCCESS", "processing": "in_progress"}
    await counter.text()
    (job_id,) = counter.server.jobs
    counter.clock.pass_s(1)
    assert (await counter.get(job_id))["status"] == "in_progress"
    await counter.run()
    body = await counter.get(job_id)
    assert (body["status"], body["progress"], body["data"]["id"]) == ("SUCCESS", 1.0, job_id)
    assert body["data"]["videos"][0]["url"].startswith("http://")


@pytest.mark.parametrize(("form", "shown"), [("percent sign", "50%"), ("fraction", 0.5), ("absent", None)])
async def test_progress_has_many_forms(
    counter: Counter, guide_knobs: GuideKnobs, form: Any, shown: str | float | None
) -> None:
    guide_knobs.progress = form
    _, created = await counter.text()
    counter.clock.pass_s(1)
    await counter.get(created["id"])
    counter.clock.pass_s(2)
    assert (await counter.get(created["id"])).get("progress") == shown


async def test_faults_meet_the_guide_too(counter: Counter) -> None:
    for status in (408, 413, 500, 503):
        counter.server.fail("create", Fault(Trouble.STATUS, status=status))
        assert (await counter.text())[0] == status
    assert not counter.server.jobs
    assert [call.status for call in counter.server.calls] == [408, 413, 500, 503]
