"""From the JSON of a create call to an :class:`Ask`: pure, and as strict as Ark is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.sandbox.providers.ark.errors import ArkError, not_valid
from bot.sandbox.providers.ark.facts import RATIOS, SHORTEST_S, Model, find_model
from bot.sandbox.providers.ark.settings import ArkKnobs

_KINDS = {"image_url": "image", "video_url": "video", "audio_url": "audio"}
_FRAME_ROLES = {"first_frame", "last_frame"}
_LONGEST_ID = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """A reference: ``kind`` is image, video or audio; ``index`` its place in ``content``."""

    index: int
    kind: str
    url: str
    role: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """A valid request. ``duration_s`` -1 and ``ratio`` ``adaptive`` are still to be chosen."""

    model_id: str
    model: Model
    mode: str
    text: str
    items: tuple[Item, ...]
    resolution: str
    ratio: str
    duration_s: int
    generate_audio: bool
    return_last_frame: bool
    callback_url: str | None
    safety_identifier: str | None
    seed: int
    priority: int
    expires_after_s: int
    draft: bool

    def of_kind(self, kind: str) -> list[Item]:
        """The references of a kind, in order."""
        return [item for item in self.items if item.kind == kind]


class Fields:
    """Reads a JSON object as Ark does: ``null`` is absent, unknown names do not matter, types do."""

    def __init__(self, body: Any) -> None:
        if not isinstance(body, Mapping):
            raise ArkError(400, "InvalidParameter", "The request body is not a JSON object.")
        self._body = {name: value for name, value in body.items() if value is not None}

    def has(self, name: str) -> bool:
        return name in self._body

    def text(self, name: str) -> str | None:
        return self._typed(name, str, "a string")

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._typed(name, bool, "a boolean")
        return default if value is None else value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        value = self._typed(name, int, "an integer")
        if value is None:
            return default
        if isinstance(value, bool) or not low <= value <= high:
            raise not_valid(f"expected a value between {low} and {high}, but got {value}", name)
        return value

    def choice(self, name: str, default: str, allowed: Sequence[str]) -> str:
        value = (self.text(name) or default).lower()
        if value not in allowed:
            raise not_valid(f"expected one of {', '.join(allowed)}, but got {value}", name)
        return value

    def content(self) -> list[Any]:
        content: list[Any] | None = self._typed("content", list, "an array")
        if not content:
            raise ArkError(400, "MissingParameter", "The request is missing the required parameter `content`.")
        return content

    def _typed(self, name: str, kind: type[T], wording: str) -> T | None:
        value = self._body.get(name)
        if value is not None and not isinstance(value, kind):
            raise not_valid(f"expected {wording}", name)
        return value


def read_ask(body: Any, knobs: ArkKnobs) -> Ask:
    """Raises :class:`ArkError` for the first fault found."""
    fields = Fields(body)
    model_id, model = _model(fields, knobs)
    items, text = _content(fields.content())
    mode = _mode(items, model)
    _check_counts(items, model)
    _refuse_inapplicable(fields, model, mode)
    if model.newer:
        _check_task_type(fields, items, model, mode)
    return Ask(
        model_id=model_id,
        model=model,
        mode=mode,
        text=text,
        items=items,
        resolution=fields.choice("resolution", "720p", model.resolutions),
        ratio=fields.choice("ratio", "adaptive", (*RATIOS, "adaptive")),
        duration_s=_duration(fields, model, mode),
        generate_audio=fields.flag("generate_audio", default=True),
        return_last_frame=fields.flag("return_last_frame", default=False),
        callback_url=fields.text("callback_url"),
        safety_identifier=_safety_identifier(fields),
        seed=fields.whole("seed", -1, -1, 2**32 - 1),
        priority=fields.whole("priority", 0, 0, 9),
        expires_after_s=fields.whole("execution_expires_after", 172_800, 1, 259_200),
        draft=fields.flag("draft", default=False),
    )


def _model(fields: Fields, knobs: ArkKnobs) -> tuple[str, Model]:
    asked = fields.text("model")
    if not asked:
        raise ArkError(400, "MissingParameter", "The request is missing the required parameter `model`.")
    model_id = knobs.endpoints.get(asked, asked)
    model = find_model(model_id, knobs.prefixes)
    if model is None:
        words = f"The model or endpoint {asked} does not exist or you do not have access to it."
        raise ArkError(404, "InvalidEndpointOrModel.NotFound", words)
    return model_id, model


def _content(content: Sequence[Any]) -> tuple[tuple[Item, ...], str]:
    items, texts = [], []
    for index, part in enumerate(content):
        kind = part.get("type") if isinstance(part, Mapping) else None
        match kind:
            case "text" if isinstance(part.get("text"), str):
                texts.append(part["text"])
            case "image_url" | "video_url" | "audio_url":
                items.append(_item(index, kind, part))
            case _:
                raise _bad_type(index)
    if not items and not any(text.strip() for text in texts):
        raise ArkError(400, "MissingParameter", "The request is missing the required parameter `content.text`.")
    return tuple(items), "\n".join(texts)


def _bad_type(index: int) -> ArkError:
    supported = "supported values are: `text`, `image_url`, `audio_url`, `video_url`, `draft_task`"
    return not_valid(f"(content[{index}].type) the value is not supported, {supported}")


def _item(index: int, kind: str, part: Mapping[str, Any]) -> Item:
    holder = part.get(kind)
    url = holder.get("url") if isinstance(holder, Mapping) else None
    if not isinstance(url, str) or not url:
        code = "InvalidImageURL.EmptyURL" if kind == "image_url" else "InvalidParameter"
        raise ArkError(400, code, f"Invalid {kind}.")
    if kind == "video_url" and url.startswith("data:"):
        raise not_valid("reference_video must be provided as a web url.")
    return Item(index, _KINDS[kind], url, part.get("role"))


def _mode(items: Sequence[Item], model: Model) -> str:
    """``t2v``, ``i2v``, ``flf2v`` or ``r2v``."""
    if not items:
        return "t2v"
    _check_roles(items)
    roles = [item.role for item in items]
    if roles.count("first_frame") > 1:
        raise not_valid(f"expected at most one first frame image content but got {roles.count('first_frame')} instead")
    if any(role in _FRAME_ROLES for role in roles):
        return _frame_mode(items)
    if len(items) == 1 and roles == [None]:
        return "i2v"
    if not model.newer and all(item.kind == "audio" for item in items):
        raise not_valid("reference_audio cannot be the only reference input")
    return "r2v"


def _frame_mode(items: Sequence[Item]) -> str:
    roles = sorted(item.role or "" for item in items)
    if any(role not in _FRAME_ROLES for role in roles):
        raise not_valid("first/last frame content cannot be mixed with reference media content")
    if roles == ["first_frame"]:
        return "i2v"
    if roles != ["first_frame", "last_frame"]:
        raise not_valid("a last frame image content needs one first frame image content")
    return "flf2v"


def _check_roles(items: Sequence[Item]) -> None:
    for item in items:
        match item.kind, item.role:
            case "image", None if len(items) > 1:
                raise not_valid("role must be specified for image contents.")
            case "image", None | "first_frame" | "last_frame" | "reference_image":
                pass
            case "image", _:
                raise not_valid("invalid role specified for image content")
            case kind, role if role != f"reference_{kind}":
                raise not_valid(f"reference media mode requires {kind} role to be reference_{kind}")


def _check_counts(items: Sequence[Item], model: Model) -> None:
    nouns = {"image": "reference images", "video": "video contents", "audio": "audio contents"}
    for (kind, noun), most in zip(nouns.items(), model.counts, strict=True):
        count = sum(item.kind == kind for item in items)
        if count > most:
            raise not_valid(f"expected at most {most} {noun} but got {count} instead")


def _refuse_inapplicable(fields: Fields, model: Model, mode: str) -> None:
    names = ["frames"] if model.newer else ["draft", "frames", "output_format", "omni_reference_task_type"]
    for name in names:
        if fields.has(name):
            words = (
                f"the specified parameter `{name}` is not supported for model {model.family} in {mode}, must be empty"
            )
            raise not_valid(words, name)
    if fields.has("camera_fixed"):
        raise not_valid(f"camera_fixed is not supported for model {model.family} in {mode}", "camera_fixed")
    if fields.choice("service_tier", "default", ("default", "flex")) != "default":
        raise not_valid(f"service_tier flex is not supported for model {model.family} in {mode}", "service_tier")


def _check_task_type(fields: Fields, items: Sequence[Item], model: Model, mode: str) -> None:
    """2.5 alone: frames, edits and extensions keep the input's ratio; the latter two need a video."""
    kind = fields.choice("omni_reference_task_type", "auto", ("auto", "reference", "edit", "extend"))
    free = fields.choice("ratio", "adaptive", (*RATIOS, "adaptive")) == "adaptive"
    if mode in {"i2v", "flf2v"} and not free:
        raise not_valid(f"the parameter ratio must be adaptive for model {model.family} in {mode}", "ratio")
    if kind not in {"edit", "extend"}:
        return
    if not free or (kind == "edit" and fields.whole("duration", -1, -1, model.longest_s) != -1):
        raise _constraint(f"{kind} needs ratio adaptive, and edit duration -1")
    if not any(item.kind == "video" for item in items):
        raise _constraint(f"{kind} needs at least one reference_video")


def _constraint(words: str) -> ArkError:
    return ArkError(400, "InvalidParameter.TaskTypeConstraint", f"The task type constraint is violated: {words}.")


def _duration(fields: Fields, model: Model, mode: str) -> int:
    value = fields.whole("duration", -1 if model.newer else 5, -(2**31), 2**31)
    if value != -1 and not SHORTEST_S <= value <= model.longest_s:
        raise not_valid(
            f"the parameter duration specified in the request is not valid for model {model.family} in {mode}"
        )
    return value


def _safety_identifier(fields: Fields) -> str | None:
    value = fields.text("safety_identifier")
    if value and len(value) > _LONGEST_ID:
        raise not_valid(f"expected at most {_LONGEST_ID} characters", "safety_identifier")
    return value
