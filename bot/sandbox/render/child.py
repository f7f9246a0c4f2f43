"""``python -m bot.sandbox.render.child``: reads one errand as JSON from standard input, renders it and ends.

A crafted reference can end this process at worst. Exit code 1 and a sentence on standard error say what failed.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

MEMORY_LIMIT_BYTES = 4 << 30
CPU_LIMIT_S = 300


def main() -> int:
    """Render the errand on standard input; 0 when the file stands."""
    _bound_this_process()
    from bot.sandbox.render.movie import render
    from bot.sandbox.render.order import order_from_json

    errand = json.load(sys.stdin)
    try:
        render(order_from_json(errand["order"]), Path(errand["video"]), Path(errand["last_frame"]))
    except Exception as failure:  # noqa: BLE001  whatever a crafted file breaks is one sentence to the parent
        sys.stderr.write(f"{type(failure).__name__}: {failure}\n")
        return 1
    return 0


def _bound_this_process() -> None:
    with suppress(ImportError, ValueError, OSError):  # not every system has these limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
        os.nice(5)


if __name__ == "__main__":
    sys.exit(main())
