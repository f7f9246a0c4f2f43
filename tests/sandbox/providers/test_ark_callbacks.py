"""Callbacks: which are sent, with what body, how often, in which order."""

from __future__ import annotations

import asyncio

from bot.sandbox.providers.ark import ArkKnobs, Status
from tests.sandbox.providers.desk import Desk, Host


async def told(desk: Desk, host: Host, *statuses: Status) -> list[str]:
    task_id = await desk.created(callback_url=f"{host.origin}/secret")
    for status in statuses:
        await desk.server.advance(task_id, status)
    await desk.server.settle()
    return [body["status"] for body in host.posted]


async def test_every_change_is_told_with_the_body_of_a_get(desk: Desk, host: Host) -> None:
    assert await told(desk, host, Status.RUNNING, Status.SUCCEEDED) == ["queued", "running", "succeeded"]
    assert host.posted[-1] == await desk.get(host.posted[-1]["id"])


async def test_a_cancellation_is_not_told(desk: Desk, host: Host) -> None:
    assert await told(desk, host, Status.CANCELLED) == ["queued"]


async def test_a_final_notice_without_200_is_sent_again_three_times(desk: Desk, host: Host, knobs: ArkKnobs) -> None:
    knobs.callback_wait_s = 0.3
    host.answers += [500, 500, 500, 500, 500, 500]
    assert await told(desk, host, Status.FAILED) == ["queued", "running", *["failed"] * 4]
    assert [notice.attempt for notice in desk.server.notices] == [1, 1, 1, 2, 3, 4]


async def test_an_acknowledged_resend_is_the_last(desk: Desk, host: Host, knobs: ArkKnobs) -> None:
    knobs.callback_wait_s = 0.3
    host.answers += [200, 200, 503]
    assert await told(desk, host, Status.FAILED) == ["queued", "running", "failed", "failed"]


async def test_nobody_listening_is_no_harm(desk: Desk, knobs: ArkKnobs) -> None:
    knobs.callback_wait_s = 0.3
    task_id = await desk.created(callback_url="http://127.0.0.1:1/x")
    await desk.server.advance(task_id, Status.FAILED)
    await desk.server.settle()
    assert {notice.answer for notice in desk.server.notices} == {0}
    assert len(desk.server.notices) == 6


async def test_notices_can_come_twice(desk: Desk, host: Host, knobs: ArkKnobs) -> None:
    knobs.callbacks_twice = True
    assert await told(desk, host, Status.RUNNING) == ["queued", "queued", "running", "running"]


async def test_notices_can_come_in_reverse(desk: Desk, host: Host, knobs: ArkKnobs) -> None:
    knobs.callbacks_reversed = True
    assert await told(desk, host, Status.RUNNING, Status.SUCCEEDED) == ["succeeded", "running", "queued"]


async def test_the_clock_alone_drives_a_task_and_its_notices(desk: Desk, host: Host, knobs: ArkKnobs) -> None:
    knobs.queue_s = knobs.render_s = 0
    await desk.created(callback_url=f"{host.origin}/secret")
    async with asyncio.timeout(2):
        for _ in range(3):
            await host.arrivals.acquire()
    assert [body["status"] for body in host.posted] == ["queued", "running", "succeeded"]
