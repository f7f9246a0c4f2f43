"""One task from its creation to its file, as a client sees it."""

from __future__ import annotations

from tests.sandbox.providers.desk import Desk


async def test_create_answers_nothing_but_the_id(desk: Desk) -> None:
    status, answer = await desk.create()
    assert status == 200
    assert list(answer) == ["id"]
    assert answer["id"].startswith("cgt-20260717171626-")


async def test_a_task_runs_from_queued_to_a_file_that_needs_no_key(desk: Desk) -> None:
    task_id = await desk.created(duration=5, ratio="16:9", return_last_frame=True)
    assert (await desk.get(task_id))["status"] == "queued"
    desk.clock.pass_s(1)
    assert (await desk.get(task_id))["status"] == "running"
    desk.clock.pass_s(4)
    await desk.server.settle()
    body = await desk.get(task_id)
    assert body["status"] == "succeeded"
    assert body["usage"] == {"completion_tokens": 108_900, "total_tokens": 108_900}
    async with desk.session.get(body["content"]["video_url"]) as response:
        assert response.status == 200
        assert response.headers["Content-Length"] == "1000"
        assert response.content_type == "video/mp4"
