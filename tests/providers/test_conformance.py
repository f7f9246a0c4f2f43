"""What every provider must do, each before its own embedded server, on the wire."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.core.errors import (
    ContentRefused,
    OperatorFault,
    Refusal,
    Throttled,
    Transient,
)
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.providers.base import Ended, Rendering, Status, Succeeded, Waiting
from bot.sandbox.providers.ark import ArkServer
from bot.sandbox.providers.wire import Trouble
from tests.providers.kit import MP4, Bench, image, of, reference, submitted

MAX_BYTES = 1_000_000


async def ended(bench: Bench, prompt: str) -> Ended:
    task = await submitted(bench, prompt)
    await bench.finish()
    status = await bench.provider.check(task)
    assert isinstance(status, Ended)
    return status


async def succeeded(bench: Bench, prompt: str = "a cat") -> Succeeded:
    task = await submitted(bench, prompt)
    await bench.finish()
    status = await bench.provider.check(task)
    assert isinstance(status, Succeeded)
    return status


# The way that all goes well


async def test_a_text_becomes_a_task_that_waits_renders_and_succeeds(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    seen: list[type[Status]] = []
    for seconds in (0, 1.0, 4.0):
        await bench.pass_s(seconds)
        seen.append(type(await bench.provider.check(task)))
    assert seen == [Waiting, Rendering, Succeeded]
    assert task.key_name == bench.provider.key_name
    assert bench.renders.orders[0].prompt == "a cat"
    assert (bench.renders.orders[0].width, bench.renders.orders[0].duration_s) == (1280, 5)


async def test_a_single_first_frame_is_sent_as_one(bench: Bench, picture: Path) -> None:
    first = image(picture, role=Role.FIRST)
    await submitted(bench, (Label(MediaKind.IMAGE, 1), " blinks"), first)
    await bench.finish()
    (rendered,) = bench.renders.orders
    assert [picture.role.value for picture in rendered.pictures] == ["first"]
    assert "1 blinks" in rendered.prompt


async def test_pictures_and_sound_arrive_in_order_under_dense_numbers(bench: Bench, picture: Path, song: Path) -> None:
    pictures = [image(picture, 1), image(picture, 3)]
    sound = reference(song, MediaKind.AUDIO)
    prompt = (Label(MediaKind.IMAGE, 3), " sings ", Label(MediaKind.AUDIO, 1), " to ", Label(MediaKind.IMAGE, 1))
    await submitted(bench, prompt, *pictures, sound)
    await bench.finish()
    (rendered,) = bench.renders.orders
    said = rendered.prompt.replace("@", "").replace(" ", "").lower()
    assert said == "image2singsaudio1toimage1"
    assert (len(rendered.pictures), len(rendered.sounds)) == (2, 1)


async def test_the_price_reported_is_within_the_quote(bench: Bench) -> None:
    status = await succeeded(bench)
    wanted = of(bench).spec
    (offer,) = [offer for offer in bench.provider.offers if offer.model.id == "seedance-2.0"]
    assert 0 < offer.price.cost(wanted, 0, status.usage) <= offer.price.quote(wanted, 0)


async def test_every_offer_has_sizes_limits_a_price_and_a_source(bench: Bench) -> None:
    assert bench.provider.offers
    for offer in bench.provider.offers:
        model = offer.model
        assert offer.provider == bench.provider.name
        assert set(model.inputs) == set(model.max_counts) == set(MediaKind)
        assert model.source.date
        assert offer.price_source.date
        for resolution, ratio in model.sizes:
            width, height = model.sizes[resolution, ratio]
            wanted = of(bench, resolution=resolution, ratio=ratio, width=width, height=height).spec
            assert offer.price.quote(wanted, 0) > 0


async def test_an_output_is_fetched_whole_hashed_and_without_the_key(bench: Bench) -> None:
    status = await succeeded(bench)
    path = bench.folder / "fetched.mp4"
    found = await bench.provider.fetch(status.video_url, path, MAX_BYTES)
    assert path.read_bytes() == MP4
    assert (found.size_bytes, found.sha256) == (len(MP4), hashlib.sha256(MP4).hexdigest())
    assert found.mime == "video/mp4"
    assert [call.with_key for call in bench.calls("file")] == [False]
    assert [path.name for path in bench.folder.glob("*.part")] == []


async def test_a_good_key_answers_a_ping(bench: Bench) -> None:
    ping = await bench.provider.ping()
    assert ping.ok
    assert bench.made() == 0


# Refusals


@pytest.mark.parametrize("word", ["[nsfw]", "[face]"])
async def test_a_refused_request_is_a_content_refusal_and_makes_no_task(bench: Bench, picture: Path, word: str) -> None:
    with pytest.raises(ContentRefused) as caught:
        await submitted(bench, f"{word} in here", image(picture))
    assert caught.value.key.startswith("refused-")
    assert bench.made() == 0


@pytest.mark.parametrize("word", ["[outvideo]", "[outaudio]", "[copyright]"])
async def test_a_refused_output_ends_the_task(bench: Bench, word: str) -> None:
    status = await ended(bench, f"{word} dance")
    assert isinstance(status.error, ContentRefused)
    assert (status.kind, status.billed) == ("failed", None)


async def test_a_failed_task_says_so(bench: Bench) -> None:
    status = await ended(bench, "[fail] dance")
    assert (status.kind, status.error.key) == ("failed", "task-failed")


async def test_a_bad_parameter_is_a_refusal_and_is_sent_once(bench: Bench) -> None:
    with pytest.raises(Refusal) as caught:
        await submitted(bench, "a cat", duration_s=99)
    assert caught.value.key == "provider-refused-request"
    assert "duration" in str(caught.value.data["detail"])
    assert len(bench.calls("create")) == 1


async def test_a_body_that_is_too_large_is_a_refusal(bench: Bench, picture: Path) -> None:
    bench.server.knobs.body_limit_bytes = 500
    with pytest.raises(Refusal) as caught:
        await submitted(bench, "a cat", image(picture))
    assert caught.value.key == "request-too-big"


# Checking


async def test_a_check_is_tried_three_times(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.STATUS, status=500, times=2)
    assert isinstance(await bench.provider.check(task), Waiting)
    bench.fail("get", Trouble.STATUS, status=500, times=3)
    with pytest.raises(Transient):
        await bench.provider.check(task)
    assert len(bench.calls("get")) == 6


@pytest.mark.parametrize("trouble", [Trouble.DROP_BEFORE, Trouble.DROP_AFTER, Trouble.TRUNCATED])
async def test_a_broken_answer_to_a_check_is_asked_again(bench: Bench, trouble: Trouble) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", trouble, times=2)
    assert isinstance(await bench.provider.check(task), Waiting)


async def test_a_throttled_check_is_told_when_to_come_again(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.STATUS, status=429, retry_after_s=3)
    with pytest.raises(Throttled) as caught:
        await bench.provider.check(task)
    assert caught.value.retry_after_s == 3
    assert len(bench.calls("get")) == 1


async def test_the_third_404_in_a_row_says_that_the_task_is_gone(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.EMPTY_404, times=2)
    for _ in range(2):
        with pytest.raises(Transient):
            await bench.provider.check(task)
    assert isinstance(await bench.provider.check(task), Waiting)
    bench.fail("get", Trouble.EMPTY_404, times=3)
    for _ in range(2):
        with pytest.raises(Transient):
            await bench.provider.check(task)
    status = await bench.provider.check(task)
    assert isinstance(status, Ended)
    assert status.kind == "gone"


async def test_numbers_that_come_as_texts_are_read(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.finish()
    plain = await bench.provider.check(task)
    bench.fail("get", Trouble.STRINGS)
    assert await bench.provider.check(task) == plain


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


async def test_an_expired_link_is_refused_without_its_signature_in_the_error(bench: Bench) -> None:
    status = await succeeded(bench)
    await bench.pass_s(86_401)
    with pytest.raises(Transient) as caught:
        await bench.provider.fetch(status.video_url, bench.folder / "late.mp4", MAX_BYTES)
    assert (caught.value.key, caught.value.data["status"]) == ("output-link-refused", 403)
    assert "Signature" not in str(caught.value)


async def test_a_web_page_is_no_output(bench: Bench) -> None:
    status = await succeeded(bench)
    bench.fail("file", Trouble.HTML)
    with pytest.raises(Transient) as caught:
        await bench.provider.fetch(status.video_url, bench.folder / "page.mp4", MAX_BYTES)
    assert caught.value.key == "output-not-media"


async def test_an_output_above_the_limit_is_not_kept(bench: Bench) -> None:
    status = await succeeded(bench)
    with pytest.raises(OperatorFault) as caught:
        await bench.provider.fetch(status.video_url, bench.folder / "big.mp4", 1_000)
    assert caught.value.key == "output-too-big"
    assert list(bench.folder.glob("big*")) == []


# Cancelling, looking up, callbacks


async def test_cancelling_never_loses_a_finished_output(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.finish()
    assert await bench.provider.cancel(task) in {"finished", "unsupported"}
    assert isinstance(await bench.provider.check(task), Succeeded)


async def test_rubbish_is_no_callback(bench: Bench) -> None:
    for body in (b"", b"{", b"[]", b'"x"', b'{"id":1}', b'{"status":"running"}', b"\xff", b"[" * 100_000):
        assert bench.provider.callback_task(body) is None


async def test_only_ark_knows_of_more_than_the_guide_says(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    outcome = await bench.provider.cancel(task)
    assert outcome == ("cancelled" if isinstance(bench.server, ArkServer) else "unsupported")
