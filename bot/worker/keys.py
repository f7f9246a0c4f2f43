"""Which of a provider's keys a job may go out with: a key that was refused is left out, until one job finds out."""

from __future__ import annotations

from bot.providers.base import Provider
from bot.providers.ring import Ring
from bot.services import pauses
from bot.services.pauses import ONLY, Key, Pause
from bot.worker.tools import Tools


def key_of(provider: Provider | None, key_name: str | None) -> Key:
    """A key as its pause knows it."""
    names = names_of(provider)
    if len(names) < 2 or key_name not in names:
        return ONLY
    return Key(key_name, names.index(key_name) + 1, len(names))


def names_of(provider: Provider | None) -> tuple[str, ...]:
    """The names of all its keys."""
    return getattr(provider, "keys", ())


async def usable(tools: Tools, provider: Ring) -> tuple[str, ...] | Pause:
    """The keys that may be used now; the pause that ends first when there is none."""
    out = await pauses.of_keys(tools.env, provider.name)
    if not out:
        return provider.keys
    for name in provider.keys:
        pause = out.get(name)
        is_over = pause is not None and pause.until <= tools.env.now_ms()
        if pause is not None and is_over and await pauses.probe(tools.env, pause, tools.pace.pause_ms):
            return (name,)  # this job finds out for all
    ready = tuple(name for name in provider.keys if name not in out)
    return ready or min((out[name] for name in provider.keys), key=lambda pause: pause.until)
