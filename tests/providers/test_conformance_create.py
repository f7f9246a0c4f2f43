"""The one call that can't be taken back: taken, not taken, uncertain, or the operator's; for every provider."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.errors import (
    KinetogramError,
    NotTaken,
    OperatorFault,
    Refusal,
    Uncertain,
)
from bot.core.request import Role
from bot.providers.base import PreparedReference, Succeeded, Task
from bot.providers.http import Http
from bot.providers.room import QUIET_MS
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import Trouble
from tests.providers.case import Can, needs
from tests.providers.kit import HURRIED, KEY, NOWHERE, Bench, image, of, submitted


@needs(Can.BODY_LIMIT, Can.REFERENCES)
async def test_a_large_body_that_is_too_large_may_come_again_at_half_the_size(bench: Bench, tmp_path: Path) -> None:
    bench.server.knobs.body_limit_bytes = 5_000_000
    wanted = of(bench, "a cat", _noise(tmp_path, 5_000_000))
    with pytest.raises(NotTaken) as caught:
        await bench.provider.submit(wanted)
    assert caught.value.key == "request-too-big"
    room = bench.provider.max_body_bytes
    assert room is not None
    assert bench.provider.encoded_size(wanted) > room
    smaller = of(bench, "a cat", _noise(tmp_path, 2_000_000))
    assert bench.provider.encoded_size(smaller) < room
    with pytest.raises(Refusal) as refused:
        await bench.provider.submit(smaller)
    assert refused.value.key in {"provider-refused-request", "refused-media", "media-unreadable"}


@needs(Can.BODY_LIMIT, Can.REFERENCES)
async def test_a_body_limit_that_was_learned_is_forgotten_slowly(bench: Bench, tmp_path: Path) -> None:
    documented, limits = bench.provider.max_body_bytes, []
    bench.server.knobs.body_limit_bytes = 5_000_000
    with pytest.raises(NotTaken):
        await bench.provider.submit(of(bench, "a cat", _noise(tmp_path, 5_000_000)))
    for _ in range(3):
        limits.append(bench.provider.max_body_bytes or 0)
        await bench.pass_s(QUIET_MS / 1000)
    assert [limit / limits[0] for limit in limits] == [1, 2, 4]
    await bench.pass_s(5 * QUIET_MS / 1000)
    assert bench.provider.max_body_bytes == documented or documented is None


def _noise(folder: Path, size_bytes: int) -> PreparedReference:
    path = folder / f"{size_bytes}.png"
    path.write_bytes(bytes(size_bytes))
    return image(path)


# Taken, not taken, uncertain


@pytest.mark.parametrize("trouble", [Trouble.DROP_AFTER, Trouble.TRUNCATED, Trouble.EMPTY, Trouble.OTHER_SHAPE])
async def test_a_lost_answer_is_uncertain_and_never_sent_again(bench: Bench, trouble: Trouble) -> None:
    bench.fail("create", trouble)
    with pytest.raises(Uncertain):
        await submitted(bench, "a cat")
    assert (bench.made(), len(bench.calls("create"))) == (1, 1)


@pytest.mark.parametrize("status", [500, 502, 504, 408])
async def test_an_error_that_may_hide_a_task_is_uncertain(bench: Bench, status: int) -> None:
    bench.fail("create", Trouble.STATUS, status=status, acts=True)
    with pytest.raises(Uncertain):
        await submitted(bench, "a cat")
    assert (bench.made(), len(bench.calls("create"))) == (1, 1)


async def test_a_reset_is_uncertain(bench: Bench) -> None:
    bench.fail("create", Trouble.DROP_BEFORE)
    with pytest.raises(Uncertain):
        await submitted(bench, "a cat")
    assert len(bench.calls("create")) == 1


async def test_an_answer_that_does_not_come_in_time_is_uncertain(bench: Bench) -> None:
    bench.fail("create", Trouble.SLOW, delay_s=1.0)
    http = Http(pace=HURRIED)
    with pytest.raises(Uncertain) as caught:
        await bench.another(http=http).submit(of(bench))
    await http.close()
    assert caught.value.key == "provider-answer-lost"
    assert bench.made() == 1


async def test_a_503_is_not_taken_and_may_go_again_after_the_time_told(bench: Bench) -> None:
    bench.fail("create", Trouble.STATUS, status=503, retry_after_s=7)
    await _goes_again(bench)


async def test_too_fast_is_not_taken_and_may_go_again_after_the_time_told(bench: Bench) -> None:
    bench.meet("create", replace(bench.case.throttled, retry_after_s=7))
    await _goes_again(bench)


async def _goes_again(bench: Bench) -> None:
    with pytest.raises(NotTaken) as caught:
        await submitted(bench, "a cat")
    assert caught.value.retry_after_s == 7
    await bench.pass_s(7)
    await submitted(bench, "a cat")
    assert bench.made() == 1


async def test_without_retry_after_the_waits_double_and_the_fifth_pauses_the_key(bench: Bench) -> None:
    bench.meet("create", bench.case.throttled, times=5)
    waits = []
    for _ in range(5):
        with pytest.raises(NotTaken) as caught:
            await submitted(bench, "a cat")
        waits.append(caught.value.retry_after_s)
        await bench.pass_s(caught.value.retry_after_s or 0)
    assert waits == [1, 2, 4, 8, 60]
    await submitted(bench, "a cat")


async def test_no_connection_is_not_taken(bench: Bench) -> None:
    provider = bench.another(NOWHERE)
    with pytest.raises(NotTaken) as caught:
        await provider.submit(of(bench))
    assert caught.value.key == "provider-unreachable"


async def test_five_failures_in_a_row_open_the_breaker_for_a_minute(bench: Bench) -> None:
    bench.fail("create", Trouble.STATUS, status=500, times=5)
    wire_id = of(bench).wire_id
    for _ in range(5):
        assert not bench.provider.down(wire_id)
        with pytest.raises(Uncertain):
            await submitted(bench, "a cat")
    assert bench.provider.down(wire_id)
    assert bench.provider.wait_s(wire_id) == 60
    with pytest.raises(NotTaken):
        await submitted(bench, "a cat")
    assert len(bench.calls("create")) == 5
    await bench.pass_s(60)
    await submitted(bench, "a cat")
    assert not bench.provider.down(wire_id)


async def test_ten_tasks_at_once_are_the_most_and_an_end_frees_a_place(bench: Bench) -> None:
    tasks = [await submitted(bench, "a cat", trace=f"t-{number}") for number in range(10)]
    with pytest.raises(NotTaken) as caught:
        await submitted(bench, "a cat")
    assert caught.value.key == "provider-busy"
    await bench.finish()
    assert isinstance(await bench.provider.check(tasks[0]), Succeeded)
    await submitted(bench, "a cat")


@needs(Can.FIRST)
async def test_a_reference_whose_file_is_gone_is_not_sent(bench: Bench, picture: Path) -> None:
    wanted = of(bench, "a cat", replace(image(picture, role=Role.FIRST), path=picture.with_name("gone.png")))
    with pytest.raises(NotTaken) as caught:
        await bench.provider.submit(wanted)
    assert caught.value.key == "reference-file-lost"
    assert bench.calls("create") == []


# The operator's faults


async def test_a_revoked_key_is_the_operators_and_its_text_is_nowhere(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider = bench.another(key="revoked-key-0123456789")
    task = Task("cgt-1", provider.key_name)
    errors: list[KinetogramError] = []
    for call in (provider.submit(of(bench)), provider.check(task)):
        with pytest.raises(OperatorFault) as caught:
            await call
        errors.append(caught.value)
    ping = await provider.ping()
    assert [error.key for error in errors] == [bench.case.key_refused] * 2
    assert (ping.ok, ping.key) == (False, bench.case.key_refused)
    told = f"{errors} {ping} {provider!r} {caplog.text}"
    assert "revoked-key" not in told
    assert "Bearer" not in told


async def test_an_empty_account_is_the_operators(bench: Bench) -> None:
    if bench.case.broke is None:
        pytest.skip("this wire has no word for it")
    bench.meet("create", bench.case.broke)
    with pytest.raises(OperatorFault) as caught:
        await submitted(bench, "a cat")
    assert caught.value.key == "provider-no-balance"
    assert bench.made() == 0


@pytest.mark.parametrize("trouble", [Trouble.HTML, Trouble.EMPTY_404])
async def test_a_web_page_or_an_unknown_path_is_another_house(bench: Bench, trouble: Trouble) -> None:
    bench.fail("create", trouble)
    with pytest.raises(OperatorFault) as caught:
        await submitted(bench, "a cat")
    assert caught.value.key == "provider-wrong-address"
    assert bench.made() == 0


async def test_a_redirected_call_is_another_house_and_the_key_does_not_follow(bench: Bench) -> None:
    met: list[web.Request] = []

    async def move(request: web.Request) -> web.Response:
        met.append(request)
        return web.Response(status=307, headers={"Location": f"{bench.base}/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", move)
    async with serve(app, "127.0.0.1", 0) as origin:
        provider = bench.another(origin)
        with pytest.raises(OperatorFault):
            await provider.submit(of(bench))
    assert len(met) == 1
    assert bench.calls("create") == []


async def test_a_key_that_an_answer_repeats_is_masked(bench: Bench) -> None:
    async def echo(request: web.Request) -> web.Response:
        words = "bad value near " + " ".join(request.headers.values()) + " in the call"
        return web.json_response({"error": {"code": "InvalidParameter", "message": words}}, status=400)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", echo)
    async with serve(app, "127.0.0.1", 0) as origin:
        provider = bench.another(origin)
        with pytest.raises(Refusal) as caught:
            await provider.submit(of(bench))
    assert KEY not in str(caught.value)
