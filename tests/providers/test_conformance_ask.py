"""Cancelling, looking up, callbacks and pings: what a wire can do is done, what it can't is said; for all of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from bot.core.errors import KinetogramError, Transient, Uncertain
from bot.providers.base import Absent, CannotLookUp, Ended, Found, Succeeded, Task
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import Trouble
from tests.providers.case import Can, lacks, needs
from tests.providers.kit import NOWHERE, Bench, of, submitted

# Cancelling


async def test_cancelling_never_loses_a_finished_output(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.finish()
    assert await bench.provider.cancel(task) in {"finished", "unsupported"}
    assert isinstance(await bench.provider.check(task), Succeeded)


@needs(Can.CANCEL)
async def test_a_waiting_task_is_stopped_and_frees_its_place(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    assert await bench.provider.cancel(task) == "cancelled"
    await bench.finish()
    assert bench.renders.orders == []
    assert bench.provider.wait_s(bench.offer.wire_id) == 0


@needs(Can.CANCEL, Can.GONE)
async def test_a_stopped_task_is_over(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.provider.cancel(task)
    status = None
    for _ in range(3):
        with contextlib.suppress(Transient):
            status = await bench.provider.check(task)
    assert isinstance(status, Ended)
    assert status.kind in {"cancelled", "gone"}


@needs(Can.STOP)
async def test_a_running_task_is_stopped(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.pass_s(1.0)
    assert await bench.provider.cancel(task) == "cancelled"


@lacks(Can.STOP)
async def test_a_running_task_that_can_not_be_stopped_comes(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.pass_s(1.0)
    assert await bench.provider.cancel(task) in {"running", "unsupported"}
    await bench.pass_s(4.0)
    assert isinstance(await bench.provider.check(task), Succeeded)


@lacks(Can.CANCEL)
async def test_a_wire_that_can_not_stop_says_so(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    assert await bench.provider.cancel(task) in {"running", "unsupported"}


# Looking up


@needs(Can.LOOK_UP)
async def test_a_task_whose_answer_was_lost_is_found_by_its_trace(bench: Bench) -> None:
    began, key_name = bench.clock(), bench.provider.key_name
    for number in range(3):
        await submitted(bench, "a cat", trace=f"other-{number}")
    bench.fail("create", Trouble.DROP_AFTER)
    with pytest.raises(Uncertain):
        await submitted(bench, "a cat", trace="ours")
    found = await bench.provider.look_up("ours", key_name, began)
    assert isinstance(found, Found)
    await bench.finish()
    assert isinstance(await bench.provider.check(found.task), Succeeded)
    assert bench.made() == 4


@needs(Can.LOOK_UP)
async def test_a_call_that_did_not_arrive_left_nothing(bench: Bench) -> None:
    began = bench.clock()
    await submitted(bench, "a cat", trace="another")
    bench.fail("create", Trouble.DROP_BEFORE)
    with pytest.raises(Uncertain):
        await submitted(bench, "a cat", trace="ours")
    assert await bench.provider.look_up("ours", bench.provider.key_name, began) == Absent()


@needs(Can.LOOK_UP)
async def test_another_key_proves_nothing(bench: Bench) -> None:
    assert await bench.provider.look_up("ours", "another", bench.clock()) == CannotLookUp()


@needs(Can.LOOK_UP)
@pytest.mark.parametrize("trouble", [Trouble.DROP_BEFORE, Trouble.TRUNCATED, Trouble.EMPTY, Trouble.OTHER_SHAPE])
async def test_a_look_up_that_fails_is_no_proof_of_absence(bench: Bench, trouble: Trouble) -> None:
    for kind in ("list", "get"):
        bench.fail(kind, trouble, times=6)  # three tries, each perhaps twice on a kept connection
    try:
        found = await bench.provider.look_up("ours", bench.provider.key_name, bench.clock())
    except KinetogramError:
        return
    assert found == CannotLookUp()


@lacks(Can.LOOK_UP)
async def test_what_can_not_be_asked_is_not_known(bench: Bench) -> None:
    await submitted(bench, "a cat", trace="ours")
    assert await bench.provider.look_up("ours", bench.provider.key_name, 0) == CannotLookUp()


# Callbacks


@dataclass
class Listener:
    """Takes what a provider posts to it."""

    origin: str = ""
    heard: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((await request.read(), request.headers.copy()))
        return web.Response()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener, app = Listener(), web.Application()
    app.router.add_post("/{tail:.*}", listener.take)
    async with serve(app, "127.0.0.1", 0) as listener.origin:
        yield listener


async def called_back(bench: Bench) -> tuple[Task, list[tuple[bytes, Mapping[str, str]]]]:
    """A whole task, and every callback that it led to."""
    async with listening() as listener:
        wanted = replace(of(bench), callback_url=f"{listener.origin}/callbacks/x/t0k")
        task = await bench.provider.submit(wanted)
        await bench.finish()
        async with asyncio.timeout(5):
            while not listener.heard:
                await asyncio.sleep(0.01)
    return task, listener.heard


@needs(Can.CALLBACKS)
async def test_a_callback_names_its_task_in_any_order_and_number(bench: Bench) -> None:
    task, heard = await called_back(bench)
    again = [*reversed(heard), *heard]
    assert {bench.provider.callback_task(body, headers) for body, headers in again} == {task.id}
    assert isinstance(await bench.provider.check(task), Succeeded)


@needs(Can.CALLBACKS, Can.SIGNED)
async def test_a_callback_that_is_forged_or_old_names_nothing(bench: Bench) -> None:
    task, heard = await called_back(bench)
    body, headers = heard[-1]
    forged = body.replace(task.id.encode(), b"another-task")
    assert bench.provider.callback_task(forged, headers) is None
    assert bench.provider.callback_task(body, {}) is None
    await bench.pass_s(6 * 60)
    assert bench.provider.callback_task(body, headers) is None


async def test_rubbish_is_no_callback(bench: Bench) -> None:
    for body in (b"", b"{", b"[]", b'"x"', b'{"id":1}', b'{"status":"running"}', b"\xff", b"[" * 100_000):
        assert bench.provider.callback_task(body) is None


@lacks(Can.CALLBACKS)
async def test_a_wire_without_callbacks_hears_none(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    body = f'{{"id":"{task.id}","task_id":"{task.id}","status":"completed"}}'.encode()
    assert bench.provider.callback_task(body) is None


# Pings


async def test_a_good_key_answers_a_ping_that_costs_nothing(bench: Bench) -> None:
    ping = await bench.provider.ping()
    assert ping.ok
    assert bench.made() == 0
    assert bench.calls("create") == []


async def test_a_house_that_can_not_be_reached_fails_its_ping(bench: Bench) -> None:
    ping = await bench.another(NOWHERE).ping()
    assert (ping.ok, ping.key) == (False, "provider-unreachable")


async def test_a_house_of_pages_fails_its_ping(bench: Bench) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", page)
    async with serve(app, "127.0.0.1", 0) as origin:
        ping = await bench.another(origin).ping()
    assert (ping.ok, ping.key) == (False, "provider-wrong-address")
