"""How a group's draft is shared: its number, whether it is open, who brought what; and how its card shows that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.request import Attachment, Label, Reference
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.planning import Plan
from bot.services.say import Button, in_rows
from bot.storage.base import Row, Transaction
from bot.storage.queries import load
from bot.texts import Html

Q = load("shared")


@dataclass(frozen=True, slots=True)
class Board:
    """A shared draft. `brought` are media rows with `brought_id`, `bringer_id`, `bringer` (a name) and `out_at`."""

    number: int
    is_open: bool
    asker_id: int
    brought: tuple[Row, ...]

    @property
    def within(self) -> Mapping[int, Row]:
        """What is in it, by the file's id."""
        return {row["id"]: row for row in self.brought if row["out_at"] is None}

    def takes_part(self, person: Person) -> bool:
        """Its asker, and who has a file in it."""
        return person.id in {self.asker_id, *(row["bringer_id"] for row in self.within.values())}


async def of(tx: Transaction, request: Row) -> Board | None:
    """How a request is shared; None where it is its asker's alone."""
    row = await tx.one(Q.get, request_id=request["id"])
    if row is None:
        return None
    brought = await tx.all(Q.brought, request_id=request["id"])
    return Board(row["number"], bool(row["is_open"]), request["user_id"], tuple(brought))


def head(env: Env, language: str, board: Board) -> Html:
    """What everybody reads first."""
    return env.texts.render(language, "shared-head", number=board.number, open=int(board.is_open))


def line(env: Env, language: str, board: Board | None, ref: Reference, role: str) -> Html:
    """A reference, with who brought it, where that is not the asker."""
    row = board.within.get(ref.media_id) if board is not None else None
    if board is None or row is None or row["bringer_id"] == board.asker_id:
        return env.texts.render(language, "card-reference", label=str(ref.label), role=role)
    return env.texts.render(language, "card-brought", label=str(ref.label), role=role, name=_name(row))


def _name(row: Row) -> str:
    return str(row["bringer"] or row["bringer_id"])


def lost(env: Env, language: str, plan: Plan) -> list[Html]:
    """Files that the words name and that were taken out."""
    if not plan.lost:
        return []
    labels = ", ".join(f"@{label}" for label in plan.lost)
    return [env.texts.render(language, "shared-lost", labels=labels)]


def _within(board: Board, labelled: Mapping[Label, Attachment]) -> list[tuple[Label, Row]]:
    """What was brought and is in the draft, in its order."""
    return [(label, board.within[item.media_id]) for label, item in labelled.items() if item.media_id in board.within]


def brought(env: Env, language: str, board: Board, labelled: Mapping[Label, Attachment]) -> list[Html]:
    """Who brought what, where it is not known yet what each is for."""
    return [
        env.texts.render(language, "shared-brought", label=str(label), name=_name(row))
        for label, row in _within(board, labelled)
        if row["bringer_id"] != board.asker_id
    ]


def outs(
    env: Env, language: str, request_id: int, board: Board, labelled: Mapping[Label, Attachment]
) -> list[list[Button]]:
    """✕ for each file that was brought; who may take it out is decided at the press."""
    return in_rows([_out(env, language, request_id, label, row) for label, row in _within(board, labelled)])


def _out(env: Env, language: str, request_id: int, label: Label, row: Row) -> Button:
    words = env.texts.plain(language, "button-take-out", label=str(label))
    return Button(words, "take-out", {"request": request_id, "brought": row["brought_id"]}, for_all=True)


def opener(env: Env, language: str, place: Place, row: Row, board: Board | None) -> list[Button]:
    """In a group: lets others add to one's draft, or ends that."""
    if not place.is_shared or row["lines"]:
        return []
    name = "draft-close" if board is not None and board.is_open else "draft-open"
    return [Button(env.texts.plain(language, f"button-{name}"), name, {"request": row["id"]})]
