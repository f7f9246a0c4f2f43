"""Inline mode: what a person types after the bot's name in any chat, and what the bot offers for it."""

import re
from dataclasses import dataclass

from bot.sandbox.telegram.entities import message_caption
from bot.sandbox.telegram.errors import ClientError, JsonDict, bad
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.media import resent
from bot.sandbox.telegram.queries import Answer, Query
from bot.sandbox.telegram.render import media_view
from bot.sandbox.telegram.world import Chat, Message

MOST_RESULTS = 50
ID_BYTES = 64
_OFFSET_BYTES = 64
_WORDS_CHARS = 256
_CACHE_S = 300
_NOT_HERE = frozenset({"reply_markup", "input_message_content"})
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One result of one query, and what it is sent as: in which topic, in reply to what."""

    query_id: str
    result_id: str
    thread_id: int | None = None
    reply_to_id: int | None = None


def ask(exchange: Exchange, chat: Chat, user_id: int, words: str, offset: str) -> str:
    """A person types in a chat; the query's id. What is offered is an event. Raises ClientError 409."""
    if not exchange.settings.inline:
        raise ClientError(409, "inline mode is off")
    query = exchange.inline.add(user_id, words[:_WORDS_CHARS], offset, exchange.now_ms())
    if query.answer is not None:
        _tell(exchange, query, query.answer)
        return query.id
    told = {
        "id": query.id,
        "from": exchange.world.users[user_id].api(),
        "query": query.words,
        "offset": offset,
        "chat_type": "sender" if chat.is_private else chat.kind,
    }
    exchange.updates.put("inline_query", told, f"user:{user_id}")
    return query.id


def checked(exchange: Exchange, params: JsonDict) -> Answer:
    """An answer as Telegram checks it; raises ApiError 400."""
    next_offset, cache_s = params.get("next_offset", ""), params.get("cache_time", _CACHE_S)
    if len(next_offset.encode()) > _OFFSET_BYTES:
        raise bad("NEXT_OFFSET_INVALID")
    if cache_s < 0:
        raise bad("CACHE_TIME_INVALID")
    results = _results(exchange, params["results"])
    return Answer(
        results,
        [_view(exchange, result) for result in results.values()],
        next_offset,
        _button(params.get("button")),
        cache_s,
        bool(params.get("is_personal", False)),
    )


def _results(exchange: Exchange, results: list[JsonDict]) -> dict[str, JsonDict]:
    if len(results) > MOST_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    by_id = {result["id"]: result for result in results}
    if len(by_id) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    if any(not 1 <= len(one.encode()) <= ID_BYTES for one in by_id):
        raise bad("RESULT_ID_INVALID")
    for result in results:
        body_of(exchange, result)
    return by_id


def body_of(exchange: Exchange, result: JsonDict) -> JsonDict:
    """What a result is when it is sent: a video that Telegram keeps, with its words. Raises ApiError 400."""
    if result.keys() & _NOT_HERE:
        raise bad("inline results with buttons or other content are not available in the sandbox")
    stored = exchange.files.by_file_id(result.get("video_file_id", ""))
    if stored.kind != "video":
        raise bad("wrong file identifier/HTTP URL specified")
    words = message_caption(result, moments=exchange.settings.moments)
    return resent(stored) | words


def _button(button: JsonDict | None) -> JsonDict | None:
    if button is None:
        return None
    if not button["text"].strip():
        raise bad("SWITCH_PM_TEXT_EMPTY")
    if ("start_parameter" in button) is ("web_app" in button):
        raise bad("BUTTON_TYPE_INVALID")
    if "start_parameter" in button and not _START.fullmatch(button["start_parameter"]):
        raise bad("START_PARAM_INVALID")
    return button


def answer(exchange: Exchange, query: Query, given: Answer) -> None:
    """The bot has answered: the person is shown it."""
    exchange.inline.close(query, given, exchange.now_ms())
    _tell(exchange, query, given)


def _tell(exchange: Exchange, query: Query, given: Answer) -> None:
    event = {
        "type": "inline",
        "id": query.id,
        "results": given.views,
        "is_personal": given.is_personal,
        "cache_time": given.cache_s,
        "next_offset": given.next_offset,
        "button": given.button,
    }
    exchange.tell_people([query.user_id], event)


def _view(exchange: Exchange, result: JsonDict) -> JsonDict:
    """A result as people see it before it is sent."""
    words = {name: result[name] for name in ("id", "title", "description") if name in result}
    return words | {"media": media_view(resent(exchange.files.by_file_id(result["video_file_id"])))}


def choose(exchange: Exchange, chat: Chat, user_id: int, choice: Choice) -> Message:
    """A person sends one of the results into a chat; raises ClientError 404 when it was not offered to them."""
    query = exchange.inline.of(choice.query_id, user_id)
    result = query.answer.results.get(choice.result_id) if query is not None and query.answer is not None else None
    if query is None or result is None:
        raise ClientError(404, "no such result")
    body = body_of(exchange, result) | {"via_bot": exchange.world.bot.api()}
    sent = exchange.post(Draft(chat, user_id, body, choice.thread_id, choice.reply_to_id))
    if exchange.settings.inline_feedback:
        chosen = {"result_id": choice.result_id, "from": exchange.world.users[user_id].api(), "query": query.words}
        exchange.updates.put("chosen_inline_result", chosen, f"user:{user_id}")
    return sent
