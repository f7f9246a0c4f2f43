"""Callbacks: they make the worker look now, and nothing else, whoever sends them and whatever they say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.providers.calling import sign
from bot.web.callbacks import MAX_BODY_BYTES, callback_url
from tests.providers.kit import bench_of, of
from tests.storage.miniature import NOW
from tests.web.site import WEBHOOK_SECRET, Site


def body(task_id: object = "cgt-1", status: object = "running", **more: object) -> bytes:
    return json.dumps({"id": task_id, "status": status, **more}).encode()


async def test_a_callback_makes_its_job_due_now_and_wakes_the_worker(site: Site) -> None:
    job_id = await site.add_job(1, state="RUNNING", task_id="cgt-1")
    before = await site.job(job_id)
    answer = await site.post("/callbacks/ark/job-1", body())
    after = await site.job(job_id)
    assert (answer.status, site.woken) == (200, [NOW])
    assert {name for name in after if after[name] != before[name]} == {"run_at", "nudged_at"}
    assert after["run_at"] == NOW


async def test_a_success_in_a_body_is_not_believed(site: Site) -> None:
    job_id = await site.add_job(1, state="RUNNING", task_id="cgt-1")
    lie = body(status="succeeded", content={"video_url": "https://evil.example/x.mp4"}, usage={"completion_tokens": 0})
    await site.post("/callbacks/ark/job-1", lie)
    job = await site.job(job_id)
    assert (job["state"], job["cost_microusd"], job["receipt"]) == ("RUNNING", None, "{}")


async def test_the_same_words_again_ask_for_no_second_look(site: Site) -> None:
    await site.add_job(1, state="RUNNING", task_id="cgt-1")
    for _ in range(3):
        assert (await site.post("/callbacks/ark/job-1", body(status="succeeded"))).status == 200
        await site.set_job(1, nudged_at=None)  # the look is done
    assert len(site.woken) == 1
    await site.post("/callbacks/ark/job-1", body(status="failed"))
    assert len(site.woken) == 2


async def test_repeats_and_steps_back_are_answered_200(site: Site) -> None:
    await site.add_job(1, state="RUNNING", task_id="cgt-1")
    statuses = ["running", "succeeded", "succeeded", "queued", "running"]
    answers = [(await site.post("/callbacks/ark/job-1", body(status=status))).status for status in statuses]
    assert answers == [200] * 5
    assert len(site.woken) == 1


@pytest.mark.parametrize(
    "said",
    [
        body("cgt-2"),
        body(7),
        body(status=None),
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": "cgt-1"}',
    ],
    ids=["other-task", "number", "no-status", "empty", "cut", "list", "null", "bytes", "deep", "id-alone"],
)
async def test_a_forged_body_changes_nothing(site: Site, said: bytes) -> None:
    job_id = await site.add_job(1, state="RUNNING", task_id="cgt-1")
    before = await site.job(job_id)
    assert (await site.post("/callbacks/ark/job-1", said)).status == 200
    assert (await site.job(job_id), site.woken) == (before, [])


@pytest.mark.parametrize(
    "path",
    ["/callbacks/ark/job-2", "/callbacks/seedance/job-1", "/callbacks/nobody/job-1", "/callbacks/ark/JOB-1",
     "/callbacks/ark/job-1%00", "/callbacks/ark/%25", "/callbacks/ark/" + "x" * 3000],
)  # fmt: skip
async def test_an_unknown_path_is_404_and_changes_nothing(site: Site, path: str) -> None:
    job_id = await site.add_job(1, state="RUNNING", task_id="cgt-1")
    before = await site.job(job_id)
    assert (await site.post(path, body())).status == 404
    assert (await site.job(job_id), site.woken) == (before, [])


async def test_a_callback_before_its_task_is_known_is_heard(site: Site) -> None:
    job_id = await site.add_job(1, state="UNCERTAIN")
    assert (await site.post("/callbacks/ark/job-1", body("cgt-9"))).status == 200
    job = await site.job(job_id)
    assert (job["run_at"], job["task_id"], job["state"]) == (NOW, None, "UNCERTAIN")


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "DELIVERED", "QUEUED"])
async def test_a_job_with_nothing_to_look_at_stays_as_it_is(site: Site, state: str) -> None:
    job_id = await site.add_job(1, state=state, task_id="cgt-1", cost_microusd=0)
    before = await site.job(job_id)
    assert (await site.post("/callbacks/ark/job-1", body())).status == 200
    assert await site.job(job_id) == before


async def test_a_callback_never_delays_a_job_that_is_due(site: Site) -> None:
    job_id = await site.add_job(1, state="RUNNING", task_id="cgt-1")
    await site.set_job(job_id, run_at=NOW - 5_000)
    await site.post("/callbacks/ark/job-1", body())
    assert (await site.job(job_id))["run_at"] == NOW - 5_000


@pytest.mark.parametrize("told", [True, False], ids=["with-length", "chunked"])
async def test_an_overlong_body_is_413(site: Site, told: bool) -> None:
    await site.add_job(1, state="RUNNING", task_id="cgt-1")
    said = body(padding="x" * MAX_BODY_BYTES)

    async def pieces() -> AsyncIterator[bytes]:
        yield said

    answer = await site.post("/callbacks/ark/job-1", said if told else pieces())
    assert (answer.status, site.woken) == (413, [])


async def test_a_long_body_within_the_limit_is_read(site: Site) -> None:
    await site.add_job(1, state="RUNNING", task_id="cgt-1")
    assert (await site.post("/callbacks/ark/job-1", body(padding="x" * 200_000))).status == 200
    assert site.woken == [NOW]


async def test_only_post_is_served(site: Site) -> None:
    await site.add_job(1, state="RUNNING", task_id="cgt-1")
    answer = await site.get("/callbacks/ark/job-1")
    assert (answer.status, answer.headers["Allow"], answer.body) == (405, "POST", b"")


async def test_a_busy_database_asks_to_be_told_again(site: Site) -> None:
    await site.add_job(1, state="RUNNING", task_id="cgt-1")
    site.store._patience_s = 0.0
    answer = await site.post("/callbacks/ark/job-1", body())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


async def test_the_provider_itself_reaches_the_job(site: Site, tmp_path: Path) -> None:
    """The embedded Ark server calls the address that it was given."""
    job_id = await site.add_job(1)
    async with bench_of("ark", tmp_path) as bench:
        order = of(bench)
        order = type(order)(order.spec, order.wire_id, (), "t-1", callback_url(site.base, "ark", "job-1"))
        task = await bench.provider.submit(order)
        await site.set_job(job_id, state="RUNNING", task_id=task.id)
        await bench.finish()
    assert (await site.job(job_id))["run_at"] == NOW
    assert site.woken == [NOW]


def test_an_address_survives_odd_names() -> None:
    assert callback_url("https://b.example", "a/b", "t?k") == "https://b.example/callbacks/a%2Fb/t%3Fk"


# Signed events for a whole account


def event(task_id: str = "video_1", kind: str = "video.completed") -> bytes:
    return json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"id": task_id}}).encode()


def signed(said: bytes, secret: str = WEBHOOK_SECRET, at_ms: int = NOW) -> dict[str, str]:
    at_s = at_ms // 1000
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(at_s),
        "webhook-signature": sign(secret, "evt_1", at_s, said),
    }


async def test_a_signed_event_makes_its_job_due_now(site: Site) -> None:
    job_id = await site.add_job(1, state="RUNNING", provider="openai", task_id="video_1")
    headers = signed(event())
    headers["webhook-signature"] = f"v1,b2xk {headers['webhook-signature']}"
    assert (await site.post("/callbacks/openai", event(), headers=headers)).status == 200
    assert ((await site.job(job_id))["run_at"], site.woken) == (NOW, [NOW])
    assert (await site.post("/callbacks/openai", event(), headers=headers)).status == 200, "repeats are no fault"


@pytest.mark.parametrize(
    ("path", "said", "headers"),
    [
        ("/callbacks/openai", event(), {}),
        ("/callbacks/openai", event(), signed(event("video_2"))),
        ("/callbacks/openai", event(), signed(event(), "whsec_b3RoZXI=")),
        ("/callbacks/openai", event(), signed(event(), at_ms=NOW - 600_000)),
        ("/callbacks/openai", event(kind="batch.completed"), signed(event(kind="batch.completed"))),
        ("/callbacks/openai/job-1", event(), signed(event())),
        ("/callbacks/ark", body("video_1"), {}),
        ("/callbacks/nobody", event(), signed(event())),
    ],
    ids=["unsigned", "other-body", "other-secret", "old", "other-event", "other-path", "unsigned-house", "nobody"],
)
async def test_what_is_not_proven_to_be_an_event_changes_nothing(
    site: Site, path: str, said: bytes, headers: dict[str, str]
) -> None:
    job_id = await site.add_job(1, state="RUNNING", provider="openai", task_id="video_1")
    before = await site.job(job_id)
    assert (await site.post(path, said, headers=headers)).status == (200 if path.endswith("job-1") else 404)
    assert (await site.job(job_id), site.woken) == (before, [])


async def test_an_event_about_a_task_of_another_program_is_answered_200(site: Site) -> None:
    assert (await site.post("/callbacks/openai", event(), headers=signed(event()))).status == 200
    assert site.woken == []
