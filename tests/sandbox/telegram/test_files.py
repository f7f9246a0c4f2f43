"""Files up and down: what is stored is what was sent, within Telegram's limits."""

import io
import json
from pathlib import Path

import pillow_heif
import pytest
from aiohttp import FormData
from PIL import Image

from bot.sandbox.telegram import ANN, FileToSend, Options, Person, WorldOptions
from bot.sandbox.telegram.errors import JsonDict
from tests.sandbox.telegram.wire import TOKEN, Clock, Wire, jpeg, mp4, sound

MIB = 1 << 20


async def test_a_video_is_stored_exactly_as_it_was_described(wire: Wire) -> None:
    files = {"video": mp4(), "thumbnail": jpeg((320, 180))}
    described = {"width": 1280, "height": 720, "duration": 5, "supports_streaming": "true", "caption": "A dog"}
    message = (await wire.form("sendVideo", files, chat_id=ANN, **described))["result"]
    video = message["video"]
    assert (video["width"], video["height"], video["duration"]) == (1280, 720, 5)
    assert (video["thumbnail"]["width"], video["thumbnail"]["height"]) == (320, 180)
    assert message["caption"] == "A dog"
    (call,) = wire.server.calls.of("sendVideo")
    assert call.params["supports_streaming"] is True
    assert call.files.keys() == {"video", "thumbnail"}


async def test_a_small_video_without_numbers_is_looked_into(wire: Wire) -> None:
    video = (await wire.form("sendVideo", {"video": mp4(2)}, chat_id=ANN))["result"]["video"]
    assert (video["width"], video["height"], video["duration"]) == (160, 90, 2)
    assert video["thumbnail"]["width"] == 160


async def test_a_video_above_10_mb_without_numbers_becomes_320_by_320_and_no_seconds(wire: Wire) -> None:
    large = mp4() + _free_box(11 * MIB)
    video = (await wire.form("sendVideo", {"video": large}, chat_id=ANN))["result"]["video"]
    assert (video["width"], video["height"], video["duration"]) == (320, 320, 0)
    assert "thumbnail" not in video
    told = (await wire.form("sendVideo", {"video": large}, chat_id=ANN, width=160, height=90, duration=1))["result"]
    assert (told["video"]["width"], told["video"]["height"], told["video"]["duration"]) == (160, 90, 1)


async def test_what_is_no_video_arrives_as_a_document(wire: Wire) -> None:
    message = (await wire.form("sendVideo", {"video": b"not a video"}, chat_id=ANN))["result"]
    assert "video" not in message
    assert message["document"]["file_size"] == 11


async def test_a_known_file_is_sent_again_by_its_id_without_an_upload(wire: Wire) -> None:
    first = (await wire.form("sendVideo", {"video": mp4()}, chat_id=ANN, width=100, height=50))["result"]["video"]
    again = (await wire.ok("sendVideo", chat_id=ANN, video=first["file_id"]))["video"]
    assert again == first
    assert wire.server.calls.of("sendVideo")[1].files == {}


async def test_a_file_id_keeps_its_type(wire: Wire) -> None:
    video = (await wire.form("sendVideo", {"video": mp4()}, chat_id=ANN))["result"]["video"]
    refusal = await wire.refused("sendPhoto", chat_id=ANN, photo=video["file_id"])
    assert refusal == "Bad Request: can't use file of type Video as Photo"
    unknown = await wire.refused("sendVideo", chat_id=ANN, video="BAACAgIAAx")
    assert unknown == "Bad Request: wrong file identifier/HTTP URL specified"


@pytest.mark.parametrize("thumbnail", [b"not a picture", jpeg((321, 10))], ids=["no picture", "too wide"])
async def test_a_bad_thumbnail_is_refused(wire: Wire, thumbnail: bytes) -> None:
    answer = await wire.form("sendVideo", {"video": mp4(), "thumbnail": thumbnail}, chat_id=ANN)
    assert answer["error_code"] == 400


async def test_a_part_that_nothing_refers_to_is_recorded(wire: Wire) -> None:
    await wire.form("sendVideo", {"video": mp4(), "thumb": jpeg()}, chat_id=ANN)
    assert wire.server.violations == ["sendVideo: uploaded part thumb is not used"]


async def test_more_than_50_mb_is_too_large_and_leaves_nothing_behind(wire: Wire, tmp_path: Path) -> None:
    form = FormData({"chat_id": str(ANN)})
    form.add_field("document", io.BytesIO(bytes(50 * MIB + 1)), filename="big.bin")
    async with wire.session.post(f"{wire.base}/bot{TOKEN}/sendDocument", data=form) as response:
        assert response.status == 413
        assert (await response.json())["description"] == "Request Entity Too Large"
    assert list((tmp_path / "files").iterdir()) == []


async def test_refused_uploads_are_not_kept(wire: Wire, tmp_path: Path) -> None:
    await wire.form("sendVideo", {"video": mp4()}, chat_id=999)
    assert list((tmp_path / "files").iterdir()) == []


async def test_a_file_is_downloaded_by_a_link_that_lives_an_hour(wire: Wire, clock: Clock) -> None:
    document = (await wire.form("sendDocument", {"document": b"content"}, chat_id=ANN))["result"]["document"]
    found = await wire.ok("getFile", file_id=document["file_id"])
    url = f"{wire.base}/file/bot{TOKEN}/{found['file_path']}"
    async with wire.session.get(url) as response:
        assert await response.read() == b"content"
    async with wire.session.get(url.replace(TOKEN, "4242:other")) as response:
        assert response.status == 401
    clock.forward(3601)
    async with wire.session.get(url) as response:
        assert response.status == 404


async def test_above_20_mb_there_is_no_link(wire: Wire, ann: Person, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(20 * MIB + 1))
    await ann.send(ANN, files=[path])
    (update,) = await wire.updates()
    document = update["message"]["document"]
    assert document["file_size"] == 20 * MIB + 1
    refusal = await wire.refused("getFile", file_id=document["file_id"])
    assert refusal == "Bad Request: file is too big"


async def test_an_album_takes_two_to_ten_items_of_kinds_that_go_together(wire: Wire) -> None:
    items: list[JsonDict] = [
        {"type": "photo", "media": "attach://a", "caption": "first"},
        {"type": "video", "media": "attach://b"},
    ]
    files = {"a": jpeg(), "b": mp4()}
    messages = (await wire.form("sendMediaGroup", files, chat_id=ANN, media=json.dumps(items)))["result"]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert wire.server.violations == []
    photo = messages[0]["photo"][-1]["file_id"]
    one = [{"type": "photo", "media": photo}]
    assert "at least 2" in await wire.refused("sendMediaGroup", chat_id=ANN, media=one)
    assert "too many" in await wire.refused("sendMediaGroup", chat_id=ANN, media=one * 11)
    mixed = [*one, {"type": "document", "media": photo}]
    assert "can't be mixed" in await wire.refused("sendMediaGroup", chat_id=ANN, media=mixed)


async def test_a_status_text_turns_into_the_video_in_place(wire: Wire) -> None:
    status = await wire.ok("sendMessage", chat_id=ANN, text="Rendering")
    media = json.dumps({"type": "video", "media": "attach://v", "caption": "Done"})
    edit = {"chat_id": ANN, "message_id": status["message_id"], "media": media}
    edited = (await wire.form("editMessageMedia", {"v": mp4()}, **edit))["result"]
    assert edited["message_id"] == status["message_id"]
    assert edited["caption"] == "Done"
    assert "text" not in edited


async def test_each_kind_of_a_persons_file_arrives_as_that_kind(wire: Wire, ann: Person, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(mp4(size=(96, 96)))
    song = tmp_path / "song.m4a"
    song.write_bytes(sound(2))
    picture = tmp_path / "p.webp"
    picture.write_bytes(jpeg())
    sent = [
        FileToSend(clip, "video"), FileToSend(clip, "animation"), FileToSend(clip, "video_note"),
        FileToSend(clip, "document"), FileToSend(picture, "sticker"), FileToSend(song, "voice", duration_s=9.4),
        FileToSend(song),
    ]  # fmt: skip
    for file in sent:
        await ann.send(ANN, files=[file])
    messages = [update["message"] for update in await wire.updates()]
    for file, message in zip(sent, messages, strict=True):
        assert (file.kind or "audio") in message
    assert messages[1]["document"]["file_id"] == messages[1]["animation"]["file_id"]
    assert messages[2]["video_note"]["length"] == 96
    assert (messages[5]["voice"]["duration"], messages[5]["voice"]["mime_type"]) == (9, "audio/ogg")
    assert messages[6]["audio"]["duration"] == 2


async def test_what_a_browser_records_arrives_as_a_voice_note(wire: Wire, ann: Person, tmp_path: Path) -> None:
    recorded = tmp_path / "note.webm"
    recorded.write_bytes(sound(3, "libopus", "webm"))
    await ann.send(ANN, files=[FileToSend(recorded, "voice")])
    (update,) = await wire.updates()
    voice = update["message"]["voice"]
    assert (voice["mime_type"], voice["duration"]) == ("audio/ogg", 3)
    link = await wire.ok("getFile", file_id=voice["file_id"])
    assert link["file_path"].endswith(".oga")
    async with wire.session.get(f"{wire.base}/file/bot{TOKEN}/{link['file_path']}") as response:
        assert (await response.read())[:4] == b"OggS"


async def test_a_gif_becomes_a_silent_mp4(wire: Wire, ann: Person, tmp_path: Path) -> None:
    frames = [Image.new("P", (33, 21), shade) for shade in range(4)]
    frames[0].save(tmp_path / "wave.gif", save_all=True, append_images=frames[1:], duration=500)
    await ann.send(ANN, files=[tmp_path / "wave.gif"])
    (update,) = await wire.updates()
    animation = update["message"]["animation"]
    assert (animation["mime_type"], animation["file_name"]) == ("video/mp4", "wave.mp4")
    assert (animation["width"], animation["height"], animation["duration"]) == (32, 20, 2)


async def test_an_iphone_photo_arrives_as_jpeg(wire: Wire, ann: Person, tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    Image.new("RGB", (400, 300), "navy").save(tmp_path / "IMG_1.heic")
    await ann.send(ANN, files=[FileToSend(tmp_path / "IMG_1.heic", "photo")])
    (update,) = await wire.updates()
    assert [size["width"] for size in update["message"]["photo"]] == [90, 320, 400]


@pytest.mark.parametrize("options", [Options(local_mode=True, world=WorldOptions(started=True))])
async def test_a_local_server_names_files_of_any_size_and_takes_them_by_path(wire: Wire, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(51 * MIB))
    message = await wire.ok("sendDocument", chat_id=ANN, document=large.as_uri())
    assert message["document"]["file_size"] == 51 * MIB
    found = await wire.ok("getFile", file_id=message["document"]["file_id"])
    assert Path(found["file_path"]).is_absolute()
    missing = (tmp_path / "none.bin").as_uri()
    assert "wrong file identifier" in await wire.refused("sendDocument", chat_id=ANN, document=missing)


async def test_media_named_by_url_is_fetched_when_its_type_fits(wire: Wire, site: str) -> None:
    message = await wire.ok("sendPhoto", chat_id=ANN, photo=f"{site}/picture.jpg")
    assert message["photo"][-1]["width"] == 320
    refusal = await wire.refused("sendVideo", chat_id=ANN, video=f"{site}/picture.jpg")
    assert refusal == "Bad Request: wrong type of the web page content"
    missing = await wire.refused("sendPhoto", chat_id=ANN, photo=f"{site}/none.jpg")
    assert missing == "Bad Request: failed to get HTTP URL content"


async def test_the_oldest_files_go_when_the_store_is_full(wire: Wire, tmp_path: Path) -> None:
    wire.server.exchange.files._total_bytes = 25
    first = (await wire.form("sendDocument", {"document": b"0123456789"}, chat_id=ANN))["result"]["document"]
    for _ in range(2):
        await wire.form("sendDocument", {"document": b"0123456789"}, chat_id=ANN)
    assert "invalid file_id" in await wire.refused("getFile", file_id=first["file_id"])
    assert len(list((tmp_path / "files").iterdir())) == 2


def _free_box(size: int) -> bytes:
    """A box of an MP4 that players skip."""
    return size.to_bytes(4, "big") + b"free" + bytes(size - 8)
