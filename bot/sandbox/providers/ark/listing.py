"""LIST: filters and pages over the account's tasks, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from bot.sandbox.providers.ark.errors import not_valid
from bot.sandbox.providers.ark.tasks import Task

_LARGEST = 500


def list_body(request: web.Request, tasks: Iterable[Task], body: Callable[[Task], dict[str, Any]]) -> dict[str, Any]:
    """The JSON of a LIST; raises 400 for a page outside [1, 500]."""
    number, size = _page(request, "page_num", 1), _page(request, "page_size", 20)
    found = [task for task in tasks if _matches(task, request)]
    found.reverse()
    return {"total": len(found), "items": [body(task) for task in found[(number - 1) * size : number * size]]}


def _page(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= _LARGEST:
        raise not_valid(f"expected a value between 1 and {_LARGEST}, but got {text}", name)
    return int(text)


def _matches(task: Task, request: web.Request) -> bool:
    wanted = {
        "filter.status": task.status.value,
        "filter.model": task.ask.model_id,
        "filter.service_tier": "default",
    }
    ids = request.query.getall("filter.task_ids", [])
    return (not ids or task.id in ids) and all(
        request.query.get(name, value) == value for name, value in wanted.items()
    )
