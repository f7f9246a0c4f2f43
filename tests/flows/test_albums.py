"""Albums whose updates arrive in any order, late, twice, or around a restart: one request, in message order."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, GROUP, WorldOptions
from bot.sandbox.telegram.updates import Pending
from tests.flows.stage import World, until
from tests.flows.talk import Talk, words

CAPTION = "/video@kinetogram_bot @image1 then @image2 then @image3 1:1"
ADMIN = WorldOptions(started=True, bot_is_admin=True)


async def held_back(world: World, talk: Talk, *files: Path, text: str = CAPTION) -> list[Pending]:
    """Sends an album while nobody listens, and keeps its updates back."""
    await talk.say(text, *files)
    updates = world.telegram.exchange.updates
    pending = updates.pending()
    updates.drop_all()
    assert len(pending) == len(files)
    return pending


def deliver(world: World, *pending: Pending) -> None:
    """Lets the updates go, as they are."""
    updates = world.telegram.exchange.updates
    for update in pending:
        updates._pending[update.update_id] = update
    updates.wake()


@pytest.mark.parametrize("chat", [ANN, GROUP], ids=["private", "group"])
@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0)], ids=["backwards", "caption last"])
@pytest.mark.parametrize("world_options", [ADMIN])
async def test_a_shuffled_album_is_one_request_in_message_order(
    world: World, dog: Path, cat: Path, chat: int, order: tuple[int, ...]
) -> None:
    ann = Talk(world.ann, chat)
    pending = await held_back(world, ann, dog, cat, dog)
    async with world.bot():
        deliver(world, *(pending[index] for index in order))
        card = await ann.card()
        assert all(label in words(card) for label in ("@image1", "@image2", "@image3"))
    (request,) = world.books.rows("SELECT * FROM requests")
    first = pending[0].payload["message_id"]
    assert request["message_id"] == first
    assert card["reply_to"]["id"] == first
    ids = [row["message_id"] for row in world.books.rows("SELECT message_id FROM media ORDER BY id")]
    assert sorted(ids) == [update.payload["message_id"] for update in pending]


async def test_an_item_that_comes_late_still_belongs_to_it(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    first, late = await held_back(world, ann, dog, cat, text="@image1 chases @image2")
    async with world.bot(policy={"album_ms": 1_500}):
        deliver(world, first)
        await until(lambda: world.books.value("SELECT count(*) FROM media") == 1)
        await asyncio.sleep(1.2)
        deliver(world, late)
        card = await ann.card()
        assert "@image2" in words(card)
    assert len(await ann.heard()) == 1


async def test_an_item_later_than_that_joins_the_card(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    first, late = await held_back(world, ann, dog, cat, text="/video they play 15s")
    async with world.bot():
        deliver(world, first)
        alone = await ann.card()
        assert "@image2" not in words(alone)
        deliver(world, late)
        both = await ann.reads("@image1", "@image2")
        assert both["id"] == alone["id"]


async def test_an_item_that_comes_in_the_rest_calls_the_job_back(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    first, late = await held_back(world, ann, dog, cat, text="/video they play")
    async with world.bot(policy={"rest_ms": 60_000}):
        deliver(world, first)
        await ann.reads("starts in a moment")
        deliver(world, late)
        card = await ann.card()
        assert "@image2" in words(card)
    assert world.books.states == ["CANCELLED"]


async def test_an_item_that_comes_after_the_start_changes_nothing(world: World, dog: Path, cat: Path) -> None:
    world.ark.knobs.render_s = 600
    ann = Talk(world.ann, ANN)
    first, late = await held_back(world, ann, dog, cat, text="/video they play")
    async with world.bot():
        deliver(world, first)
        await until(lambda: world.books.states == ["RUNNING"])
        deliver(world, late)
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state = 'closed'") == 2)
    assert world.books.states == ["RUNNING"]


async def test_updates_that_come_twice_count_once(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    pending = await held_back(world, ann, dog, cat, text="@image1 chases @image2")
    async with world.bot():
        deliver(world, *pending)
        await ann.card()
        deliver(world, *pending)
        await until(lambda: not world.telegram.exchange.updates.pending())
        await ann.start()
        await ann.video()
    assert len(world.ark.tasks) == 1
    assert world.books.value("SELECT count(*) FROM inbox WHERE payload NOT LIKE '%callback_query%'") == 2


@pytest.mark.parametrize("world_options", [ADMIN])
async def test_ten_items_shuffled_twice_around_a_restart_and_one_very_late_are_one_request_in_order(
    world: World, dog: Path, cat: Path
) -> None:
    ann = Talk(world.ann, GROUP)
    pending = await held_back(world, ann, *([dog, cat] * 5), text="/video@kinetogram_bot they play")
    late, shuffled = pending[3], [pending[index] for index in (9, 0, 5, 1, 8, 2, 7, 4, 6)]
    async with world.bot(policy={"album_ms": 60_000}):
        deliver(world, *shuffled[:5])
        await until(lambda: world.books.value("SELECT count(*) FROM media") == 5)
    world.clock.push(s=61)
    async with world.bot():
        deliver(world, *shuffled[4:], *shuffled[:2])
        nine = await ann.reads("@image9", without="@image10")
        deliver(world, late)
        ten = await ann.reads("10 pictures are too many")
        assert ten["id"] == nine["id"]
    (request,) = world.books.rows("SELECT * FROM requests")
    assert request["message_id"] == pending[0].payload["message_id"]
    assert world.books.value("SELECT count(*) FROM media") == len(pending)
    assert world.ark.calls == []


async def test_an_album_around_a_restart_is_one_request(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    first, second = await held_back(world, ann, dog, cat, text="@image1 chases @image2")
    async with world.bot(policy={"album_ms": 60_000}):
        deliver(world, first)
        await until(lambda: world.books.value("SELECT count(*) FROM requests WHERE state = 'collecting'") == 1)
    async with world.bot():
        deliver(world, second)
        card = await ann.card()
        assert "@image2" in words(card)
    assert world.books.value("SELECT count(*) FROM requests") == 1


async def test_an_album_that_was_whole_before_a_restart_is_asked_after_it(world: World, dog: Path, cat: Path) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot(policy={"album_ms": 3_000}):
        await ann.say("@image1 chases @image2", dog, cat)
        await until(lambda: world.books.value("SELECT count(*) FROM media") == 2)
    world.clock.push(s=5)
    async with world.bot():
        assert "@image2" in words(await ann.card())


@pytest.mark.parametrize("text", ["/video@kinetogram_bot they play", CAPTION], ids=["words", "labels"])
@pytest.mark.parametrize("world_options", [WorldOptions(started=True)])
async def test_in_privacy_mode_a_card_says_what_it_does_not_see_and_add_brings_the_rest(
    world: World, dog: Path, cat: Path, text: str
) -> None:
    ann = Talk(world.ann, GROUP)
    async with world.bot():
        _, *others = await world.ann.send(GROUP, text, [dog, cat, dog])
        await ann.reads("only this one item of the album", "/add")
        for other in others:
            await ann.say("/add@kinetogram_bot", reply_to=other)
        whole = await ann.reads("@image1", "@image2", "@image3")
        assert "only this one item" not in words(whole)
        await ann.start()
        await ann.video()
    assert world.books.value("SELECT count(*) FROM requests") == 1
    assert world.books.value("SELECT count(*) FROM tray") == 0
