"""Groups: anonymous administrators, migrations, and members who come and go."""

import json

import pytest

from bot.sandbox.telegram import ANN, BASIC_GROUP, GROUP, MIA, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

ADMIN = pytest.mark.parametrize("world_options", [WorldOptions(started=True, bot_is_admin=True)], ids=["admin"])
BASIC = pytest.mark.parametrize(
    "world_options", [WorldOptions(started=True, basic_group=True, bot_is_admin=True)], ids=["basic"]
)


def handled(world: World, count: int) -> bool:
    """Whether that many updates have been handled."""
    return bool(world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == count)


@ADMIN
async def test_an_anonymous_administrator_is_told_why_nothing_is_made(world: World) -> None:
    world.telegram.set_anonymous(GROUP, MIA)
    mia = Talk(world.mia, GROUP)
    async with world.bot():
        await mia.say("/video a dog runs")
        await mia.reads("Please ask as yourself")
        await mia.say("just words")
        await until(lambda: handled(world, 2))
        assert len(await mia.heard()) == 1
    assert world.books.jobs == []


@BASIC
async def test_a_group_keeps_all_it_has_when_it_becomes_a_supergroup(world: World) -> None:
    """Its pool, its limits, its permission, a draft that waits, a job on its way; both ids lead to it."""
    ann, mia = Talk(world.ann, BASIC_GROUP), Talk(world.mia, BASIC_GROUP)
    async with world.bot():
        await mia.say("/grant $3")
        await mia.reads("got $3.00")
        await mia.say("/quota 7/day")
        await mia.reads("Saved. Each member: 7 videos a day.")
        await mia.say("/allow")
        await mia.reads("may make videos now")
        await ann.say("/video a dog runs 15s")
        await ann.card()
        moved = world.telegram.migrate(BASIC_GROUP, MIA).id
        await until(lambda: world.books.value("SELECT count(*) FROM audit WHERE action = 'migrated'") >= 1)
        there = Talk(world.ann, moved)
        await there.say("/balance")
        await there.reads("$3.00")
        await there.say("/video a cat runs")
        await there.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        await Talk(world.mia, moved).say("/quota")
        await Talk(world.mia, moved).reads("Each member: 7 videos a day")
    (chat,) = world.books.rows("SELECT id, kind, allowed_at FROM chats WHERE kind <> 'private'")
    assert (chat["kind"], chat["allowed_at"] is not None) == ("supergroup", True)
    ids = world.books.rows(
        "SELECT telegram_id, is_current FROM telegram_ids WHERE owner_id = ? AND kind = 'chat'", chat["id"]
    )
    assert {row["telegram_id"]: row["is_current"] for row in ids} == {BASIC_GROUP: 0, moved: 1}
    drafts = world.books.rows("SELECT chat_id FROM requests WHERE state = 'draft'")
    assert [row["chat_id"] for row in drafts] == [job["chat_id"] for job in world.books.jobs] == [chat["id"]]
    assert world.books.value("SELECT count(*) FROM limits WHERE scope_id = ?", chat["id"]) == 1


@ADMIN
async def test_a_bot_that_was_put_out_and_let_in_again_goes_on(world: World) -> None:
    world.refusals.add(403)
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    async with world.bot():
        await ann.say("/help")
        await ann.reads("How to ask")
        world.telegram.set_member(GROUP, world.telegram.world.bot.id, "left", MIA)
        world.telegram.set_member(GROUP, world.telegram.world.bot.id, "administrator", MIA)
        await mia.say("/video a dog runs")
        await mia.video()


async def test_a_private_list_names_the_jobs_of_every_chat(world: World) -> None:
    ann, group = Talk(world.ann, ANN), Talk(world.ann, GROUP)
    async with world.bot():
        await group.say("/video@kinetogram_bot a dog runs")
        await until(lambda: world.books.states == ["DELIVERED"])
        await ann.say("/jobs")
        assert world.books.jobs[0]["code"] in words(await ann.reads("Your latest video"))


@ADMIN
async def test_a_channel_s_post_that_asks_is_answered_once_and_nothing_else_in_it_is_heard(world: World) -> None:
    chat = {"id": GROUP, "type": "channel", "title": "News"}
    posts = ("good morning", "/video@kinetogram_bot a dog runs", "/help", "look, @kinetogram_bot")
    async with world.bot():
        for number, text in enumerate(posts, start=501):
            entities = [{"type": "mention", "offset": text.find("@"), "length": 15}] if text.startswith("look") else []
            post = {"message_id": number, "date": 1_800_000_000, "chat": chat, "sender_chat": chat, "text": text}
            world.telegram.exchange.updates.put("channel_post", post | {"entities": entities}, f"chat:{GROUP}")
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == len(posts))
        told = world.books.rows("SELECT payload FROM outbox ORDER BY id")
    assert [json.loads(row["payload"])["reply_to"] for row in told] == [502, 504]
    assert all("has no writer" in row["payload"] for row in told)
    assert world.ark.calls == []


async def test_what_is_one_member_s_own_is_not_read_by_the_group(world: World) -> None:
    ann, own = Talk(world.ann, GROUP), Talk(world.ann, ANN)
    async with world.bot():
        await own.say("/start")
        await own.reads("Hi Ann")
        await ann.say("/video@kinetogram_bot a dog runs")
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
        code = world.books.jobs[0]["code"]
        for command, told in (
            ("jobs", code),
            ("balance", "left"),
            ("quota", "a day"),
            ("cancel", "Nothing is being made"),
        ):
            asked = await ann.say(f"/{command}@kinetogram_bot")
            assert words(await ann.answer(asked)) == "Sent to you in private."
            await own.reads(told)
        assert not [m for m in await ann.heard() if "Your latest" in words(m) or "left" in words(m)]
        listed = await own.reads("Nothing is being made")
        await own.press(listed, "Finished")
        shown = await own.sees(lambda m: "• Finished" in buttons(m))
        assert code in words(shown)
        await own.press(shown, "Send")
        assert code in words(await own.video())


@ADMIN
async def test_in_russian_the_list_is_whispered_where_the_bot_is_an_administrator(world: World) -> None:
    bob, ann = Talk(world.bob, GROUP), Talk(world.ann, GROUP)
    async with world.bot():
        asked = await bob.say("/jobs")
        listed = await bob.answer(asked)
        assert listed["ephemeral"]
        assert "Видео пока нет" in words(listed)
        asked = await bob.say("/balance")
        assert (await bob.answer(asked))["ephemeral"]
        assert await ann.heard() == []
