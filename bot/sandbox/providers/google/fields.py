"""Reads a JSON object as Google's front end does: a name that it does not know is a fault, a wrong type too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.google.errors import GoogleError, unknown_name
from bot.sandbox.providers.looks import Look, UnreadableError, look_at_picture, look_at_video

OPENING = re.compile(rb'(?<!\\)"(?:data|bytesBase64Encoded)"\s*:\s*"')
"""The fields that hold a file."""

_BLOCKED = "The prompt could not be submitted. It contains words that violate Google's Responsible AI practices."
_FACE = "The input image was blocked by the person safety filter: a real face of a person was detected."


class Fields:
    """One object; ``place`` is its path for error messages, ``names`` all that it may hold."""

    def __init__(self, value: Any, place: str, names: Sequence[str]) -> None:
        if not isinstance(value, Mapping):
            raise GoogleError(400, f"Invalid value at '{place}': an object was expected.", code="invalid_request")
        for name in value:
            if name not in names:
                raise unknown_name(name, place)
        self._value = value
        self._place = place

    def get(self, name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """A field of that type; raises 400."""
        found = self._value.get(name)
        if found is None:
            return default
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise GoogleError(400, f"Invalid value at '{self._place}.{name}': {found!r}", code="invalid_request")
        return found

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> Any:
        """One of some words; raises 400."""
        found = self.get(name, str, default)
        if found is not None and found not in choices:
            words = f"Unsupported value for '{name}': {found}. It must be one of {', '.join(choices)}."
            raise GoogleError(400, words, code="invalid_request")
        return found


def file_of(body: Body, text: Any, kind: str) -> tuple[Path, Look]:
    """The file that a base64 string stood for, looked at; raises 400. Reads it: call it in a thread."""
    blob = body.blob(str(text))
    if blob is None or blob.path is None or not blob.size_bytes:
        raise GoogleError(400, f"Invalid value: the {kind} is no base64 data.", code="invalid_request")
    try:
        return blob.path, (look_at_picture if kind == "image" else look_at_video)(blob.path)
    except UnreadableError as fault:
        raise GoogleError(400, f"Unable to process input {kind}.", code="invalid_request") from fault


def check_words(prompt: str, *, pictured: bool) -> None:
    """Raises 400 for ``[nsfw]``, and for ``[face]`` beside a picture."""
    if "[nsfw]" in prompt:
        raise GoogleError(400, _BLOCKED, code="invalid_request")
    if "[face]" in prompt and pictured:
        raise GoogleError(400, _FACE, code="invalid_request")
