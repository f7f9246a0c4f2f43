"""What every provider must do, each before its own embedded server, on the wire."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.errors import (
    ContentRefused,
    KinetogramError,
    NotTaken,
    OperatorFault,
    Refusal,
    Throttled,
    Transient,
    Uncertain,
)
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.providers.base import Ended, PreparedReference, Rendering, Status, Succeeded, Task, Waiting
from bot.providers.http import Http
from bot.sandbox.providers.ark import ArkServer
from bot.sandbox.providers.serving import serve
from bot.sandbox.providers.wire import Trouble
from tests.providers.kit import HURRIED, KEY, MP4, Bench, image, of, reference, submitted

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
    assert refused.value.key == "provider-refused-request"


def _noise(folder: Path, size_bytes: int) -> PreparedReference:
    path = folder / f"{size_bytes}.png"
    path.write_bytes(bytes(size_bytes))
    return image(path)


# Taken, not taken, uncertain


@pytest.mark.parametrize("trouble", [Trouble.DROP_AFTER, Trouble.TRUNCATED])
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


@pytest.mark.parametrize("status", [429, 503])
async def test_what_was_not_taken_may_go_again_after_the_time_told(bench: Bench, status: int) -> None:
    bench.fail("create", Trouble.STATUS, status=status, retry_after_s=7)
    with pytest.raises(NotTaken) as caught:
        await submitted(bench, "a cat")
    assert caught.value.retry_after_s == 7
    await bench.pass_s(7)
    await submitted(bench, "a cat")
    assert bench.made() == 1


async def test_without_retry_after_the_waits_double_and_the_fifth_pauses_the_key(bench: Bench) -> None:
    bench.fail("create", Trouble.STATUS, status=429, times=5)
    waits = []
    for _ in range(5):
        with pytest.raises(NotTaken) as caught:
            await submitted(bench, "a cat")
        waits.append(caught.value.retry_after_s)
        await bench.pass_s(caught.value.retry_after_s or 0)
    assert waits == [1, 2, 4, 8, 60]
    await submitted(bench, "a cat")


async def test_no_connection_is_not_taken(bench: Bench) -> None:
    provider = bench.another("http://127.0.0.1:9")
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


async def test_a_reference_whose_file_is_gone_is_not_sent(bench: Bench, picture: Path) -> None:
    wanted = of(bench, "a cat", replace(image(picture), path=picture.with_name("gone.png")))
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
    assert [error.key for error in errors] == ["provider-key-refused"] * 2
    assert (ping.ok, ping.key) == (False, "provider-key-refused")
    told = f"{errors} {ping} {provider!r} {caplog.text}"
    assert "revoked-key" not in told
    assert "Bearer" not in told


@pytest.mark.parametrize("trouble", [Trouble.HTML, Trouble.EMPTY_404])
async def test_a_web_page_or_an_unknown_path_is_another_house(bench: Bench, trouble: Trouble) -> None:
    bench.fail("create", trouble)
    with pytest.raises(OperatorFault) as caught:
        await submitted(bench, "a cat")
    assert caught.value.key == "provider-wrong-address"
    assert bench.made() == 0


async def test_a_web_page_instead_of_a_status_is_the_operators(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    bench.fail("get", Trouble.HTML)
    with pytest.raises(OperatorFault):
        await bench.provider.check(task)


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
        words = f"bad value near {request.headers['Authorization']} in the call"
        return web.json_response({"error": {"code": "InvalidParameter", "message": words}}, status=400)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", echo)
    async with serve(app, "127.0.0.1", 0) as origin:
        provider = bench.another(origin)
        with pytest.raises(Refusal) as caught:
            await provider.submit(of(bench))
    assert KEY not in str(caught.value)
    assert "***" in str(caught.value.data["detail"])


async def test_only_ark_knows_of_more_than_the_guide_says(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    outcome = await bench.provider.cancel(task)
    assert outcome == ("cancelled" if isinstance(bench.server, ArkServer) else "unsupported")
