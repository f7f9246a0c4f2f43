from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.core.errors import MediaUnreadable, Refusal
from bot.core.media import JPEG, MP3, MP4, Conversion, Convert, Keep, MediaKind, Range, audio_limits, plan, video_limits
from bot.media.tool import MediaTool

FILMS = video_limits(
    max_bytes=200_000_000,
    duration_ms=Range(2000, 15_000),
    sides_px=Range(300, 6000),
    ratio=Range(0.4, 2.5),
    pixels=Range(407_696, 8_295_044),
    fps=Range(24, 60),
)
SOUNDS = audio_limits(max_bytes=15_000_000, duration_ms=Range(2000, 15_000))


async def converted(tool: MediaTool, source: Path, out: Path, limits: Any) -> Any:
    """What a file becomes on its way to a model."""
    decision = plan(await tool.probe(source), limits)
    assert isinstance(decision, Convert)
    info = await tool.convert(source, decision.conversion, out)
    assert plan(info, limits) == Keep()
    return info


def notes_of(decision: object) -> list[str]:
    assert isinstance(decision, Convert)
    return [note.key for note in decision.notes]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("voice.ogg", "libopus"), ("song.m4a", "aac"), ("song.flac", "flac"), ("song.mka", "libopus")],
)
async def test_a_sound_becomes_an_mp3_of_the_same_length(
    studio: Any, tool: MediaTool, tmp_path: Path, name: str, codec: str
) -> None:
    source = studio.sound(name, 3, codec)
    assert abs((await tool.probe(source)).duration_ms - 3000) < 60
    info = await converted(tool, source, tmp_path / "out.mp3", SOUNDS)
    assert (info.mime, info.audio_codec, info.kind) == (MP3, "mp3", MediaKind.AUDIO)
    assert abs(info.duration_ms - 3000) < 100


@pytest.mark.parametrize(("name", "codec"), [("three.mp3", "libmp3lame"), ("three.wav", "pcm_s16le")])
async def test_mp3_and_wav_are_kept(studio: Any, tool: MediaTool, name: str, codec: str) -> None:
    assert plan(await tool.probe(studio.sound(name, 3, codec)), SOUNDS) == Keep()


async def test_a_voice_of_twenty_seconds_is_cut_to_fifteen(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.sound("long.ogg", 20, "libopus")
    assert notes_of(plan(await tool.probe(source), SOUNDS)) == ["note-audio-trimmed"]
    info = await converted(tool, source, tmp_path / "out.mp3", SOUNDS)
    assert 14_800 <= info.duration_ms <= 15_000


async def test_one_second_of_voice_is_refused(studio: Any, tool: MediaTool) -> None:
    answer = plan(await tool.probe(studio.sound("short.ogg", 1, "libopus")), SOUNDS)
    assert isinstance(answer, Refusal)
    assert (answer.key, answer.data["min"]) == ("media-too-short", 2)


async def test_the_sound_of_a_film_can_be_a_reference(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.film("square.mp4")
    assert notes_of(plan(await tool.probe(source), SOUNDS)) == ["note-audio-extracted"]
    assert abs((await converted(tool, source, tmp_path / "out.mp3", SOUNDS)).duration_ms - 2000) < 100


async def test_a_film_that_models_take_is_kept(studio: Any, tool: MediaTool) -> None:
    assert plan(await tool.probe(studio.film("square.mp4")), FILMS) == Keep()


async def test_a_round_video_note_is_enlarged_to_what_models_take(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    info = await converted(tool, studio.film("note.mp4", 2, (384, 384), fps=30), tmp_path / "out.mp4", FILMS)
    assert info.width == info.height >= 640
    assert 24 <= info.fps <= 60
    assert (info.video_codec, info.audio_codec, info.pix_fmt, info.faststart) == ("h264", "aac", "yuv420p", True)
    assert abs(info.duration_ms - 2000) < 60


async def test_a_slow_film_is_paced_up_and_said(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.film("slow.mp4", 3, fps=12, sound=None)
    assert notes_of(plan(await tool.probe(source), FILMS)) == ["note-video-fps"]
    info = await converted(tool, source, tmp_path / "out.mp4", FILMS)
    assert (info.fps, info.has_audio) == (24, False)
    assert abs(info.duration_ms - 3000) < 100


async def test_a_long_film_is_cut_with_its_sound(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    limits = video_limits(max_bytes=9_000_000, duration_ms=Range(1000, 2000))
    source = studio.film("three.mp4", 3, (320, 240))
    assert notes_of(plan(await tool.probe(source), limits)) == ["note-video-trimmed"]
    assert 1800 <= (await converted(tool, source, tmp_path / "out.mp4", limits)).duration_ms <= 2000


async def test_odd_sides_become_even(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.film("odd.mov", 2, (741, 601), pix_fmt="yuv444p")
    info = await converted(tool, source, tmp_path / "out.mp4", FILMS)
    assert (info.width, info.height, info.mime) == (742, 602, MP4)


async def test_a_video_sticker_becomes_a_film(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.film("sticker.webm", 2, (512, 384), fps=30, codec="libvpx-vp9", sound=None)
    assert (await converted(tool, source, tmp_path / "out.mp4", FILMS)).video_codec == "h264"


async def test_a_film_from_an_upright_phone_is_turned(
    tool: MediaTool, tmp_path: Path, rotated_film: Path, colour_at: Any
) -> None:
    info = await converted(tool, rotated_film, tmp_path / "out.mp4", FILMS)
    assert (info.width, info.height, info.rotation) == (600, 800, 0)
    assert [colour_at(tmp_path / "out.mp4", *at) for at in ((0.8, 0.2), (0.8, 0.8), (0.2, 0.2))] == [
        "red",
        "green",
        "blue",
    ]
    await tool.thumbnail(rotated_film, tmp_path / "thumb.jpg")
    assert colour_at(tmp_path / "thumb.jpg", 0.8, 0.2) == "red"


async def test_a_very_wide_film_gets_black_bars(studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any) -> None:
    source = studio.film("wide.mp4", 2, (1280, 320), sound=None)
    info = await converted(tool, source, tmp_path / "out.mp4", FILMS)
    assert info.width / info.height <= 2.5
    assert colour_at(tmp_path / "out.mp4", 0.2, 0.02) == "black"
    assert colour_at(tmp_path / "out.mp4", 0.2, 0.4) == "red"


async def test_ten_bit_hevc_becomes_what_phones_play(
    studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any
) -> None:
    source = studio.film("deep.mp4", 2, codec="libx265", pix_fmt="yuv420p10le")
    assert ((await tool.probe(source)).video_codec, (await tool.probe(source)).bit_depth) == ("hevc", 10)
    info = await tool.playable(source, tmp_path / "out.mp4")
    assert (info.video_codec, info.pix_fmt, info.audio_codec, info.faststart) == ("h264", "yuv420p", "aac", True)
    assert (info.width, info.height, info.fps) == (640, 640, 24)
    raw = (tmp_path / "out.mp4").read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    assert colour_at(tmp_path / "out.mp4", 0.2, 0.2) == "red"


async def test_a_good_film_only_gets_its_index_moved(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.film("square.mp4")
    assert not (await tool.probe(source)).faststart
    info = await tool.playable(source, tmp_path / "out.mp4")
    assert info.faststart
    assert _pictures(tmp_path / "out.mp4") == _pictures(source)


async def test_a_playable_film_is_left_byte_for_byte(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.film("ready.mp4", movflags="+faststart")
    await tool.playable(source, tmp_path / "out.mp4", max_bytes=50_000_000)
    assert (tmp_path / "out.mp4").read_bytes() == source.read_bytes()


async def test_a_heavy_film_is_made_to_fit(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.film("noise.mp4", 1, (1280, 720), noise=True)
    most = source.stat().st_size // 20
    info = await tool.playable(source, tmp_path / "out.mp4", max_bytes=most)
    assert most // 4 < info.size_bytes <= most
    assert abs(info.duration_ms - 1000) < 60


async def test_the_last_frame_is_the_last(studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any) -> None:
    info = await tool.last_frame(studio.film("square.mp4"), tmp_path / "last.jpg")
    assert (info.width, info.height, info.mime) == (640, 640, "image/jpeg")
    assert colour_at(tmp_path / "last.jpg", 0.8, 0.2) == "green"


async def test_a_torn_film_is_refused(studio: Any, tool: MediaTool) -> None:
    for name in ("square.mp4", "ready.mp4"):
        whole = studio.film(name, movflags="+faststart" if name == "ready.mp4" else "").read_bytes()
        with pytest.raises(MediaUnreadable, match="media-unreadable"):
            await tool.probe(studio.data("torn.mp4", whole[: len(whole) // 2]))


def _pictures(path: Path) -> list[bytes]:
    import av

    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(video=0) if packet.size]


async def test_a_song_with_a_cover_is_a_sound(tool: MediaTool, song_with_cover: Path) -> None:
    info = await tool.probe(song_with_cover)
    assert (info.kind, info.mime, info.width) == (MediaKind.AUDIO, MP3, 0)
    assert plan(info, SOUNDS) == Keep()


async def test_a_film_wider_than_any_screen_is_refused(studio: Any, tool: MediaTool) -> None:
    with pytest.raises(MediaUnreadable, match="media-too-many-pixels"):
        await tool.probe(studio.film("huge.mp4", 0.1, (8208, 64), sound=None))


async def test_colours_survive_a_change_of_size(
    studio: Any, tool: MediaTool, tmp_path: Path, red_hd_film: Path
) -> None:
    """HD and smaller films are coloured by different rules; a smaller copy must still be the same red."""
    await tool.convert(
        red_hd_film, Conversion(mime=MP4, max_bytes=9_000_000, width=400, height=300), tmp_path / "a.mp4"
    )
    for number, source in enumerate((red_hd_film, tmp_path / "a.mp4")):
        await tool.last_frame(source, tmp_path / f"{number}.jpg")
        with Image.open(tmp_path / f"{number}.jpg") as image:
            pixel: Any = image.getpixel((50, 50))
        assert max(abs(a - b) for a, b in zip(pixel, (200, 30, 60), strict=True)) <= 6


async def test_a_film_does_not_become_a_picture(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    for order in (Conversion(mime=JPEG, max_bytes=9000), Conversion(mime="video/webm", max_bytes=9000)):
        with pytest.raises(MediaUnreadable):
            await tool.convert(studio.film("square.mp4"), order, tmp_path / "out.jpg")


async def test_a_sound_is_no_film(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    sound = studio.sound("three.mp3", 3)
    for call in (tool.playable(sound, tmp_path / "a.mp4"), tool.last_frame(sound, tmp_path / "a.jpg")):
        with pytest.raises(MediaUnreadable):
            await call
