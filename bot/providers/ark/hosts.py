"""The houses that speak Ark's wire: which price list holds there, and which calls they leave out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Host:
    """`prices` names the list of a known house; `lists` and `cancels` say whether those calls exist."""

    suffix: str
    prices: str
    lists: bool = True
    cancels: bool = True


HOSTS = (
    Host("bytepluses.com", "byteplus"),
    Host("volces.com", "volcengine"),
    Host("laozhang.ai", "laozhang", lists=False, cancels=False),
    Host("apiyi.com", "apiyi", lists=False, cancels=False),
)
"""laozhang.ai answers a LIST with its web page, and neither reseller has a DELETE (their documents, 2026-10)."""


def known_host(name: str) -> Host | None:
    """The house that a host name belongs to."""
    return next((host for host in HOSTS if f".{name}".endswith(f".{host.suffix}")), None)


def host_of(name: str, prices: str | None = None) -> Host:
    """The facts of a host name; another house is taken to have all calls, and its price list is the one named.

    >>> host_of("ark.ap-southeast.bytepluses.com").prices
    'byteplus'
    """
    return known_host(name) or Host(name, prices or "")
