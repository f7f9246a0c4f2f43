"""Inline mode of the embedded Telegram: who is asked what, what an answer may hold, and what a choice becomes."""

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, Options, Person, Refused, WorldOptions
from bot.sandbox.telegram.errors import JsonDict
from tests.sandbox.telegram.wire import Wire, mp4

DAY_S = 86_400


async def _clip(wire: Wire) -> str:
    answer = await wire.form("sendVideo", {"video": mp4()}, chat_id=ANN)
    return str(answer["result"]["video"]["file_id"])


async def _query(wire: Wire, person: Person, chat: int, words: str = "", offset: str = "") -> JsonDict:
    """What the bot hears when a person types; the query is not answered yet."""
    await person._call("POST", f"/client/chats/{chat}/inline", json={"query": words, "offset": offset})
    (update,) = await wire.updates()
    return dict(update["inline_query"])


def _video(file_id: str, one: str = "K7Q2", **more: Any) -> JsonDict:
    return {"type": "video", "id": one, "video_file_id": file_id, "title": "A dog", **more}


async def test_the_bot_is_asked_with_the_words_the_offset_and_the_kind_of_chat(wire: Wire, ann: Person) -> None:
    for chat, kind in ((ANN, "sender"), (GROUP, "supergroup")):
        query = await _query(wire, ann, chat, "a dog", "20")
        assert (query["from"]["id"], query["query"], query["offset"]) == (ANN, "a dog", "20")
        assert query["chat_type"] == kind


async def test_a_choice_is_the_person_s_message_by_way_of_the_bot(wire: Wire, ann: Person) -> None:
    query, file_id = await _query(wire, ann, GROUP), await _clip(wire)
    result = _video(file_id, caption="<i>a dog</i>", parse_mode="HTML", description="5 s")
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], results=[result], next_offset="20")
    offer = await ann.wait_for_event(lambda event: event["type"] == "inline")
    (shown,) = offer["results"]
    assert (shown["title"], shown["description"], shown["media"]["kind"]) == ("A dog", "5 s", "video")
    assert offer["next_offset"] == "20"
    sent = await ann.choose_inline(GROUP, offer, "K7Q2")
    assert (sent["via"], sent["caption"], sent["from"]["id"]) == ("kinetogram_bot", "a dog", ANN)
    (update,) = await wire.updates()  # privacy mode lets it through
    assert update["message"]["via_bot"]["username"] == "kinetogram_bot"
    assert update["message"]["video"]["file_id"] == file_id


@pytest.mark.parametrize("options", [Options(world=WorldOptions(started=True), inline_feedback=True)])
async def test_feedback_tells_which_result_was_chosen(wire: Wire, ann: Person) -> None:
    query, file_id = await _query(wire, ann, ANN, "dog"), await _clip(wire)
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], results=[_video(file_id)])
    offer = await ann.wait_for_event(lambda event: event["type"] == "inline")
    await ann.choose_inline(ANN, offer, "K7Q2")
    chosen = next(u["chosen_inline_result"] for u in await wire.updates() if "chosen_inline_result" in u)
    assert (chosen["result_id"], chosen["query"], chosen["from"]["id"]) == ("K7Q2", "dog", ANN)


async def test_what_was_offered_to_one_person_can_t_be_chosen_by_another(wire: Wire, ann: Person, bob: Person) -> None:
    query, file_id = await _query(wire, ann, ANN), await _clip(wire)
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], results=[_video(file_id)], is_personal=True)
    for person, chat, one in ((bob, BOB, "K7Q2"), (ann, ANN, "K7Q3")):
        with pytest.raises(Refused, match="no such result"):
            await person.choose_inline(chat, {"id": query["id"]}, one)


async def test_a_personal_answer_serves_its_person_again_until_its_time_is_over(
    wire: Wire, ann: Person, bob: Person
) -> None:
    query, file_id = await _query(wire, ann, ANN, "dog"), await _clip(wire)
    told = {"results": [_video(file_id)], "is_personal": True, "cache_time": 5}
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], **told)
    assert (await ann.type_inline(GROUP, "dog"))["results"]
    assert await wire.updates() == []
    assert await _query(wire, ann, ANN, "dog", "1")
    assert await _query(wire, bob, BOB, "dog")
    wire.clock.forward(6)
    assert await _query(wire, ann, ANN, "dog")


async def test_an_answer_that_is_not_personal_serves_everybody(wire: Wire, ann: Person, bob: Person) -> None:
    query, file_id = await _query(wire, ann, ANN), await _clip(wire)
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], results=[_video(file_id)])
    assert (await bob.type_inline(BOB))["results"]
    wire.clock.forward(DAY_S)
    assert await _query(wire, bob, BOB)


async def test_a_query_is_answered_once_and_within_half_a_minute(wire: Wire, ann: Person) -> None:
    query = await _query(wire, ann, ANN)
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], results=[])
    assert "too old" in await wire.refused("answerInlineQuery", inline_query_id=query["id"], results=[])
    late = await _query(wire, ann, ANN, "late")
    wire.clock.forward(30)
    assert "too old" in await wire.refused("answerInlineQuery", inline_query_id=late["id"], results=[])


async def test_an_answer_is_refused_for_what_telegram_refuses(wire: Wire, ann: Person) -> None:
    query, file_id = await _query(wire, ann, ANN), await _clip(wire)
    button = {"text": "Make one", "start_parameter": "inline"}
    cases: list[tuple[str, JsonDict]] = [
        ("RESULTS_TOO_MUCH", {"results": [_video(file_id, str(n)) for n in range(51)]}),
        ("RESULT_ID_DUPLICATE", {"results": [_video(file_id), _video(file_id)]}),
        ("RESULT_ID_INVALID", {"results": [_video(file_id, "x" * 65)]}),
        ("wrong file identifier", {"results": [_video("unknown")]}),
        ("InlineQueryResult", {"results": [{"type": "video", "id": "1", "video_file_id": file_id}]}),
        ("can't parse entities", {"results": [_video(file_id, caption="<b>open", parse_mode="HTML")]}),
        ("caption is too long", {"results": [_video(file_id, caption="x" * 1025)]}),
        ("NEXT_OFFSET_INVALID", {"results": [], "next_offset": "ы" * 33}),
        ("CACHE_TIME_INVALID", {"results": [], "cache_time": -1}),
        ("BUTTON_TYPE_INVALID", {"results": [], "button": {"text": "Make one"}}),
        ("SWITCH_PM_TEXT_EMPTY", {"results": [], "button": button | {"text": " "}}),
        ("START_PARAM_INVALID", {"results": [], "button": button | {"start_parameter": "no spaces"}}),
        ("not available", {"results": [_video(file_id, reply_markup={"inline_keyboard": []})]}),
    ]
    for reason, params in cases:
        assert reason in await wire.refused("answerInlineQuery", inline_query_id=query["id"], **params)
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], results=[_video(file_id)], button=button)


async def test_a_choice_joins_the_topic_and_the_reply_of_its_person(wire: Wire, ann: Person, video: Path) -> None:
    query, file_id = await _query(wire, ann, GROUP), await _clip(wire)
    await wire.ok("answerInlineQuery", inline_query_id=query["id"], results=[_video(file_id)])
    (first,) = await ann.send(GROUP, "look")
    told = {"id": query["id"], "result": "K7Q2"}
    sent = await ann._call("POST", f"/client/chats/{GROUP}/inline/choose", json=told | {"reply_to": first["id"]})
    assert sent["message"]["reply_to"]["id"] == first["id"]
    with pytest.raises(Refused, match="no such topic"):
        await ann._call("POST", f"/client/chats/{GROUP}/inline/choose", json=told | {"thread_id": 9})


@pytest.mark.parametrize("options", [Options(inline=False)])
async def test_without_inline_mode_nothing_is_asked(wire: Wire, ann: Person) -> None:
    assert (await wire.ok("getMe"))["supports_inline_queries"] is False
    with pytest.raises(Refused, match="inline mode is off"):
        await ann.type_inline(ANN)
    assert await wire.updates() == []
