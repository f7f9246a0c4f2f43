"""The JSON of a task in both designs, and how a prompt bids it to end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bot.sandbox.providers.kling.asks import Ask
from bot.sandbox.providers.kling.errors import KlingError
from bot.sandbox.providers.kling.settings import KlingKnobs
from bot.sandbox.providers.works import State, Work

_RISK = "Failure to pass the risk control system"
_DOOMS = {
    "[outvideo]": _RISK,
    "[outaudio]": _RISK,
    "[copyright]": f"{_RISK}: copyright",
    "[fail]": "Service busy",
    "[expire]": "Task timed out",
}
_MODERN = {State.WAITING: "submitted", State.RUNNING: "processing", State.DONE: "succeeded", State.FAILED: "failed"}
_LEGACY = {**_MODERN, State.DONE: "succeed"}
_UNIT_USD = Decimal("0.14")


def refuse_input(ask: Ask) -> None:
    """Raises a policy refusal for ``[nsfw]``, and for ``[face]`` beside a picture or a video."""
    if "[nsfw]" in ask.prompt:
        raise KlingError(1301, "Content risk: the prompt does not pass the safety check")
    if "[face]" in ask.prompt and ask.media:
        raise KlingError(1301, "Content risk: the image may show a real person")


def doom_of(ask: Ask) -> str | None:
    """The bad end that the prompt asks for."""
    return next((words for word, words in _DOOMS.items() if word in ask.prompt), None)


def task_body(work: Work[Ask], link: str | None, knobs: KlingKnobs) -> dict[str, Any]:
    """A task in the design in which it was made."""
    return _legacy(work, link, knobs) if work.facts.legacy else _modern(work, link, knobs)


def _modern(work: Work[Ask], link: str | None, knobs: KlingKnobs) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": work.id,
        "status": _MODERN[work.state],
        "message": work.error or "",
        "create_time": work.created_ms,
        "update_time": work.changed_ms,
    }
    if work.facts.external_id:
        body["external_id"] = work.facts.external_id
    if link:
        seconds = f"{work.facts.seconds + 0.041:.3f}"
        body["outputs"] = [{"type": "video", "id": f"v{work.id}", "url": link, "duration": seconds}]
    if work.over:
        body["billing"] = [_charged(work, knobs)]
    return body


def _charged(work: Work[Ask], knobs: KlingKnobs) -> dict[str, Any]:
    units = _units(work, knobs)
    if knobs.charge == "unit":
        return {"charge_type": "unit", "amount": units, "package_type": "video"}
    amount = str(Decimal(units) * _UNIT_USD)
    return {
        "charge_type": "cash",
        "amount": amount,
        "cash_type": "balance",
        "list_price": amount,
        "currency": "USD",
    }


def _units(work: Work[Ask], knobs: KlingKnobs) -> str:
    paid = work.state is State.DONE or knobs.failures_billed
    return f"{work.facts.units.normalize():f}" if paid else "0"


def _legacy(work: Work[Ask], link: str | None, knobs: KlingKnobs) -> dict[str, Any]:
    body: dict[str, Any] = {
        "task_id": work.id,
        "task_status": _LEGACY[work.state],
        "task_status_msg": work.error or "",
        "task_info": {"external_task_id": work.facts.external_id} if work.facts.external_id else {},
        "created_at": work.created_ms,
        "updated_at": work.changed_ms,
    }
    if link:
        video = {"id": f"v{work.id}", "url": link, "duration": f"{work.facts.seconds}.1"}
        body["task_result"] = {"videos": [video]}
    if work.over:
        cash = str(Decimal(_units(work, knobs)) * _UNIT_USD)
        body |= (
            {"final_unit_deduction": _units(work, knobs)}
            if knobs.charge == "unit"
            else {"final_balance_deduction": cash}
        )
    return body
