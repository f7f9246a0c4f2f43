"""What each adapter makes of a bill that can't be true: the most that is counted, or a count that can't be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from bot.core.catalog import Usage
from bot.core.errors import KinetogramError
from bot.providers.ark import wire as ark
from bot.providers.base import Ended, Status, Succeeded
from bot.providers.google import omni_wire as omni
from bot.providers.http import Account, Reply
from bot.providers.kling import wire as kling
from bot.providers.openai import wire as openai
from bot.providers.runway import wire as runway
from bot.providers.seedance import wire as seedance

URL = "https://cdn.example/v.mp4"
WHO = Account("any", "https://far.example", "a-key")
MOST = 10**15
VIDEO = [{"type": "model_output", "content": [{"type": "video", "uri": URL}]}]


def of_ark(told: Any, over: str = "succeeded") -> Status:
    return ark.read_task({"status": over, "content": {"video_url": URL}, "usage": {"completion_tokens": told}}, WHO)


def of_omni(told: Any, over: str = "completed") -> Status:
    counts = {"output_tokens_by_modality": [{"modality": "video", "tokens": told}]}
    return omni.read_task({"status": over, "steps": VIDEO, "usage": counts}, WHO, "v1")


def of_kling(told: Any, over: str = "succeeded") -> Status:
    lines = [{"charge_type": "unit", "amount": told}]
    return kling.read_task({"status": over, "outputs": [{"url": URL}], "billing": lines}, WHO, Decimal("0.14"))


def of_kling_before(told: Any, over: str = "succeed") -> Status:
    made = {"task_status": over, "task_result": {"videos": [{"url": URL}]}, "final_unit_deduction": told}
    return kling.read_task(made, WHO, Decimal("0.14"))


def of_runway(told: Any, over: str = "SUCCEEDED") -> Status:
    return runway.read_task({"status": over, "output": [URL], "cost": {"credits": told}}, WHO)


def of_openai(told: Any) -> Status:
    return openai.read_video(Reply(200, "json", {"status": "completed", "seconds": told}), WHO, URL, {})


def of_seedance(told: Any) -> Status:
    return seedance.read_task({"status": "completed", "video_url": URL, "usage": {"seconds": told}}, WHO)


READERS = [of_ark, of_omni, of_kling, of_kling_before, of_runway, of_openai, of_seedance]
BILLING = [(of_ark, "failed"), (of_omni, "failed"), (of_kling, "failed"), (of_runway, "FAILED")]


def usage_of(status: Status) -> Usage:
    assert isinstance(status, Succeeded)
    return status.usage


def counted(usage: Usage) -> float | None:
    return next((count for count in (usage.tokens, usage.credits, usage.seconds) if count is not None), None)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("told", [MOST, MOST * 7, float("1e300"), 10**400, "1e18", float("inf")])
def test_an_absurd_count_is_the_most_and_not_nothing(read: Callable[[Any], Status], told: Any) -> None:
    usage = usage_of(read(told))
    assert (counted(usage), usage.odd) == (MOST, "")


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("told", [-1, -(10**15), "-5", "lots", float("nan"), True, [3], {"of": 3}])
def test_what_is_no_count_is_kept_as_it_was_told(read: Callable[[Any], Status], told: Any) -> None:
    usage = usage_of(read(told))
    assert counted(usage) is None
    assert usage.odd


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("told", [None, "", 5, "5", 5.0])
def test_a_count_and_nothing_at_all_are_not_odd(read: Callable[[Any], Status], told: Any) -> None:
    usage = usage_of(read(told))
    assert not usage.odd
    assert not told or counted(usage) == 5


@pytest.mark.parametrize(("read", "over"), BILLING)
def test_a_failure_whose_bill_can_not_be_read_is_not_taken_for_free(read: Callable[..., Status], over: str) -> None:
    for told, odd in ((-5, "-5"), ("lots", "lots")):
        status = read(told, over)
        assert isinstance(status, Ended)
        assert isinstance(status.error, KinetogramError)
        assert status.billed is not None
        assert odd in status.billed.odd
    assert getattr(read(None, over), "billed", "?") is None


@pytest.mark.parametrize("part", ["total_input_tokens", "total_thought_tokens"])
def test_a_part_below_nothing_makes_no_video_cheaper(part: str) -> None:
    counts = {"output_tokens_by_modality": [{"modality": "video", "tokens": 30_000}], part: -(10**12)}
    usage = usage_of(omni.read_task({"status": "completed", "steps": VIDEO, "usage": counts}, WHO, "v1"))
    assert usage == Usage(odd="-1000000000000")


@pytest.mark.parametrize("read", [ark.read_task, lambda body, who: omni.read_task(body, who, "v1")])
def test_a_report_that_is_no_object_is_told(read: Callable[[Mapping[str, Any], Account], Status]) -> None:
    for status in ("succeeded", "completed"):
        found = read({"status": status, "content": {"video_url": URL}, "steps": VIDEO, "usage": "lots"}, WHO)
        assert not isinstance(found, Succeeded) or found.usage.odd == "lots"


def test_a_line_of_a_bill_that_can_not_be_read_spoils_its_sum() -> None:
    lines: list[Any] = [{"charge_type": "unit", "amount": 2}, {"charge_type": "unit", "amount": "soon"}]
    body = {"status": "succeeded", "outputs": [{"url": URL}], "billing": lines}
    assert usage_of(kling.read_task(body, WHO, Decimal("0.14"))).odd
    both = usage_of(kling.read_task({**body, "final_unit_deduction": "3"}, WHO, Decimal("0.14")))
    assert both == Usage(credits=3)
    back = [lines[0], {"charge_type": "unit", "amount": -1}, {"charge_type": "unit", "amount": None}]
    assert usage_of(kling.read_task({**body, "billing": back}, WHO, Decimal("0.14"))) == Usage(credits=1)


@pytest.mark.parametrize("told", ["5s", "5 sec", "5 seconds"])
def test_seconds_may_be_told_with_their_unit(told: str) -> None:
    assert usage_of(of_seedance(told)) == Usage(seconds=5)
