"""Each way in which a call can go wrong, as a client meets it, and what the server did meanwhile."""

from __future__ import annotations

import json
import time

import pytest
from aiohttp import ClientError, ClientPayloadError

from bot.sandbox.providers.ark import Status
from bot.sandbox.providers.wire import Fault, Rate, Trouble
from tests.sandbox.providers.desk import KEY, MODEL, Desk


async def raw_create(desk: Desk) -> tuple[int, bytes, str]:
    url = f"{desk.base}/contents/generations/tasks"
    ask = {"model": MODEL, "content": [{"type": "text", "text": "x"}]}
    async with desk.session.post(url, json=ask, headers={"Authorization": f"Bearer {KEY}"}) as response:
        return response.status, await response.read(), response.content_type


@pytest.mark.parametrize(("trouble", "taken"), [(Trouble.DROP_BEFORE, 0), (Trouble.DROP_AFTER, 1)])
async def test_a_dropped_create_is_taken_or_not(desk: Desk, trouble: Trouble, taken: int) -> None:
    desk.server.fail("create", Fault(trouble))
    with pytest.raises(ClientError):
        await raw_create(desk)
    assert len(desk.server.tasks) == taken
    assert [call.status for call in desk.server.calls] == [0]
    assert (await raw_create(desk))[0] == 200


async def test_a_slow_create_acts_at_once_and_answers_late(desk: Desk) -> None:
    desk.server.fail("create", Fault(Trouble.SLOW, delay_s=0.1))
    begun = time.monotonic()
    assert (await raw_create(desk))[0] == 200
    assert time.monotonic() - begun >= 0.1


@pytest.mark.parametrize("status", [408, 429, 500, 503])
@pytest.mark.parametrize("acts", [False, True])
async def test_an_error_comes_in_the_envelope_and_may_hide_a_taken_task(desk: Desk, status: int, acts: bool) -> None:
    desk.server.fail("create", Fault(Trouble.STATUS, status=status, acts=acts))
    found, body, _ = await raw_create(desk)
    assert found == status
    assert sorted(json.loads(body)["error"]) == ["code", "message", "param", "type"]
    assert len(desk.server.tasks) == acts


async def test_an_error_names_its_code_and_when_to_come_back(desk: Desk) -> None:
    desk.server.fail("get", Fault(Trouble.STATUS, status=429, code="SetLimitExceeded", retry_after_s=7))
    url = f"{desk.base}/contents/generations/tasks/cgt-1"
    async with desk.session.get(url, headers={"Authorization": f"Bearer {KEY}"}) as response:
        assert (response.headers["Retry-After"], response.headers["x-error-code"]) == ("7", "SetLimitExceeded")


async def test_bodies_can_be_missing_or_a_web_page(desk: Desk) -> None:
    desk.server.fail("create", Fault(Trouble.EMPTY_404))
    desk.server.fail("create", Fault(Trouble.HTML))
    assert (await raw_create(desk))[:2] == (404, b"")
    status, body, content_type = await raw_create(desk)
    assert (status, content_type) == (200, "text/html")
    assert body.startswith(b"<!doctype html>")
    assert not desk.server.tasks


async def test_a_truncated_answer_breaks_off(desk: Desk) -> None:
    desk.server.fail("create", Fault(Trouble.TRUNCATED))
    with pytest.raises(ClientPayloadError):
        await raw_create(desk)
    assert len(desk.server.tasks) == 1


async def test_a_truncated_file_breaks_off(desk: Desk) -> None:
    task_id = await desk.created()
    await desk.server.advance(task_id, Status.SUCCEEDED)
    link = (await desk.get(task_id))["content"]["video_url"]
    desk.server.fail("file", Fault(Trouble.TRUNCATED))
    with pytest.raises(ClientPayloadError):
        await desk.plain(link)
    assert len(await (await desk.plain(link)).read()) == 1000


async def test_numbers_can_come_as_strings(desk: Desk) -> None:
    task_id = await desk.created()
    await desk.server.advance(task_id, Status.SUCCEEDED)
    desk.server.fail("get", Fault(Trouble.STRINGS))
    body = await desk.get(task_id)
    assert (body["duration"], body["usage"]["completion_tokens"]) == ("5", "108900")
    assert body["generate_audio"] is True


async def test_faults_queue_up_and_can_be_healed(desk: Desk) -> None:
    desk.server.fail("create", Fault(Trouble.STATUS, status=500), times=2)
    desk.server.fail("create", Fault(Trouble.STATUS, status=503), times=2)
    assert [(await raw_create(desk))[0] for _ in range(3)] == [500, 500, 503]
    desk.server.wire.heal()
    assert (await raw_create(desk))[0] == 200


def test_a_rate_forgets_what_has_left_its_window() -> None:
    rate = Rate(2, 1000)
    assert [rate.take(at) for at in (0, 500, 999, 1000, 1001, 1500)] == [True, True, False, True, False, True]
