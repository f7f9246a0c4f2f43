"""Albums, trays, edits and names: nothing that was sent is lost, nothing that was cancelled comes back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.core.media import MediaKind
from bot.core.money import usd
from bot.services import asking, gathering
from bot.services.heard import HeardMedia, HeardReply, Source
from tests.services.house import ANN, BOB, LAB, House, opened, photo

USED = "SELECT file_id FROM job_references AS used JOIN media ON media.id = media_id WHERE used.job_id = :job"


async def settle(house: House) -> None:
    house.later(ms=1_600)
    await asking.settle_albums(house.env)


async def test_a_caption_that_comes_after_its_album_settled_still_asks(house: House) -> None:
    await house.hear(media=photo(1), album_id="A", message_id=10)
    await settle(house)
    assert await house.value("SELECT state FROM requests") == "discarded"
    assert await house.value("SELECT count(*) FROM tray") == 1
    await house.hear("they play", media=photo(2), album_id="A", message_id=11)
    await settle(house)
    (request,) = await house.rows("SELECT * FROM requests")
    assert (request["state"], request["text"], request["message_id"]) == ("draft", "they play", 11)
    assert "@image2" in (await house.shown(f"request:{request['id']}"))["text"]


async def test_an_item_of_a_running_album_waits_in_the_tray_and_is_said_once(house: House) -> None:
    await house.hear("it plays", media=photo(1), album_id="A", message_id=10)
    await settle(house)
    await house.rows("UPDATE jobs SET state = 'RUNNING', task_id = 'T'")
    await house.hear(media=photo(2), album_id="A", message_id=11)
    await house.hear(media=photo(3), album_id="A", message_id=12)
    kept = await house.rows("SELECT message_id FROM media JOIN tray ON tray.media_id = media.id ORDER BY 1")
    assert [row["message_id"] for row in kept] == [11, 12]
    told = await house.rows("SELECT payload FROM outbox WHERE once LIKE 'late-item:%'")
    assert len(told) == 1
    assert len(await house.jobs()) == 1


async def test_an_item_of_an_album_in_a_group_that_comes_too_late_waits_in_its_askers_tray(house: House) -> None:
    asked: dict[str, Any] = {"chat": LAB, "album_id": "A", "user": BOB}
    await house.hear("it plays", media=photo(1), message_id=10, source=Source.COMMAND, **asked)
    await settle(house)
    assert await house.jobs() == [], "one item of an album is not all that was attached"
    assert await house.press(await house.button("▶"), BOB, LAB) is None
    await house.rows("UPDATE jobs SET state = 'RUNNING', task_id = 'T'")
    await house.hear(media=photo(2), message_id=11, **asked)
    assert await house.value("SELECT name FROM tray JOIN users ON users.id = tray.user_id") == "Bob"


async def test_one_picture_lies_in_two_trays(house: House) -> None:
    await house.hear(media=photo(1), chat=LAB, user=BOB, message_id=10)
    for user in (ANN, BOB):
        await house.run("add", user=user, chat=LAB, reply=HeardReply(10))
    owners = await house.rows("SELECT name FROM tray JOIN users ON users.id = tray.user_id ORDER BY name")
    assert [row["name"] for row in owners] == ["Ann", "Bob"]


async def test_another_picture_in_a_message_leaves_a_running_job_its_own(house: House) -> None:
    await house.hear("go @image1 go", media=photo(1), message_id=10)
    await house.rows("UPDATE jobs SET state = 'RUNNING', task_id = 'T'")
    film = HeardMedia(MediaKind.VIDEO, "video", "f9", "u9", "video/mp4", None, 9_000, 640, 480, 5_000)
    await house.hear("go @image1 go", media=film, message_id=10, edited=True)
    used = await house.rows("SELECT media.* FROM job_references JOIN media ON media.id = media_id")
    assert [(row["file_id"], row["kind"]) for row in used] == [("f1", "image")]
    assert "already being made" in (await house.shown())["text"]


async def test_another_picture_in_a_resting_message_is_the_one_that_is_made(house: House) -> None:
    await house.hear("go @image1 go", media=photo(1), message_id=10)
    await house.hear("go @image1 go", media=photo(2), message_id=10, edited=True)
    assert [job["state"] for job in await house.jobs()] == ["CANCELLED", "QUEUED"]
    used = await house.value(
        "SELECT file_id FROM job_references JOIN media ON media.id = media_id WHERE job_references.job_id = 2"
    )
    assert used == "f2"
    await house.hear("go @image1 go", media=photo(1), message_id=10, edited=True)
    used = await house.value(
        "SELECT file_id FROM job_references JOIN media ON media.id = media_id WHERE job_references.job_id = 3"
    )
    assert used == "f1"


async def test_another_picture_in_a_message_of_the_tray_replaces_it_there(house: House) -> None:
    await house.hear(media=photo(1), message_id=10)
    await house.hear(media=photo(2), message_id=10, edited=True)
    assert await house.rows("SELECT file_id FROM tray JOIN media ON media.id = media_id") == [{"file_id": "f2"}]


async def test_an_edit_after_a_cancel_starts_nothing(house: House) -> None:
    await house.hear("a dog runs", message_id=10, source=Source.COMMAND)
    await house.press(await house.button("✕", "request:1"))
    await house.hear("a cat runs", message_id=10, source=Source.COMMAND, edited=True)
    assert [job["state"] for job in await house.jobs()] == ["CANCELLED"]
    assert await house.value("SELECT state FROM requests") == "discarded"


async def test_an_edit_after_a_worker_carried_out_a_cancel_starts_nothing(house: House) -> None:
    await house.hear("a dog runs", message_id=10, source=Source.COMMAND)
    await house.rows("UPDATE jobs SET state = 'CANCELLED', error_key = 'cancel-done'")
    await house.hear("a cat runs", message_id=10, source=Source.COMMAND, edited=True)
    assert [job["state"] for job in await house.jobs()] == ["CANCELLED"]
    assert "already being made" not in (await house.shown())["text"]


async def test_fewer_videos_after_an_edit_leave_no_card_behind(house: House) -> None:
    house.env = replace(house.env, policy=replace(house.env.policy, confirm_above_microusd=usd("9")))
    await house.hear("a dog --n 3", message_id=10, source=Source.COMMAND)
    await house.sender_is_done()
    await house.hear("a dog --n 1", message_id=10, source=Source.COMMAND, edited=True)
    assert [job["state"] for job in await house.jobs()] == ["CANCELLED"] * 3 + ["QUEUED"]
    waiting = await house.rows("SELECT slot, kind FROM outbox WHERE state = 'pending' ORDER BY slot")
    assert [(row["slot"], row["kind"]) for row in waiting] == [("request:1", "text")]
    assert "starts in a moment" in (await house.shown("request:1"))["text"]


async def test_a_name_that_changed_hands_means_its_new_owner(house: House) -> None:
    await house.hear("hello", user=BOB)
    await house.hear("hello", user=replace(ANN, username="BOB"))
    await house.run("grant", "@bob $5")
    granted = await house.value(
        "SELECT name FROM accounts JOIN users ON users.id = owner_id WHERE kind = 'user'"
        " AND accounts.id IN (SELECT account_id FROM entries WHERE kind = 'GRANT')"
    )
    assert granted == "Ann"


async def test_nothing_is_kept_of_those_who_may_not_ask(tmp_path: Path) -> None:
    async with opened(tmp_path, open_access=False) as house:
        await house.hear("a dog", media=photo(1))
        await house.hear(media=photo(2), chat=LAB, user=BOB)
        assert await house.value("SELECT count(*) FROM media") == 0
        await house.run("allow", chat=LAB)
        await house.hear(media=photo(3), chat=LAB, user=BOB, album_id="A")
        assert await house.value("SELECT count(*) FROM media") == 1


async def test_attachments_that_nobody_used_are_forgotten(house: House) -> None:
    await house.hear(media=photo(1), chat=LAB)
    await house.hear("go @image1 go", media=photo(2))
    house.later(days=8)
    assert await gathering.forget(house.env) == 0
    house.later(days=2)
    assert await gathering.forget(house.env) == 1
    assert await house.value("SELECT file_id FROM media") == "f2"
