"""Cancelling tells the truth wherever the job is."""

from pathlib import Path

from bot.sandbox.providers.ark.tasks import Status
from bot.sandbox.providers.wire import Fault, Trouble
from bot.sandbox.telegram import ANN, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, data, words

CANCELLED = "Cancelled. Nothing was charged."


async def test_a_task_in_the_provider_s_queue_is_stopped_there(world: World) -> None:
    world.ark.knobs.queue_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["RUNNING"])
        await ann.press(await ann.reads("Rendering"), "✕")
        done = await ann.reads(CANCELLED)
        assert buttons(done) == []
    (task,) = world.ark.tasks.values()
    assert task.status is Status.CANCELLED
    assert [call.status for call in world.ark.wire.of("delete")] == [200]
    assert world.books.states == ["CANCELLED"]
    assert world.books.value("SELECT sum(value) FROM counters") == 0


async def test_a_task_at_work_can_not_be_stopped_and_the_bot_says_so(world: World) -> None:
    world.ark.knobs.render_s = 3
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: any(task.status is Status.RUNNING for task in world.ark.tasks.values()))
        await ann.press(await ann.reads("Rendering"), "✕")
        await ann.video()
        await ann.reads("can't be stopped there; it will come and cost $0.76")
    assert world.ark.wire.of("delete") == []
    assert world.books.states == ["DELIVERED"]


async def test_a_task_that_began_just_before_it_was_stopped_comes_too(world: World) -> None:
    world.ark.knobs.queue_s = 2
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["RUNNING"])
        world.ark.fail("delete", Fault(Trouble.STATUS, status=409, code="InvalidAction.RunningTaskDeletion"))
        await ann.press(await ann.reads("Rendering"), "✕")
        await ann.video()
        await ann.reads("can't be stopped there; it will come and cost $0.76")
    assert [call.status for call in world.ark.wire.of("delete")] == [409]


async def test_a_cross_after_the_end_is_answered(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        status = await ann.reads("starts in a moment")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        query = {
            "id": "1",
            "from": world.telegram.world.users[ANN].api(),
            "message": {
                "message_id": status["id"],
                "date": 0,
                "chat": {"id": ANN, "type": "private", "first_name": "Ann"},
            },
            "chat_instance": "1",
            "data": next(button["data"] for row in status["buttons"] for button in row),
        }
        world.refusals.add(400)
        world.telegram.exchange.updates.put("callback_query", query, f"user:{ANN}")
        await until(lambda: world.telegram.calls.of("answerCallbackQuery"))
    (answer,) = world.telegram.calls.of("answerCallbackQuery")
    assert answer.params["text"] == "Already done."
    assert world.books.states == ["DELIVERED"]


async def test_cancel_while_the_provider_can_not_be_reached_is_asked_again(world: World) -> None:
    world.ark.knobs.queue_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["RUNNING"])
        world.ark.fail("delete", Fault(Trouble.STATUS, status=500))
        await ann.press(await ann.reads("Rendering"), "✕")
        assert await ann.toast() == "⏳ Asking the video model to stop."
        await ann.reads(CANCELLED)
    assert [call.status for call in world.ark.wire.of("delete")] == [500, 200]


async def test_a_waiting_job_is_cancelled_from_the_list(world: World) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot(max_active_jobs=1):
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["RUNNING"])
        await ann.say("/video a cat runs")
        await ann.reads("In the queue · place")
        code = world.books.jobs[1]["code"]
        await ann.say("/cancel")
        listed = await ann.reads(code, "queued")
        await ann.press(listed, f"✕ Cancel {code}")
        await ann.reads(CANCELLED)
        await until(lambda: world.books.states == ["RUNNING", "CANCELLED"])
    assert len(world.ark.tasks) == 1


async def test_a_finished_task_is_delivered_though_it_was_cancelled(world: World, dog: Path) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("run", dog)
        await until(lambda: any(task.status is Status.RUNNING for task in world.ark.tasks.values()))
        status = await ann.reads("Rendering")
        (task,) = world.ark.tasks.values()
        await until(lambda: task.output is not None)
        async with world.stopped():
            await world.ark.advance(task.id, Status.SUCCEEDED)
            await ann.press(status, "✕")
        await ann.video()
    assert "$0.77" in words(await ann.video())


async def test_cancel_throws_open_drafts_away_and_says_which(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("a dog 10s", dog)
        card = await ann.card()
        await ann.say("@image1 meets @image2 9:16", dog, cat)
        await ann.sees(lambda m: "@image2" in words(m) and any(text.startswith("▶") for text in buttons(m)))
        old = data(card, "▶")
        await ann.say("/cancel")
        told = await ann.reads("Thrown away, nothing was charged:", "a dog 10s", "@image1 meets @image2 9:16")
        assert buttons(told) == []
        await until(lambda: world.books.rows("SELECT state FROM requests") == [{"state": "discarded"}] * 2)
        await ann.sees(lambda m: m["id"] == card["id"] and words(m) == "Thrown away. Nothing was charged.")
        await world.ann.press(ANN, card["id"], old)
        assert "Already" in await ann.toast()
        await ann.say("/cancel")
        await ann.reads("Nothing is being made now.")
    assert world.ark.calls == []


async def test_cancel_in_russian_names_drafts_and_shows_what_runs(world: World, dog: Path) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/language")
        await ann.press(await ann.sees(lambda m: "Русский" in buttons(m)), "Русский")
        await ann.reads("по-русски")
        await ann.say("/video собака бежит")
        await until(lambda: world.books.states == ["RUNNING"])
        await ann.say("кошка спит 10с", dog)
        await ann.card()
        await ann.say("/cancel")
        code = world.books.jobs[0]["code"]
        listed = await ann.reads("Убрано, деньги не списаны:", "кошка спит", code)
        assert f"✕ Отменить {code}" in buttons(listed)


async def test_cancel_leaves_the_drafts_of_others_and_of_other_chats(world: World) -> None:
    ann, bob, alone = Talk(world.ann, GROUP), Talk(world.bob, GROUP), Talk(world.ann, ANN)
    async with world.bot():
        await bob.say("/video@kinetogram_bot a cow 10s 9:16")
        await bob.card()
        await alone.say("a dog runs 9:16")
        await alone.card()
        await ann.say("/cancel@kinetogram_bot")
        await ann.reads("Sent to you in private.")
        await alone.reads("Nothing is being made now.")
    assert world.books.rows("SELECT state FROM requests") == [{"state": "draft"}] * 2
