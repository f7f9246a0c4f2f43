"""Shared drafts in their corners: the tray at the opening, files that change, weeks that pass, buttons of before."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.media import MediaKind
from bot.services import admins, asking, keeping, sharing
from bot.services.heard import HeardMedia, HeardReply, Source
from bot.services.sharing import MAX_ALL, MAX_EACH
from tests.services.house import ANN, BOB, LAB, MIA, House, photo

CARD = 5_000
SLOT = "request:1"


async def drafted(house: House, text: str = "@image1 meets @image2", **values: Any) -> None:
    """Ann's draft in the group; its card is message 5000."""
    await house.hear(text, source=Source.COMMAND, chat=LAB, **values)
    await card_of(house)


async def card_of(house: House) -> None:
    """It was sent."""
    await house.sender_is_done()
    await house.rows(
        "INSERT INTO cards (chat_id, slot, message_id) SELECT chat_id, :slot, :id FROM requests WHERE id = 1",
        slot=SLOT,
        id=CARD,
    )


async def opened(house: House, **values: Any) -> None:
    await drafted(house, **values)
    assert await house.press(await house.button("👥 Let", SLOT), chat=LAB) is None


async def bring(house: House, number: int, user: Any = BOB, **values: Any) -> int:
    return await house.hear(media=photo(number), user=user, chat=LAB, reply=HeardReply(CARD, to_bot=True), **values)


async def text(house: House) -> str:
    return str((await house.shown(SLOT))["text"])


async def test_the_tray_goes_into_the_draft_and_no_label_changes(house: House) -> None:
    for number in (1, 2, 3):
        await house.hear(media=photo(number), chat=LAB, reply=HeardReply(9, to_bot=True))
    await opened(house, text="@image1 meets @image3")
    assert await house.value("SELECT count(*) FROM tray") == 0
    await bring(house, 4)
    shown = await text(house)
    assert [f"@image{n}" in shown for n in (1, 2, 3, 4)] == [True, False, True, True]
    assert "from Bob" in shown.split("@image4", 1)[1]
    assert "from Ann" not in shown


async def test_another_file_in_a_message_takes_the_place_of_the_one_that_was_brought(house: House) -> None:
    await opened(house, media=photo(1))
    sent = await bring(house, 2)
    await bring(house, 3, message_id=sent, edited=True)
    assert await house.rows("SELECT file_id FROM brought JOIN media ON media.id = media_id") == [{"file_id": "f3"}]
    assert "from Bob" in await text(house)


async def test_a_draft_takes_so_much_of_one_and_so_much_of_all(house: House) -> None:
    await opened(house, text="they meet 15s")
    for number in range(MAX_EACH + 1):
        await bring(house, number)
    assert await house.value("SELECT count(*) FROM brought") == MAX_EACH < MAX_ALL
    assert f"{MAX_EACH} files of one member and {MAX_ALL} in all" in (await house.shown())["text"]


async def test_a_draft_that_waited_a_week_takes_nothing_and_files_keep_it_at_hand(house: House) -> None:
    await opened(house, media=photo(1))
    house.later(days=6)
    await bring(house, 2)
    house.later(days=6)
    await bring(house, 3)
    assert await house.value("SELECT count(*) FROM brought") == 2
    house.later(days=8)
    await bring(house, 4)
    assert await house.value("SELECT count(*) FROM brought") == 2
    assert "This draft is over" in (await house.shown())["text"]


async def test_a_start_button_of_before_is_the_asker_s_way_to_pay(house: House) -> None:
    await drafted(house, text="a dog runs 15s")
    before = await house.button("▶ Start", SLOT)
    assert await house.press(await house.button("👥 Let", SLOT), chat=LAB) is None
    await bring(house, 2)
    assert await house.press(before, chat=LAB) == "Something changed meanwhile. Look at the card once more."
    assert await house.jobs() == []
    assert await house.press(await house.button("▶ Pay", SLOT), chat=LAB) is None
    (job,) = await house.jobs()
    assert await house.value("SELECT name FROM users WHERE id = :id", id=job["user_id"]) == "Ann"


VOICE = HeardMedia(MediaKind.AUDIO, "voice", "f7", "u7", "audio/ogg", None, 9_000, duration_ms=4_000)
FILM = HeardMedia(MediaKind.VIDEO, "video", "f8", "u8", "video/mp4", None, 9_000, 720, 1280, 4_000)


@pytest.mark.parametrize(("media", "label"), [(VOICE, "@audio1"), (FILM, "@video1")], ids=["voice", "video"])
@pytest.mark.parametrize("words", ["@image1 sings 15s", "@image1 sings to @image2"], ids=["whole", "faulty"])
async def test_sounds_and_videos_are_brought_as_pictures_are(
    house: House, media: HeardMedia, label: str, words: str
) -> None:
    await opened(house, text=words, media=photo(1))
    await house.hear(media=media, user=BOB, chat=LAB, reply=HeardReply(CARD, to_bot=True))
    (line,) = (line for line in (await text(house)).splitlines() if line.endswith("from Bob"))
    assert line.startswith(f"<code>{label}</code>")
    assert f"✕ {label}" in await house.words(SLOT)


async def test_what_no_model_takes_is_told_so_and_nothing_is_brought(house: House) -> None:
    await opened(house, media=photo(1))
    await house.hear(useless="sticker", user=BOB, chat=LAB, reply=HeardReply(CARD, to_bot=True))
    assert "The app draws this sticker itself" in (await house.shown())["text"]
    assert await house.value("SELECT count(*) FROM brought") == 0


async def test_each_chat_numbers_its_own_and_lists_and_private_chats_share_nothing(house: House) -> None:
    await house.hear("a dog runs", media=None)
    assert not any("👥" in words for words in await house.words("request:1"))
    await house.hear("a dog\na cat", source=Source.COMMAND, chat=LAB, lines=True)
    assert not any("👥" in words for words in await house.words("request:2"))
    for number in (3, 4):
        await house.hear("a dog runs 15s", source=Source.COMMAND, chat=LAB)
        await house.press(await house.button("👥 Let", f"request:{number}"), chat=LAB)
        assert f"Draft {number - 2} ·" in (await house.shown(f"request:{number}"))["text"]


async def test_a_moderator_s_permission_is_the_payer_s_it_was_given_to(house: House) -> None:
    await house.run("quota", "0/day", chat=LAB)
    await opened(house, media=photo(1))
    await bring(house, 2)
    pay = await house.button("▶ Pay", SLOT)
    assert await house.press(pay, BOB, LAB) is None
    assert await house.press(await house.button("Ask a moderator"), BOB, LAB) is not None
    assert await house.press(await house.button("Allow once", "approval:1"), MIA, LAB) is None
    assert await house.press(pay, ANN, LAB) is None
    assert await house.jobs() == []
    assert await house.press(pay, BOB, LAB) is None
    assert len(await house.jobs()) == 1


async def test_each_who_takes_part_asks_the_moderators_for_themselves(house: House) -> None:
    await house.run("quota", "0/day", chat=LAB)
    await opened(house, media=photo(1))
    await bring(house, 2)
    pay = await house.button("▶ Pay", SLOT)
    for number, user in enumerate((ANN, BOB), start=1):
        assert await house.press(pay, user, LAB) is None
        asks = await house.button("Ask a moderator")
        assert await house.press(asks, user, LAB) == "The moderators are asked."
        assert await house.press(asks, user, LAB) == "The moderators were asked about this already."
        assert f"<b>{user.name}</b> asks the moderators" in (await house.shown(f"approval:{number}"))["text"]
    assert await house.press(await house.button("Refuse", "approval:1"), MIA, LAB) is None
    assert await house.press(await house.button("Allow once", "approval:2"), MIA, LAB) is None
    assert await house.press(pay, ANN, LAB) is None
    assert await house.jobs() == []
    assert await house.press(pay, BOB, LAB) is None
    assert len(await house.jobs()) == 1


@pytest.mark.parametrize("user", [ANN, BOB])
async def test_the_asker_s_album_takes_nothing_back_that_was_paid_for(house: House, user: Any) -> None:
    asked = await house.hear("@image1 meets @image2", source=Source.COMMAND, chat=LAB, media=photo(1), album_id="A")
    house.later(s=2)
    await asking.settle_albums(house.env)
    await card_of(house)
    await house.press(await house.button("👥 Let", SLOT), chat=LAB)
    await bring(house, 2)
    await house.press(await house.button("▶ Pay", SLOT), user, LAB)
    await house.hear(media=photo(3), chat=LAB, album_id="A", message_id=asked + 1_000)
    (job,) = await house.jobs()
    assert (job["state"], await house.value("SELECT state FROM requests")) == ("QUEUED", "taken")


async def test_what_a_person_sent_and_another_brought_goes_with_their_forgetting(house: House) -> None:
    await opened(house, media=photo(1))
    sent = await house.hear(media=photo(2), user=BOB, chat=LAB, reply=HeardReply(9, to_bot=True))
    await house.run("add", "1", user=MIA, chat=LAB, reply=HeardReply(sent, photo(2)))
    assert "from Mia" in await text(house)
    bob = await house.value("SELECT user_id FROM media WHERE file_id = 'f2'")
    await house.store.transact(lambda tx: sharing.forget(house.env, tx, bob, house.clock[0]))
    shown = await text(house)
    assert ("from Mia" in shown, "words name it: <code>@image2</code>" in shown) == (False, True)


async def test_who_brought_what_is_kept_no_longer_than_the_draft(house: House) -> None:
    await opened(house, text="a dog runs 15s")
    await bring(house, 2)
    house.later(days=10)
    await keeping.tidy(house.env, house.clock[0])
    assert await house.value("SELECT count(*) FROM brought") == 0
    await bring(house, 3)
    await house.rows("UPDATE requests SET updated_at = :now", now=house.clock[0])
    await bring(house, 3)
    assert await house.value("SELECT count(*) FROM brought") == 1
    rows = (await house.shown(SLOT))["buttons"]
    discard = next(button["nonce"] for row in rows for button in row if button["text"] == "✕")
    assert await house.press(discard, chat=LAB) is None
    assert await house.value("SELECT count(*) FROM brought") == 0


async def test_who_takes_part_no_more_asks_no_moderator_to_let_them_pay(house: House) -> None:
    await opened(house, text="they meet 15s", media=photo(1))
    await bring(house, 2)
    await admins.keep(house.env, LAB, [MIA], house.clock[0])
    await house.rows(
        "INSERT INTO limits (scope, scope_id, member_id, measure, period, value, words, lift, set_by, updated_at)"
        " SELECT 'member', chat_id, 0, 'job', 'now', 100000, '', 'admin', NULL, 0 FROM requests WHERE id = 1"
    )
    await house.press(await house.button("▶ Pay", SLOT), BOB, LAB)
    asks = await house.button("Ask a moderator")
    await house.press(await house.button("✕ @image2", SLOT), chat=LAB)
    assert "Who takes part may pay" in str(await house.press(asks, BOB, LAB))
    assert await house.rows("SELECT id FROM approvals") == []
