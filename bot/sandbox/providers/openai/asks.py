"""What each server takes of a create body, and what it refuses. Reads files: call it in a thread."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox.providers.looks import UnreadableError, look_at_picture
from bot.sandbox.providers.openai.forms import Form, Upload
from bot.sandbox.providers.openai.knobs import Dialect, InvalidError, OpenAIKnobs, VideosError

_SMALL = ("1280x720", "720x1280")
_SIZES = {"sora-2": _SMALL, "sora-2-pro": (*_SMALL, "1024x1792", "1792x1024", "1080x1920", "1920x1080")}
_SECONDS = ("4", "8", "12")
_KNOWN = frozenset({"prompt", "model", "seconds", "size", "input_reference", "characters"})
_PROMPT_CHARS = 32_000
_DATA_URL_BYTES = 20_971_520
_PICTURES = frozenset({"jpeg", "png", "webp"})
_MOST_SECONDS = 60
_SIZE = re.compile(r"\d+x\d+")
_BLOCKED = "Your request was blocked by our moderation system."


@dataclass(frozen=True, slots=True)
class Ask:
    """An order as the server understood it."""

    prompt: str
    model: str
    seconds: int
    size: str
    pictures: tuple[Upload, ...] = ()
    seed: int | None = None

    @property
    def sides(self) -> tuple[int, int]:
        width, _, height = self.size.partition("x")
        return int(width), int(height)


def read_ask(form: Form, knobs: OpenAIKnobs) -> Ask:
    """Raises :class:`VideosError`."""
    ask = _READERS[knobs.dialect](form, knobs)
    _moderate(ask)
    return ask


def _moderate(ask: Ask) -> None:
    if "[nsfw]" in ask.prompt:
        raise VideosError(400, _BLOCKED, "moderation_blocked")
    if "[face]" in ask.prompt and ask.pictures:
        raise VideosError(400, f"{_BLOCKED} The image shows a human face.", "moderation_blocked")


# OpenAI's own


def _official(form: Form, knobs: OpenAIKnobs) -> Ask:
    unknown = sorted(form.fields.keys() - _KNOWN)
    if unknown:
        raise VideosError(400, f"Unknown parameter: '{unknown[0]}'.", "unknown_parameter", unknown[0])
    model = form.fields.get("model", "sora-2")
    if knobs.retired or model not in knobs.models:
        raise VideosError(404, f"The model '{model}' does not exist.", "model_not_found", "model")
    ask = Ask(_prompt(form), model, _listed_seconds(form), _listed_size(form, model))
    picture = _picture(form)
    if picture is not None:
        _check_picture(picture, ask)
        ask = replace(ask, pictures=(picture,))
    return ask


def _prompt(form: Form) -> str:
    prompt = form.fields.get("prompt")
    if not isinstance(prompt, str) or not prompt:
        raise VideosError(400, "Missing required parameter: 'prompt'.", "missing_required_parameter", "prompt")
    if len(prompt) > _PROMPT_CHARS:
        raise VideosError(400, "The prompt is too long.", "string_above_max_length", "prompt")
    return prompt


def _listed_seconds(form: Form) -> int:
    seconds = form.fields.get("seconds", "4")
    wanted = "expected one of '4', '8', or '12'"
    if not isinstance(seconds, str):
        words = f"Invalid type for 'seconds': {wanted}, but got an integer instead."
        raise VideosError(400, words, "invalid_type", "seconds")
    if seconds not in _SECONDS:
        raise VideosError(400, f"Invalid duration in 'seconds': {wanted}.", "invalid_value", "seconds")
    return int(seconds)


def _listed_size(form: Form, model: str) -> str:
    size = form.fields.get("size", "720x1280")
    if size not in _SIZES.get(model, _SIZES["sora-2-pro"]):
        raise VideosError(400, f"Invalid value for 'size': {size}.", "invalid_value", "size")
    return str(size)


def _picture(form: Form) -> Upload | None:
    """A file of the form, or the data URL in JSON's `input_reference.image_url`."""
    if form.files.get("input_reference"):
        return form.files["input_reference"][0]
    given = form.fields.get("input_reference")
    if given is None:
        return None
    url = given.get("image_url") if isinstance(given, Mapping) else None
    upload = form.inline(url)
    if upload is None or upload.path.stat().st_size * 4 / 3 > _DATA_URL_BYTES:
        raise VideosError(400, "Invalid 'input_reference': expected a file or an image_url.", None, "input_reference")
    return upload


def _check_picture(picture: Upload, ask: Ask) -> None:
    try:
        look = look_at_picture(picture.path)
    except UnreadableError as fault:
        raise VideosError(400, "The input reference can't be read.", "invalid_image", "input_reference") from fault
    if look.form not in _PICTURES or picture.mime != f"image/{look.form}":
        words = f"Unsupported mimetype ('{picture.mime}') for 'input_reference'."
        raise VideosError(400, words, "unsupported_file_mimetype", "input_reference")
    if (look.width, look.height) != ask.sides:
        raise VideosError(400, "Inpaint image must match the requested width and height", None, "input_reference")


# Self-hosted


def _sglang(form: Form, knobs: OpenAIKnobs) -> Ask:
    """Only multipart is read as a form: anything else is JSON, and an urlencoded body is none."""
    fields = {} if form.kind == "urlencoded" else _with_extras(form.fields)
    if not fields.get("prompt"):
        raise VideosError(400, "prompt is required")
    pictures = form.files.get("input_reference", ())
    if not pictures and fields.get("input_reference"):
        raise VideosError(400, "Failed to load the image: no such file")
    _need_pictures(pictures)
    model = fields.get("model") or knobs.models[0]
    return Ask(
        str(fields["prompt"]),
        str(model),
        _whole(fields, "seconds", 4),
        _sized(fields, "size", "1280x720"),
        pictures,
        _whole(fields, "seed", None) if "seed" in fields else None,
    )


def _with_extras(fields: Mapping[str, Any]) -> dict[str, Any]:
    extra = fields.get("extra_body")
    return {**fields, **(json.loads(extra) if isinstance(extra, str) else extra or {})}


def _vllm(form: Form, knobs: OpenAIKnobs) -> Ask:
    """FastAPI's form parameters: a JSON body has none of them."""
    fields = {} if form.kind == "json" else form.fields
    if not fields.get("prompt"):
        raise InvalidError("prompt", "Field required", "missing")
    model = fields.get("model") or knobs.models[0]
    if model not in knobs.models:
        raise VideosError(400, f"Model mismatch: {model} is not the served model {knobs.models[0]}.")
    if not re.fullmatch(r"[1-9]\d*", str(fields.get("seconds", "4"))):
        raise InvalidError("seconds", "String should match pattern '^[1-9]\\d*$' (a duration)")
    if int(fields.get("seconds", 4)) > _MOST_SECONDS:
        raise VideosError(400, "The duration needs more frames than the model makes.")
    pictures = (*form.files.get("input_reference", ()), *form.files.get("input_references", ()))
    _need_pictures(pictures)
    seed = _whole(fields, "seed", None) if "seed" in fields else None
    size = _sized(fields, "size", "1280x720")
    return Ask(str(fields["prompt"]), str(model), int(fields.get("seconds", 4)), size, pictures, seed)


def _whole(fields: Mapping[str, Any], name: str, otherwise: int | None) -> int:
    value: Any = fields.get(name, otherwise)
    try:
        return int(value)
    except (TypeError, ValueError) as fault:
        raise InvalidError(name, "Input should be a valid integer", "int_parsing") from fault


def _sized(fields: Mapping[str, Any], name: str, otherwise: str) -> str:
    size = str(fields.get(name) or otherwise)
    if not _SIZE.fullmatch(size):
        raise InvalidError(name, "String should match pattern '^\\d+x\\d+$'")
    return size


def _need_pictures(uploads: tuple[Upload, ...]) -> None:
    for upload in uploads:
        try:
            look_at_picture(upload.path)
        except UnreadableError as fault:
            raise VideosError(400, "Failed to load the image.") from fault


# Between


def _lenient(form: Form, knobs: OpenAIKnobs) -> Ask:
    """A gateway or a reseller: OpenAI's fields, and whatever else is passed along."""
    known = {name: value for name, value in form.fields.items() if name in _KNOWN}
    return _official(replace(form, fields=known), knobs)


_READERS: Mapping[Dialect, Callable[[Form, OpenAIKnobs], Ask]] = {
    "official": _official,
    "sglang": _sglang,
    "vllm-omni": _vllm,
    "litellm": _lenient,
    "generic": _lenient,
}
