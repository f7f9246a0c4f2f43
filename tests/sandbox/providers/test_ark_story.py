"""A task from its creation to its file, as a client sees it."""

from __future__ import annotations

import pytest

from bot.sandbox.providers.ark import ArkKnobs, Status
from tests.sandbox.providers.desk import KEY, MODEL, Desk, Host, audio, image, picture_bytes, video


async def finished(desk: Desk, task_id: str) -> None:
    desk.clock.pass_s(desk.server.knobs.queue_s)
    await desk.server.settle()
    desk.clock.pass_s(desk.server.knobs.render_s)
    await desk.server.settle()


async def test_create_answers_nothing_but_the_id(desk: Desk) -> None:
    status, answer = await desk.create()
    assert status == 200
    assert list(answer) == ["id"]
    assert answer["id"].startswith("cgt-20260717171626-")


async def test_a_task_runs_from_queued_to_succeeded(desk: Desk) -> None:
    task_id = await desk.created(duration=5, ratio="16:9")
    assert await desk.get(task_id) == {
        "id": task_id,
        "model": MODEL,
        "status": "queued",
        "created_at": 1_784_279_786,
        "updated_at": 1_784_279_786,
        "service_tier": "default",
        "execution_expires_after": 172_800,
    }
    desk.clock.pass_s(1)
    assert (await desk.get(task_id))["status"] == "running"
    await desk.server.settle()
    assert (await desk.get(task_id))["status"] == "running"
    await finished(desk, task_id)
    body = await desk.get(task_id)
    assert (
        body.items()
        >= {
            "status": "succeeded",
            "usage": {"completion_tokens": 108_900, "total_tokens": 108_900},
            "updated_at": 1_784_279_792,
            "resolution": "720p",
            "ratio": "16:9",
            "duration": 5,
            "framespersecond": 24,
            "generate_audio": True,
        }.items()
    )
    assert list(body["content"]) == ["video_url"]


async def test_the_real_tokens_of_seven_known_videos_come_out(desk: Desk, host: Host, two_second_clip: bytes) -> None:
    clip = video(host.put("v.mp4", two_second_clip))
    for fields, tokens in (
        ({"duration": 4, "ratio": "16:9"}, 87_300),
        ({"duration": 4, "ratio": "16:9", "resolution": "480p", "model": MODEL.replace("2-0", "2-0-fast")}, 40_594),
        ({"duration": 4, "ratio": "16:9", "resolution": "480p", "model": "dreamina-seedance-2-5-260628"}, 38_830),
    ):
        assert desk.server.tasks[await desk.created(**fields)].tokens == tokens
    with_video = await desk.created(clip, clip, duration=4, ratio="16:9")
    assert desk.server.tasks[with_video].tokens == 173_700


async def test_null_is_absent_and_unknown_fields_do_not_matter(desk: Desk) -> None:
    task_id = await desk.created(frames=None, draft=None, seed=None, resolution=None, framespersecond=999)
    assert desk.server.tasks[task_id].ask.resolution == "720p"


async def test_the_seed_and_the_safety_identifier_are_echoed(desk: Desk) -> None:
    status, answer = await desk.create(safety_identifier="a" * 64, seed=77)
    assert (status, answer["safety_identifier"]) == (200, "a" * 64)
    await finished(desk, answer["id"])
    body = await desk.get(answer["id"])
    assert (body["safety_identifier"], body["seed"]) == ("a" * 64, 77)


async def test_the_file_needs_no_key_and_serves_ranges(desk: Desk) -> None:
    task_id = await desk.created(return_last_frame=True)
    await finished(desk, task_id)
    content = (await desk.get(task_id))["content"]
    whole = await desk.plain(content["video_url"])
    assert (whole.status, whole.content_type, whole.headers["Content-Length"]) == (200, "video/mp4", "1000")
    part = await desk.plain(content["video_url"], Range="bytes=10-14")
    assert (part.status, await part.read(), part.headers["Content-Range"]) == (206, b"01234", "bytes 10-14/1000")
    assert await (await desk.plain(content["last_frame_url"])).read() == b"jpeg"
    assert [call.with_key for call in desk.server.wire.of("file")] == [False] * 3


async def test_the_link_dies_after_a_day_and_asking_again_does_not_prolong_it(desk: Desk) -> None:
    task_id = await desk.created()
    await finished(desk, task_id)
    link = (await desk.get(task_id))["content"]["video_url"]
    desk.clock.pass_s(86_399)
    assert (await desk.plain(link)).status == 200
    desk.clock.pass_s(1)
    assert (await desk.plain(link)).status == 403
    assert (await desk.get(task_id))["content"]["video_url"] == link


@pytest.mark.parametrize("spoilt", ["X-Tos-Expires=999999", "X-Tos-Signature=00"])
async def test_a_forged_link_is_refused(desk: Desk, spoilt: str) -> None:
    task_id = await desk.created()
    await finished(desk, task_id)
    link = (await desk.get(task_id))["content"]["video_url"]
    name = spoilt.partition("=")[0]
    forged = "&".join(spoilt if name in piece else piece for piece in link.split("&"))
    assert forged != link
    assert (await desk.plain(forged)).status == 403


async def test_a_record_is_forgotten_after_seven_days(desk: Desk) -> None:
    task_id = await desk.created()
    desk.clock.pass_s(7 * 86_400)
    status, answer = await desk.call("GET", f"/{task_id}")
    assert (status, answer["error"]["code"]) == (404, "NotFound")


async def test_more_than_the_places_wait_in_the_queue_by_priority(desk: Desk, knobs: ArkKnobs) -> None:
    knobs.concurrency = 1
    late, early = await desk.created(), await desk.created(priority=5)
    desk.clock.pass_s(60)
    assert ((await desk.get(early))["status"], (await desk.get(late))["status"]) == ("running", "queued")
    await desk.server.settle()
    desk.clock.pass_s(4)
    assert ((await desk.get(early))["status"], (await desk.get(late))["status"]) == ("succeeded", "running")


async def test_a_task_that_waits_too_long_expires(desk: Desk, knobs: ArkKnobs) -> None:
    knobs.concurrency = 0
    task_id = await desk.created(execution_expires_after=3600)
    desk.clock.pass_s(3600)
    assert (await desk.get(task_id))["status"] == "expired"


async def test_a_test_can_push_a_task_along(desk: Desk) -> None:
    done, failed = await desk.created(), await desk.created()
    await desk.server.advance(done, Status.SUCCEEDED)
    await desk.server.advance(failed, Status.FAILED, ("InternalServiceError", "Broken"))
    assert (await desk.get(done))["content"]["video_url"]
    assert (await desk.get(failed))["error"] == {"code": "InternalServiceError", "message": "Broken"}


async def test_the_renderer_gets_the_references_in_their_roles_and_order(
    desk: Desk, host: Host, two_second_clip: bytes
) -> None:
    clip = video(host.put("v.mp4", two_second_clip))
    task_id = await desk.created(audio(), image(), clip, image(), duration=7, ratio="9:16", generate_audio=False)
    await finished(desk, task_id)
    (order,) = desk.stub.orders
    assert [picture.label for picture in order.pictures] == ["Image 1", "Image 2"]
    assert ([clip.label for clip in order.clips], [sound.label for sound in order.sounds]) == (["Video 1"], ["Audio 1"])
    assert (order.width, order.height, order.duration_s, order.sound) == (720, 1280, 7, False)


async def test_first_and_last_frame_open_and_close(desk: Desk) -> None:
    task_id = await desk.created(image(role="last_frame"), image(picture_bytes(900, 1600), role="first_frame"))
    await finished(desk, task_id)
    (order,) = desk.stub.orders
    assert [picture.role.value for picture in order.pictures] == ["last", "first"]


@pytest.mark.parametrize(
    ("size", "ratio"), [((900, 1600), "9:16"), ((1600, 900), "16:9"), ((500, 520), "1:1"), ((1050, 450), "21:9")]
)
async def test_adaptive_takes_the_ratio_nearest_to_the_picture(desk: Desk, size: tuple[int, int], ratio: str) -> None:
    task_id = await desk.created(image(picture_bytes(*size), role="first_frame"))
    assert desk.server.tasks[task_id].ratio == ratio


async def test_an_adaptive_prompt_and_an_open_duration_are_settled_by_the_model(desk: Desk) -> None:
    task = desk.server.tasks[await desk.created(text="a vertical video of rain", duration=-1)]
    assert (task.ratio, task.duration_s) == ("9:16", 5)


async def test_references_do_not_outlive_the_render(desk: Desk) -> None:
    task_id = await desk.created(image())
    await finished(desk, task_id)
    assert not any(path.exists() for path in desk.stub.orders[0].files)


async def test_list_pages_newest_first_and_filters(desk: Desk, knobs: ArkKnobs) -> None:
    knobs.lists_per_second = None
    ids = [await desk.created() for _ in range(3)]
    await desk.server.advance(ids[0], Status.RUNNING)

    async def listed(**query: str) -> tuple[int, list[str]]:
        _, answer = await desk.call("GET", params=query)
        return answer["total"], [item["id"] for item in answer["items"]]

    assert await listed() == (3, ids[::-1])
    assert await listed(page_num="2", page_size="2") == (3, [ids[0]])
    assert await listed(**{"filter.status": "running"}) == (1, [ids[0]])
    assert await listed(**{"filter.model": "other"}) == (0, [])
    assert await listed(**{"filter.task_ids": ids[1]}) == (1, [ids[1]])
    assert (await desk.call("GET", params={"page_size": "501"}))[0] == 400


async def test_list_may_be_asked_once_a_second(desk: Desk) -> None:
    assert (await desk.call("GET"))[0] == 200
    status, answer = await desk.call("GET")
    assert (status, answer["error"]["code"]) == (429, "AccountRateLimitExceeded")
    desk.clock.pass_s(1)
    assert (await desk.call("GET"))[0] == 200


async def test_delete_follows_the_vendors_table(desk: Desk) -> None:
    queued, running, over = [await desk.created() for _ in range(3)]
    await desk.server.advance(running, Status.RUNNING)
    await desk.server.advance(over, Status.FAILED)
    assert await desk.call("DELETE", f"/{queued}", json={}) == (200, {})
    assert (await desk.get(queued))["status"] == "cancelled"
    status, answer = await desk.call("DELETE", f"/{running}")
    assert (status, answer["error"]["code"]) == (409, "InvalidAction.RunningTaskDeletion")
    assert answer["error"]["message"].startswith("Cannot delete task because it is currently running")
    assert await desk.call("DELETE", f"/{over}") == (200, {})
    assert (await desk.call("GET", f"/{over}"))[0] == 404
    assert (await desk.call("DELETE", f"/{queued}"))[0] == 400
    desk.clock.pass_s(86_400)
    assert (await desk.call("GET", f"/{queued}"))[0] == 404


async def test_every_call_needs_the_key(desk: Desk) -> None:
    for method, path in (("POST", ""), ("GET", ""), ("GET", "/cgt-1"), ("DELETE", "/cgt-1")):
        status, answer = await desk.call(method, path, key="wrong")
        assert status == 401
        assert answer["error"].items() >= {"code": "AuthenticationError", "type": "Unauthorized", "param": ""}.items()


async def test_creates_beyond_the_minutes_rate_meet_429(desk: Desk, knobs: ArkKnobs) -> None:
    knobs.creates_per_minute, knobs.retry_after_s = 2, 9
    await desk.created()
    await desk.created()
    url = f"{desk.base}/contents/generations/tasks"
    async with desk.session.post(url, headers={"Authorization": f"Bearer {KEY}"}, json={}) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "9")
        assert response.headers["x-error-code"] == "RateLimitExceeded.EndpointRPMExceeded"
        assert response.headers["X-Request-Id"] in (await response.json())["error"]["message"]
    desk.clock.pass_s(60)
    await desk.created()


async def test_a_full_queue_is_a_quota(desk: Desk, knobs: ArkKnobs) -> None:
    knobs.queued_limit = 1
    await desk.created()
    status, answer = await desk.create()
    assert (status, answer["error"]["code"]) == (429, "QuotaExceeded")


async def test_calls_are_recorded_without_base64(desk: Desk) -> None:
    await desk.created(image())
    (call,) = desk.server.wire.of("create")
    assert (call.method, call.status, call.with_key) == ("POST", 200, True)
    assert call.ask["content"][1]["image_url"]["url"] == "data:image/png;base64,#0"


async def test_the_platforms_ids_and_endpoints_are_known_when_told(desk: Desk, knobs: ArkKnobs) -> None:
    doubao = "doubao-seedance-2-0-260128"
    status, answer = await desk.create(model=doubao)
    assert (status, answer["error"]["code"]) == (404, "InvalidEndpointOrModel.NotFound")
    knobs.prefixes = frozenset({"doubao"})
    knobs.endpoints["ep-1"] = doubao
    task_id = await desk.created(model="ep-1")
    assert (await desk.get(task_id))["model"] == doubao
