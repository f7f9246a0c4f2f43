"""What Runway alone does: uploads before the call, throttled tasks, films that are edited, refusals that cost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.errors import NotTaken, OperatorFault, Refusal
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.providers.base import CannotLookUp, Ended, PreparedReference, Rendering, Succeeded, Waiting
from bot.providers.runway import uploads
from bot.sandbox.providers.runway import RunwayServer
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import Trouble
from tests.providers.kit import Bench, bench_of, image, of, reference, submitted
from tests.sandbox.providers.desk import movie_bytes


@pytest.fixture
async def runway(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_of("runway", tmp_path) as ready:
        yield ready


def server_of(bench: Bench) -> RunwayServer:
    assert isinstance(bench.server, RunwayServer)
    return bench.server


def film(folder: Path, seconds: float = 2.0) -> PreparedReference:
    path = folder / "film.mp4"
    path.write_bytes(movie_bytes(seconds))
    return reference(path, MediaKind.VIDEO)


# Uploads


async def test_each_file_goes_up_under_a_name_of_ours_before_the_one_call(runway: Bench, picture: Path) -> None:
    await submitted(
        runway, (Label(MediaKind.IMAGE, 1), " meets ", Label(MediaKind.IMAGE, 2)), image(picture, 1), image(picture, 2)
    )
    kinds = [call.kind for call in runway.server.wire.calls]
    assert kinds == ["upload", "storage", "upload", "storage", "create"]
    assert [call.with_key for call in runway.calls("storage")] == [False, False]
    assert [ticket.name for ticket in server_of(runway).storage.tickets.values()] == ["image1.png", "image2.png"]
    assert [item["uri"][:9] for item in runway.asked()["references"]] == ["runway://"] * 2


@pytest.mark.parametrize(
    ("trouble", "key"),
    [
        (Trouble.DROP_BEFORE, "provider-unreachable"),
        (Trouble.DROP_AFTER, "provider-unreachable"),
        (Trouble.EMPTY_404, "provider-down"),
    ],
)
async def test_a_storage_that_fails_left_nothing_taken(
    runway: Bench, picture: Path, trouble: Trouble, key: str
) -> None:
    runway.fail("storage", trouble)
    with pytest.raises(NotTaken) as caught:
        await submitted(runway, "a cat", image(picture, role=Role.FIRST))
    assert caught.value.key == key
    assert runway.calls("create") == []


@pytest.mark.parametrize(
    ("trouble", "kind", "key"),
    [
        (Trouble.HTML, OperatorFault, "provider-wrong-address"),
        (Trouble.EMPTY_404, OperatorFault, "provider-wrong-address"),
        (Trouble.EMPTY, NotTaken, "provider-answer-unreadable"),
        (Trouble.OTHER_SHAPE, NotTaken, "provider-answer-unreadable"),
    ],
)
async def test_without_a_ticket_nothing_is_sent(
    runway: Bench, picture: Path, trouble: Trouble, kind: type[Exception], key: str
) -> None:
    runway.fail("upload", trouble)
    with pytest.raises(kind) as caught:
        await submitted(runway, "a cat", image(picture, role=Role.FIRST))
    assert isinstance(caught.value, NotTaken | OperatorFault)
    assert caught.value.key == key
    assert runway.calls("storage") == runway.calls("create") == []


async def test_a_ticket_office_that_is_down_is_asked_three_times(runway: Bench, picture: Path) -> None:
    runway.fail("upload", Trouble.STATUS, status=500, times=3)
    with pytest.raises(NotTaken) as caught:
        await submitted(runway, "a cat", image(picture, role=Role.FIRST))
    assert caught.value.key == "provider-down"
    assert len(runway.calls("upload")) == 3


async def test_a_throttled_ticket_office_is_waited_for(runway: Bench, picture: Path) -> None:
    runway.fail("upload", Trouble.STATUS, status=429, retry_after_s=7)
    with pytest.raises(NotTaken) as caught:
        await submitted(runway, "a cat", image(picture, role=Role.FIRST))
    assert (caught.value.key, caught.value.retry_after_s) == ("provider-throttled", 7)


async def test_uploads_that_take_too_long_are_not_taken(
    runway: Bench, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "TOTAL_S", 0.05)
    runway.fail("storage", Trouble.SLOW, delay_s=0.5)
    with pytest.raises(NotTaken) as caught:
        await submitted(runway, "a cat", image(picture, role=Role.FIRST))
    assert caught.value.key == "provider-unreachable"
    assert runway.calls("create") == []


async def test_a_file_is_not_sent_over_an_open_line(
    runway: Bench, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "is_private_host", lambda _: False)
    with pytest.raises(NotTaken) as caught:
        await submitted(runway, "a cat", image(picture, role=Role.FIRST))
    assert caught.value.key == "provider-answer-unreadable"
    assert runway.calls("storage") == []


# Tasks


async def test_a_film_is_edited_by_aleph_and_settles_to_its_length(runway: Bench, tmp_path: Path) -> None:
    (offer,) = [offer for offer in runway.provider.offers if offer.model.id == "aleph-2"]
    wanted = of(runway, "make it snow", film(tmp_path, 2.5), offer=offer)
    task = await runway.provider.submit(wanted)
    await runway.finish()
    status = await runway.provider.check(task)
    assert isinstance(status, Succeeded)
    assert offer.price.cost(wanted.spec, 2.5, status.usage) == offer.price.quote(wanted.spec, 2.5) == 840_000
    assert runway.renders.orders[0].duration_s == pytest.approx(2.5, abs=0.1)


async def test_a_throttled_task_waits(runway: Bench) -> None:
    server_of(runway).knobs.concurrency = 1
    one, two = [await submitted(runway) for _ in range(2)]
    await runway.pass_s(1.0)
    assert isinstance(await runway.provider.check(one), Rendering)
    assert await runway.provider.check(two) == Waiting()


async def test_a_refusal_costs_what_a_success_would_have_cost(runway: Bench) -> None:
    task = await submitted(runway, "[nsfw] in here")
    await runway.finish()
    status = await runway.provider.check(task)
    assert isinstance(status, Ended)
    assert status.billed is not None
    price, spec = runway.offer.price, of(runway).spec
    assert price.cost(spec, 0, status.billed) == price.quote(spec, 0)


async def test_a_task_at_work_is_not_stopped_because_it_is_charged(runway: Bench) -> None:
    task = await submitted(runway)
    await runway.pass_s(1.0)
    assert await runway.provider.cancel(task) == "running"
    assert runway.calls("delete") == []


async def test_a_task_that_ended_before_it_could_be_stopped_has_finished(runway: Bench) -> None:
    task = await submitted(runway, "[fail] in here")
    await runway.finish()
    assert await runway.provider.cancel(task) == "finished"
    assert runway.calls("delete") == []


@pytest.mark.parametrize(("status", "outcome"), [(404, "unsupported"), (405, "unsupported")])
async def test_a_house_without_a_stop_says_so(runway: Bench, status: int, outcome: str) -> None:
    task = await submitted(runway)
    runway.fail("delete", Trouble.STATUS, status=status)
    assert await runway.provider.cancel(task) == outcome


async def test_a_stop_that_is_refused_is_told(runway: Bench) -> None:
    task = await submitted(runway)
    runway.fail("delete", Trouble.STATUS, status=401)
    with pytest.raises(OperatorFault):
        await runway.provider.cancel(task)


async def test_a_task_that_was_stopped_elsewhere_is_cancelled(runway: Bench) -> None:
    async def stopped(_: web.Request) -> web.Response:
        return web.json_response({"id": "t", "status": "CANCELLED", "cost": {"credits": 12}})

    app = web.Application()
    app.router.add_get("/v1/tasks/{id}", stopped)
    task = await submitted(runway)
    async with serve(app, "127.0.0.1", 0) as origin:
        assert await runway.another(origin).cancel(task) == "cancelled"


async def test_a_days_cap_pauses_the_key_for_a_while(runway: Bench) -> None:
    server_of(runway).knobs.daily_limit = 1
    await submitted(runway)
    with pytest.raises(NotTaken) as caught:
        await submitted(runway)
    assert caught.value.retry_after_s == 900
    assert runway.provider.down(runway.offer.wire_id)


async def test_an_account_without_credits_is_the_operators(runway: Bench) -> None:
    server_of(runway).knobs.credits = 10
    with pytest.raises(OperatorFault) as caught:
        await submitted(runway)
    assert caught.value.key == "provider-no-balance"


async def test_words_too_long_in_utf16_are_refused_before_anything_is_sent(runway: Bench, picture: Path) -> None:
    (offer,) = [offer for offer in runway.provider.offers if offer.model.id == "gen-4.5"]
    with pytest.raises(Refusal) as caught:
        await runway.provider.submit(of(runway, "🐈" * 501, image(picture, role=Role.FIRST), offer=offer))
    assert caught.value.key == "fault-prompt-too-long"
    assert list(runway.server.wire.calls) == []


async def test_there_is_nothing_to_look_up_and_nothing_calls_back(runway: Bench) -> None:
    assert await runway.provider.look_up("t-1", runway.provider.key_name, 0) == CannotLookUp()
    assert runway.provider.max_body_bytes is None
    assert runway.provider.encoded_size(of(runway)) < 10_000


async def test_a_ping_that_is_refused_says_why(runway: Bench) -> None:
    runway.fail("organization", Trouble.STATUS, status=403)
    ping = await runway.provider.ping()
    assert (ping.ok, ping.key) == (False, "provider-denied")
