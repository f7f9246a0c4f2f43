"""Inline mode: what a person types after the bot's name in any chat, and what the bot offers for it."""

from bot.sandbox.telegram.entities import message_caption
from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.exchange import Draft, Exchange
from bot.sandbox.telegram.media import resent
from bot.sandbox.telegram.world import Chat, Message

MOST_RESULTS = 50


def ask(exchange: Exchange, user_id: int, words: str, offset: str) -> str:
    """A person types; the query's id."""
    query = exchange.inline.add(user_id, exchange.now_ms())
    user = exchange.world.users[user_id].api()
    told = {"id": query.id, "from": user, "query": words[:256], "offset": offset, "chat_type": "sender"}
    exchange.updates.put("inline_query", told, f"user:{user_id}")
    return query.id


def choose(exchange: Exchange, chat: Chat, user_id: int, query_id: str, result_id: str) -> Message | None:
    """A person sends one of the results into a chat; None when it was not offered."""
    result = exchange.inline.result(query_id, result_id)
    if result is None:
        return None
    body = resent(exchange.files.by_file_id(result["video_file_id"])) | message_caption(
        result.get("caption"), result.get("parse_mode"), None
    )
    return exchange.post(Draft(chat, user_id, body | {"via_bot": exchange.world.bot.api()}))


def check_results(exchange: Exchange, results: list[JsonDict]) -> dict[str, JsonDict]:
    """By their ids, as Telegram checks them; raises ApiError 400."""
    if len(results) > MOST_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    ids = [result["id"] for result in results]
    if len(set(ids)) < len(ids) or any(not 1 <= len(one.encode()) <= 64 for one in ids):
        raise bad("RESULT_ID_INVALID")
    for result in results:
        stored = exchange.files.by_file_id(result.get("video_file_id", ""))
        if stored.kind != "video":
            raise bad("wrong file identifier/HTTP URL specified")
    return dict(zip(ids, results, strict=True))
