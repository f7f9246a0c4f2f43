"""Health check of the container: exit code 0 when /live answers. `python -m bot.web.probe`, standard library only."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 3.0
DEFAULT_PORT = "8080"
ANY = {"", "0.0.0.0", "::", "localhost"}  # noqa: S104 - compared with, not bound to


def main(environ: Mapping[str, str]) -> int:
    """0 when the process that `environ` configures is live, else 1."""
    host = environ.get("WEB_HOST", "")
    try:
        connection = HTTPConnection(
            "127.0.0.1" if host in ANY else host, int(environ.get("WEB_PORT") or DEFAULT_PORT), timeout=TIMEOUT_S
        )
        try:
            connection.request("GET", "/live")
            return int(connection.getresponse().status != 200)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError):
        return 1


if __name__ == "__main__":
    sys.exit(main(os.environ))
