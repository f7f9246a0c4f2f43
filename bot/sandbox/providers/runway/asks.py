"""Reads a create call strictly: an unknown key, a wrong type or a missing field is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.sandbox.providers.runway.models import MODELS, Endpoint, Model
from bot.sandbox.providers.runway.settings import RunwayError, invalid

Kind = Literal["image", "video", "audio"]
_MOST_VIDEOS = 3
_ANY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Medium:
    """A file of the request; ``position`` is "" for a reference."""

    kind: Kind
    uri: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked for. ``size`` and ``seconds`` are None where the input decides."""

    name: str
    endpoint: Endpoint
    prompt: str
    size: tuple[int, int] | None
    seconds: int | None
    seed: int | None
    sound: bool
    media: tuple[Medium, ...]

    @property
    def model(self) -> Model:
        return MODELS[self.name]


def read_ask(endpoint: Endpoint, body: Any) -> Ask:
    """The request; raises 400."""
    if not isinstance(body, Mapping):
        raise invalid("body", "Expected object")
    name = body.get("model")
    model = MODELS.get(str(name))
    if model is None or endpoint not in model.ratios:
        offered = ", ".join(sorted(known for known, one in MODELS.items() if endpoint in one.ratios))
        raise invalid("model", f"Invalid option: expected one of {offered}")
    _only(body, _allowed(endpoint, model))
    return Ask(
        name=str(name),
        endpoint=endpoint,
        prompt=_prompt(endpoint, model, body),
        size=_size(endpoint, model, body),
        seconds=_seconds(model, body),
        seed=_whole(body, "seed"),
        sound=_flag(body, "audio", default="audio" in model.fields),
        media=tuple(_media(endpoint, model, body)),
    )


def _allowed(endpoint: Endpoint, model: Model) -> set[str]:
    """In a call with a first picture there is no room for other pictures or videos."""
    own = {"image_to_video": {"promptImage"}, "video_to_video": {model.video_field}, "text_to_video": set[str]()}
    fields = set(model.fields) - ({"references", "referenceVideos"} if endpoint == "image_to_video" else set())
    fields -= {"mode"} if endpoint != "video_to_video" else set()
    known = {"model", "promptText", *own[endpoint], *fields}
    return known | ({"ratio", "duration"} if model.seconds else set())


def _only(body: Mapping[str, Any], allowed: set[str]) -> None:
    unknown = [name for name in body if name not in allowed]
    if unknown:
        raise invalid(unknown[0], "Unrecognized key", code="unrecognized_keys", keys=unknown)


def _prompt(endpoint: Endpoint, model: Model, body: Mapping[str, Any]) -> str:
    words = body.get("promptText")
    if words is None and endpoint in model.prompt_optional:
        return ""
    if not isinstance(words, str) or not words:
        raise invalid("promptText", "Expected a non-empty string")
    if len(words.encode("utf-16-le")) // 2 > model.longest_prompt:
        raise invalid("promptText", f"Too big: expected string to have <={model.longest_prompt} characters")
    return words


def _size(endpoint: Endpoint, model: Model, body: Mapping[str, Any]) -> tuple[int, int] | None:
    offered = model.ratios[endpoint]
    if not offered:
        return None
    ratio = body.get("ratio", "1280:720" if model.auto else None)
    if ratio not in offered:
        raise invalid("ratio", f"Invalid option: expected one of {', '.join(offered)}")
    width, _, height = str(ratio).partition(":")
    return int(width), int(height)


def _seconds(model: Model, body: Mapping[str, Any]) -> int | None:
    if not model.seconds:
        return None
    if "duration" not in body and not model.duration_required:
        return min(model.seconds, key=lambda made: abs(made - _ANY_SECONDS))
    seconds = body.get("duration")
    if seconds == "auto" and model.auto:
        return _ANY_SECONDS
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds not in model.seconds:
        raise invalid("duration", f"Expected an integer, one of {', '.join(map(str, model.seconds))}")
    return seconds


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32):
        raise invalid(name, "Expected an integer from 0 to 4294967295")
    return value


def _flag(body: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise invalid(name, "Expected boolean")
    return value


def _media(endpoint: Endpoint, model: Model, body: Mapping[str, Any]) -> list[Medium]:
    found: list[Medium] = []
    if endpoint == "image_to_video":
        found += _frames(model, body.get("promptImage"))
    if endpoint == "video_to_video":
        found.append(Medium("video", _uri(model.video_field, body.get(model.video_field))))
    found += [Medium("image", _uri("references", item.get("uri"))) for item in _items(body, "references", "")]
    found += [Medium("video", _uri("referenceVideos", i.get("uri"))) for i in _items(body, "referenceVideos", "video")]
    found += [Medium("audio", _uri("referenceAudio", i.get("uri"))) for i in _items(body, "referenceAudio", "audio")]
    counts = {kind: sum(medium.kind == kind for medium in found) for kind in ("image", "video")}
    if counts["image"] > max(model.images, 2) or counts["video"] > _MOST_VIDEOS:
        raise invalid("references", "Too big: too many items")
    return found


def _frames(model: Model, given: Any) -> list[Medium]:
    if isinstance(given, str):
        return [Medium("image", _uri("promptImage", given), "first")]
    if not isinstance(given, list) or not given:
        raise invalid("promptImage", "Expected a string or a non-empty array")
    frames = [_frame(model, item) for item in given]
    said = [frame.position for frame in frames if frame.position]
    if len(said) != len(set(said)):
        raise invalid("promptImage", "Duplicate position values are not allowed.")
    if said and (len(said) < len(frames) or "first" not in said):
        raise invalid("promptImage", "You must specify a frame in position `first`, and frames alone.")
    return frames


def _frame(model: Model, item: Any) -> Medium:
    fields = item if isinstance(item, Mapping) else {}
    _only(fields, {"uri", "position"})
    position = fields.get("position", "")
    if position not in model.positions:
        raise invalid("promptImage.position", f"Invalid option: expected one of {', '.join(sorted(model.positions))}")
    return Medium("image", _uri("promptImage.uri", fields.get("uri")), position)


def _items(body: Mapping[str, Any], name: str, kind: str) -> list[Mapping[str, Any]]:
    given = body.get(name, [])
    if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
        raise invalid(name, "Expected an array of objects")
    for item in given:
        _only(item, {"uri", "type"} if kind else {"uri"})
        if item.get("type", "") != kind:
            raise invalid(f"{name}.type", f'Expected "{kind}"')
    return list(given)


def _uri(path: str, value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(("https://", "data:", "runway://")):
        raise invalid(path, "Expected a HTTPS URL, a data URI or a Runway upload URI")
    if len(value) > 2048:
        raise RunwayError(400, f"{path} is longer than 2048 characters")
    return value
