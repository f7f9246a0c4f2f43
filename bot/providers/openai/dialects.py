"""Who speaks the format, and where each departs from it (facts: the servers' own sources, 2026-11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """`lists`: GET /videos names every video of the key, so that what it does not name is not there. `hints`: it names
    some of them, as a gateway does that asks one of its houses. `aborts`: DELETE stops a running video (elsewhere it is
    refused, throws the record away while the work goes on, or does not exist).

    `own_fields`: `seed` and `negative_prompt` are taken. `many`: several pictures go as `input_references`, and sound
    is asked for by `generate_sound`. `self_hosted`: it serves the operator's own models, at the operator's own prices.
    """

    lists: bool = False
    hints: bool = False
    aborts: bool = False
    own_fields: bool = False
    many: bool = False
    self_hosted: bool = False


DIALECTS: Mapping[str, Dialect] = {
    "official": Dialect(lists=True),
    "sglang": Dialect(lists=True, own_fields=True, self_hosted=True),
    "vllm-omni": Dialect(lists=True, aborts=True, own_fields=True, many=True, self_hosted=True),
    "litellm": Dialect(hints=True),
    "generic": Dialect(),
}


def dialect_of(name: str) -> Dialect:
    """The dialect of that name; nothing is presumed of an unknown one."""
    return DIALECTS.get(name, DIALECTS["generic"])
