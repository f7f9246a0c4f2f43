"""What fal's queue has of its own: the suite proves the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import Transient, Uncertain
from bot.providers.base import Ended, Succeeded
from bot.providers.fal import wire
from bot.providers.http import Reply
from bot.sandbox.providers.wire import Trouble
from tests.providers.kit import ACCOUNT, bench_of, submitted

ENDS: list[tuple[int, object, str, str]] = [
    (422, [{"type": wire.POLICY, "loc": ["body", "prompt"]}], "", "refused-text"),
    (422, [{"type": wire.POLICY, "loc": ["body", "image_url"]}], "", "refused-media"),
    (422, [{"type": "value_error", "msg": "too small"}], "", "provider-refused-request"),
    (500, "Internal Server Error", "runner_server_error", "task-failed"),
    (504, "", "request_timeout", "task-expired"),
]


@pytest.mark.parametrize(("status", "detail", "why", "key"), ENDS)
def test_a_result_that_is_none_says_why(status: int, detail: object, why: str, key: str) -> None:
    ended = wire.read_result(Reply(status, data={"detail": detail}), ACCOUNT, why)
    assert isinstance(ended, Ended)
    assert ended.error.key == key


@pytest.mark.parametrize("found", ["../cancel", "a/b", "a?b", "", "x" * 101])
def test_an_id_that_would_lead_elsewhere_is_none(found: str) -> None:
    with pytest.raises(Uncertain):
        wire.read_created(Reply(200, data={"request_id": found}), ACCOUNT)


async def test_a_sick_house_does_not_lose_a_finished_output(tmp_path: Path) -> None:
    async with bench_of("fal", tmp_path) as bench:
        task = await submitted(bench, trace="t-77")
        assert bench.asked()["end_user_id"] == "t-77"
        await bench.finish()
        bench.fail("result", Trouble.STATUS, status=500, times=3)
        with pytest.raises(Transient):
            await bench.provider.check(task)
        assert isinstance(await bench.provider.check(task), Succeeded)
