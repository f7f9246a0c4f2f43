"""Health: what each page says, to whom, and that it says nothing else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.web import health
from bot.web.health import Health, is_neighbour
from bot.web.server import build, serve
from tests.storage.miniature import NOW
from tests.web.site import Site


async def ready(site: Site) -> tuple[int, Any]:
    answer = await site.get("/ready")
    return answer.status, json.loads(answer.body)


async def test_a_living_process_says_so(site: Site) -> None:
    answer = await site.get("/live")
    assert (answer.status, json.loads(answer.body)) == (200, {"live": True})


async def test_ready_lists_its_checks(site: Site) -> None:
    checks = {"database": "ok", "intake": "ok", "disk": "ok"}
    assert await ready(site) == (200, {"ready": True, "checks": checks})


async def test_a_silent_intake_is_not_ready_until_it_beats_again(site: Site) -> None:
    site.clock.at_ms += 90_001
    status, said = await ready(site)
    assert (status, said["checks"]) == (503, {"database": "ok", "intake": "failed", "disk": "ok"})
    site.heartbeat.beat()
    assert (await ready(site))[0] == 200


async def test_a_database_that_is_closed_is_not_ready(site: Site) -> None:
    await site.store.close()
    status, said = await ready(site)
    assert (status, said["checks"]["database"]) == (503, "failed")
    assert (await site.get("/live")).status == 200


async def test_a_full_disk_is_not_ready(site: Site) -> None:
    site.health._checks = {"disk": health.disk(site.data, min_free_bytes=1 << 60)}
    assert await ready(site) == (503, {"ready": False, "checks": {"disk": "failed"}})


async def test_a_check_that_hangs_fails_in_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs() -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(health, "CHECK_S", 0.01)
    site.health._checks = {"database": hangs}
    assert (await ready(site))[0] == 503


async def test_many_who_ask_at_once_share_one_look() -> None:
    looks = 0

    async def counts() -> bool:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return True

    async def nothing() -> bytes:
        return b""

    page = Health({"database": counts}, nothing)
    found = await asyncio.gather(*(page._look() for _ in range(50)))
    assert (looks, found) == (1, [{"database": True}] * 50)


async def test_metrics_show_what_stands_in_the_database(site: Site) -> None:
    for serial in (1, 2, 3):
        await site.add_job(serial)
    await site.set_job(1, state="RUNNING", task_id="cgt-1")
    await site.run(
        "INSERT INTO counters (scope, scope_id, measure, period, period_start, value)"
        " VALUES ('service', 0, 'money', 'day', :start, 1500000)",
        start=NOW // 86_400_000 * 86_400_000,
    )
    await site.run("INSERT INTO pauses (provider, reason, since) VALUES ('ark', 'provider-no-balance', 0)")
    await site.run("UPDATE outbox SET state = 'parked' WHERE id = 1")
    site.clock.at_ms += 60_000
    lines = (await site.get("/metrics")).body.decode().splitlines()
    assert {
        'kinetogram_jobs{state="QUEUED"} 2.0',
        'kinetogram_jobs{state="RUNNING"} 1.0',
        'kinetogram_jobs{state="UNCERTAIN"} 0.0',
        "kinetogram_queue_age_seconds 60.0",
        "kinetogram_inbox_open 17.0",
        "kinetogram_inbox_age_seconds 60.0",
        "kinetogram_outbox_waiting 2.0",
        "kinetogram_outbox_lag_seconds 60.0",
        "kinetogram_outbox_parked 1.0",
        "kinetogram_spent_today_usd 1.5",
        'kinetogram_provider_paused{provider="ark"} 1.0',
        "kinetogram_database_up 1.0",
    } <= set(lines)


async def test_metrics_are_served_without_a_database(site: Site) -> None:
    await site.store.close()
    answer = await site.get("/metrics")
    assert answer.status == 200
    assert b"kinetogram_database_up 0.0" in answer.body


@pytest.mark.parametrize("header", health.FORWARDED)
async def test_metrics_are_not_for_those_whom_a_proxy_passes_on(site: Site, header: str) -> None:
    answer = await site.get("/metrics", headers={header: "127.0.0.1"})
    assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize(
    ("address", "neighbour"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.18.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("::ffff:192.168.1.9", True),
        ("::ffff:8.8.8.8", False),
        ("149.154.160.1", False),
        ("2a00:1450::1", False),
        ("", False),
        ("somebody", False),
    ],
)
def test_neighbours_are_this_machine_and_private_networks(address: str, neighbour: bool) -> None:
    assert is_neighbour(make_mocked_request("GET", "/metrics").clone(remote=address)) is neighbour


@pytest.mark.parametrize("path", ["/live", "/ready", "/metrics", "/", "/media/", "/.env", "/nowhere"])
async def test_no_answer_tells_versions_or_places(site: Site, path: str) -> None:
    answer = await site.get(path)
    told = str(answer.headers).lower() + answer.body.decode().lower()
    assert not [
        word for word in ("aiohttp", "python/", "sqlite", str(site.data).lower(), "kinetogram.db") if word in told
    ]


async def test_every_answer_carries_the_safe_headers(site: Site) -> None:
    answer = await site.get("/live")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "sandbox" not in policy  # a sandboxed page has no origin, and no browser would play a linked video then
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_handler_that_breaks_answers_500_without_words(site: Site) -> None:
    async def breaks(_: web.Request) -> web.Response:
        raise RuntimeError("the key is hunter2")

    async with serve(build([web.get("/breaks", breaks)]), "127.0.0.1", 0) as port:
        answer = await site.get(f"http://127.0.0.1:{port}/breaks")
    assert (answer.status, answer.body) == (500, b"")
