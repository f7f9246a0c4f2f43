"""The record of every call: what the bot asked for and what it was told."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.telegram.errors import JsonDict

_SECRETS = frozenset({"secret_token", "provider_token"})


@dataclass(slots=True)
class Call:
    """One call; `files` are the sizes in bytes of its uploads, `status` is 0 until it is answered."""

    method: str
    params: JsonDict
    files: dict[str, int]
    at_ms: int
    status: int = 0
    answer: Any = field(default=None)

    @classmethod
    def of(cls, method: str, params: JsonDict, files: dict[str, int], at_ms: int) -> "Call":
        """A call as received, without its secrets."""
        shown = {name: "…" if name in _SECRETS else value for name, value in params.items()}
        return cls(method, shown, files, at_ms)

    @property
    def result(self) -> Any:
        """What the method returned; None when it was refused."""
        return self.answer.get("result") if isinstance(self.answer, dict) else None


class Calls:
    """The last `keep` calls, oldest first."""

    def __init__(self, keep: int = 5000) -> None:
        self._kept: deque[Call] = deque(maxlen=keep)

    def add(self, call: Call) -> None:
        """Record a call."""
        self._kept.append(call)

    def of(self, *methods: str) -> list[Call]:
        """The calls of these methods."""
        return [call for call in self._kept if call.method in methods]

    def clear(self) -> None:
        """Forget them."""
        self._kept.clear()

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)
