"""Intake: conflicts, repeats, restarts and forged calls; nothing that Telegram counts delivered is lost or doubled."""

import asyncio

from aiohttp import ClientSession

from bot.intake.webhook import PATH, SECRET_HEADER
from bot.sandbox.telegram import ANN, GROUP
from bot.sandbox.telegram.errors import JsonDict
from tests.flows.stage import SECRET, World, until
from tests.flows.talk import Talk, words


def message(world: World, text: str, update_id: int = 5) -> JsonDict:
    """An update as Telegram posts it."""
    body = {
        "message_id": 900 + update_id,
        "date": world.clock() // 1000,
        "chat": {"id": ANN, "type": "private", "first_name": "Ann"},
        "from": world.telegram.world.users[ANN].api(),
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }
    return {"update_id": update_id, "message": body}


async def posted(world: World, body: object, secret: str | None = SECRET) -> int:
    """The status that the webhook answers with."""
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with ClientSession() as session, session.post(f"{world.public_url}{PATH}", json=body, headers=headers) as r:
        return r.status


async def test_a_conflict_at_the_start_of_polling_is_survived(world: World) -> None:
    body = {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates request"}
    world.telegram.faults.add("getUpdates", status=409, body=body)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/start")
        await ann.reads("Hi Ann.")


async def test_polling_survives_outages(world: World) -> None:
    world.refusals |= {500, 502}
    world.telegram.faults.add("getUpdates", status=502, body="<html>Bad Gateway</html>")
    world.telegram.faults.add("getUpdates", drop=True)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/start")
        await ann.reads("Hi Ann.")


async def test_the_start_waits_for_telegram(world: World) -> None:
    world.refusals.add(500)
    world.telegram.faults.add("getMe", status=500)
    ann = Talk(world.ann, ANN)
    async with world.bot():
        await ann.say("/start")
        await ann.reads("Hi Ann.")


async def test_two_replays_of_one_update_make_one_job(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(webhook=True):
        update = message(world, "/video a dog runs")
        assert [await posted(world, update) for _ in range(3)] == [200] * 3
        await ann.video()
        assert await posted(world, update) == 200
        await until(lambda: world.books.states == ["DELIVERED"])
    assert len(world.ark.tasks) == 1
    assert world.books.value("SELECT count(*) FROM inbox") == 1


async def test_a_webhook_without_our_secret_is_refused(world: World) -> None:
    async with world.bot(webhook=True):
        update = message(world, "/video a dog runs")
        assert await posted(world, update, "wrong") == 403
        assert await posted(world, update, None) == 403
        assert await posted(world, update, "") == 403
        assert await posted(world, ["no update"]) == 400
        assert await posted(world, {"message": {}}) == 400
    assert world.books.value("SELECT count(*) FROM inbox") == 0


async def test_a_webhook_is_told_its_secret_and_its_updates(world: World) -> None:
    async with world.bot(webhook=True):
        target = world.telegram.exchange.webhook.target
        assert target is not None
        assert (target.url, target.secret) == (f"{world.public_url}{PATH}", SECRET)
    (call,) = world.telegram.calls.of("setWebhook")
    assert set(call.params["allowed_updates"]) >= {"message", "edited_message", "callback_query", "my_chat_member"}


async def test_a_request_from_before_the_start_is_served(world: World) -> None:
    ann = Talk(world.ann, ANN)
    await ann.say("/video a dog runs")
    async with world.bot():
        await ann.video()


async def test_a_request_goes_on_after_a_restart_at_every_state(world: World) -> None:
    world.ark.knobs.queue_s = world.ark.knobs.render_s = 1
    ann = Talk(world.ann, ANN)
    async with world.bot(policy={"rest_ms": 2_000}):
        await ann.say("/video a dog runs")
        await until(lambda: world.books.states == ["QUEUED"])
    async with world.bot():
        await until(lambda: world.books.states == ["RUNNING"])
    async with world.bot():
        await until(lambda: world.books.states in (["COLLECTING"], ["DELIVERING"], ["DELIVERED"]))
    async with world.bot():
        await until(lambda: world.books.states == ["DELIVERED"])
        assert len(await ann.videos()) == 1
    assert len(world.ark.tasks) == 1


async def test_people_do_not_wait_for_one_another(world: World) -> None:
    ann, group = Talk(world.ann, ANN), Talk(world.bob, GROUP)
    async with world.bot():
        await asyncio.gather(*(ann.say("/help") for _ in range(5)), group.say("/models@kinetogram_bot"))
        await group.reads("seedance-2.0")
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state = 'sent'") == 6)


async def test_messages_of_bots_and_services_are_nothing_to_us(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(webhook=True):
        from_bot = message(world, "/start", 6)
        from_bot["message"]["from"] = {"id": 77, "is_bot": True, "first_name": "Other"}
        empty = message(world, "/start", 7)
        del empty["message"]["text"], empty["message"]["entities"]
        empty["message"]["message_auto_delete_timer_changed"] = {"message_auto_delete_time": 86_400}
        for update in (from_bot, empty, {"update_id": 8, "not_known_yet": {"id": "1"}}):
            assert await posted(world, update) == 200
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 3)
        assert await ann.heard() == []


async def test_an_update_that_breaks_our_code_gets_one_calm_sentence(world: World) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(webhook=True) as bot:

        async def broken(_: object) -> None:
            raise RuntimeError("a defect")

        bot._dispatcher._handle = broken
        assert await posted(world, message(world, "/start")) == 200
        told = await ann.reads("Something went wrong on our side")
        assert "defect" not in words(told)
        await until(lambda: world.books.value("SELECT state FROM inbox") == "failed")
    assert len(world.journal.alarms) == 3
    world.journal.alarms.clear()
