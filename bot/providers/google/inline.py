"""The address of an output that lies inside a task's own record."""

from __future__ import annotations

_SCHEME = "inline:"


class Inline:
    """`inline:v1_abc` says: ask for the task again and take the video out of the answer."""

    @staticmethod
    def url(task_id: str) -> str:
        return _SCHEME + task_id

    @staticmethod
    def task(url: str) -> str | None:
        """The task whose record holds the output; None for any other address."""
        return url.removeprefix(_SCHEME) if url.startswith(_SCHEME) else None
