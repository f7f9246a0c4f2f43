"""Measures an object from outside: its chosen calls are timed, all else passes through."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar, cast

from bot.core import errors
from bot.telemetry.metrics import Metrics

T = TypeVar("T")
Observe = Callable[[str, str, float], None]
Clock = Callable[[], float]

PROVIDER_CALLS = frozenset({"submit", "check", "cancel", "look_up", "fetch"})
STORE_CALLS = frozenset({"transact", "read"})
_KNOWN = frozenset(
    kind.__name__
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.KinetogramError)
)


def metered(inner: T, calls: Collection[str], observe: Observe, clock: Clock = time.monotonic) -> T:
    """The same object, its `calls` (coroutine methods) followed by `observe(call, outcome, took_s)`.

    An outcome is `ok`, the name of one of our errors, or `other`: a short, known list.
    """
    return cast("T", _Metered(inner, frozenset(calls), observe, clock))


def provider(inner: T, name: str, metrics: Metrics, clock: Clock = time.monotonic) -> T:
    """A provider whose calls are counted by outcome and timed."""
    return metered(inner, PROVIDER_CALLS, functools.partial(metrics.called, name), clock)


def store(inner: T, metrics: Metrics, clock: Clock = time.monotonic) -> T:
    """A store whose use cases are timed."""
    return metered(inner, STORE_CALLS, lambda call, _, took_s: metrics.use_case(call, took_s), clock)


def outcome_of(error: BaseException | None) -> str:
    """A label for how a call ended.

    >>> outcome_of(None), outcome_of(errors.Throttled("x")), outcome_of(KeyError())
    ('ok', 'Throttled', 'other')
    """
    if error is None:
        return "ok"
    name = type(error).__name__
    return name if name in _KNOWN else "other"


class _Metered:
    def __init__(self, inner: object, calls: frozenset[str], observe: Observe, clock: Clock) -> None:
        self._inner = inner
        self._calls = calls
        self._observe = observe
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._calls:
            return found
        timed = functools.partial(self._timed, name, found)
        self.__dict__[name] = timed  # the next time it is found at once
        return timed

    async def _timed(self, name: str, call: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        started = self._clock()
        failure: BaseException | None = None
        try:
            return await call(*args, **kwargs)
        except BaseException as error:
            failure = error
            raise
        finally:
            self._observe(name, outcome_of(failure), self._clock() - started)
