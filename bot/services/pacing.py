"""How long each model takes, learnt from finished tasks and kept; and whose callbacks can be relied upon, for now."""

from __future__ import annotations

from bot.core.schedule import Timing
from bot.services.env import Env
from bot.services.lifecycle import Held
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

Q = load("jobs")

TRUSTED_AFTER = 3
KEPT = 10_000


async def known(env: Env, held: Held, guess_ms: int) -> Timing:
    """What is known of such an order's time; other lengths and sizes of the model are a first guess at it."""
    row = await env.store.read(lambda tx: _row(tx, held))
    if row is None:
        return Timing(guess_ms)
    samples = row["samples"] if row["exact"] else 0
    return Timing(row["usual_ms"], row["spread_permille"], samples)


async def learn(env: Env, held: Held) -> None:
    """A task was seen to have finished now."""
    took_ms = env.now_ms() - (held.row["submitted_at"] or held.row["created_at"])

    async def use_case(tx: Transaction) -> None:
        row = await _row(tx, held)
        before = Timing(row["usual_ms"], row["spread_permille"], row["samples"]) if row and row["exact"] else Timing(1)
        after = before.after(took_ms)
        await tx.run(
            Q.learn_pace,
            **_about(held),
            usual_ms=after.usual_ms,
            spread_permille=after.spread_permille,
            samples=after.samples,
        )

    await env.store.transact(use_case)


async def _row(tx: Transaction, held: Held) -> Row | None:
    return await tx.one(Q.pace, **_about(held))


def _about(held: Held) -> dict[str, str | int]:
    spec = held.spec
    return {
        "provider": held.row["provider"],
        "model": held.row["model"],
        "resolution": spec.resolution,
        "duration_s": spec.duration_s,
    }


class Ears:
    """For which providers' models callbacks prove to work. In memory: after a restart doubt costs a few looks.

    A model is trusted after three tasks in a row whose end was found by a look that a callback had asked for, until
    one ends unheard. One model's calls say nothing of another's: Omni takes an address with each order, Veo does not.
    """

    def __init__(self) -> None:
        self._heard: dict[int, None] = {}
        self._in_a_row: dict[tuple[str, str], int] = {}

    def heard(self, job_id: int) -> None:
        """A callback asked for a look at this job."""
        while len(self._heard) >= KEPT:
            del self._heard[next(iter(self._heard))]
        self._heard[job_id] = None

    def looked(self, provider: str, model: str, job_id: int, *, over: bool) -> None:
        """A look is done; when it found the end, the model has proven itself or failed to."""
        was_heard = job_id in self._heard
        self._heard.pop(job_id, None)
        if over:
            self._in_a_row[provider, model] = self._in_a_row.get((provider, model), 0) + 1 if was_heard else 0

    def trust(self, provider: str, model: str) -> bool:
        """Whether its callbacks come so surely that looks may be rare."""
        return self._in_a_row.get((provider, model), 0) >= TRUSTED_AFTER
