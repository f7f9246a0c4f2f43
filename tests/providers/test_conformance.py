"""What every provider must do, each before its own embedded server, on the wire: make what was ordered, and deliver it.

The rest of the suite: `_create` (the call that can't be taken back), `_ends` (refusals and failures), `_check` (looking
and fetching), `_ask` (cancelling, looking up, callbacks, pings).
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest

from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.providers.base import Rendering, Status, Succeeded, Waiting
from tests.providers.case import Can, lacks, needs
from tests.providers.kit import KEY, MP4, Bench, image, of, reference, submitted
from tests.sandbox.providers.desk import hosting

MAX_BYTES = 1_000_000


async def succeeded(bench: Bench, prompt: str = "a cat") -> Succeeded:
    task = await submitted(bench, prompt)
    await bench.finish()
    status = await bench.provider.check(task)
    assert isinstance(status, Succeeded)
    return status


def compact(words: str) -> str:
    return words.replace(" ", "").casefold()


# The way that all goes well


@needs(Can.QUEUE)
async def test_a_task_waits_renders_and_succeeds(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    seen: list[type[Status]] = []
    for seconds in (0, 1.0, 4.0):
        await bench.pass_s(seconds)
        seen.append(type(await bench.provider.check(task)))
    assert seen == [Waiting, Rendering, Succeeded]


async def test_a_task_is_not_over_before_it_is(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    assert isinstance(await bench.provider.check(task), Waiting | Rendering)
    await bench.pass_s(1.0)
    assert isinstance(await bench.provider.check(task), Waiting | Rendering)
    await bench.pass_s(4.0)
    assert isinstance(await bench.provider.check(task), Succeeded)
    assert task.key_name == bench.provider.key_name


async def test_a_finished_task_stays_finished(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.finish()
    first = await bench.provider.check(task)
    await bench.pass_s(60)
    second = await bench.provider.check(task)
    assert isinstance(first, Succeeded)
    assert isinstance(second, Succeeded)
    assert second.usage == first.usage


@needs(Can.TEXT)
async def test_words_alone_make_a_video_of_the_ordered_size_and_length(bench: Bench) -> None:
    wanted = of(bench)
    await bench.provider.submit(wanted)
    await bench.finish()
    (rendered,) = bench.renders.orders
    assert (rendered.prompt, rendered.pictures) == ("a cat", ())
    assert rendered.duration_s == wanted.spec.duration_s
    assert abs(rendered.width / rendered.height - wanted.spec.width / wanted.spec.height) < 0.02


async def test_words_of_every_script_arrive_as_they_were(bench: Bench) -> None:
    words = 'Кот "прыгает" — 猫が跳ぶ 🐈\n\tand <b>lands</b> & \\ {smiles}'
    await submitted(bench, words)
    await bench.finish()
    assert words in bench.renders.orders[0].prompt


@pytest.mark.parametrize("place", [0, -1])
async def test_the_shortest_and_the_longest_video_are_made(bench: Bench, place: int) -> None:
    plain = of(bench).spec
    model = bench.offer.model
    seconds = model.seconds_for(plain.resolution, referenced=any(r.role is Role.REFERENCE for r in plain.references))
    await submitted(bench, "a cat", duration_s=seconds[place])
    await bench.finish()
    assert bench.renders.orders[0].duration_s == seconds[place]


async def test_every_size_of_the_catalog_is_taken(bench: Bench) -> None:
    framed = any(ref.role is not Role.REFERENCE for ref in of(bench).spec.references)
    for (resolution, ratio), (width, height) in bench.offer.model.sizes_for(framed=framed).items():
        seconds = bench.offer.model.seconds_for(resolution)[0]
        sides = {"width": width, "height": height, "duration_s": seconds}
        task = await submitted(bench, "a cat", resolution=resolution, ratio=ratio, **sides)
        await bench.finish()
        assert isinstance(await bench.provider.check(task), Succeeded), (resolution, ratio)


async def test_every_offer_makes_a_task(bench: Bench) -> None:
    offers = [offer for offer in bench.provider.offers if offer.model.retired is None]
    for number, offer in enumerate(offers):
        if MediaKind.VIDEO in offer.model.needs:
            continue  # what edits a video is asked for in its adapter's own tests
        task = await bench.provider.submit(of(bench, offer=offer, trace=f"t-{number}"))
        await bench.finish()
        assert isinstance(await bench.provider.check(task), Succeeded), offer.model.id


async def test_equal_orders_are_tasks_of_their_own(bench: Bench) -> None:
    one, other = await submitted(bench, trace="t-1"), await submitted(bench, trace="t-2")
    assert one.id != other.id
    assert bench.made() == 2


# References


@needs(Can.FIRST)
async def test_a_single_first_frame_is_sent_as_one(bench: Bench, picture: Path) -> None:
    first = image(picture, role=Role.FIRST)
    await submitted(bench, (Label(MediaKind.IMAGE, 1), " blinks"), first)
    await bench.finish()
    (rendered,) = bench.renders.orders
    assert [picture.role.value for picture in rendered.pictures] == ["first"]
    assert "blinks" in rendered.prompt


@needs(Can.LAST)
async def test_a_pair_of_frames_goes_in_its_roles(bench: Bench, picture: Path) -> None:
    await submitted(bench, "orbit", image(picture, 1, Role.FIRST), image(picture, 2, Role.LAST))
    await bench.finish()
    (rendered,) = bench.renders.orders
    roles = [picture.role.value for picture in rendered.pictures]
    assert roles in (["first", "last"], ["reference", "reference"])  # the guide has no word for frames
    assert len(rendered.pictures) == 2


@needs(Can.REFERENCES)
async def test_pictures_arrive_in_order_under_dense_numbers(bench: Bench, picture: Path) -> None:
    prompt = (Label(MediaKind.IMAGE, 3), " meets ", Label(MediaKind.IMAGE, 1))
    await submitted(bench, prompt, image(picture, 1), image(picture, 3))
    await bench.finish()
    (rendered,) = bench.renders.orders
    wanted = f"{bench.case.label(MediaKind.IMAGE, 2)} meets {bench.case.label(MediaKind.IMAGE, 1)}"
    assert compact(wanted) in compact(rendered.prompt)
    assert [picture.role.value for picture in rendered.pictures] == ["reference", "reference"]


@needs(Can.SOUND)
async def test_pictures_and_sound_arrive_together(bench: Bench, picture: Path, song: Path) -> None:
    sound = reference(song, MediaKind.AUDIO)
    prompt = (Label(MediaKind.IMAGE, 2), " sings ", Label(MediaKind.AUDIO, 1))
    await submitted(bench, prompt, image(picture, 1), image(picture, 2), sound)
    await bench.finish()
    (rendered,) = bench.renders.orders
    wanted = f"{bench.case.label(MediaKind.IMAGE, 2)} sings {bench.case.label(MediaKind.AUDIO, 1)}"
    assert compact(wanted) in compact(rendered.prompt)
    assert (len(rendered.pictures), len(rendered.sounds)) == (2, 1)


@needs(Can.CLIP)
async def test_a_reference_video_arrives(bench: Bench, clip_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip_bytes)
    async with hosting() as host:
        clip = reference(path, MediaKind.VIDEO, url=host.put("clip.mp4", clip_bytes))
        await submitted(bench, (Label(MediaKind.VIDEO, 1), " again"), clip)
        await bench.finish()
    assert len(bench.renders.orders[0].clips) == 1


@needs(Can.SEED)
async def test_a_seed_arrives(bench: Bench) -> None:
    await submitted(bench, "a cat", seed=4711)
    await bench.finish()
    assert bench.renders.orders[0].seed == 4711


@needs(Can.SWITCH)
@pytest.mark.parametrize("audio", [True, False])
async def test_sound_is_on_or_off_as_ordered(bench: Bench, audio: bool) -> None:
    await submitted(bench, "a cat", audio=audio)
    await bench.finish()
    assert bench.renders.orders[0].sound is audio


@needs(Can.NEGATIVE)
async def test_what_must_not_be_seen_is_told_apart(bench: Bench) -> None:
    await submitted(bench, "a cat", negative="blurred dogs")
    await bench.finish()
    assert "blurred dogs" in str(bench.calls("create")[-1].ask)
    assert "blurred dogs" not in bench.renders.orders[0].prompt


# Progress


@needs(Can.PROGRESS)
async def test_percent_grow_to_the_end(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.pass_s(1.0)
    seen = []
    for _ in range(3):
        bench.clock.pass_s(1.0)
        status = await bench.provider.check(task)
        assert isinstance(status, Rendering)
        seen.append(status.percent)
    assert all(percent is not None and 0 <= percent <= 100 for percent in seen)
    assert seen == sorted(seen, key=lambda percent: percent or 0)
    assert len(set(seen)) == 3


@lacks(Can.PROGRESS)
async def test_without_percent_none_are_invented(bench: Bench) -> None:
    task = await submitted(bench, "a cat")
    await bench.pass_s(1.0)
    bench.clock.pass_s(2.0)
    assert await bench.provider.check(task) in (Rendering(None), Waiting())


# What it cost, and what came


async def test_the_price_reported_is_within_the_quote(bench: Bench) -> None:
    status = await succeeded(bench)
    wanted, price = of(bench).spec, bench.offer.price
    assert 0 <= price.cost(wanted, 0, status.usage) <= price.quote(wanted, 0)


@needs(Can.USAGE)
async def test_what_is_billed_is_reported(bench: Bench) -> None:
    usage = (await succeeded(bench)).usage
    assert usage.tokens or usage.credits or usage.seconds


@needs(Can.LAST_FRAME)
async def test_the_last_frame_comes_with_the_output(bench: Bench) -> None:
    status = await succeeded(bench)
    assert status.last_frame_url is not None
    path = bench.folder / "frame.jpg"
    found = await bench.provider.fetch(status.last_frame_url, path, MAX_BYTES)
    assert found.mime == "image/jpeg"


async def test_every_offer_has_sizes_limits_a_price_and_a_source(bench: Bench) -> None:
    assert bench.provider.offers
    for offer in bench.provider.offers:
        model = offer.model
        assert offer.provider == bench.provider.name
        assert set(model.inputs) <= set(MediaKind)
        assert all(model.max_counts.get(kind, 0) == 0 or kind in model.inputs for kind in MediaKind)
        assert model.source.date
        assert offer.price_source.date
        for resolution, ratio in model.sizes:
            width, height = model.sizes[resolution, ratio]
            wanted = of(bench, offer=offer, resolution=resolution, ratio=ratio, width=width, height=height).spec
            assert offer.price.quote(wanted, 0) >= 0


async def test_an_output_is_fetched_whole_and_hashed(bench: Bench) -> None:
    status = await succeeded(bench)
    path = bench.folder / "fetched.mp4"
    found = await bench.provider.fetch(status.video_url, path, MAX_BYTES)
    assert path.read_bytes() == MP4
    assert (found.size_bytes, found.sha256) == (len(MP4), hashlib.sha256(MP4).hexdigest())
    assert found.mime == "video/mp4"
    assert [path.name for path in bench.folder.glob("*.part")] == []


@lacks(Can.KEYED_FILES)
async def test_an_output_is_fetched_without_the_key(bench: Bench) -> None:
    status = await succeeded(bench)
    await bench.provider.fetch(status.video_url, bench.folder / "fetched.mp4", MAX_BYTES)
    assert [call.with_key for call in bench.calls("file")] == [False]


@needs(Can.KEYED_FILES)
async def test_an_output_is_fetched_with_the_key(bench: Bench) -> None:
    status = await succeeded(bench)
    await bench.provider.fetch(status.video_url, bench.folder / "fetched.mp4", MAX_BYTES)
    assert True in [call.with_key for call in bench.calls("file")]


async def test_nothing_secret_is_logged_on_the_whole_way(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    status = await succeeded(bench, "a very private wish")
    await bench.provider.fetch(status.video_url, bench.folder / "fetched.mp4", MAX_BYTES)
    told = f"{caplog.text} {bench.provider!r} {status.receipt}"
    assert KEY not in told
    assert "private wish" not in told
    assert status.video_url not in told
