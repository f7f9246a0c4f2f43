"""What Google's doors do beyond the suite: late records, videos inside records, keys that stay behind, both Omnis."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.app.accounts import provider_configs
from bot.core.errors import OperatorFault, Refusal, Transient
from bot.core.request import Role
from bot.providers.base import Ended, Rendering, Succeeded, Task
from bot.providers.config import ProviderConfig
from bot.providers.google import client
from bot.providers.google.client import GoogleProvider
from bot.providers.google.lateness import GRACE_MS, Lateness
from bot.providers.http import Account
from bot.sandbox.providers.calling import signed
from bot.sandbox.providers.google import GoogleServer, State
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import Trouble
from bot.sandbox.render import Order as RenderOrder
from bot.sandbox.render import Rendered
from bot.settings import Settings
from tests.providers.kit import KEY, MP4, Bench, bench_of, image, of, submitted

LONG_MP4 = MP4[:12] + bytes(range(256)) * 90_000


@pytest.fixture
async def omni(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of("google_omni", tmp_path) as ready:
        yield ready


@pytest.fixture
async def veo(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of("google_veo", tmp_path) as ready:
        yield ready


@dataclass
class LongFilms:
    """Every order gets 23 MB."""

    path: Path

    async def render(self, order: RenderOrder) -> Rendered:
        return Rendered(self.path, self.path, order.width, order.height, order.frames, len(LONG_MP4))


def house(bench: Bench) -> GoogleServer:
    assert isinstance(bench.server, GoogleServer)
    return bench.server


async def finished(bench: Bench) -> tuple[Task, Succeeded]:
    task = await submitted(bench, "a cat")
    await bench.finish()
    status = await bench.provider.check(task)
    assert isinstance(status, Succeeded)
    return task, status


async def test_a_record_that_is_late_is_waited_for(omni: Bench) -> None:
    omni.server.knobs.early_misses = 2
    task = await submitted(omni, "a cat")
    for _ in range(2):
        with pytest.raises(Transient) as caught:
            await omni.provider.check(task)
        assert caught.value.key == "provider-task-missing"
    await omni.finish()
    assert isinstance(await omni.provider.check(task), Succeeded)


@pytest.mark.parametrize("listed", [False, True])
async def test_a_record_that_is_not_found_for_a_minute_is_gone(omni: Bench, listed: bool) -> None:
    omni.server.knobs.lists_errors = listed
    for passed_s in (0, 59):
        await omni.pass_s(passed_s)
        with pytest.raises(Transient):
            await omni.provider.check(Task("v1_none", "k"))
    await omni.pass_s(1)
    status = await omni.provider.check(Task("v1_none", "k"))
    assert isinstance(status, Ended)
    assert (status.kind, status.error.key) == ("gone", "task-gone")


def test_what_is_remembered_of_missing_records_has_a_bound(omni: Bench) -> None:
    late = Lateness(Account("google", "https://a.example", ""), lambda: 0)
    for number in range(1_100):
        with pytest.raises(Transient):
            late.missing(Task(f"v1_{number}", "k"))
    assert len(late._since) == 1_000
    assert GRACE_MS >= 60_000


async def test_a_finished_record_is_read_once_for_its_verdict_and_once_for_its_video(omni: Bench) -> None:
    task, status = await finished(omni)
    again = await omni.provider.check(task)
    assert again == status
    assert status.video_url == f"inline:{task.id}"
    await omni.provider.fetch(status.video_url, omni.folder / "out.mp4", 1_000_000)
    assert len(omni.calls("get")) == 2
    assert (omni.folder / "out.mp4").read_bytes() == MP4


async def test_the_verdicts_that_are_kept_have_a_bound(omni: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "VERDICTS_KEPT", 2)
    first, _ = await finished(omni)
    for _ in range(2):
        await finished(omni)
    looks = len(omni.calls("get"))
    assert isinstance(await omni.provider.check(first), Succeeded)
    assert len(omni.calls("get")) == looks + 1


async def test_a_record_with_23_mb_inside_costs_a_few_mb_to_look_at_and_to_fetch(omni: Bench) -> None:
    film = omni.folder / "long.mp4"
    film.write_bytes(LONG_MP4)
    house(omni)._works._renderer = LongFilms(film)
    tracemalloc.start()
    _, status = await finished(omni)
    found = await omni.provider.fetch(status.video_url, omni.folder / "out.mp4", 30_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.size_bytes == len(LONG_MP4)
    assert status.usage.tokens == 28_960
    assert peak < 12_000_000
    with pytest.raises(OperatorFault):
        await omni.provider.fetch(status.video_url, omni.folder / "big.mp4", 1_000_000)
    assert [path.name for path in omni.folder.glob("big*")] == []


async def test_an_address_in_the_record_is_fetched_with_the_key_that_stays_behind(omni: Bench) -> None:
    omni.server.knobs.echoes_uri = True
    _, status = await finished(omni)
    assert "/v1beta/files/" in status.video_url
    await _fetched_behind_the_key(omni, status)


async def test_veo_s_file_is_fetched_with_the_key_that_stays_behind(veo: Bench) -> None:
    _, status = await finished(veo)
    await _fetched_behind_the_key(veo, status)


async def _fetched_behind_the_key(bench: Bench, status: Succeeded) -> None:
    await bench.provider.fetch(status.video_url, bench.folder / "out.mp4", 1_000_000)
    stored = bench.server.wire.of("file")
    assert [call.with_key for call in bench.server.wire.of("download")] == [True]
    assert [(call.with_key, call.path.startswith("/stored/")) for call in stored] == [(False, True)]


async def test_an_address_at_another_house_never_gets_the_key(veo: Bench) -> None:
    seen: list[str | None] = []

    async def give(request: web.Request) -> web.Response:
        seen.append(request.headers.get("x-goog-api-key"))
        return web.Response(body=MP4)

    app = web.Application()
    app.router.add_get("/{tail:.*}", give)
    async with serve(app, "127.0.0.1", 0) as origin:
        await veo.provider.fetch(f"{origin}/f.mp4", veo.folder / "out.mp4", 1_000_000)
    assert seen == [None]


async def test_a_cancel_that_comes_too_late_says_so(omni: Bench) -> None:
    task = await submitted(omni, "a cat")
    omni.fail("cancel", Trouble.STATUS, status=400)
    assert await omni.provider.cancel(task) == "running"
    assert await omni.provider.cancel(task) == "cancelled"
    assert await omni.provider.cancel(task) == "cancelled"
    failed = await submitted(omni, "[fail]")
    await omni.finish()
    assert await omni.provider.cancel(failed) == "finished"


SIGNS = "whsec_YSBzZWNyZXQgb2YgdGhlIHByb2plY3Q="


def said(name: str, kind: str = "video.generated") -> bytes:
    return json.dumps({"type": kind, "version": "v1", "data": {"id": name}}).encode()


@pytest.fixture
async def heard(veo: Bench) -> AsyncIterator[GoogleProvider]:
    """A client that knows what the project's webhook signs with."""
    config = ProviderConfig("google", veo.base, KEY, extras={"webhook_secret": SIGNS})
    provider = GoogleProvider(config, veo.tools)
    yield provider
    await provider.close()


def headers_of(veo: Bench, body: bytes, secret: str = SIGNS) -> dict[str, str]:
    return signed([secret], "1", veo.clock() // 1000, body)


async def test_an_event_names_an_operation_whole_or_by_its_last_part(veo: Bench, heard: GoogleProvider) -> None:
    task = await submitted(replace(veo, provider=heard), "a cat")
    last = task.id.rpartition("/")[2]
    for name, found in ((task.id, task.id), (last, task.id), ("models/veo-3.1/operations/b",) * 2):
        assert heard.event_task(said(name), headers_of(veo, said(name))) == found
    words = said("v1_a", "interaction.completed")
    assert heard.event_task(words, headers_of(veo, words)) == "v1_a"


@pytest.mark.parametrize("kind", ["batch.completed", "x"])
async def test_an_event_of_another_kind_names_nothing(veo: Bench, heard: GoogleProvider, kind: str) -> None:
    assert heard.event_task(said("a", kind), headers_of(veo, said("a", kind))) is None


async def test_an_event_without_the_project_s_signature_is_not_believed(veo: Bench, heard: GoogleProvider) -> None:
    body = said("models/veo-3.1/operations/a")
    assert heard.event_task(body, {}) is None
    assert heard.event_task(body, headers_of(veo, body, "whsec_b3RoZXI=")) is None
    assert heard.event_task(said("b"), headers_of(veo, body)) is None
    assert (
        GoogleProvider(ProviderConfig("google", veo.base, KEY), veo.tools).event_task(body, headers_of(veo, body))
        is None
    )


async def test_a_retired_model_of_another_house_is_not_open(veo: Bench) -> None:
    veo.server.knobs.retired_veo = True
    with pytest.raises(OperatorFault) as caught:
        await submitted(veo, "a cat")
    assert caught.value.key == "provider-model-not-open"


async def test_the_time_to_wait_comes_out_of_the_details(omni: Bench) -> None:
    omni.server.knobs.creates_per_minute, omni.server.knobs.retry_delay_s = 1, 31
    await submitted(omni, "a cat")
    with pytest.raises(Transient) as caught:
        await submitted(omni, "a cat")
    assert caught.value.retry_after_s == 31
    assert omni.provider.wait_s("gemini-omni-1.1-flash") == 31


async def test_a_quota_of_the_day_pauses_the_key(omni: Bench) -> None:
    omni.fail("create", Trouble.STATUS, status=429, code="quota")
    with pytest.raises(OperatorFault) as caught:
        await submitted(omni, "a cat")
    assert caught.value.key == "provider-quota-used"


async def test_omni_12_takes_a_last_frame_for_ten_seconds_at_most(omni: Bench, picture: Path) -> None:
    offer = next(offer for offer in omni.provider.offers if offer.model.id == "gemini-omni-1.2")
    frames = image(picture, 1, Role.FIRST), image(picture, 2, Role.LAST)
    with pytest.raises(Refusal) as caught:
        await omni.provider.submit(of(omni, "grow", *frames, offer=offer, duration_s=15))
    assert caught.value.key == "fault-duration"
    assert omni.calls("create") == []
    await omni.provider.submit(of(omni, "grow", frames[0], offer=offer, duration_s=15))
    await omni.finish()
    assert omni.renders.orders[0].duration_s == 15


async def test_an_operation_that_is_not_done_renders_and_can_not_be_stopped(veo: Bench) -> None:
    task = await submitted(veo, "a cat")
    assert await veo.provider.check(task) == Rendering()
    assert await veo.provider.cancel(task) == "unsupported"


async def test_after_two_days_an_operation_is_gone(veo: Bench) -> None:
    task, _ = await finished(veo)
    await veo.pass_s(48 * 3600)
    for _ in range(2):
        with pytest.raises(Transient):
            await veo.provider.check(task)
    status = await veo.provider.check(task)
    assert isinstance(status, Ended)
    assert status.kind == "gone"


async def test_without_background_the_call_would_last_as_long_as_the_render(omni: Bench) -> None:
    await submitted(omni, "a cat")
    assert omni.asked()["background"] is True
    assert {work.state for work in house(omni).works.values()} == {State.WAITING}


async def test_an_answer_to_a_create_call_that_holds_the_whole_video_still_names_the_task(tmp_path: Path) -> None:
    """From a house that knows no background: longer than any other answer may be."""

    async def render(_: web.Request) -> web.Response:
        part = {"type": "video", "data": "A" * 5_000_000}
        steps = [{"type": "model_output", "content": [part]}]
        return web.json_response({"id": "v1_here", "status": "completed", "steps": steps})

    app = web.Application()
    app.router.add_post("/v1beta/interactions", render)
    async with bench_of("google_omni", tmp_path) as bench, serve(app, "127.0.0.1", 0) as origin:
        provider = GoogleProvider(ProviderConfig("google", origin, KEY), bench.tools)
        assert (await provider.submit(of(bench, "a cat"))).id == "v1_here"


@pytest.mark.parametrize(
    ("location", "base", "wanted"),
    [
        ("us-central1", None, "https://us-central1-aiplatform.googleapis.com"),
        ("global", None, "https://aiplatform.googleapis.com"),
        ("us-central1", "https://vertex.example", "https://vertex.example"),
    ],
)
def test_vertex_is_asked_in_its_region(location: str, base: str | None, wanted: str) -> None:
    settings = Settings(_env_file=None, vertex_project="p-1", vertex_location=location, vertex_base_url=base)
    (config,) = provider_configs(settings)
    assert (config.base_url, config.extras["credentials"]) == (wanted, "")
    assert provider_configs(Settings(_env_file=None)) == []


async def test_a_key_file_named_in_the_settings_is_used(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    settings = Settings(_env_file=None, vertex_project="p-1", google_application_credentials=file)
    (config,) = provider_configs(settings)
    assert config.extras["credentials"] == str(file)
    assert str(tmp_path) not in repr(config)


async def test_the_key_travels_in_its_own_header_with_the_revision(omni: Bench) -> None:
    assert isinstance(omni.provider, GoogleProvider)
    assert omni.provider._account.headers == {"x-goog-api-key": KEY, "Api-Revision": "2026-05-20"}
