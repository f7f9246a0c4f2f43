"""Buttons: once a press, by the right person, after restarts, until they are old; and what stands below a video."""

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, FileToSend, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, data, words

ADMIN = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])


async def made(world: World, talk: Talk, text: str = "/video a dog runs", *files: Path) -> Message:
    """One more delivered video."""
    before = len(world.books.states)
    await talk.say(text, *files)
    await until(lambda: len(world.books.states) > before and set(world.books.states) == {"DELIVERED"})
    return (await talk.videos())[-1]


def press_of(world: World, person: int, message: Message, button: str) -> dict[str, Any]:
    """A press as Telegram reports it, for a report that comes again."""
    chat = world.telegram.world.chats[message["chat_id"]]
    shown = {"id": chat.id, "type": chat.kind, "title": chat.title, "first_name": "Ann"}
    body = {"message_id": message["id"], "date": 0, "chat": shown}
    user = world.telegram.world.users[person].api()
    return {"id": "7", "from": user, "message": body, "chat_instance": "1", "data": data(message, button)}


async def test_a_press_counts_once_however_often_it_is_reported(world: World) -> None:
    world.refusals.add(400)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("a dog runs")
        card = await ann.card()
        again = press_of(world, ANN, card, "▶")
        for _ in range(3):
            world.telegram.exchange.updates.put("callback_query", again, f"user:{ANN}")
        await ann.press(card, "▶")
        await ann.video()
        await until(lambda: len(world.telegram.calls.of("answerCallbackQuery")) == 4)
    assert len(world.ark.tasks) == 1
    said = [call.params.get("text") for call in world.telegram.calls.of("answerCallbackQuery")]
    assert sorted(text or "" for text in said) == ["", "Already done.", "Already done.", "Already done."]


@ADMIN
async def test_a_button_belongs_to_the_person_who_asked(world: World) -> None:
    ann, bob = Talk(world.ann, GROUP), Talk(world.bob, GROUP)
    async with world.bot():
        await ann.say("/video a dog runs 15s")
        card = await ann.card()
        await bob.press(card, "▶")
        assert await bob.toast() == "Эта кнопка для того, кто просил. Отправьте свою просьбу."
        assert world.books.jobs == []
        await ann.press(card, "▶")
        await ann.video()


async def test_buttons_outlive_a_restart_and_grow_old_in_a_week(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("a dog runs")
        card = await ann.card()
    async with world.bot():
        await ann.press(card, "▶")
        video = await ann.video()
        await until(lambda: world.telegram.calls.of("deleteMessage"))
        world.clock.push(days=8)
        await ann.press(video, "⋯")
        assert "too old" in await ann.toast(1)
    async with world.bot():
        await ann.press(video, "↻ Again")
        assert "too old" in await ann.toast(2)
    assert world.books.states == ["DELIVERED"]


async def test_again_makes_the_same_order_and_new_seed_another(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        first = await made(world, ann, "the dog runs --seed 7", dog)
        await ann.press(first, "↻ Again")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await ann.press(first, "🎲 New seed")
        await until(lambda: world.books.states == ["DELIVERED"] * 3)
        assert len(await ann.videos()) == 3
    one, two, three = world.ark.tasks.values()
    assert one.ask.text == two.ask.text == three.ask.text
    assert one.seed == two.seed == 7 != three.seed
    assert len(three.ask.of_kind("image")) == 1
    assert [job["parent_job_id"] for job in world.books.jobs] == [None, 1, 1]


async def test_again_needs_money_again(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(user_usd_per_month=1):
        await ann.press(await made(world, ann), "↻ Again")
        await ann.reads("you have $0.24 left until")
    assert world.books.states == ["DELIVERED"]


async def test_again_with_a_voice_and_a_picture_sends_both(world: World, dog: Path, note: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("", FileToSend(note, "voice", 3.0))
        await until(lambda: world.books.value("SELECT count(*) FROM tray") == 1)
        await ann.say("@image1 sings @audio1", dog)
        await ann.start()
        await ann.press(await ann.video(), "↻ Again")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    one, two = world.ark.tasks.values()
    assert [item.kind for item in one.ask.items] == [item.kind for item in two.ask.items]


async def test_details_show_the_receipt(world: World, dog: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann, "the dog runs --seed 7", dog)
        await ann.unfold(video, "Details")
        told = await ann.reads("Cost: $0.77")
        (task,) = world.ark.tasks.values()
        assert all(part in words(told) for part in ("seedance", "5 s · 720p · 3:4", "seed 7", "@image1", task.id))
        assert told["reply_to"]["id"] == video["id"]
        assert "After" not in words(told)
        await ann.press(await made(world, ann), "↻ Again")
        await until(lambda: world.books.states == ["DELIVERED"] * 3)
        await ann.unfold(await ann.video(), "Details")
        await ann.reads(f"After: {world.books.jobs[1]['code']}")


async def test_the_original_comes_as_an_untouched_file_and_a_video_again_without_an_upload(
    world: World, tmp_path: Path
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann)
        await ann.unfold(video, "Original file")
        file = await ann.sees(lambda m: m.get("media", {}).get("kind") == "document")
        code = world.books.jobs[0]["code"].lstrip("#")
        assert file["media"]["file_name"] == f"{code}.mp4"
        await ann.say("/jobs")
        await ann.press(await ann.reads(code, "delivered", "$0.76"), f"Send #{code}")
        await until(lambda: len(world.telegram.calls.of("sendVideo")) == 2)
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)
        await world.ann.download(file["media"]["url"], tmp_path / "original.mp4")
    (task,) = world.ark.tasks.values()
    assert task.output is not None
    assert (tmp_path / "original.mp4").read_bytes() == task.output.path.read_bytes()
    uploads = [len(call.files) for call in world.telegram.calls.of("sendVideo")]
    assert uploads == [2, 0]
    assert len(await ann.videos()) == 2


async def test_the_list_is_empty_before_and_holds_all_after(world: World) -> None:
    ann, bob = Talk(world.ann, ANN), Talk(world.bob, BOB)
    async with world.bot():
        await ann.say("/jobs")
        await ann.reads("No videos yet")
        await made(world, ann)
        await made(world, ann, "/video a cat " + "very " * 30 + "slowly walks")
        await ann.say("/jobs")
        listed = await ann.reads("Your latest videos")
        assert words(listed).count("$0.76") == 2
        assert "…" in words(listed)
        assert len([b for b in buttons(listed) if b.startswith("Send")]) == 2
        await bob.say("/jobs")
        await bob.reads("Видео пока нет")


@pytest.mark.parametrize(
    ("person", "said", "ways"),
    [
        ("ann", "The model could not make this video", ["↻ Again {0}", "🧾 {0}"]),
        ("bob", "У модели не получилось это видео", ["↻ Ещё раз {0}", "🧾 {0}"]),
    ],
)
async def test_the_list_says_why_a_video_failed_and_how_to_go_on(
    world: World, person: str, said: str, ways: list[str]
) -> None:
    talk = Talk(world.ann, ANN) if person == "ann" else Talk(world.bob, BOB)
    async with world.bot():
        await talk.say("/video a dog [fail]")
        await until(lambda: world.books.states == ["FAILED"])
        code = world.books.jobs[0]["code"]
        await talk.say("/jobs")
        listed = await talk.reads(code, said, "0")
        assert buttons(listed)[:2] == [way.format(code) for way in ways]
        await talk.press(listed, ways[1].format(code))
        receipt = await talk.sees(lambda m: words(m).startswith(code))
        assert said in words(receipt)
        await talk.press(listed, ways[0].format(code))
        await until(lambda: len(world.ark.tasks) == 2)


async def test_the_list_in_a_group_shows_that_group_s_jobs_only(world: World) -> None:
    ann, group = Talk(world.ann, ANN), Talk(world.ann, GROUP)
    async with world.bot():
        await made(world, ann)
        await group.say("/jobs@kinetogram_bot")
        await group.reads("Sent to you in private.")
        await ann.reads("No videos yet")


@ADMIN
async def test_a_group_s_video_sent_again_into_the_private_chat_is_no_reply_there(world: World) -> None:
    ann, group = Talk(world.ann, ANN), Talk(world.ann, GROUP)
    async with world.bot():
        await ann.say("/start")
        for number in range(3):
            await group.say(f"hello {number}")
        await made(world, group)
        before = world.books.rows("SELECT * FROM media")
        await ann.say("/jobs")
        code = world.books.jobs[0]["code"]
        await ann.press(await ann.reads(code), f"Send {code}")
        again = await ann.video()
        assert "reply_to" not in again
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)
        assert world.books.rows("SELECT * FROM media WHERE chat_id = ?", before[0]["chat_id"]) == before
        assert world.books.jobs[0]["delivered_message_id"] == before[-1]["message_id"]


async def test_the_bot_s_own_video_is_a_reference_by_its_unmodified_bytes(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(linked=True):
        video = await made(world, ann)
        await ann.say("/video @video1 but at night", reply_to=video)
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    _, second = world.ark.tasks.values()
    assert len(second.ask.of_kind("video")) == 1
    assert world.telegram.calls.of("getFile") == []


async def test_a_video_as_reference_needs_a_public_address(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann)
        await ann.say("/video @video1 but at night", reply_to=video)
        await ann.reads("takes videos only from a public address")
    assert len(world.ark.tasks) == 1
