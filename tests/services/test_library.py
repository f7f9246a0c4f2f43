"""`/save`, `@name`, `/library` and the list of videos, at the services."""

from __future__ import annotations

import json
from typing import Any

from bot.core.media import MediaKind
from bot.services import gathering
from bot.services.heard import HeardMedia, HeardReply, Source
from tests.services.hands import ask
from tests.services.house import ANN, BOB, House, photo

VOICE = HeardMedia(MediaKind.AUDIO, "voice", "fv", "uv", "audio/ogg", None, 9_000, duration_ms=3_000)


async def save(house: House, name: str, media: HeardMedia, message_id: int = 3, **values: Any) -> str:
    await house.run("save", name, user=ANN, reply=HeardReply(message_id=message_id, media=media), **values)
    return str((await house.shown())["text"])


async def test_a_saved_photo_is_meant_by_its_name_in_any_case(house: House) -> None:
    assert "@Hero" in await save(house, "Hero", photo(1))
    await house.hear("@hero runs 9:16", source=Source.COMMAND)
    (job,) = await house.jobs()
    (reference,) = await house.rows("SELECT media.file_id FROM job_references JOIN media ON media.id = media_id")
    assert reference["file_id"] == "f1"
    assert json.loads(job["spec"])["prompt"][0] == {"label": "image1"}


async def test_a_card_says_which_label_a_saved_name_became_and_links_it_to_nobody(house: House) -> None:
    await save(house, "герой", photo(1))
    await house.hear("@герой meets @image1", media=photo(2))
    shown = (await house.shown("request:1"))["text"]
    assert "<code>@image2</code> = герой" in shown


async def test_a_name_that_is_not_saved_stays_a_word_and_one_that_is_close_is_told(house: House) -> None:
    await save(house, "hero", photo(1))
    await house.hear("@herro meets @durov")
    shown = (await house.shown("request:1"))["text"]
    assert "In your library there is <code>@hero</code>" in shown
    assert "durov" not in shown


async def test_a_library_is_its_person_s_own(house: House) -> None:
    await save(house, "hero", photo(1))
    await house.hear("@hero runs", user=BOB, source=Source.COMMAND)
    assert await house.value("SELECT count(*) FROM job_references") == 0


async def test_saving_again_replaces_and_the_count_is_bounded(house: House) -> None:
    for number in range(50):
        await save(house, f"n{number}", photo(number), message_id=number + 10)
    assert "50 names are saved" in await save(house, "more", photo(99), message_id=99)
    await save(house, "N7", photo(98), message_id=98)
    assert await house.value("SELECT count(*) FROM library") == 50
    assert (
        await house.value("SELECT file_id FROM library JOIN media ON media.id = media_id WHERE folded = 'n7'") == "f98"
    )


async def test_a_caption_saves_its_own_photo_and_bad_names_are_told(house: House) -> None:
    await house.run("save", "hero", user=ANN, media=photo(5))
    assert await house.value("SELECT file_id FROM library JOIN media ON media.id = media_id") == "f5"
    assert "already means an attachment" in await save(house, "фото1", photo(1))
    assert "one word" in await save(house, "a b", photo(1))
    await house.run("save", "hero", user=ANN)
    assert "in reply to a photo" in (await house.shown())["text"]


async def test_what_is_saved_outlives_the_forgetting_of_attachments(house: House) -> None:
    await save(house, "hero", photo(1))
    house.later(days=30)
    await gathering.forget(house.env)
    assert await house.value("SELECT count(*) FROM media") == 1


async def test_the_library_shows_its_pictures_and_opens_renames_and_deletes_each(house: House) -> None:
    await house.run("library", user=ANN)
    assert "Nothing is saved yet" in (await house.shown())["text"]
    for number, name in enumerate(("hero", "villain")):
        await save(house, name, photo(number), message_id=number + 5)
    await save(house, "anthem", VOICE, message_id=9)
    await house.run("library", user=ANN)
    album = json.loads(await house.value("SELECT payload FROM outbox WHERE kind = 'album'"))
    assert [(item["type"], item["caption"]) for item in album["items"]] == [("photo", "@hero"), ("photo", "@villain")]
    assert await house.words() == ["@anthem", "@hero", "@villain"]
    await house.press(await house.button("@anthem"))
    kept = json.loads(await house.value("SELECT payload FROM outbox WHERE kind = 'kept'"))
    assert (kept["origin"], kept["file_id"]) == ("voice", "fv")
    rename, delete = (button["nonce"] for button in kept["buttons"][0])
    await answer(house, rename, "hero")
    await told_why_and_asked_again(house)
    await answer(house, rename, "фото")
    assert (
        "Reply with the new name"
        in (await house.shown(await house.value("SELECT slot FROM questions ORDER BY id DESC")))["text"]
    )
    await answer(house, rename, "chorus")
    assert await house.press(delete) == "Deleted from your library."
    assert await house.press(delete) == "Already done."
    assert [row["name"] for row in await house.rows("SELECT name FROM library ORDER BY name")] == ["hero", "villain"]


async def told_why_and_asked_again(house: House) -> None:
    newest = await house.rows("SELECT payload FROM outbox WHERE kind = 'text' ORDER BY id DESC LIMIT 2")
    asked, why = (str(row["payload"]) for row in newest)
    assert ("already" in why, "Reply with the new name" in asked) == (True, True)


async def answer(house: House, button: str, words: str) -> None:
    """Presses, and replies to the question that comes, as the sender would have put it into the chat."""
    await house.press(button)
    house.updates += 1
    message_id = house.updates
    slot = await house.value("SELECT slot FROM questions ORDER BY id DESC")
    await house.rows(
        "INSERT INTO cards (chat_id, slot, message_id) VALUES (1, :slot, :message)", slot=slot, message=message_id
    )
    await house.sender_is_done()
    await house.hear(None, words=words, reply=HeardReply(message_id=message_id, to_bot=True))


async def test_the_list_has_pages_kinds_and_an_album(house: House) -> None:
    for number in range(10):
        await ask(house, f"a dog runs {number}")
    await house.rows("UPDATE jobs SET state = 'DELIVERED', cost_microusd = 7, file_id = 'tg-' || id WHERE id <> 3")
    await house.run("jobs", user=ANN)
    slot = await house.value("SELECT slot FROM outbox WHERE slot LIKE 'jobs:%'")
    shown = await house.shown(slot)
    assert shown["text"].count("a dog runs") == 8
    await house.press(await house.button("🎞", slot))
    album = json.loads(await house.value("SELECT payload FROM outbox WHERE kind = 'album'"))
    assert len(album["items"]) == 7 + (1 if "runs 2" not in shown["text"] else 0)
    await house.press(await house.button("Older", slot))
    assert (await house.shown(slot))["text"].count("a dog runs") == 2
    await house.press(await house.button("‹ Newer", slot))
    await house.press(await house.button("Running", slot))
    running = await house.shown(slot)
    assert running["text"].count("a dog runs") == 1
    assert any(button["text"].startswith("✕") for row in running["buttons"] for button in row)
    await house.press(await house.button("Failed", slot))
    assert "None of these" in (await house.shown(slot))["text"]


async def test_a_page_of_many_videos_has_a_button_each_and_their_receipts_a_tap_away(house: House) -> None:
    for number in range(9):
        await ask(house, f"a dog runs {number}")
    await house.rows("UPDATE jobs SET state = 'DELIVERED', cost_microusd = 7, file_id = 'tg-' || id WHERE id > 4")
    await house.rows("UPDATE jobs SET state = 'FAILED', error_key = 'refused-text' WHERE id = 4")
    await house.rows("UPDATE jobs SET state = 'COLLECTING', task_id = 'T' WHERE id = 3")
    codes = [job["code"] for job in reversed(await house.jobs())][:8]
    await house.run("jobs", user=ANN)
    slot = await house.value("SELECT slot FROM outbox WHERE slot LIKE 'jobs:%'")
    signs = [*"▶▶▶▶▶", "✏️", "🧾", "✕"]
    rows = [[button["text"] for button in row] for row in (await house.shown(slot))["buttons"]]
    assert [*rows[0], *rows[1], *rows[2]] == [f"{sign} {code}" for sign, code in zip(signs, codes, strict=True)]
    assert rows[3:] == [["🧾 Receipts", "🎞 See these"], ["• All", "Running"], ["Finished", "Failed"], ["Older ›"]]
    await house.press(await house.button(f"✕ {codes[7]}", slot))
    assert [job["state"] for job in await house.jobs()][1] == "CANCELLED"
    await house.press(await house.button("🧾 Receipts", slot))
    assert (await house.words(slot))[:9] == [*(f"🧾 {code}" for code in codes), "‹ Back"]
    await house.press(await house.button(f"🧾 {codes[0]}", slot))
    assert (await house.shown())["text"].startswith(f"<b>{codes[0]}</b>")
    await house.press(await house.button("‹ Back", slot))
    assert (await house.words(slot))[0] == f"▶ {codes[0]}"


async def test_saved_words_stand_for_what_they_say_options_too(house: House) -> None:
    await house.run("save", "Noir in black and white, hard light 9:16", user=ANN)
    assert "<code>@Noir</code> stands for" in (await house.shown())["text"]
    await house.hear("a dog runs @noir", source=Source.COMMAND)
    (job,) = await house.jobs()
    spec = json.loads(job["spec"])
    assert (spec["prompt"], spec["ratio"]) == (["a dog runs in black and white, hard light"], "9:16")


async def test_saved_words_may_name_a_saved_reference(house: House) -> None:
    await save(house, "hero", photo(1))
    await house.run("save", "scene @hero walks into a bar", user=ANN)
    await house.hear("@scene 9:16", source=Source.COMMAND)
    assert await house.value("SELECT count(*) FROM job_references") == 1


async def test_a_name_means_words_or_a_reference_never_both(house: House) -> None:
    await save(house, "hero", photo(1))
    await house.run("save", "HERO a brave dog", user=ANN)
    assert await house.value("SELECT count(*) FROM library") == 0
    await save(house, "hero", photo(2), message_id=4)
    assert await house.value("SELECT count(*) FROM phrases") == 0


async def test_saved_words_are_shown_opened_and_deleted(house: House) -> None:
    await house.run("save", f"noir {'very ' * 40}dark", user=ANN)
    await house.run("library", user=ANN)
    listed = await house.shown()
    assert "…" in listed["text"]
    await house.press(await house.button("@noir"))
    opened = await house.shown()
    assert "dark" in opened["text"]
    await house.press(await house.button("Delete"))
    assert await house.value("SELECT count(*) FROM phrases") == 0


async def test_words_too_long_are_refused_and_what_is_forgotten_is_gone(house: House) -> None:
    await house.run("save", f"noir {'x' * 501}", user=ANN)
    assert "500 can be kept" in (await house.shown())["text"]
    assert await house.value("SELECT count(*) FROM phrases") == 0


async def test_a_reference_can_not_take_the_name_of_words(house: House) -> None:
    await save(house, "hero", photo(1))
    await house.run("save", "noir\nin black and white", user=ANN)
    await house.run("library", user=ANN)
    await house.press(await house.button("@hero"))
    kept = json.loads(await house.value("SELECT payload FROM outbox WHERE kind = 'kept' ORDER BY id DESC"))
    await answer(house, kept["buttons"][0][0]["nonce"], "noir")
    await told_why_and_asked_again(house)
    assert await house.value("SELECT name FROM library") == "hero"
