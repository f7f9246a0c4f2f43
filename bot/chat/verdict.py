"""What a failed call means for its row. Pure: an error and the row's history in, a verdict out.

The rule behind it: words may go out twice (an edit is idempotent, a second sentence does little harm), a file that may
have arrived is never sent again unless a person asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.chat.files import retry_after_s
from bot.chat.limiter import Priority
from bot.chat.payload import OutboxRow
from bot.chat.request import NotSent
from bot.chat.tolerance import CardGivenUp

MAX_ATTEMPTS: Final = {
    Priority.DELIVERY: 600,
    Priority.ANSWER: 200,
    Priority.STATUS: 8,
    Priority.DECORATION: 4,
}
"""With the longest pause between them, a delivery is tried for ten hours, then kept; a status soon grows stale."""

LONGEST_BACK_OFF_MS: Final = 60_000
WRONG_TOKEN_PAUSE_MS: Final = 30_000
PAUSE_MARGIN_MS: Final = 100

_NO_CHAT = ("chat not found", "chat_write_forbidden", "have no rights to send a message", "user is deactivated")
_NO_RIGHT = ("not enough rights", "chat_send_", "chat_restricted", "need administrator rights")


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after `pause_ms`. `attempt`: it counts as one. `for_all`: nobody is served before, Telegram is away."""

    pause_ms: int
    why: str
    attempt: bool = True
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Slower:
    """Telegram asks for a pause in this chat; not an attempt."""

    pause_ms: int
    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group became a supergroup."""

    telegram_id: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nothing reaches this chat until somebody lets the bot in again."""

    why: str


@dataclass(frozen=True, slots=True)
class Park:
    """This row can't go there now; keep it if it is a delivery."""

    why: str


@dataclass(frozen=True, slots=True)
class MaybeSent:
    """A file that may have arrived."""

    why: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It will never go out. `defect`: the fault is ours, log it whole."""

    why: str
    defect: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """Certainly not sent, and it may go without the others of its album."""

    why: str


Verdict = Again | Slower | Moved | Unreachable | Park | MaybeSent | GiveUp | Apart


def judge_all(error: Exception, rows: Sequence[OutboxRow]) -> list[Verdict]:
    """The verdicts on what went out in one call. Of several one may be what was refused: each is tried alone."""
    verdicts = [judge(error, row) for row in rows]
    if len(rows) < 2:
        return verdicts
    if isinstance(error, BadRequest | OSError) and isinstance(verdicts[0], GiveUp):
        return [Apart(verdicts[0].why) for _ in rows]
    if isinstance(verdicts[0], Moved):
        return [verdicts[0], *(Again(0, "the group became a supergroup") for _ in rows[1:])]
    return verdicts


def judge(error: Exception, row: OutboxRow) -> Verdict:  # noqa: PLR0911 - one line for each kind of error
    """The verdict on a call that failed with `error`."""
    if row.to_client and isinstance(error, BadRequest | Forbidden):
        return GiveUp(error.message)  # of the owner's own chat it says nothing
    match error:
        case RetryAfter():
            return Slower(round(retry_after_s(error) * 1000) + PAUSE_MARGIN_MS, error.message)
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden():
            return Unreachable(error.message)
        case BadRequest():
            return _refused(error.message)
        case InvalidToken():
            return Again(WRONG_TOKEN_PAUSE_MS, "Telegram does not know our token", attempt=False, for_all=True)
        case NotSent():
            return _again(row, error.message, for_all=True)
        case NetworkError() | TelegramError():
            return MaybeSent(error.message) if row.is_file else _again(row, error.message)
        case CardGivenUp():
            return GiveUp("the card was deleted twice")
        case OSError():
            return GiveUp(f"the file can't be read ({type(error).__name__})")
        case _:
            return GiveUp(type(error).__name__, defect=True)


def _refused(message: str) -> Verdict:
    text = message.lower()
    if any(sign in text for sign in _NO_CHAT):
        return Unreachable(message)
    if any(sign in text for sign in _NO_RIGHT):
        return Park(message)
    return GiveUp(message)


def _again(row: OutboxRow, why: str, *, for_all: bool = False) -> Verdict:
    if row.attempts + 1 >= MAX_ATTEMPTS[row.priority]:
        return Park(why)
    return Again(back_off_ms(row.attempts), why, for_all=for_all)


def back_off_ms(attempts: int) -> int:
    """Half a second, doubled up to a minute.

    >>> [back_off_ms(attempts) for attempts in (0, 1, 2, 7, 100)]
    [500, 1000, 2000, 60000, 60000]
    """
    return min(500 << min(attempts, 10), LONGEST_BACK_OFF_MS)
