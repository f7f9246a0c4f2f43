"""Looking at a task and fetching its output, through every kind of bad answer; for every provider."""

from __future__ import annotations

import pytest

from bot.core.errors import KinetogramError, OperatorFault, Throttled, Transient
from bot.providers.base import Ended, Rendering, Succeeded, Task, Waiting
from bot.providers.http import Http
from bot.sandbox.providers.wire import Trouble
from tests.providers.case import Can, needs
from tests.providers.kit import HURRIED, MP4, NOWHERE, Bench, submitted
from tests.providers.test_conformance import MAX_BYTES, succeeded

ALIVE = (Waiting, Rendering)


# Looking


async def test_a_check_is_tried_three_times(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.STATUS, status=500, times=2)
    assert isinstance(await bench.provider.check(task), ALIVE)
    bench.fail("get", Trouble.STATUS, status=500, times=3)
    with pytest.raises(Transient):
        await bench.provider.check(task)
    assert len(bench.calls("get")) == 6


@pytest.mark.parametrize("trouble", [Trouble.DROP_BEFORE, Trouble.DROP_AFTER, Trouble.TRUNCATED])
async def test_a_broken_answer_to_a_check_is_asked_again(bench: Bench, trouble: Trouble) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", trouble, times=2)
    assert isinstance(await bench.provider.check(task), ALIVE)


async def test_a_provider_that_fails_for_a_while_does_not_end_the_task(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.STATUS, status=502, times=6)
    for _ in range(2):
        with pytest.raises(Transient):
            await bench.provider.check(task)
    await bench.finish()
    assert isinstance(await bench.provider.check(task), Succeeded)


async def test_a_check_that_is_not_answered_in_time_is_to_be_repeated(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.SLOW, delay_s=0.3, times=3)
    http = Http(pace=HURRIED)
    with pytest.raises(Transient):
        await bench.another(http=http).check(task)
    await http.close()


async def test_a_provider_that_can_not_be_reached_does_not_end_the_task(bench: Bench) -> None:
    with pytest.raises(Transient):
        await bench.another(NOWHERE).check(Task("any", bench.provider.key_name))


async def test_a_throttled_check_is_told_when_to_come_again(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.STATUS, status=429, retry_after_s=3)
    with pytest.raises(Throttled) as caught:
        await bench.provider.check(task)
    assert caught.value.retry_after_s == 3
    assert len(bench.calls("get")) == 1


@needs(Can.GONE)
async def test_the_third_404_in_a_row_says_that_the_task_is_gone(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.EMPTY_404, times=2)
    for _ in range(2):
        with pytest.raises(Transient):
            await bench.provider.check(task)
    assert isinstance(await bench.provider.check(task), ALIVE)
    bench.fail("get", Trouble.EMPTY_404, times=3)
    for _ in range(2):
        with pytest.raises(Transient):
            await bench.provider.check(task)
    status = await bench.provider.check(task)
    assert isinstance(status, Ended)
    assert status.kind == "gone"


@needs(Can.GONE)
async def test_a_task_that_never_was_is_gone_at_last(bench: Bench) -> None:
    made = await submitted(bench, "a cat")
    unknown = Task(made.id[:-4] + "0000", made.key_name)
    for _ in range(2):
        with pytest.raises(Transient):
            await bench.provider.check(unknown)
    status = await bench.provider.check(unknown)
    assert isinstance(status, Ended)
    assert status.kind == "gone"


async def test_one_empty_404_does_not_end_a_task(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.EMPTY_404)
    with pytest.raises((Transient, OperatorFault)):
        await bench.provider.check(task)
    await bench.finish()
    assert isinstance(await bench.provider.check(task), Succeeded)


async def test_numbers_that_come_as_texts_are_read(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.finish()
    plain = await bench.provider.check(task)
    bench.fail("get", Trouble.STRINGS)
    assert await bench.provider.check(task) == plain


async def test_more_fields_than_are_documented_change_nothing(bench: Bench) -> None:
    bench.fail("create", Trouble.UNKNOWN_FIELDS)
    task = await submitted(bench, "a cat")
    await bench.finish()
    plain = await bench.provider.check(task)
    bench.fail("get", Trouble.UNKNOWN_FIELDS)
    assert await bench.provider.check(task) == plain


async def test_a_status_that_nobody_knows_counts_as_not_over(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.pass_s(1.0)
    bench.fail("get", Trouble.UNKNOWN_STATUS)
    assert isinstance(await bench.provider.check(task), ALIVE)


@pytest.mark.parametrize("trouble", [Trouble.EMPTY, Trouble.OTHER_SHAPE])
async def test_an_answer_without_a_status_is_to_be_repeated(bench: Bench, trouble: Trouble) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", trouble, times=3)
    with pytest.raises(Transient):
        await bench.provider.check(task)


async def test_a_web_page_instead_of_a_status_is_the_operators(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.HTML)
    with pytest.raises(OperatorFault):
        await bench.provider.check(task)


async def test_a_key_revoked_meanwhile_does_not_end_the_task(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.STATUS, status=401)
    with pytest.raises(OperatorFault) as caught:
        await bench.provider.check(task)
    assert caught.value.key == "provider-key-refused"
    await bench.finish()
    assert isinstance(await bench.provider.check(task), Succeeded)


# Fetching


async def test_a_download_cut_short_is_tried_again_and_leaves_nothing(bench: Bench) -> None:
    status = await succeeded(bench)
    path = bench.folder / "fetched.mp4"
    bench.fail("file", Trouble.TRUNCATED)
    with pytest.raises(Transient) as caught:
        await bench.provider.fetch(status.video_url, path, MAX_BYTES)
    assert caught.value.key == "output-cut-short"
    assert list(bench.folder.glob("fetched*")) == []
    await bench.provider.fetch(status.video_url, path, MAX_BYTES)
    assert path.read_bytes() == MP4


@pytest.mark.parametrize("trouble", [Trouble.DROP_BEFORE, Trouble.EMPTY_404])
async def test_a_file_that_does_not_come_is_to_be_fetched_again(bench: Bench, trouble: Trouble) -> None:
    status = await succeeded(bench)
    bench.fail("file", trouble, times=4)  # on a kept connection a lost answer is asked for twice by itself
    with pytest.raises(Transient):
        await bench.provider.fetch(status.video_url, bench.folder / "fetched.mp4", MAX_BYTES)
    assert list(bench.folder.glob("fetched*")) == []


@needs(Can.LINK_EXPIRY)
async def test_an_expired_link_is_refused_without_its_signature_in_the_error(bench: Bench) -> None:
    status = await succeeded(bench)
    await bench.pass_s(bench.server.knobs.url_lifetime_s + 1)
    with pytest.raises(Transient) as caught:
        await bench.provider.fetch(status.video_url, bench.folder / "late.mp4", MAX_BYTES)
    assert caught.value.key == "output-link-refused"
    assert "ignature" not in str(caught.value)
    assert status.video_url not in str(caught.value)


async def test_a_web_page_is_no_output(bench: Bench) -> None:
    status = await succeeded(bench)
    bench.fail("file", Trouble.HTML)
    with pytest.raises(Transient) as caught:
        await bench.provider.fetch(status.video_url, bench.folder / "page.mp4", MAX_BYTES)
    assert caught.value.key == "output-not-media"


async def test_an_empty_file_is_no_output(bench: Bench) -> None:
    status = await succeeded(bench)
    bench.fail("file", Trouble.EMPTY)
    with pytest.raises(KinetogramError):
        await bench.provider.fetch(status.video_url, bench.folder / "empty.mp4", MAX_BYTES)
    assert list(bench.folder.glob("empty*")) == []


async def test_an_output_above_the_limit_is_not_kept(bench: Bench) -> None:
    status = await succeeded(bench)
    with pytest.raises(OperatorFault) as caught:
        await bench.provider.fetch(status.video_url, bench.folder / "big.mp4", 1_000)
    assert caught.value.key == "output-too-big"
    assert list(bench.folder.glob("big*")) == []
