"""What Kling alone does: tokens, repeats of our name, places, films among the references, two kinds of money."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.app.accounts import provider_configs
from bot.core.errors import NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.providers.base import Absent, Ended, Found, Succeeded, Task
from bot.providers.config import Tools
from bot.providers.download import Files
from bot.providers.http import Http
from bot.providers.kling import doors
from bot.providers.kling.client import KlingProvider
from bot.providers.registry import client_of
from bot.sandbox.providers.kling import KlingServer
from bot.sandbox.providers.wire import Fault, Trouble
from bot.settings import Settings
from tests.providers.kit import Bench, bench_of, image, of, reference, submitted
from tests.sandbox.providers.desk import hosting, movie_bytes, picture_bytes


@pytest.fixture
async def kling(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of("kling", tmp_path) as ready:
        yield ready


@pytest.fixture
async def legacy(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of("kling_legacy", tmp_path) as ready:
        yield ready


def server_of(bench: Bench) -> KlingServer:
    assert isinstance(bench.server, KlingServer)
    return bench.server


# What is made


@pytest.mark.parametrize("name", ["kling", "kling_legacy"])
async def test_frames_references_and_a_film_arrive_at_omni(name: str, tmp_path: Path) -> None:
    film, face = movie_bytes(3.2, 720, 720), tmp_path / "face.png"
    face.write_bytes(picture_bytes())
    (tmp_path / "film.mp4").write_bytes(film)
    async with bench_of(name, tmp_path) as bench, hosting() as host:
        (offer,) = [offer for offer in bench.provider.offers if offer.model.id == "kling-3.0-omni"]
        clip = reference(tmp_path / "film.mp4", MediaKind.VIDEO, url=host.put("film.mp4", film))
        prompt = (Label(MediaKind.IMAGE, 2), " dances as in ", clip.reference.label)
        await bench.provider.submit(of(bench, prompt, image(face, 1, Role.FIRST), image(face, 2), clip, offer=offer))
        await bench.finish()
    (rendered,) = bench.renders.orders
    assert [picture.role.value for picture in rendered.pictures] == ["first", "reference"]
    assert (len(rendered.clips), rendered.sound) == (1, False)
    assert "image_2" in rendered.prompt
    assert "video_1" in rendered.prompt
    assert rendered.width == rendered.height


async def test_a_film_without_a_link_is_refused_and_nothing_is_sent(kling: Bench, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"film")
    (offer,) = [offer for offer in kling.provider.offers if offer.model.id == "kling-3.0-omni"]
    with pytest.raises(Refusal) as caught:
        await kling.provider.submit(of(kling, "a", reference(tmp_path / "film.mp4", MediaKind.VIDEO), offer=offer))
    assert caught.value.key == "fault-needs-public-url"
    assert kling.calls("create") == []


@pytest.mark.parametrize("charge", ["unit", "cash"])
@pytest.mark.parametrize("name", ["kling", "kling_legacy"])
async def test_both_kinds_of_account_settle_to_what_was_taken(name: str, charge: str, tmp_path: Path) -> None:
    async with bench_of(name, tmp_path) as bench:
        server_of(bench).knobs.charge = "cash" if charge == "cash" else "unit"
        task = await submitted(bench)
        await bench.finish()
        status = await bench.provider.check(task)
        assert isinstance(status, Succeeded)
        assert status.usage.credits == 4.5
        price = bench.offer.price
        assert price.cost(of(bench).spec, 0, status.usage) == price.quote(of(bench).spec, 0)


async def test_a_failure_that_is_charged_all_the_same_is_the_operators(kling: Bench) -> None:
    server_of(kling).knobs.failures_billed = True
    task = await submitted(kling, "[fail]")
    await kling.finish()
    status = await kling.provider.check(task)
    assert isinstance(status, Ended)
    assert status.billed is not None
    assert status.billed.credits == 4.5


# Uncertain creates


async def test_our_name_sent_twice_is_looked_up_and_not_made_twice(kling: Bench) -> None:
    server_of(kling).knobs.refuses_repeats = True
    task = await submitted(kling, trace="ours")
    with pytest.raises(Uncertain):
        await submitted(kling, trace="ours")
    assert await kling.provider.look_up("ours", "", 0) == Found(task)
    assert kling.made() == 1


async def test_a_timeout_inside_kling_may_hide_a_task(kling: Bench) -> None:
    kling.fail("create", Trouble.STATUS, status=504, code="5002", acts=True)
    with pytest.raises(Uncertain):
        await submitted(kling, trace="ours")
    assert isinstance(await kling.provider.look_up("ours", "", 0), Found)


async def test_a_look_up_that_is_refused_proves_nothing(kling: Bench) -> None:
    kling.meet("get", Fault(Trouble.STATUS, status=400))
    with pytest.raises(Transient):
        await kling.provider.look_up("ours", "", 0)


# Full and empty accounts share a status


@pytest.mark.parametrize("code", ["1101", "1102"])
async def test_an_empty_account_is_the_operators_though_it_says_429(kling: Bench, code: str) -> None:
    kling.fail("create", Trouble.STATUS, status=429, code=code)
    with pytest.raises(OperatorFault) as caught:
        await submitted(kling)
    assert caught.value.key == "provider-no-balance"


async def test_a_full_account_is_waited_for_until_a_place_is_free(kling: Bench) -> None:
    server_of(kling).knobs.concurrency = 2
    tasks = [await submitted(kling, trace=f"t-{number}") for number in range(2)]
    with pytest.raises(NotTaken) as caught:
        await submitted(kling, trace="t-2")
    assert (caught.value.key, caught.value.retry_after_s) == ("provider-busy", 10)
    assert kling.provider.wait_s(kling.offer.wire_id) == 10
    await kling.pass_s(1)
    await kling.pass_s(10)
    assert kling.provider.wait_s(kling.offer.wire_id) == 10
    await kling.provider.check(tasks[0])
    assert kling.provider.wait_s(kling.offer.wire_id) == 0
    await submitted(kling, trace="t-2")


# Tokens and paths of the legacy design


@pytest.mark.parametrize("skew_s", [-120, -3_000, 3_000])
async def test_a_clock_that_differs_costs_one_more_signature(legacy: Bench, skew_s: int) -> None:
    server_of(legacy).knobs.clock_skew_s = skew_s
    task = await submitted(legacy)
    await legacy.finish()
    assert isinstance(await legacy.provider.check(task), Succeeded)
    assert [call.status for call in legacy.calls("create")] == [401, 200]
    assert [call.status for call in legacy.calls("get")] == [200]


async def test_a_clock_that_is_far_off_is_told_to_the_operator(legacy: Bench) -> None:
    server_of(legacy).knobs.clock_skew_s = 90_000
    for _ in range(2):
        with pytest.raises(OperatorFault) as caught:
            await submitted(legacy)
        assert caught.value.key == "provider-clock-differs"
    assert len(legacy.calls("create")) == 3


async def test_after_a_restart_a_task_is_found_under_its_path_and_asked_for_there(legacy: Bench, picture: Path) -> None:
    task = await submitted(legacy, "a cat", image(picture, role=Role.FIRST))
    assert isinstance(await legacy.another().look_up("t-1", "", 0), Found)
    await legacy.finish()
    again = legacy.another()
    for _ in range(2):
        assert isinstance(await again.check(task), Succeeded)
    paths = [call.path.split("/")[-2] for call in legacy.calls("get")[-3:]]
    assert paths == ["text2video", "image2video", "image2video"]


async def test_only_so_many_paths_are_remembered(legacy: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "KINDS_KEPT", 1)
    await submitted(legacy, trace="t-1")
    task = await submitted(legacy, trace="t-2")
    await legacy.finish()
    assert isinstance(await legacy.provider.check(task), Succeeded)


async def test_what_no_path_knows_is_absent_and_soon_gone(legacy: Bench) -> None:
    assert await legacy.provider.look_up("nobody", "", 0) == Absent()
    stranger = Task("12", legacy.provider.key_name)
    for _ in range(2):
        with pytest.raises(Transient):
            await legacy.provider.check(stranger)
    status = await legacy.provider.check(stranger)
    assert isinstance(status, Ended)
    assert status.kind == "gone"


# Callbacks


async def test_without_a_secret_of_ours_an_unsigned_callback_is_heard(legacy: Bench) -> None:
    assert legacy.provider.callback_task(b'{"task_id":"9","task_status":"succeed"}') == "9"


async def test_a_callback_address_and_a_name_go_along(kling: Bench) -> None:
    server_of(kling).knobs.callback_wait_s = 0.2
    await kling.provider.submit(replace(of(kling), callback_url="http://127.0.0.1:9/callbacks/kling/t0k"))
    assert kling.asked()["options"]["callback_url"].endswith("/t0k")
    assert kling.asked()["options"]["external_task_id"] == "t-1"


# Settings


PAIR = {"kling_access_key": "access", "kling_secret_key": "secret"}


@pytest.mark.parametrize(
    ("told", "key", "access_key"),
    [
        ({"kling_api_key": "api"}, "api", None),
        ({"kling_api_key": "api", **PAIR}, "api", None),
        (PAIR, "secret", "access"),
    ],
)
def test_an_api_key_opens_the_newer_design_and_a_pair_the_older(
    told: dict[str, Any], key: str, access_key: str | None
) -> None:
    secret: Any = "whsec_aGVsbG8="
    settings = Settings(_env_file=None, kling_webhook_secret=secret, **told)
    (config,) = provider_configs(settings)
    assert (config.api_key, config.extras.get("access_key")) == (key, access_key)
    assert config.extras["webhook_secret"] == "whsec_aGVsbG8="
    assert isinstance(client_of(config, Tools(Http(), Files())), KlingProvider)


def test_each_half_of_a_pair_is_given_to_the_other() -> None:
    told: dict[str, Any] = {"kling_access_key": "a1, a2,", "kling_secret_key": "s1,s2"}
    (config,) = provider_configs(Settings(_env_file=None, **told))
    assert [(one.extras["access_key"], one.api_key) for one in config.each()] == [("a1", "s1"), ("a2", "s2")]


@pytest.mark.parametrize(("access", "secret"), [("a1,,a2", "s1,s2,s3"), ("a1", "s1,s2")])
def test_halves_that_do_not_match_are_refused(access: str, secret: str) -> None:
    told: dict[str, Any] = {"kling_access_key": access, "kling_secret_key": secret}
    with pytest.raises(ValidationError, match="as many keys"):
        Settings(_env_file=None, **told)


@pytest.mark.parametrize("told", [{}, {"kling_access_key": "access"}, {"kling_secret_key": "secret"}])
def test_half_a_pair_is_no_key(told: dict[str, Any]) -> None:
    assert provider_configs(Settings(_env_file=None, **told)) == []
