from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.core.frames import plan_frame
from bot.core.media import (
    JPEG,
    MP3,
    MP4,
    NOTE_KEYS,
    REFUSAL_KEYS,
    Conversion,
    Convert,
    Fit,
    InputLimits,
    Keep,
    MediaInfo,
    MediaKind,
    Note,
    Range,
    audio_limits,
    image_limits,
    plan,
    planned_duration_ms,
    refuse_total,
    video_bitrate_bps,
    video_limits,
)

PHOTOS = image_limits(max_bytes=30_000_000, sides_px=Range(300, 6000), ratio=Range(0.4, 2.5))
FILMS = video_limits(
    max_bytes=200_000_000,
    duration_ms=Range(2000, 15_000),
    total_duration_ms=15_000,
    sides_px=Range(300, 6000),
    ratio=Range(0.4, 2.5),
    pixels=Range(407_696, 8_295_044),
    fps=Range(24, 60),
)
SOUNDS = audio_limits(max_bytes=15_000_000, duration_ms=Range(2000, 15_000), total_duration_ms=15_000)

PHOTO = MediaInfo(MediaKind.IMAGE, JPEG, "jpeg", 500_000, width=1280, height=720, pix_fmt="RGB")
FILM = MediaInfo(
    kind=MediaKind.VIDEO,
    mime=MP4,
    container="mp4",
    size_bytes=4_000_000,
    width=1280,
    height=720,
    duration_ms=8000,
    fps=30.0,
    video_codec="h264",
    audio_codec="aac",
    pix_fmt="yuv420p",
    has_audio=True,
)
SOUND = MediaInfo(MediaKind.AUDIO, MP3, "mp3", 90_000, duration_ms=9000, audio_codec="mp3", has_audio=True)


def altered(info: MediaInfo, **changes: object) -> MediaInfo:
    return dataclasses.replace(info, **changes)  # type: ignore[arg-type]  # the tests name the fields themselves


def conversion_of(info: MediaInfo, limits: InputLimits) -> Conversion:
    decision = plan(info, limits)
    assert isinstance(decision, Convert)
    return decision.conversion


def notes_of(info: MediaInfo, limits: InputLimits) -> tuple[Note, ...]:
    decision = plan(info, limits)
    assert isinstance(decision, Keep | Convert)
    return decision.notes


def refusal_of(info: MediaInfo, limits: InputLimits) -> Refusal:
    decision = plan(info, limits)
    assert isinstance(decision, Refusal)
    assert decision.key in REFUSAL_KEYS
    return decision


@pytest.mark.parametrize(("info", "limits"), [(PHOTO, PHOTOS), (FILM, FILMS), (SOUND, SOUNDS)])
def test_what_a_model_takes_is_kept(info: MediaInfo, limits: InputLimits) -> None:
    assert plan(info, limits) == Keep()


@pytest.mark.parametrize(
    "changes",
    [
        {"mime": "image/heic"},
        {"size_bytes": 30_000_000},
        {"pix_fmt": "CMYK"},
        {"pix_fmt": "I;16", "bit_depth": 16},
        {"rotation": 90},
    ],
)
def test_a_picture_in_the_wrong_form_becomes_a_jpeg_of_the_same_size(changes: dict[str, object]) -> None:
    wanted = Conversion(mime=JPEG, max_bytes=30_000_000, width=1280, height=720)
    assert plan(altered(PHOTO, **changes), PHOTOS) == Convert(wanted)


@pytest.mark.parametrize(
    "changes",
    [
        {"mime": "video/webm"},
        {"size_bytes": 200_000_000},
        {"video_codec": "vp9"},
        {"audio_codec": "opus"},
        {"pix_fmt": "yuv420p10le", "bit_depth": 10},
        {"rotation": 90},
    ],
)
def test_a_film_in_the_wrong_form_is_encoded_again_in_its_size_and_pace(changes: dict[str, object]) -> None:
    wanted = Conversion(mime=MP4, max_bytes=200_000_000, width=1280, height=720, fps=30)
    assert plan(altered(FILM, **changes), FILMS) == Convert(wanted)


def test_a_silent_film_needs_no_audio_codec() -> None:
    assert plan(altered(FILM, audio_codec="", has_audio=False), FILMS) == Keep()


@pytest.mark.parametrize(
    "changes", [{"mime": "audio/ogg", "audio_codec": "opus"}, {"audio_codec": "adpcm"}, {"size_bytes": 15_000_000}]
)
def test_a_sound_in_the_wrong_form_becomes_an_mp3(changes: dict[str, object]) -> None:
    assert plan(altered(SOUND, **changes), SOUNDS) == Convert(Conversion(mime=MP3, max_bytes=15_000_000))


@pytest.mark.parametrize(
    ("info", "limits", "size", "note"),
    [
        (altered(PHOTO, width=280, height=280), PHOTOS, (303, 303), "note-image-scaled"),
        (altered(PHOTO, width=8000, height=6000), PHOTOS, (5941, 4456), "note-image-scaled"),
        (altered(PHOTO, width=2000, height=500), PHOTOS, (2000, 808), "note-image-padded"),
        (altered(PHOTO, width=500, height=2000), PHOTOS, (808, 2000), "note-image-padded"),
        (altered(FILM, width=384, height=384), FILMS, (646, 646), "note-video-scaled"),
        (altered(FILM, width=1281, height=719), FILMS, (1282, 720), "note-video-scaled"),
        (altered(FILM, width=4096, height=2160), FILMS, (3928, 2072), "note-video-scaled"),
        (altered(FILM, width=1920, height=600), FILMS, (1920, 776), "note-video-padded"),
    ],
)
def test_an_odd_size_becomes_the_nearest_accepted_one_and_is_said(
    info: MediaInfo, limits: InputLimits, size: tuple[int, int], note: str
) -> None:
    wanted = conversion_of(info, limits)
    assert (wanted.width, wanted.height) == size
    assert notes_of(info, limits) == (Note(note, {"width": size[0], "height": size[1]}),)
    assert (wanted.fit is Fit.PAD) == note.endswith("padded")


@given(
    width=st.integers(1, 8192),
    height=st.integers(1, 8192),
    limits=st.sampled_from([PHOTOS, FILMS]),
)
def test_every_planned_size_is_accepted_and_only_extremes_are_refused(
    width: int, height: int, limits: InputLimits
) -> None:
    info = altered(PHOTO if limits is PHOTOS else FILM, width=width, height=height)
    decision = plan(info, limits)
    match decision:
        case Refusal():
            assert decision.key == "media-odd-shape"
            assert not 0.1 <= width / height <= 10
        case Convert(size, notes):
            assert plan(altered(info, width=size.width, height=size.height), limits) == Keep()
            assert {note.key for note in notes} <= set(NOTE_KEYS)
        case Keep():
            assert 0.4 <= width / height <= 2.5


@pytest.mark.parametrize(("width", "height"), [(8000, 100), (100, 8000), (0, 0)])
def test_a_strip_that_would_be_mostly_bars_is_refused(width: int, height: int) -> None:
    for info, limits in ((PHOTO, PHOTOS), (FILM, FILMS)):
        refusal = refusal_of(altered(info, width=width, height=height), limits)
        assert (refusal.key, refusal.data["width"], refusal.data["max_ratio"]) == ("media-odd-shape", width, 2.5)


def test_limits_that_no_size_meets_refuse_every_odd_one() -> None:
    impossible = image_limits(max_bytes=9, sides_px=Range(1000, 1010), pixels=Range(0, 500))
    assert refusal_of(PHOTO, impossible).key == "media-odd-shape"


def test_an_animated_picture_is_said_to_become_a_still() -> None:
    assert notes_of(altered(PHOTO, animated=True), PHOTOS) == (Note("note-image-still"),)


@pytest.mark.parametrize(
    ("fps", "wanted"), [(12.0, 24), (15.0, 30), (10.0, 30), (23.976, 24), (120.0, 60), (0.0, 24), (1.0, 24)]
)
def test_an_odd_pace_becomes_a_multiple_or_the_nearest_and_is_said(fps: float, wanted: int) -> None:
    assert conversion_of(altered(FILM, fps=fps), FILMS).fps == wanted
    assert notes_of(altered(FILM, fps=fps), FILMS) == (Note("note-video-fps", {"fps": wanted}),)


@pytest.mark.parametrize("fps", [24.0, 29.97, 60.005])
def test_an_accepted_pace_is_left(fps: float) -> None:
    assert plan(altered(FILM, fps=fps), FILMS) == Keep()


def test_what_is_too_long_is_cut_below_the_limit_and_said() -> None:
    for info, limits, note in ((FILM, FILMS, "note-video-trimmed"), (SOUND, SOUNDS, "note-audio-trimmed")):
        long = altered(info, duration_ms=20_000)
        assert conversion_of(long, limits).trim_ms == 14_900
        assert notes_of(long, limits) == (Note(note, {"seconds": 15}),)
        decision = plan(long, limits)
        assert isinstance(decision, Convert)
        assert planned_duration_ms(long, decision) == 14_900


def test_what_is_not_cut_keeps_its_length() -> None:
    assert planned_duration_ms(SOUND, Keep()) == 9000
    assert planned_duration_ms(SOUND, Convert(Conversion(mime=MP3, max_bytes=9))) == 9000


def test_what_is_too_long_is_refused_where_it_may_not_be_cut() -> None:
    refusal = refusal_of(altered(FILM, duration_ms=20_500), dataclasses.replace(FILMS, may_trim=False))
    assert (refusal.key, dict(refusal.data)) == ("media-too-long", {"seconds": 20.5, "max": 15})


@pytest.mark.parametrize(("duration_ms", "kept"), [(1799, False), (1800, True), (15_200, True), (15_201, False)])
def test_rounding_of_lengths_is_forgiven(duration_ms: int, kept: bool) -> None:
    for info, limits in ((FILM, FILMS), (SOUND, SOUNDS)):
        assert (plan(altered(info, duration_ms=duration_ms), limits) == Keep()) is kept


def test_what_is_too_short_is_refused_with_both_numbers() -> None:
    refusal = refusal_of(altered(SOUND, duration_ms=1240), SOUNDS)
    assert (refusal.key, dict(refusal.data)) == ("media-too-short", {"seconds": 1.2, "min": 2})


def test_all_files_of_a_kind_share_one_length() -> None:
    assert refuse_total([8000, 7100], SOUNDS) is None
    refusal = refuse_total([8000, 8000], SOUNDS)
    assert refusal is not None
    assert (refusal.key, refusal.data["seconds"], refusal.data["max"]) == ("media-too-long-in-total", 16, 15)


def test_a_file_beyond_reading_is_refused_with_its_weight() -> None:
    refusal = refusal_of(altered(FILM, size_bytes=900_000_000), FILMS)
    assert (refusal.key, dict(refusal.data)) == ("media-too-big", {"mb": 900.0, "max": 500.0})


@pytest.mark.parametrize(
    ("info", "limits"),
    [(SOUND, PHOTOS), (SOUND, FILMS), (PHOTO, FILMS), (PHOTO, SOUNDS), (altered(FILM, has_audio=False), SOUNDS)],
)
def test_a_file_of_another_kind_is_refused(info: MediaInfo, limits: InputLimits) -> None:
    refusal = refusal_of(info, limits)
    assert (refusal.key, refusal.data["wanted"]) == ("media-wrong-kind", limits.kind.value)


def test_the_sound_of_a_film_is_taken_as_a_sound_and_said() -> None:
    decision = plan(FILM, SOUNDS)
    assert decision == Convert(Conversion(mime=MP3, max_bytes=15_000_000), (Note("note-audio-extracted"),))


@given(max_bytes=st.integers(2_000_000, 10**9), duration_ms=st.integers(0, 60_000))
def test_a_bit_rate_for_a_size_keeps_below_it(max_bytes: int, duration_ms: int) -> None:
    bps = video_bitrate_bps(max_bytes, duration_ms, 128_000)
    assert 50_000 <= bps < 2**31
    assert (bps + 128_000) / 8 * duration_ms / 1000 <= max_bytes


def test_a_range_without_ends_holds_everything() -> None:
    assert 0 in Range()
    assert math.inf in Range()
    assert Range(24, 60).nearest(12) == 24


def test_a_frame_gets_the_pixels_of_the_output_and_loses_its_edges() -> None:
    assert plan_frame(PHOTO, PHOTOS, 1280, 720) == Keep()
    for info in (altered(PHOTO, width=720), altered(PHOTO, rotation=180), altered(PHOTO, mime="image/gif")):
        decision = plan_frame(info, PHOTOS, 1280, 720)
        assert isinstance(decision, Convert)
        assert decision.conversion == Conversion(
            mime=JPEG, max_bytes=PHOTOS.max_bytes, width=1280, height=720, fit=Fit.FILL
        )
    moving = plan_frame(altered(PHOTO, animated=True), PHOTOS, 1280, 720)
    assert isinstance(moving, Convert)
    assert [note.key for note in moving.notes] == ["note-image-still"]
    assert isinstance(plan_frame(FILM, PHOTOS, 1280, 720), Refusal)
