"""The JSON of a task, and how a prompt bids it to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.sandbox.providers.runway.asks import Ask
from bot.sandbox.providers.runway.settings import RunwayKnobs
from bot.sandbox.providers.works import State, Work

Throttling = Literal["PENDING", "THROTTLED"]
_DOOMS = {
    "[nsfw]": "SAFETY.INPUT.TEXT",
    "[face]": "SAFETY.INPUT.IMAGE",
    "[outvideo]": "SAFETY.OUTPUT.VIDEO",
    "[outaudio]": "SAFETY.OUTPUT.AUDIO",
    "[copyright]": "SAFETY.OUTPUT.COPYRIGHT",
    "[fail]": "INTERNAL.BAD_OUTPUT.CODE01",
    "[asset]": "ASSET.INVALID",
    "[upstream]": "THIRD_PARTY.UNAVAILABLE",
}
_WORDS = {"SAFETY": "The generation did not pass moderation.", "ASSET": "An input could not be used."}
_INTERNAL = "An unexpected error occurred."


@dataclass(frozen=True, slots=True)
class Made:
    """What is kept with a task."""

    ask: Ask
    credits: int


def doom_of(ask: Ask) -> str | None:
    """The bad end that the prompt asks for; a face needs a picture."""
    found = next((code for word, code in _DOOMS.items() if word in ask.prompt), None)
    return None if found == "SAFETY.INPUT.IMAGE" and not ask.media else found


def charged(work: Work[Made], knobs: RunwayKnobs) -> int:
    """What a task that is over costs: moderation is billed like success."""
    refused = work.state is State.FAILED and (work.error or "").startswith("SAFETY") and knobs.refusals_billed
    return work.facts.credits if work.state is State.DONE or refused else 0


def task_body(work: Work[Made], waiting: Throttling, percent: int, link: str, knobs: RunwayKnobs) -> dict[str, Any]:
    """The fields that belong to its status."""
    at = datetime.fromtimestamp(work.created_ms / 1000, UTC).isoformat(timespec="milliseconds")
    body = {"id": work.id, "createdAt": at.replace("+00:00", "Z")}
    estimate = {"estimatedCost": {"credits": work.facts.credits}} if knobs.estimates else {}
    cost = {"cost": {"credits": charged(work, knobs)}}
    match work.state:
        case State.WAITING:
            return {**body, "status": waiting, **estimate}
        case State.RUNNING:
            return {**body, "status": "RUNNING", "progress": percent / 100, **estimate}
        case State.DONE:
            return {**body, "status": "SUCCEEDED", "output": [link], **cost}
        case State.FAILED:
            code = work.error if work.error == work.doom else None
            words = _WORDS.get(str(code).partition(".")[0], _INTERNAL)
            return {**body, "status": "FAILED", "failure": words, "failureCode": code, **cost}
        case State.CANCELLED:
            return {**body, "status": "CANCELLED", **cost}
