"""What Ark alone can do: cancel, look up, call back, make frames and take videos by link."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.errors import ContentRefused, NotTaken, OperatorFault, Refusal, Transient
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.providers.ark import hosts
from bot.providers.base import Absent, CannotLookUp, Ended, Found, Rendering, Succeeded, Task, Waiting
from bot.providers.own import read_own
from bot.sandbox.providers.ark import ArkServer
from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import Trouble
from tests.providers.kit import Bench, image, of, reference, submitted
from tests.sandbox.providers.desk import Host, hosting


def server_of(bench: Bench) -> ArkServer:
    assert isinstance(bench.server, ArkServer)
    return bench.server


# Creating


async def test_every_offer_makes_a_task(ark: Bench) -> None:
    for offer in ark.provider.offers:
        await ark.provider.submit(of(ark, "a cat", offer=offer, trace=f"t-{offer.model.id}"))
    assert {task.ask.model_id for task in server_of(ark).tasks.values()} == {o.wire_id for o in ark.provider.offers}


async def test_first_and_last_frames_go_in_their_roles(ark: Bench, picture: Path) -> None:
    frames = [image(picture, 1, Role.FIRST), image(picture, 2, Role.LAST)]
    await submitted(ark, "orbit", *frames)
    assert [item["role"] for item in ark.asked()["content"][1:]] == ["first_frame", "last_frame"]


LIKE_25 = """
[[model]]
provider = "ark"
id = "our-own"
like = "seedance-2.5"
wire_id = "ep-7"
price.per_million_tokens = {"720p" = ["9", "6"]}
"""


@pytest.mark.parametrize("name", ["seedance-2.5", "our-own"])
async def test_the_25_model_takes_frames_with_its_own_ratio_and_references_as_such(
    ark: Bench, picture: Path, name: str
) -> None:
    server_of(ark).knobs.endpoints["ep-7"] = "dreamina-seedance-2-5-260628"
    offers = read_own(LIKE_25).laid_over(ark.provider.offers, {}, here={"ark"})
    (offer,) = [offer for offer in offers if offer.model.id == name]
    for role in (Role.FIRST, Role.REFERENCE):
        await ark.provider.submit(of(ark, "orbit", image(picture, role=role), offer=offer))
    first, second = (call.ask for call in ark.calls("create"))
    assert (first["ratio"], first.get("omni_reference_task_type")) == ("adaptive", None)
    assert (second["ratio"], second["omni_reference_task_type"]) == ("16:9", "reference")


async def test_a_video_goes_by_its_link(ark: Bench, clip_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip_bytes)
    async with hosting() as host:
        clip = reference(path, MediaKind.VIDEO, url=host.put("clip.mp4", clip_bytes))
        await submitted(ark, (Label(MediaKind.VIDEO, 1), " again"), clip)
    await ark.finish()
    assert ark.asked()["content"][0]["text"] == "Video 1 again"
    assert len(ark.renders.orders[0].clips) == 1


async def test_a_video_without_a_link_is_a_refusal_and_no_call(ark: Bench, picture: Path) -> None:
    with pytest.raises(Refusal) as caught:
        await submitted(ark, "again", reference(picture, MediaKind.VIDEO))
    assert caught.value.key == "fault-needs-public-url"
    assert ark.calls("create") == []


async def test_a_link_that_can_not_be_loaded_is_a_refusal_without_the_link(ark: Bench, picture: Path) -> None:
    async with hosting() as host:
        url = f"{host.origin}/gone.mp4?sig=secret"
        with pytest.raises(Refusal) as caught:
            await submitted(ark, "again", reference(picture, MediaKind.VIDEO, url=url))
    assert caught.value.key == "provider-refused-request"
    assert "secret" not in str(caught.value)


async def test_a_refused_face_names_the_pictures(ark: Bench, picture: Path) -> None:
    with pytest.raises(ContentRefused) as caught:
        await submitted(ark, "[face]", image(picture, 1), image(picture, 4))
    assert (caught.value.key, caught.value.data["labels"]) == ("refused-face", "@image1 @image4")


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("[outvideo]", "refused-output"),
        ("[outaudio]", "refused-output-audio"),
        ("[copyright]", "refused-copyright"),
        ("[fail]", "task-failed"),
    ],
)
async def test_bad_ends_are_told_apart(ark: Bench, word: str, key: str) -> None:
    task = await submitted(ark, f"{word} dance")
    await ark.finish()
    status = await ark.provider.check(task)
    assert isinstance(status, Ended)
    assert status.error.key == key


async def test_an_expired_task_is_told_as_such(ark: Bench) -> None:
    task = await submitted(ark, "[expire] dance")
    await ark.finish()
    status = await ark.provider.check(task)
    assert isinstance(status, Ended)
    assert (status.kind, status.error.key) == ("expired", "task-expired")


async def test_a_success_brings_tokens_the_last_frame_and_a_receipt(ark: Bench) -> None:
    task = await submitted(ark, "a cat", seed=11)
    await ark.finish()
    status = await ark.provider.check(task)
    assert isinstance(status, Succeeded)
    assert (status.usage.tokens, status.usage.resolution) == (108_900, "720p")
    assert status.receipt["seed"] == 11
    assert status.last_frame_url
    found = await ark.provider.fetch(status.last_frame_url, ark.folder / "frame.jpeg", 1_000)
    assert found.mime == "image/jpeg"


async def test_a_full_queue_is_not_taken(ark: Bench) -> None:
    server_of(ark).knobs.queued_limit = 0
    with pytest.raises(NotTaken) as caught:
        await submitted(ark, "a cat")
    assert (caught.value.key, caught.value.retry_after_s) == ("provider-queue-full", 30)


@pytest.mark.parametrize(
    ("status", "code", "key"),
    [
        (403, "AccountOverdueError", "provider-no-balance"),
        (404, "ModelNotOpen", "provider-model-not-open"),
        (404, "InvalidEndpointOrModel.NotFound", "provider-model-not-open"),
        (429, "SetLimitExceeded", "provider-quota-used"),
        (403, "AccessDenied", "provider-denied"),
    ],
)
async def test_faults_of_the_account_are_the_operators(ark: Bench, status: int, code: str, key: str) -> None:
    ark.fail("create", Trouble.STATUS, status=status, code=code)
    with pytest.raises(OperatorFault) as caught:
        await submitted(ark, "a cat")
    assert caught.value.key == key


# Cancelling


async def test_a_queued_task_is_cancelled_and_stays_so(ark: Bench) -> None:
    task = await submitted(ark, "a cat")
    assert await ark.provider.cancel(task) == "cancelled"
    assert await ark.provider.cancel(task) == "cancelled"
    status = await ark.provider.check(task)
    assert isinstance(status, Ended)
    assert status.kind == "cancelled"
    assert len(ark.calls("delete")) == 1


async def test_a_running_task_is_left_alone(ark: Bench) -> None:
    task = await submitted(ark, "a cat")
    await ark.pass_s(1.0)
    assert await ark.provider.cancel(task) == "running"
    assert ark.calls("delete") == []


async def test_a_task_that_starts_between_look_and_delete_goes_on(ark: Bench) -> None:
    task = await submitted(ark, "a cat")
    ark.fail("delete", Trouble.STATUS, status=409, code="InvalidAction.RunningTaskDeletion")
    assert await ark.provider.cancel(task) == "running"
    assert isinstance(await ark.provider.check(task), Waiting)


async def test_a_failed_task_is_over_when_it_is_cancelled(ark: Bench) -> None:
    task = await submitted(ark, "a cat")
    await server_of(ark).advance(task.id, Status.FAILED)
    assert await ark.provider.cancel(task) == "finished"
    assert ark.made() == 1


@pytest.mark.parametrize("trouble", [Trouble.HTML, Trouble.EMPTY_404])
async def test_a_house_without_delete_can_not_cancel(ark: Bench, trouble: Trouble) -> None:
    task = await submitted(ark, "a cat")
    ark.fail("delete", trouble)
    assert await ark.provider.cancel(task) == "unsupported"


async def test_a_delete_whose_answer_is_lost_is_settled_by_the_next_look(ark: Bench) -> None:
    task = await submitted(ark, "a cat")
    ark.fail("delete", Trouble.DROP_AFTER)
    with pytest.raises(Transient):
        await ark.provider.cancel(task)
    sent = len(ark.calls("delete"))
    assert await ark.provider.cancel(task) == "cancelled"
    assert len(ark.calls("delete")) == sent


# Looking up


async def test_a_lost_task_is_found_by_its_trace(ark: Bench) -> None:
    began = ark.clock()
    ark.fail("create", Trouble.DROP_AFTER)
    with pytest.raises(Exception, match="provider-answer-lost"):
        await submitted(ark, "a cat", trace="ours")
    found = await ark.provider.look_up("ours", ark.provider.key_name, began)
    assert found == Found(Task(next(iter(server_of(ark).tasks)), ark.provider.key_name))


async def test_absence_is_a_complete_listing_a_second_a_page(ark: Bench) -> None:
    server_of(ark).knobs.queued_limit = 1_000
    for number in range(120):
        ark.provider._gate._running.clear()  # type: ignore[attr-defined]
        await submitted(ark, "a cat", trace=f"other-{number}")
    assert await ark.provider.look_up("ours", ark.provider.key_name, ark.clock()) == Absent()
    first, second = ark.calls("list")
    assert second.at_ms - first.at_ms >= 1_000


async def test_another_key_proves_nothing_and_none_is_the_one_in_use(ark: Bench) -> None:
    assert await ark.provider.look_up("ours", "another", ark.clock()) == CannotLookUp()
    assert await ark.provider.look_up("ours", "", ark.clock()) == Absent()


async def test_a_task_without_a_mark_might_be_ours(ark: Bench) -> None:
    began = ark.clock()
    await submitted(ark, "a cat", trace="")
    assert await ark.provider.look_up("ours", ark.provider.key_name, began) == CannotLookUp()
    assert await ark.provider.look_up("ours", ark.provider.key_name, began + 600_000) == Absent()


async def test_a_house_without_a_list_can_not_look_up(ark: Bench) -> None:
    ark.fail("list", Trouble.HTML)
    assert await ark.provider.look_up("ours", ark.provider.key_name, ark.clock()) == CannotLookUp()


async def test_a_listing_that_ends_too_early_proves_nothing(ark: Bench) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"total": 5, "items": []})

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    async with serve(app, "127.0.0.1", 0) as origin:
        with pytest.raises(Transient) as caught:
            await ark.another(origin).look_up("ours", "", ark.clock())
    assert caught.value.key == "provider-listing-incomplete"


async def test_a_reseller_without_list_and_delete_is_not_asked_for_them(
    ark: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "HOSTS", (hosts.Host("127.0.0.1", "byteplus", lists=False, cancels=False),))
    reseller = ark.another()
    task = await reseller.submit(of(ark))
    assert await reseller.cancel(task) == "unsupported"
    assert await reseller.look_up("t-1", "", ark.clock()) == CannotLookUp()
    assert (await reseller.ping()).ok
    assert {call.kind for call in ark.server.wire.calls} == {"create", "get"}


@pytest.mark.parametrize("status", [429, 500])
async def test_a_listing_that_fails_proves_nothing(ark: Bench, status: int) -> None:
    ark.fail("list", Trouble.STATUS, status=status, times=3)
    with pytest.raises(Transient):
        await ark.provider.look_up("ours", ark.provider.key_name, ark.clock())


# Callbacks


async def test_a_callback_names_its_task(ark: Bench) -> None:
    async with hosting() as host:
        task = await _called_back(ark, host)
        assert {ark.provider.callback_task(json.dumps(body).encode()) for body in host.posted} == {task.id}
        assert [body["status"] for body in host.posted] == ["queued", "running", "succeeded"]


async def _called_back(ark: Bench, host: Host) -> Task:
    wanted = of(ark)
    url = f"{host.origin}/callback"
    task = await ark.provider.submit(type(wanted)(wanted.spec, wanted.wire_id, (), "t", url))
    await ark.finish()
    await server_of(ark).settle()
    assert not isinstance(await ark.provider.check(task), Rendering)
    return task
