"""What the checks of one request collect on their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.core.catalog import Model
from bot.core.changes import setting
from bot.core.errors import Mend, Refusal
from bot.core.media import Note
from bot.core.request import Options


@dataclass(slots=True)
class Findings:
    """All faults, all notes, and whether anything was cut or guessed."""

    faults: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    guessed: bool = False

    def refuse(self, key: str, mends: Sequence[Mend] = (), **data: str | float) -> None:
        self.faults.append(Refusal(key, mends, **data))

    def note(self, key: str, *, guessed: bool = False, **data: str | float) -> None:
        self.notes.append(Note(key, data))
        self.guessed = self.guessed or guessed


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of whom: the words' options, the defaults, the model, and models that a mend may offer instead.

    `faults_at`: the keys of what would be wrong with the same request at one of those.
    """

    said: Options
    defaults: Options
    model: Model
    others: Sequence[Model]
    findings: Findings
    faults_at: Callable[[Model], frozenset[str]] = lambda _: frozenset()

    def another(self, can: Callable[[Model], bool]) -> list[Mend]:
        """A mend to the first other model that can."""
        able = next((other for other in self.others if other.id != self.model.id and can(other)), None)
        return [setting("model", able.id, model=able.title)] if able else []
