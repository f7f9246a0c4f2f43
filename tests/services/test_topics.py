"""Topics of a forum: defaults of their own, and videos made in some of them alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.services import admins, delivery, homes
from bot.services.directory import ChatRef, migrate_chat
from bot.services.heard import HeardReply, Source
from tests.services.house import ANN, BOB, MIA, House

GENERAL = ChatRef(-1001234, "supergroup", "Lab", is_forum=True)
FILMS = replace(GENERAL, thread_id=7, topic="#video-lab")
TALK = replace(GENERAL, thread_id=9)
END = " You can end that with <code>/settings everywhere</code>."
PLAIN = ChatRef(-1005, "supergroup", "Plain", is_forum=False)


@pytest.fixture
async def forum(house: House) -> House:
    """Ann administrates it."""
    await admins.keep(house.env, GENERAL, [ANN], house.clock[0])
    return house


async def settle(house: House, words: str, chat: ChatRef = FILMS, **values: Any) -> str:
    """`/settings words` by Ann; what is answered."""
    await house.run("settings", words, ANN, chat=chat, **values)
    return str((await house.shown(await newest(house)))["text"])


async def newest(house: House) -> str | None:
    """The slot of the newest text, if it has one."""
    slot = await house.value("SELECT slot FROM outbox WHERE kind = 'text' ORDER BY id DESC LIMIT 1")
    return str(slot) if slot else None


async def asked(house: House, words: str = "a dog", chat: ChatRef = FILMS, **values: Any) -> dict[str, Any]:
    """What a request there became: its options, and its model."""
    await house.sender_is_done()
    before = len(await house.jobs())
    await house.hear(words, chat=chat, source=Source.COMMAND, **({"user": BOB} | values))
    jobs = await house.jobs()
    assert len(jobs) == before + 1, (await house.shown(await newest(house)))["text"]
    spec: dict[str, Any] = json.loads(jobs[-1]["spec"])
    return spec | {"model": jobs[-1]["model"]}


async def refused(house: House, chat: ChatRef, **values: Any) -> str:
    """Nothing is made; what is said instead."""
    before = len(await house.jobs())
    await house.hear("a dog", chat=chat, source=Source.COMMAND, **({"user": BOB} | values))
    assert len(await house.jobs()) == before
    return str((await house.shown(await newest(house)))["text"])


async def test_a_topic_s_own_holds_there_alone_over_the_chat_s_and_under_what_is_said(forum: House) -> None:
    await settle(forum, "480p 6s", GENERAL)
    said = await settle(forum, "topic seedance-2.0-fast 9:16 720p")
    assert "Settings of the topic #video-lab" in said
    assert "Shape: <b>9:16</b>" in said
    assert "Seconds: 6 s (the group's)" in said
    here, there = await asked(forum), await asked(forum, chat=TALK)
    told = await asked(forum, "a dog 1:1 --model seedance-2.0")
    names = ("model", "ratio", "resolution", "duration_s")
    assert [tuple(spec[name] for name in names) for spec in (here, there, told)] == [
        ("seedance-2.0-fast", "9:16", "720p", 6),
        ("seedance-2.0", "16:9", "480p", 6),
        ("seedance-2.0", "1:1", "720p", 6),
    ]


async def test_a_person_s_own_setting_counts_before_the_topic_s_unless_it_is_locked(forum: House) -> None:
    await forum.run("settings", "1:1", BOB, chat=ChatRef(BOB.telegram_id, "private", "Bob"))
    await settle(forum, "topic 9:16")
    assert (await asked(forum))["ratio"] == "1:1"
    slot = str(await newest_panel(forum))
    await forum.press(await forum.button("Shape", slot), chat=FILMS)
    await forum.press(await forum.button("🔒 Hold", slot), chat=FILMS)
    assert "9:16</b> 🔒" in (await forum.shown(slot))["text"]
    assert (await asked(forum))["ratio"] == "9:16"
    await forum.hear("a dog 16:9", chat=FILMS, source=Source.COMMAND, user=BOB)
    assert "Only 9:16 is made here" in (await forum.shown(await newest(forum)))["text"]


async def newest_panel(house: House) -> str:
    return str(await house.value("SELECT slot FROM outbox WHERE slot LIKE 'settings:%' ORDER BY id DESC LIMIT 1"))


async def test_the_chat_s_panel_shows_the_topic_s_and_opens_it(forum: House) -> None:
    said = await settle(forum, "")
    slot = await newest_panel(forum)
    assert "In this topic (#video-lab): as in the whole group" in said
    await forum.press(await forum.button("This topic", slot), chat=FILMS)
    assert [*await forum.words(slot)] == ["Model", "Shape", "Seconds", "Resolution", "‹ Whole group"]
    await forum.press(await forum.button("Shape", slot), chat=FILMS)
    await forum.press(await forum.button("9:16", slot), chat=FILMS)
    assert "Shape: <b>9:16</b>" in (await forum.shown(slot))["text"]
    await forum.press(await forum.button("‹ Whole", slot), chat=FILMS)
    assert "In this topic (#video-lab): <b>9:16</b>" in (await forum.shown(slot))["text"]
    assert "Shape: <b>9:16" not in (await forum.shown(slot))["text"]
    assert "as in the whole group" in await settle(forum, "", TALK)
    assert "Shape: the first picture's" in await settle(forum, "topic off")
    assert (await asked(forum))["ratio"] == "16:9"


async def test_general_has_settings_of_its_own(forum: House) -> None:
    assert "Settings of the topic General" in await settle(forum, "тема 1:1", GENERAL)
    assert [(await asked(forum, chat=chat))["ratio"] for chat in (GENERAL, FILMS)] == ["1:1", "16:9"]


@pytest.mark.parametrize("words", ["topic 9:17", "topic 99s", "topic seedance-9", "topic 9:16 nonsense", "only there"])
async def test_an_order_holds_whole_or_not_at_all(forum: House, words: str) -> None:
    await settle(forum, words)
    assert await forum.value("SELECT preferences FROM topics WHERE thread_id = 7") in {None, "{}"}


async def test_who_does_not_administrate_sets_nothing(forum: House) -> None:
    for words in ("topic 9:16", "only here"):
        await forum.run("settings", words, BOB, chat=FILMS)
        assert "administrators" in (await forum.shown(await newest(forum)))["text"]
    assert await forum.rows("SELECT 1 FROM topics WHERE preferences <> '{}' OR chosen_at IS NOT NULL") == []


async def test_elsewhere_the_way_is_told_and_nothing_is_made(forum: House) -> None:
    said = await settle(forum, "only here")
    link = '<a href="https://t.me/c/1234/7">#video-lab</a>'
    assert f"Videos are made only in {link}" in said
    await asked(forum)
    for chat in (GENERAL, TALK):
        for user, how in ((BOB, ""), (ANN, END), (MIA, END)):
            assert await refused(forum, chat, user=user) == (
                f"Here I make no videos; in this group I make them in {link}.{how} Nothing was charged."
            )
    await settle(forum, "here too", GENERAL)
    await asked(forum, chat=GENERAL)
    both = f'{link}, <a href="https://t.me/c/1234/1">General</a>'
    assert both in await refused(forum, TALK)
    await settle(forum, "not here", GENERAL)
    assert "General" not in await refused(forum, GENERAL)
    assert "nowhere" in await settle(forum, "not here", FILMS)
    await settle(forum, "everywhere", TALK)
    await asked(forum, chat=TALK)


async def test_it_is_told_in_russian_too(forum: House) -> None:
    await settle(forum, "только здесь", GENERAL)
    vera = replace(BOB, telegram_id=70, username="vera", language="ru")
    said = await refused(forum, TALK, user=vera)
    assert said.startswith('Здесь я видео не снимаю; в этой группе они снимаются тут: <a href="https://t.me/c/1234/1">')


async def test_a_button_below_a_video_made_elsewhere_makes_none_now(forum: House) -> None:
    await asked(forum, chat=TALK)
    await forum.rows("UPDATE jobs SET state = 'DELIVERED', file_id = 'F', cost_microusd = 1, finished_at = 1")
    await forum.run("jobs", "", BOB, chat=ChatRef(BOB.telegram_id, "private", "Bob"))
    at = ChatRef(BOB.telegram_id, "private", "Bob")
    await forum.press(await newest_button(forum, "redeliver"), BOB, at)
    await settle(forum, "only here")
    assert await forum.press(await newest_button(forum, "again"), BOB, at) == (
        "Here I make no videos; in this group I make them in #video-lab. Nothing was charged."
    )
    assert len(await forum.jobs()) == 1


async def test_a_reply_that_wishes_a_video_is_told_the_way_and_talk_is_not(forum: House) -> None:
    await asked(forum, chat=TALK)
    await forum.rows("UPDATE jobs SET state = 'DELIVERED', file_id = 'F', cost_microusd = 1, finished_at = 1")
    job = (await forum.jobs())[0]
    await forum.env.store.transact(
        lambda tx: delivery.arrived(forum.env, tx, job["id"], job["chat_id"], 77, "F"),
    )
    await settle(forum, "only here")
    before = await forum.value("SELECT count(*) FROM outbox")
    for words in ("thank you", "now make it rain"):
        reply = HeardReply(77, to_bot=True)
        await forum.hear(None, words=words, reply=reply, chat=TALK, user=BOB, source=None)
    assert await forum.value("SELECT count(*) FROM outbox") == before + 1
    assert "I make them in" in (await forum.shown())["text"]


async def newest_button(house: House, action: str) -> str:
    return str(await house.value("SELECT nonce FROM buttons WHERE action = :it ORDER BY rowid DESC", it=action))


async def test_the_choice_by_buttons(forum: House) -> None:
    await settle(forum, "")
    slot = await newest_panel(forum)
    await forum.press(await forum.button("Where", slot), chat=FILMS)
    assert await forum.words(slot) == ["Only here", "‹ Back"]
    await forum.press(await forum.button("Only here", slot), chat=FILMS)
    assert await forum.words(slot) == ["Everywhere", "‹ Back"]
    assert "#video-lab" in await refused(forum, TALK)
    await forum.press(await forum.button("Everywhere", slot), chat=FILMS)
    await asked(forum, chat=TALK)


async def test_a_topic_that_is_gone_locks_nobody_out_and_its_loss_is_told(forum: House) -> None:
    await settle(forum, "only here")
    await settle(forum, "here too", TALK)
    chat = int(await forum.value("SELECT chat_id FROM topics WHERE thread_id = 7"))
    for thread, told in ((7, "I go on making them in"), (9, "Now I make them in every topic again")):
        for _ in range(2):
            await lost(forum, chat, thread, gone=True)
        assert told in (await forum.shown())["text"]
    await asked(forum, chat=GENERAL)
    await forum.run("audit", "", ANN, chat=GENERAL)
    said = (await forum.shown())["text"]
    assert "lost the topic for videos #video-lab" in said
    assert "Ann: made the only topic for videos #video-lab" in said


async def test_a_closed_topic_is_told_once_a_day_and_is_still_the_one(forum: House) -> None:
    await settle(forum, "only here")
    chat = int(await forum.value("SELECT chat_id FROM topics WHERE thread_id = 7"))
    for _ in range(2):
        await lost(forum, chat, 7, gone=False)
    assert await forum.value("SELECT count(*) FROM outbox WHERE once LIKE 'topic:%'") == 1
    assert "closed to me" in (await forum.shown())["text"]
    assert "#video-lab" in await refused(forum, GENERAL)
    await settle(forum, "everywhere", GENERAL)
    await asked(forum, chat=GENERAL)


async def lost(house: House, chat: int, thread: int, *, gone: bool) -> None:
    await house.env.store.transact(lambda tx: homes.unreachable(house.env, tx, chat, thread, gone=gone))


async def test_a_group_without_topics_has_nothing_to_choose_and_one_that_gave_them_up_is_not_locked(
    forum: House,
) -> None:
    await admins.keep(forum.env, PLAIN, [ANN], forum.clock[0])
    for words in ("only here", "topic 9:16"):
        assert "no topics" in await settle(forum, words, PLAIN)
    assert "Where" not in " ".join(await panel_words(forum, PLAIN))
    await settle(forum, "only here")
    await refused(forum, GENERAL)
    await asked(forum, chat=replace(GENERAL, is_forum=False))


async def test_in_private_there_is_no_topic_and_what_is_so_already_is_no_change(forum: House) -> None:
    for words in ("topic 9:16", "everywhere"):
        await forum.run("settings", words, BOB, chat=ChatRef(BOB.telegram_id, "private", "Bob"))
        assert "group" in (await forum.shown())["text"].lower()
    for _ in range(2):
        await settle(forum, "only here")
    await settle(forum, "topic 9:16")
    await settle(forum, "topic 9:16")
    audit = await forum.rows("SELECT action FROM audit WHERE action LIKE 'where-%' OR action = 'setting'")
    assert [row["action"] for row in audit] == ["where-here", "setting"]
    await lost(forum, 1, 999, gone=True)


async def panel_words(house: House, chat: ChatRef) -> list[str]:
    await settle(house, "", chat)
    return await house.words(await newest_panel(house))


async def test_what_a_met_supergroup_s_topics_have_goes_with_it_to_the_moved_group(forum: House) -> None:
    """Its update came before the one that tells whose it is: topics, their settings and the choice stay."""
    old = ChatRef(-55, "group", "Lab")
    await forum.hear("hello", chat=old, user=BOB, source=None)
    await settle(forum, "topic 9:16")
    await settle(forum, "only here")
    await forum.env.store.transact(lambda tx: migrate_chat(forum.env, tx, old.telegram_id, GENERAL.telegram_id))
    assert (await asked(forum))["ratio"] == "9:16"
    assert "#video-lab" in await refused(forum, GENERAL)
    assert await forum.value("SELECT count(DISTINCT chat_id) FROM topics") == 1


async def test_the_audit_tells_of_which_topic_a_setting_is(forum: House) -> None:
    await settle(forum, "topic 9:16")
    await forum.run("audit", "", ANN, chat=FILMS)
    assert "Ann: setting · Shape, #video-lab: 9:16" in (await forum.shown())["text"]
