"""Refusals and failures: whose content it was, what it cost, and that it stays so; for every provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import ContentRefused, Refusal
from bot.core.request import Role
from bot.providers.base import Ended
from tests.providers.case import Can, Wish, lacks, needs, wishing
from tests.providers.kit import Bench, image, submitted


async def ended(bench: Bench, wish: Wish) -> Ended:
    task = await submitted(bench, bench.says(wish))
    await bench.finish()
    status = await bench.provider.check(task)
    assert isinstance(status, Ended)
    return status


@needs(Can.AT_ONCE)
@wishing(Wish.REFUSE_TEXT)
async def test_refused_words_make_no_task(bench: Bench) -> None:
    with pytest.raises(ContentRefused) as caught:
        await submitted(bench, bench.says(Wish.REFUSE_TEXT))
    assert caught.value.key.startswith("refused-")
    assert bench.made() == 0
    assert len(bench.calls("create")) == 1


@needs(Can.AT_ONCE, Can.FIRST)
@wishing(Wish.REFUSE_FACE)
async def test_a_refused_picture_makes_no_task(bench: Bench, picture: Path) -> None:
    with pytest.raises(ContentRefused) as caught:
        await submitted(bench, bench.says(Wish.REFUSE_FACE), image(picture, role=Role.FIRST))
    assert caught.value.key.startswith("refused-")
    assert bench.made() == 0


@lacks(Can.AT_ONCE)
@wishing(Wish.REFUSE_TEXT)
async def test_refused_words_end_the_task(bench: Bench) -> None:
    status = await ended(bench, Wish.REFUSE_TEXT)
    assert isinstance(status.error, ContentRefused)


@wishing(Wish.REFUSE_OUTPUT)
async def test_a_refused_output_ends_the_task(bench: Bench) -> None:
    status = await ended(bench, Wish.REFUSE_OUTPUT)
    assert isinstance(status.error, ContentRefused)
    assert status.kind == "failed"


@wishing(Wish.REFUSE_SOUND)
async def test_a_refused_sound_of_the_output_ends_the_task(bench: Bench) -> None:
    assert isinstance((await ended(bench, Wish.REFUSE_SOUND)).error, ContentRefused)


@wishing(Wish.REFUSE_COPY)
async def test_somebody_s_rights_end_the_task(bench: Bench) -> None:
    assert isinstance((await ended(bench, Wish.REFUSE_COPY)).error, ContentRefused)


@lacks(Can.BILLED_REFUSALS)
@wishing(Wish.REFUSE_OUTPUT)
async def test_a_refused_output_is_not_billed(bench: Bench) -> None:
    assert (await ended(bench, Wish.REFUSE_OUTPUT)).billed is None


@needs(Can.BILLED_REFUSALS)
@wishing(Wish.REFUSE_OUTPUT)
async def test_a_refused_output_that_is_billed_tells_so(bench: Bench) -> None:
    assert (await ended(bench, Wish.REFUSE_OUTPUT)).billed is not None


async def test_a_failed_task_says_so_and_is_no_refusal_of_content(bench: Bench) -> None:
    status = await ended(bench, Wish.FAIL)
    assert status.kind == "failed"
    assert isinstance(status.error, Refusal)
    assert not isinstance(status.error, ContentRefused)
    assert status.error.key == "task-failed"


async def test_a_failed_task_stays_failed(bench: Bench) -> None:
    task = await submitted(bench, bench.says(Wish.FAIL))
    await bench.finish()
    first = await bench.provider.check(task)
    await bench.pass_s(60)
    second = await bench.provider.check(task)
    assert isinstance(first, Ended)
    assert isinstance(second, Ended)
    assert (first.kind, first.error.key) == (second.kind, second.error.key)


@needs(Can.EXPIRY)
@wishing(Wish.EXPIRE)
async def test_a_task_that_ran_out_of_time_there_says_so(bench: Bench) -> None:
    assert (await ended(bench, Wish.EXPIRE)).kind == "expired"


async def test_a_failed_task_frees_its_place(bench: Bench) -> None:
    tasks = [await submitted(bench, bench.says(Wish.FAIL), trace=f"t-{number}") for number in range(10)]
    assert bench.provider.wait_s(bench.offer.wire_id) > 0
    await bench.finish()
    await bench.provider.check(tasks[0])
    assert bench.provider.wait_s(bench.offer.wire_id) == 0


async def test_a_bad_parameter_is_a_refusal_and_is_sent_once(bench: Bench) -> None:
    with pytest.raises(Refusal) as caught:
        await submitted(bench, **bench.case.wrong)
    assert caught.value.key == "provider-refused-request"
    assert caught.value.data["detail"]
    assert len(bench.calls("create")) == 1
    assert bench.made() == 0


@needs(Can.BODY_LIMIT)
async def test_a_body_that_is_too_large_is_a_refusal(bench: Bench, picture: Path) -> None:
    bench.server.knobs.body_limit_bytes = 500
    role = Role.FIRST if bench.offer.model.first_last else Role.REFERENCE
    with pytest.raises(Refusal) as caught:
        await submitted(bench, "a cat", image(picture, role=role))
    assert caught.value.key == "request-too-big"
