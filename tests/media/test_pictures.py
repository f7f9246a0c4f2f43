from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from bot.core.drawing import Tile
from bot.core.errors import MediaUnreadable
from bot.core.media import JPEG, Conversion, Convert, Fit, Keep, MediaKind, Range, image_limits, plan
from bot.media.tool import MediaTool

LIMITS = image_limits(max_bytes=30_000_000, sides_px=Range(300, 6000), ratio=Range(0.4, 2.5))


async def converted(tool: MediaTool, source: Path, out: Path, limits: Any = LIMITS) -> Any:
    """What a picture becomes on its way to a model."""
    decision = plan(await tool.probe(source), limits)
    assert isinstance(decision, Convert)
    info = await tool.convert(source, decision.conversion, out)
    assert plan(info, limits) == Keep()
    return info


@pytest.mark.parametrize("name", ["photo.heic", "photo.avif", "photo.gif"])
async def test_a_picture_no_model_takes_becomes_a_jpeg(
    studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any, name: str
) -> None:
    info = await converted(tool, studio.picture(name), tmp_path / "out.jpg", image_limits(max_bytes=9_000_000))
    assert (info.mime, info.width, info.height, info.kind) == (JPEG, 640, 480, MediaKind.IMAGE)
    assert [colour_at(tmp_path / "out.jpg", *at) for at in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8))] == [
        "red",
        "green",
        "blue",
    ]


@pytest.mark.parametrize("name", ["photo.jpg", "photo.webp", "photo.png", "photo.bmp", "photo.tiff"])
async def test_a_picture_that_models_take_is_kept(studio: Any, tool: MediaTool, name: str) -> None:
    assert plan(await tool.probe(studio.picture(name)), LIMITS) == Keep()


async def test_a_photo_lying_on_its_side_is_turned_upright(
    studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    source = studio.picture("lying.jpg", exif=exif)
    assert (await tool.probe(source)).rotation == 90
    info = await converted(tool, source, tmp_path / "out.jpg")
    assert (info.width, info.height, info.rotation) == (480, 640, 0)
    assert colour_at(tmp_path / "out.jpg", 0.8, 0.2) == "red"


async def test_cmyk_becomes_rgb_of_the_same_colours(
    studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any
) -> None:
    with Image.open(studio.picture("photo.png")) as photo:
        source = studio.picture("print.jpg", photo.convert("CMYK"))
    assert (await converted(tool, source, tmp_path / "out.jpg")).pix_fmt == "RGB"
    assert colour_at(tmp_path / "out.jpg", 0.2, 0.2) == "red"


async def test_sixteen_bit_grey_keeps_its_brightness(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.picture("deep.png", Image.new("I;16", (400, 400), 0x8000))
    assert (await tool.probe(source)).bit_depth == 16
    await converted(tool, source, tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.getpixel((200, 200)) == (128, 128, 128)


async def test_what_was_transparent_becomes_white(studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any) -> None:
    source = studio.picture("sticker.webp", Image.new("RGBA", (280, 280), (0, 0, 0, 0)))
    info = await converted(tool, source, tmp_path / "out.jpg")
    assert min(info.width, info.height) >= 300
    assert colour_at(tmp_path / "out.jpg", 0.5, 0.5) == "white"


async def test_a_panorama_gets_bars_and_keeps_its_shape(
    studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any
) -> None:
    source = studio.picture("panorama.png", Image.new("RGB", (1600, 400), (220, 20, 20)))
    decision = plan(await tool.probe(source), LIMITS)
    assert isinstance(decision, Convert)
    assert decision.conversion.fit is Fit.PAD
    info = await converted(tool, source, tmp_path / "out.jpg")
    assert info.width == 1600
    assert 0.4 <= info.width / info.height <= 2.5


async def test_a_picture_that_fills_a_frame_loses_its_edges_alone(
    studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any
) -> None:
    wide = Image.new("RGB", (1600, 400), (20, 20, 220))
    wide.paste((220, 20, 20), (600, 0, 1000, 400))
    source = studio.picture("wide.png", wide)
    wanted = Conversion(mime=JPEG, max_bytes=1_000_000, width=720, height=720, fit=Fit.FILL)
    info = await tool.convert(source, wanted, tmp_path / "out.jpg")
    assert (info.width, info.height) == (720, 720)
    assert {colour_at(tmp_path / "out.jpg", x, 0.5) for x in (0.1, 0.5, 0.9)} == {"red"}


async def test_a_picture_is_made_lighter_until_it_fits(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    source = studio.picture("grain.png", Image.effect_noise((900, 900), 120).convert("RGB"))
    info = await tool.convert(source, Conversion(mime=JPEG, max_bytes=60_000), tmp_path / "out.jpg")
    assert info.size_bytes < 60_000


async def test_a_thumbnail_is_below_200_kb_and_320_px(
    studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any
) -> None:
    for source in (studio.film("noise.mp4", 1, (1280, 720), noise=True), studio.picture("photo.heic")):
        info = await tool.thumbnail(source, tmp_path / "thumb.jpg")
        assert info.mime == JPEG
        assert info.size_bytes < 200_000
        assert max(info.width, info.height) == 320
    assert colour_at(tmp_path / "thumb.jpg", 0.2, 0.2) == "red"


async def test_a_sheet_shows_every_reference(studio: Any, tool: MediaTool, tmp_path: Path, colour_at: Any) -> None:
    photo, film, voice = studio.picture("photo.jpg"), studio.film("square.mp4"), studio.sound("three.mp3", 3)
    tiles = [Tile("@a", "reference", str(path)) for path in (photo, film, voice, photo)]
    info = await tool.contact_sheet(tiles, tmp_path / "sheet.jpg")
    assert (info.width, info.height) == (3 * 240, 2 * 324)
    assert colour_at(tmp_path / "sheet.jpg", 0.1, 0.15) == "red"
    assert colour_at(tmp_path / "sheet.jpg", 0.4, 0.15) == "red"


async def test_each_letter_of_a_sheet_is_drawn_in_cyrillic_too(tool: MediaTool, tmp_path: Path) -> None:
    """A face without the letters draws the same box for each."""
    seen = set()
    for words in ("первый кадр", "первая каша", "нервный как"):
        await tool.contact_sheet([Tile("@фото1", words, None)], tmp_path / "sheet.jpg")
        seen.add((tmp_path / "sheet.jpg").read_bytes())
    assert len(seen) == 3


async def test_what_can_only_be_heard_and_what_is_not_at_hand_look_different(tool: MediaTool, tmp_path: Path) -> None:
    for name, is_sound in (("sound.jpg", True), ("film.jpg", False)):
        await tool.contact_sheet([Tile("@audio1", "song", None, is_sound)], tmp_path / name)
    assert (tmp_path / "sound.jpg").read_bytes() != (tmp_path / "film.jpg").read_bytes()


async def test_a_line_that_is_too_long_for_its_tile_is_drawn_smaller(tool: MediaTool, tmp_path: Path) -> None:
    await tool.contact_sheet([Tile("@image12", "the very last frame of it all · 1 min 15 s", None)], tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as sheet:
        edges = [sheet.convert("L").crop((left, 240, left + 3, 324)).getextrema()[1] for left in (0, 237)]
    assert all(int(str(brightest)) < 80 for brightest in edges), "letters reach the edge"


async def test_a_png_that_unpacks_to_gigabytes_is_refused(tool: MediaTool, bomb: Path) -> None:
    with pytest.raises(MediaUnreadable, match="media-too-many-pixels"):
        await tool.probe(bomb)


async def test_a_torn_picture_is_refused(studio: Any, tool: MediaTool) -> None:
    whole = studio.picture("photo.png").read_bytes()
    with pytest.raises(MediaUnreadable, match="media-unreadable"):
        await tool.probe(studio.data("torn.png", whole[: len(whole) // 2]))


async def test_a_colour_profile_is_applied_and_a_broken_one_passed_over(
    studio: Any, tool: MediaTool, tmp_path: Path
) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = studio.picture("profiled.tiff", icc_profile=profile)
    await tool.convert(source, Conversion(mime=JPEG, max_bytes=9_000_000), tmp_path / "out.jpg")
    broken = studio.picture("broken-profile.tiff", icc_profile=b"no profile at all")
    await tool.convert(broken, Conversion(mime=JPEG, max_bytes=9_000_000), tmp_path / "broken.jpg")
    for name in ("out.jpg", "broken.jpg"):
        with Image.open(tmp_path / name) as image:
            assert "icc_profile" not in image.info
            pixel: Any = image.getpixel((9, 9))
        assert max(abs(a - b) for a, b in zip(pixel, (220, 20, 20), strict=True)) <= 6


async def test_a_picture_that_cannot_be_made_light_enough_is_refused(
    studio: Any, tool: MediaTool, tmp_path: Path
) -> None:
    with pytest.raises(MediaUnreadable, match="media-too-big"):
        await tool.convert(studio.picture("photo.png"), Conversion(mime=JPEG, max_bytes=200), tmp_path / "out.jpg")


@pytest.mark.parametrize("count", [0, 37])
async def test_a_sheet_of_nothing_or_of_too_much_is_refused(
    studio: Any, tool: MediaTool, tmp_path: Path, count: int
) -> None:
    with pytest.raises(MediaUnreadable):
        await tool.contact_sheet([Tile("@a", "", str(studio.picture("photo.jpg")))] * count, tmp_path / "sheet.jpg")
