"""Below a delivered video: made otherwise, other words, extended, used again, deleted; once each, by its asker only."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, GROUP, WorldOptions
from tests.flows.stage import BRISK, World, until
from tests.flows.talk import Message, Talk, buttons, words
from tests.flows.test_buttons import made

ADMIN = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])
GUIDE_LOOK = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')"


async def open_rows(talk: Talk, video: Message, *wanted: str) -> Message:
    """The message once it shows all these buttons."""
    return await talk.person.wait_for(
        talk.chat, lambda m: m["id"] == video["id"] and all(any(b.startswith(w) for b in buttons(m)) for w in wanted)
    )


async def question(talk: Talk, words_: str) -> Message:
    return await talk.reads(words_)


async def test_the_first_row_has_what_is_wanted_most_and_dots_open_the_rest(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(linked=True):
        video = await made(world, ann)
        assert buttons(video) == ["↻ Again", "🎲 New seed", "✏️ Edit", "⬆ 1080p $1.89", "⋯"]
        await ann.press(video, "⋯")
        shown = await open_rows(
            ann, video, "▭ Other shape", "⏩ Extend", "Reuse video", "Reuse last frame", "🗑 Delete", "‹"
        )
        assert "⋯" not in buttons(shown)
        await ann.press(video, "‹ Less")
        await open_rows(ann, video, "⋯")
        assert len(world.books.jobs) == 1


async def test_a_larger_video_costs_what_its_button_says_and_the_button_goes(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann, "/video a dog runs")
        await ann.press(video, "⬆ 1080p")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await ann.press(video, "⋯")
        assert not [b for b in buttons(await open_rows(ann, video, "🗑 Delete")) if b.startswith("⬆")]
    one, two = world.ark.tasks.values()
    first, second = world.books.jobs
    assert (second["quote_microusd"], second["parent_job_id"]) == (1_886_693, first["id"])
    assert (two.ask.resolution, two.seed) == ("1080p", one.seed)


async def test_another_shape_is_chosen_from_those_that_the_model_makes(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann)
        await ann.unfold(video, "▭ Other shape")
        shown = await open_rows(ann, video, "9:16", "1:1", "‹ Less")
        assert "16:9" not in buttons(shown)
        await ann.press(video, "9:16")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await open_rows(ann, video, "⋯")
    assert [task.ask.ratio for task in world.ark.tasks.values()] == ["16:9", "9:16"]


async def test_other_words_keep_references_and_settings(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("@image2 looks at @image1 9:16 6s 480p", dog, cat)
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"])
        await ann.press(await ann.video(), "✏️ Edit")
        asked = await ann.reads("with other words", "@image2 looks at @image1")
        await ann.say("@image1 sleeps, @image2 watches 8s", reply_to=asked)
        card = await ann.start()
        assert all(part in words(card) for part in ("9:16", "8 s", "480p"))
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    one, two = world.ark.tasks.values()
    assert len(one.ask.of_kind("image")) == len(two.ask.of_kind("image")) == 2
    assert [job["parent_job_id"] for job in world.books.jobs] == [None, 1]
    assert "sleeps" in two.ask.text


@ADMIN
async def test_in_a_group_a_reply_without_a_command_answers_the_question(world: World) -> None:
    ann, bob = Talk(world.ann, GROUP), Talk(world.bob, GROUP)
    async with world.bot():
        await ann.press(await made(world, ann), "✏️ Edit")
        asked = await ann.reads("with other words")
        await bob.say("a cat", reply_to=asked)
        await ann.say("a bird flies", reply_to=asked)
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    assert [task.ask.text for task in world.ark.tasks.values()][1].startswith("a bird flies")


async def test_a_video_goes_on_from_its_last_frame(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.unfold(await made(world, ann), "⏩ Extend")
        await ann.say("it jumps into the sea", reply_to=await ann.reads("goes on from its last frame"))
        assert "first frame" in words(await ann.start())
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    one, two = world.ark.tasks.values()
    (frame,) = two.ask.of_kind("image")
    assert one.output is not None
    assert frame.role == "first_frame"
    assert world.books.jobs[1]["parent_job_id"] == 1
    kept = world.folder / "data" / world.books.value("SELECT path FROM job_references WHERE job_id = 2")
    assert kept.read_bytes() == one.output.last_frame_path.read_bytes()
    assert len(world.books.value("SELECT sha256 FROM job_references WHERE job_id = 2")) == 64


async def test_a_video_and_its_last_frame_are_references_of_the_next_request(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(linked=True):
        video = await made(world, ann)
        await ann.unfold(video, "Reuse video")
        await ann.reads("In your tray as @video1")
        await ann.unfold(video, "Reuse last frame")
        await ann.reads("In your tray as @image1")
        await ann.say("@image1 turns into @video1")
        await ann.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    _, two = world.ark.tasks.values()
    assert [len(two.ask.of_kind(kind)) for kind in ("image", "video")] == [1, 1]
    assert world.telegram.calls.of("getFile") == []


async def test_without_a_public_address_a_video_is_not_offered_as_a_reference(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann)
        await ann.press(video, "⋯")
        shown = buttons(await open_rows(ann, video, "🗑 Delete"))
    assert ("Reuse last frame" in shown, "Reuse video" in shown) == (True, False)


async def test_a_finger_that_taps_on_where_the_dots_were_deletes_nothing(world: World) -> None:
    """Rows grow upwards: the last one stays under the finger."""
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann)
        await ann.press(video, "⋯")
        (left, right) = (await open_rows(ann, video, "🗑 Delete"))["buttons"][-1]
        assert (left["text"], right["text"]) == ("🗑 Delete", "‹ Less")
        await ann.press(video, "🗑 Delete")
        (left, right) = (await open_rows(ann, video, "Delete for good"))["buttons"][-1]
        assert (left["text"], right["text"]) == ("‹ Keep it", "Delete for good")


async def test_a_deleted_video_is_gone_from_the_chat_and_the_disk_but_not_from_the_books(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(pace=replace(BRISK, house_turn_ms=200)):
        video = await made(world, ann)
        await ann.unfold(video, "🗑 Delete")
        await open_rows(ann, video, "Delete for good", "‹ Keep it")
        await ann.press(video, "‹ Keep it")
        await open_rows(ann, video, "⋯")
        await ann.unfold(video, "🗑 Delete")
        await open_rows(ann, video, "Delete for good")
        await ann.press(video, "Delete for good")
        await until(lambda: world.telegram.calls.of("deleteMessage")[-1].params["message_id"] == video["id"])
        await until(lambda: not (world.folder / "data/jobs/1/output.mp4").exists())
        (job,) = world.books.jobs
        assert (job["cost_microusd"], job["file_id"], "dog" in job["spec"]) == (762_300, None, False)
        await ann.say("/jobs")
        assert "dog" not in words(await ann.reads(job["code"]))


async def test_a_press_below_a_video_that_is_gone_is_answered(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        video = await made(world, ann)
        await ann.say("/jobs")
        code = world.books.jobs[0]["code"]
        listed = await ann.reads(code, "delivered")
        await ann.press(listed, f"Send {code}")
        await until(lambda: len(world.telegram.calls.of("sendVideo")) == 2 and world.books.value(GUIDE_LOOK) == 0)
        copy = (await ann.videos())[-1]
        await ann.unfold(video, "🗑 Delete")
        await open_rows(ann, video, "Delete for good")
        await ann.press(video, "Delete for good")
        assert "Deleted" in await ann.toast(3)
        before = len(ann.toasts())
        for button in ("↻ Again", "✏️ Edit", "⬆", "⋯"):
            await ann.press(copy, button)
        await until(lambda: len(ann.toasts()) == before + 4)
        assert set(ann.toasts()[before:]) == {"That video is not known here any more."}
    assert len(world.books.jobs) == 1
