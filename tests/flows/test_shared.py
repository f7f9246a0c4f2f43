"""A group's draft: several members add to it, one of those who take part pays, and then it is theirs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.telegram import BASIC_GROUP, BOB, GROUP, MIA, FileToSend, WorldOptions
from bot.services import privacy, sharing
from bot.worker import sheets
from tests.flows.stage import World, until
from tests.flows.talk import Message, Talk, buttons, words

ASKED = "/video@kinetogram_bot @image1 chases @image2 4s 480p 9:16"
PAY = "▶ Pay and make"
BASIC = pytest.mark.parametrize(
    "world_options", [WorldOptions(started=True, basic_group=True, bot_is_admin=True)], ids=["basic"]
)


def talks(world: World, chat: int = GROUP) -> tuple[Talk, Talk, Talk]:
    return Talk(world.ann, chat), Talk(world.bob, chat), Talk(world.mia, chat)


async def shared(ann: Talk, dog: Path, asked: str = ASKED) -> Message:
    """Ann's draft with one picture, opened for all; its card."""
    await ann.say(asked, dog)
    card = await ann.sees(lambda m: "👥 Let others add" in buttons(m))
    await ann.press(card, "👥")
    return await ann.reads("👥 Draft 1 ·")


async def told(talk: Talk, message: Message, button: str) -> str:
    """Presses; answers the toast."""
    before = len(talk.toasts())
    await talk.press(message, button)
    return await talk.toast(before)


async def test_what_another_brings_mends_the_draft_and_who_pays_has_the_video(
    world: World, dog: Path, cat: Path
) -> None:
    ann, bob, mia = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        assert "you attached one picture" in words(card)
        assert not any(text.startswith("▶") for text in buttons(card))
        await bob.say("look", cat, reply_to=card)
        whole = await ann.reads("@image2 reference · from Bob")
        assert whole["id"] == card["id"]
        assert "left" not in words(whole)
        assert [text for text in buttons(whole) if text.startswith(("▶", "✕ @"))] == [
            "▶ Pay and make $0.28",
            "✕ @image2",
        ]
        assert "reply to this message with a file first" in await told(mia, whole, PAY)
        assert "Эта кнопка для того, кто просил" in await told(bob, whole, "480p")
        await bob.press(whole, PAY)
        await ann.video()
        await until(lambda: world.books.states == ["DELIVERED"])
    (task,) = world.ark.tasks.values()
    assert (task.ask.text, len(task.ask.of_kind("image"))) == ("Image 1 chases Image 2", 2)
    for table in ("jobs", "requests"):
        whose = f"SELECT name FROM users JOIN {table} ON users.id = user_id"  # noqa: S608 - ours
        assert world.books.value(whose) == "Bob"
    assert world.books.value("SELECT count(*) FROM brought") == 0


async def test_of_two_who_press_at_once_exactly_one_pays(world: World, dog: Path, cat: Path) -> None:
    ann, bob, _ = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        whole = await ann.reads("from Bob")
        async with world.stopped():
            await asyncio.gather(*(talk.press(whole, PAY) for talk in (ann, bob, ann, bob)))
        await until(lambda: len(_over(ann, bob)) == 3)
        assert len(world.books.jobs) == 1
    assert world.books.value("SELECT count(DISTINCT account_id) FROM entries WHERE kind = 'RESERVE'") == 1


def _over(*all_talks: Talk) -> list[str]:
    """Toasts that say that the draft is over."""
    toasts = [toast for talk in all_talks for toast in talk.toasts()]
    return [toast for toast in toasts if "draft is over" in toast or "больше нет" in toast]


async def test_who_is_blocked_neither_brings_nor_pays_and_is_told_so(world: World, dog: Path, cat: Path) -> None:
    ann, bob, mia = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        brought = await bob.say("", cat, reply_to=card)
        whole = await ann.reads("from Bob")
        await mia.say("/block@kinetogram_bot", reply_to=brought)
        await until(lambda: world.books.value("SELECT count(*) FROM chat_blocks") == 1)
        assert "/unblock" in await told(bob, whole, PAY)
        again = await bob.say("", dog, reply_to=whole)
        assert "/unblock" in words(await bob.answer(again))
        assert world.books.value("SELECT count(*) FROM brought") == 1
    assert world.books.jobs == []


async def test_who_brought_it_the_asker_and_a_moderator_take_a_file_out_and_no_label_moves(
    world: World, dog: Path, cat: Path
) -> None:
    ann, bob, mia = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        await ann.reads("@image2 reference · from Bob")
        await mia.say("", dog, reply_to=card)
        three = await ann.reads("@image3 reference · from Mia")
        assert "тот, кто прислал" in await told(bob, three, "✕ @image3")
        await bob.press(three, "✕ @image2")
        two = await ann.reads("@image3 reference · from Mia", "Taken out, though the words name it: @image2")
        assert "from Bob" not in words(two)
        await mia.say("", cat, reply_to=card)
        four = await ann.reads("@image4 reference · from Mia")
        await ann.press(four, "✕ @image3")
        await ann.reads("@image4", without="@image3")
        await mia.press(four, "✕ @image4")
        await ann.reads("Taken out", without="@image4")


async def test_an_edit_of_the_asker_s_words_brings_nothing_back_and_others_words_are_talk(
    world: World, dog: Path, cat: Path
) -> None:
    ann, bob, _ = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        whole = await ann.reads("from Bob")
        await bob.say("a cow sleeps 1:1 5s", reply_to=whole)
        await bob.press(whole, "✕ @image2")
        await ann.reads("Taken out")
        await ann.say("@image1 sleeps 1:1 4s 480p", reply_to=whole)
        changed = await ann.reads("· 1:1 ·", without="@image2")
        await ann.press(changed, PAY)
        await until(lambda: world.ark.tasks)
    (task,) = world.ark.tasks.values()
    assert (task.ask.text, len(task.ask.of_kind("image"))) == ("Image 1 sleeps", 1)


async def test_bounds_are_told_to_who_brings_too_much_and_a_closed_draft_takes_nothing(
    world: World, dog: Path, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MAX_EACH", 1)
    ann, bob, mia = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        whole = await ann.reads("from Bob")
        more = await bob.say("", cat, reply_to=card)
        assert "от одного человека" in words(await bob.answer(more))
        await ann.press(whole, "🔒")
        closed = await ann.reads("no more files")
        late = await mia.say("", dog, reply_to=closed)
        assert "takes no more files for draft 1" in words(await mia.answer(late))
        await ann.press(closed, "👥")
        await ann.reads("reply here with a file")
        await ann.press(whole, "✕")
        await ann.reads("Thrown away")
        after = await mia.say("", dog, reply_to=whole)
        assert "This draft is over" in words(await mia.answer(after))


async def test_an_album_is_taken_as_far_as_the_model_takes_it(
    world: World, dog: Path, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MAX_EACH", 20)
    ann, bob, _ = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        await bob.say("", *[cat] * 9, reply_to=card)
        await ann.reads("@image9 reference · from Bob")
        await bob.reads("9 ")
    assert world.books.value("SELECT count(*) FROM brought") == 8


async def test_a_restart_loses_nothing(world: World, dog: Path, cat: Path) -> None:
    ann, bob, _ = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        whole = await ann.reads("from Bob")
    async with world.bot():
        await bob.say("", dog, reply_to=whole)
        more = await ann.reads("@image3 reference · from Bob")
        await bob.press(more, PAY)
        await until(lambda: world.ark.tasks)
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 3


@BASIC
async def test_a_file_in_the_chat_is_added_by_the_draft_s_number_also_after_the_group_moved(
    world: World, dog: Path, cat: Path
) -> None:
    ann, _, mia = talks(world, BASIC_GROUP)
    async with world.bot():
        card = await shared(ann, dog)
        photo = await mia.say("", cat)
        await mia.say("/add 1", reply_to=photo)
        await ann.reads("@image2 reference · from Mia")
        for command, reply_to, answer in (
            ("/add 7", photo, "There is no draft 7 here"),
            ("/add", card, "or to one in the"),
        ):
            assert answer in words(await mia.answer(await mia.say(command, reply_to=reply_to)))
        await mia.say("/add", cat, reply_to=card)
        await ann.reads("@image3 reference · from Mia")
        await until(lambda: world.books.value("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0)
        moved = world.telegram.migrate(BASIC_GROUP, MIA).id
        await until(lambda: world.books.value("SELECT count(*) FROM audit WHERE action = 'migrated'") >= 1)
        ann, bob, _ = talks(world, moved)
        await bob.say("/add 1", reply_to=await bob.say("", dog))
        there = await ann.reads("👥 Draft 1 ·", "@image3 reference · from Mia", "@image4 reference · from Bob")
        await bob.press(there, PAY)
        await until(lambda: world.ark.tasks)
    (task,) = world.ark.tasks.values()
    assert len(task.ask.of_kind("image")) == 4


async def test_forgetting_takes_what_a_person_brought_out_of_the_draft(world: World, dog: Path, cat: Path) -> None:
    ann, bob, _ = talks(world)
    own = Talk(world.bob, BOB)
    async with world.bot() as service:
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        await ann.sees(lambda m: "from Bob" in words(m) and "media" in m)
        await own.say("/forget")
        await own.press(await own.sees(lambda m: "Забыть всё" in buttons(m)), "Забыть всё")
        await until(lambda: world.books.value("SELECT count(*) FROM users WHERE forget_at IS NOT NULL"))
        world.clock.push(s=1)
        await privacy.forget_due(service._root.env)
        gone = await ann.reads("Taken out, though the words name it: @image2", without="Bob")
        assert gone["id"] == card["id"]
        await until(lambda: world.books.value("SELECT path FROM sheets"))
        (shown,) = world.books.rows("SELECT parts, path FROM sheets")
        assert shown["parts"].count("image") == 1
        world.clock.push(minutes=11)
        await sheets.erase_old(service._tools)
        assert [f"sheets/{path.name}" for path in (world.folder / "data/sheets").iterdir()] == [shown["path"]]
    assert world.books.value("SELECT count(*) FROM media WHERE file_id = '' AND user_id IS NOT NULL") >= 1


async def test_a_file_that_can_not_be_read_fails_for_nothing_and_its_payer_is_told(
    world: World, dog: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(3_000))
    ann, bob, _ = talks(world)
    async with world.bot():
        card = await shared(ann, dog)
        await bob.say("", FileToSend(broken, "document"), reply_to=card)
        await ann.press(await ann.reads("@image2 reference · from Bob"), PAY)
        await ann.reads("Nothing was charged")
        await until(lambda: world.books.states == ["FAILED"])
    assert world.ark.tasks == {}


async def test_a_payer_s_limit_is_theirs_and_a_moderator_allows_it_to_them_alone(
    world: World, dog: Path, cat: Path
) -> None:
    ann, bob, mia = talks(world)
    async with world.bot():
        await mia.say("/quota@kinetogram_bot 0/day")
        await mia.reads("Saved")
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        whole = await ann.reads("from Bob")
        await bob.press(whole, PAY)
        limit = await bob.sees(lambda m: any("модератор" in text for text in buttons(m)))
        assert PAY in "".join(buttons(await ann.now(whole)))
        await bob.press(limit, "Попросить")
        asked = await mia.sees(lambda m: any(text.startswith("Allow") for text in buttons(m)))
        assert "Bob" in words(asked)
        await mia.press(asked, "Allow")
        start = await bob.sees(lambda m: any(text.startswith("▶ Снять") for text in buttons(m)))
        await told(ann, whole, PAY)
        assert world.books.jobs == []
        await bob.press(start, "▶")
        await until(lambda: world.books.jobs)
    assert world.books.value("SELECT users.name FROM jobs JOIN users ON users.id = jobs.user_id") == "Bob"


async def test_each_who_takes_part_asks_the_moderators_and_only_one_of_those_allowed_pays(
    world: World, dog: Path, cat: Path
) -> None:
    ann, bob, mia = talks(world)
    async with world.bot():
        await mia.say("/quota@kinetogram_bot 0/day")
        await mia.reads("Saved")
        card = await shared(ann, dog)
        await bob.say("", cat, reply_to=card)
        whole = await ann.reads("from Bob")
        for talk, ask in ((bob, "Попросить"), (ann, "Ask a moderator")):
            await talk.press(whole, PAY)
            limit = await talk.sees(lambda m, ask=ask: any(text.startswith(ask) for text in buttons(m)))  # type: ignore[misc]
            await talk.press(limit, ask)
        for name in ("Bob", "Ann"):
            asked = await mia.sees(
                lambda m, name=name: name in words(m) and any(text.startswith("Allow") for text in buttons(m))  # type: ignore[misc]
            )
            await mia.press(asked, "Allow")
        starts = [
            await talk.sees(lambda m, go=go: any(text.startswith(go) for text in buttons(m)))  # type: ignore[misc]
            for talk, go in ((bob, "▶ Снять"), (ann, "▶ Start"))
        ]
        async with world.stopped():
            await bob.press(starts[0], "▶")
            await ann.press(starts[1], "▶")
        await until(lambda: world.books.states == ["DELIVERED"])
        await until(lambda: world.books.value("SELECT count(*) FROM inbox WHERE state <> 'closed'") == 0)
    assert len(world.books.jobs) == 1
    world.books.check()
