"""Trouble on demand: refuse, delay, answer 5xx, or act and lose the answer."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.telegram.errors import JsonDict

When = Literal["before", "after"]


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the next `times` calls of a method ("*" is any method).

    `when="before"` keeps the call from acting, `"after"` lets it act first. `drop` closes the connection without an
    answer. `body` replaces the usual JSON of an error; None stands for it.
    """

    method: str
    status: int | None
    body: JsonDict | str | None
    times: int
    delay_s: float
    when: When
    drop: bool
    chat_id: int | None
    retry_after_s: int | None

    def fits(self, method: str, chat_id: object) -> bool:
        """Whether this call is to be troubled."""
        return self.times > 0 and self.method in {"*", method} and self.chat_id in {None, chat_id}


class Faults:
    """The troubles that wait for their calls."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(
        self,
        method: str,
        *,
        status: int | None = None,
        body: JsonDict | str | None = None,
        times: int = 1,
        delay_s: float = 0.0,
        when: When = "before",
        drop: bool = False,
        chat_id: int | None = None,
        retry_after_s: int | None = None,
    ) -> Fault:
        """Trouble the next `times` calls; `retry_after_s` makes it Telegram's 429."""
        status = 429 if retry_after_s is not None else status
        fault = Fault(method, status, body, times, delay_s, when, drop, chat_id, retry_after_s)
        self._waiting.append(fault)
        return fault

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The trouble for this call, used up once."""
        fault = next((fault for fault in self._waiting if fault.fits(method, chat_id)), None)
        if fault is not None:
            fault.times -= 1
        return fault

    def clear(self) -> None:
        """All well again."""
        self._waiting.clear()
