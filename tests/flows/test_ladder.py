"""The ways of a large or odd output into the chat: as it is, made to fit, or by a link that expires."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import av
import numpy as np
import pytest

from bot.media.orders import ChildLimits
from bot.media.tool import MediaTool
from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.telegram import ANN, BOB, FileToSend, WorldOptions
from tests.flows.stage import World, staged, until
from tests.flows.talk import Message, Talk, is_video, words

MB = 1_000_000
FRAMES = 3


def heavier(film: Path, out: Path, size_bytes: int) -> Path:
    """The same film with room behind it that means nothing: as long as wanted, without its bytes on this disk."""
    content = film.read_bytes()
    out.write_bytes(content + struct.pack(">I4s", size_bytes - len(content), b"free"))
    with out.open("r+b") as file:
        file.truncate(size_bytes)
    return out


def deep_4k(out: Path) -> Path:
    """HEVC of ten bits in 4K, as some models send it."""
    with av.open(str(out), "w") as film:
        options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        stream: Any = film.add_stream("libx265", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 3840, 2160, "yuv420p10le"
        for number in range(FRAMES):
            grey = np.full((2160, 3840, 3), 40 * number, dtype=np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        film.mux(stream.encode(None))
    return out


async def made_as(world: World, ann: Talk, make: Any) -> None:
    """Asks for a video whose output is another file; the provider is slow enough for it to be exchanged."""
    world.ark.knobs.render_s = 600
    await ann.say("/video a dog runs")
    await until(lambda: any(task.output and task.status is Status.RUNNING for task in world.ark.tasks.values()))
    task = list(world.ark.tasks.values())[-1]
    assert task.output is not None
    world.ark._shelf.put(f"{task.id}.mp4", await asyncio.to_thread(make, task.output.path))
    await world.ark.advance(task.id, Status.SUCCEEDED)


def uploaded(world: World) -> list[int]:
    """The sizes of the videos that went to Telegram, thumbnails left out."""
    return [max(call.files.values()) for call in world.telegram.calls.of("sendVideo") if call.files]


async def test_a_file_below_telegram_s_limit_goes_as_it_is(world: World, tmp_path: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await made_as(world, ann, lambda film: heavier(film, tmp_path / "49.mp4", 49 * MB))
        await ann.video()
    assert uploaded(world) == [49 * MB]


@pytest.mark.parametrize("size_mb", [51, 180])
async def test_a_larger_one_is_made_to_fit_and_its_original_is_a_link(
    world: World, tmp_path: Path, size_mb: int
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(linked=True):
        await made_as(world, ann, lambda film: heavier(film, tmp_path / "large.mp4", size_mb * MB))
        video = await ann.video()
        assert max(uploaded(world)) <= 50 * MB
        await until(lambda: world.books.states == ["DELIVERED"])
        await offers_original(ann, video, size_mb * MB)


async def offers_original(ann: Talk, video: Message, size_bytes: int) -> None:
    """The untouched file is more than Telegram takes: it comes as a link, whole."""
    await ann.unfold(video, "Original file")
    answer = await ann.reads("more than the 50", "good until tomorrow")
    assert await fetched_size(link_of(answer)) == size_bytes


def link_of(message: Message) -> str:
    return next(str(button["url"]) for row in message["buttons"] for button in row if button.get("url"))


async def fetched_size(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, answer.content_type) == (200, "video/mp4")
        return sum([len(chunk) async for chunk in answer.content.iter_any()])


async def test_hevc_of_ten_bits_in_4k_is_made_to_play_on_phones(world: World, tmp_path: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await made_as(world, ann, lambda _: deep_4k(tmp_path / "deep.mp4"))
        video = await ann.sees(is_video, 60)
    assert (video["media"]["width"], video["media"]["height"]) == (3840, 2160)
    row = world.books.rows("SELECT info FROM job_files WHERE kind = 'playable'")[0]
    assert '"video_codec": "h264"' in row["info"]


async def test_what_can_not_be_made_to_fit_comes_as_a_link_and_counts_as_delivered(
    world: World, tmp_path: Path
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(linked=True) as bot:
        cramped(bot)
        await made_as(world, ann, lambda film: heavier(film, tmp_path / "large.mp4", 51 * MB))
        answer = await ann.reads("more than the 50", "a dog runs")
        await until(lambda: world.books.states == ["DELIVERED"])
        assert await fetched_size(link_of(answer)) == 51 * MB
    assert uploaded(world) == []
    assert world.books.losses == []


async def test_without_an_address_a_file_too_large_is_kept_and_that_is_said(world: World, tmp_path: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot() as bot:
        cramped(bot)
        await made_as(world, ann, lambda film: heavier(film, tmp_path / "large.mp4", 51 * MB))
        answer = await ann.reads("The video is kept")
        assert "http" not in words(answer)
        await until(lambda: world.books.states == ["DELIVERED"])


def cramped(bot: Any) -> None:
    """Its child may write so little that a thumbnail fits and a film does not."""
    object.__setattr__(bot._tools, "media", MediaTool(ChildLimits(max_output_bytes=20_000)))


@pytest.fixture
async def local(
    tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch, world_options: WorldOptions
) -> AsyncIterator[World]:
    """The world with a Bot API server of its own beside the bot, as started with `--local`."""
    async with staged(tmp_path, films, monkeypatch, world_options, local_mode=True) as built:
        yield built


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_local_server_takes_a_large_video_whole_and_no_card_warns(
    local: World, tmp_path: Path, language: str
) -> None:
    talk = Talk(local.ann, ANN) if language == "en" else Talk(local.bob, BOB)
    async with local.bot(telegram_local_mode=True, user_usd_per_month=100):
        await made_as(local, talk, lambda film: heavier(film, tmp_path / "large.mp4", 60 * MB))
        video = await talk.video()
        await until(lambda: local.books.states == ["DELIVERED"])
        assert video["media"]["size_bytes"] == 60 * MB
        await talk.say("a dog runs 15s 4k")
        card = words(await talk.card())
        assert not any(warning in card for warning in ("May be larger", "Может быть больше"))
    assert local.books.value("SELECT count(*) FROM job_files WHERE kind = 'playable'") == 0


async def test_a_local_server_gives_a_file_of_sixty_megabytes(local: World, tmp_path: Path) -> None:
    ann = Talk(local.ann, ANN)
    async with local.bot(telegram_local_mode=True, linked=True, user_usd_per_month=100):
        await ann.say("/video a dog runs")
        await ann.video()
        (task,) = local.ark.tasks.values()
        assert task.output is not None
        film = await asyncio.to_thread(heavier, task.output.path, tmp_path / "sixty.mp4", 60 * MB)
        await ann.say("@video1 at night", FileToSend(film, "video", 5.0))
        await ann.start()
        await until(lambda: local.books.states == ["DELIVERED"] * 2)
    _, made = local.ark.tasks.values()
    assert len(made.ask.of_kind("video")) == 1


async def test_the_card_says_beforehand_that_a_video_may_not_fit(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_usd_per_month=100):
        await ann.say("a dog runs 15s 4k")
        card = await ann.card()
        assert "May be larger than 50" in words(card)
        await ann.say("a dog runs")
        assert "larger than" not in words(await ann.reads("720p"))
