"""Inline queries: each can be answered once, within 30 seconds, and an answer serves again for as long as it says."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.world import Message

_KEEP = 2000
QUERY_LIFE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bot offers: `results` by their ids, and how people see them. It serves for `cache_s`, when `is_personal`
    that person alone.
    """

    results: dict[str, JsonDict]
    views: list[JsonDict]
    next_offset: str
    button: JsonDict | None
    cache_s: int
    is_personal: bool


@dataclass(slots=True)
class Query:
    """What one person typed in one chat; `answer` is None until the bot gave it."""

    id: str
    user_id: int
    words: str
    offset: str
    at_ms: int
    answer: Answer | None = None


class Queries:
    """The last queries by their id, and the answers that still serve for the same words."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Query] = OrderedDict()
        self._cached: OrderedDict[tuple[str, str, int | None], tuple[Answer, int]] = OrderedDict()

    def add(self, user_id: int, words: str, offset: str, now_ms: int) -> Query:
        """A new query, answered already where an earlier answer still serves."""
        query = Query(str(secrets.randbelow(1 << 62)), user_id, words, offset, now_ms)
        query.answer = self._serving(words, offset, user_id, now_ms) or self._serving(words, offset, None, now_ms)
        self._kept[query.id] = query
        if len(self._kept) > _KEEP:
            self._kept.popitem(last=False)
        return query

    def _serving(self, words: str, offset: str, user_id: int | None, now_ms: int) -> Answer | None:
        answer, ends_ms = self._cached.get((words, offset, user_id), (None, 0))
        return answer if now_ms < ends_ms else None

    def open(self, query_id: str, now_ms: int) -> Query:
        """A query that can still be answered; raises ApiError 400."""
        query = self._kept.get(query_id)
        if query is None or query.answer is not None or now_ms - query.at_ms >= QUERY_LIFE_MS:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return query

    def close(self, query: Query, answer: Answer, now_ms: int) -> None:
        """The bot has answered."""
        query.answer = answer
        whose = query.user_id if answer.is_personal else None
        self._cached[query.words, query.offset, whose] = (answer, now_ms + 1000 * answer.cache_s)
        if len(self._cached) > _KEEP:
            self._cached.popitem(last=False)

    def of(self, query_id: str, user_id: int) -> Query | None:
        """What this person typed."""
        query = self._kept.get(query_id)
        return query if query is not None and query.user_id == user_id else None


class Guests:
    """Messages that named the bot where it is no member, by the id that answers each once."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[Message, int]] = OrderedDict()

    def add(self, message: Message, now_ms: int) -> str:
        """The id that answers it."""
        query_id = str(secrets.randbelow(1 << 62))
        self._open[query_id] = (message, now_ms)
        if len(self._open) > _KEEP:
            self._open.popitem(last=False)
        return query_id

    def open(self, query_id: str, now_ms: int) -> Message:
        """The message that can still be answered; raises ApiError 400."""
        message, at_ms = self._open.get(query_id, (None, 0))
        if message is None or now_ms - at_ms >= QUERY_LIFE_MS:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return message

    def close(self, query_id: str) -> None:
        """The bot has answered."""
        del self._open[query_id]
