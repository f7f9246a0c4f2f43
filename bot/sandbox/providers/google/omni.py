"""Omni's interactions: from the JSON of a create call to the renderer's order, and back from a work to its JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.google.errors import GoogleError, unknown_name
from bot.sandbox.providers.google.facts import (
    INPUT_VIDEO_S,
    OMNI_IMAGES,
    OMNI_MIMES,
    OMNI_SECONDS,
    OMNI_TASKS,
    OMNI_VIDEOS,
    RATIOS,
    TOKENS_PER_S,
    pixels,
)
from bot.sandbox.providers.google.fields import Fields, check_words, file_of
from bot.sandbox.providers.google.made import Ask, Work, ending, reason
from bot.sandbox.providers.works import State
from bot.sandbox.render import Clip, Order, Picture, Role

_NAMES = (
    *("model", "input", "response_format", "generation_config", "background", "store", "previous_interaction_id"),
    *("webhook_config", "labels", "service_tier", "stream", "response_modalities"),
)
_UNSUPPORTED = ("system_instruction", "safety_settings", "tools", "cached_content")
_FORMAT = ("type", "aspect_ratio", "resolution", "duration", "delivery")
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s")
_RESOLUTIONS = tuple(TOKENS_PER_S)


@dataclass(frozen=True, slots=True)
class _Content:
    words: str
    pictures: tuple[Path, ...]
    clips: tuple[Path, ...]


def read_ask(body: Body, seed: int) -> Ask:
    """What is asked, or 400. Reads files: call it in a thread."""
    fields = _top(body.json)
    model = fields.get("model", str, "")
    if model not in OMNI_SECONDS:
        raise GoogleError(404, f"Model '{model}' is not found, or not supported by interactions.", code="not_found")
    background = fields.get("background", bool, default=False)
    if background and fields.get("store", bool, default=True) is False:
        raise GoogleError(400, "background requires store to be true.", code="invalid_request")
    content = _content(body, fields.get("input", (str, list), ""))
    check_words(content.words, pictured=bool(content.pictures or content.clips))
    task = _task(fields, content)
    order = _order(fields.get("response_format", (dict, list), {}), model, content, seed)
    return Ask(model, _cast(order, content, task), background=background, uris=_uris(fields, background=background))


def _top(body: Any) -> Fields:
    for name in _UNSUPPORTED:
        if isinstance(body, dict) and name in body:
            raise GoogleError(400, f"{name} is not supported for this model.", code="invalid_request")
    return Fields(body, "", _NAMES)


def _uris(fields: Fields, *, background: bool) -> tuple[str, ...]:
    config = Fields(fields.get("webhook_config", dict, {}), "webhook_config", ("uris", "user_metadata"))
    uris = config.get("uris", list, [])
    if uris and not background:
        raise GoogleError(400, "webhook_config requires background to be true.", code="invalid_request")
    if not all(isinstance(uri, str) and uri.startswith(("https://", "http://")) for uri in uris):
        raise GoogleError(400, f"Invalid value at 'webhook_config.uris': {uris!r}", code="invalid_request")
    return tuple(uris)


def _content(body: Body, given: str | list[Any]) -> _Content:
    if isinstance(given, str):
        return _Content(given, (), ())
    words: list[str] = []
    files: dict[str, list[Path]] = {"image": [], "video": []}
    for item in _flat(given):
        kind = item.get("type") if isinstance(item, dict) else None
        match kind:
            case "text":
                words.append(Fields(item, "input", ("type", "text")).get("text", str, ""))
            case "image" | "video":
                files[kind].append(_file(body, item, kind))
            case "audio":
                raise GoogleError(400, "Audio input is not supported for this model.", code="invalid_request")
            case _:
                raise GoogleError(400, f"Invalid value at 'input.type': {kind!r}", code="invalid_request")
    if len(files["image"]) > OMNI_IMAGES or len(files["video"]) > OMNI_VIDEOS:
        words_ = f"At most {OMNI_IMAGES} images and {OMNI_VIDEOS} videos are supported."
        raise GoogleError(400, words_, code="invalid_request")
    return _Content(" ".join(words), tuple(files["image"]), tuple(files["video"]))


def _flat(given: Sequence[Any]) -> Iterator[Any]:
    """Contents, whether or not they stand inside steps of the user's."""
    for item in given:
        if isinstance(item, dict) and item.get("type") == "user_input":
            inner = item.get("content")
            yield from [{"type": "text", "text": inner}] if isinstance(inner, str) else inner or []
        else:
            yield item


def _file(body: Body, item: dict[str, Any], kind: str) -> Path:
    fields = Fields(item, "input", ("type", "data", "uri", "mime_type", "name", "resolution", "processing"))
    if "uri" in item and "data" not in item:
        raise GoogleError(400, f"Unsupported {kind} uri: {item['uri']}. Upload the file first.", code="invalid_request")
    if fields.get("mime_type", str, "") not in OMNI_MIMES[kind]:
        raise GoogleError(400, f"Unsupported MIME type: {item.get('mime_type')}", code="invalid_request")
    path, look = file_of(body, item.get("data"), kind)
    if look.duration_s > INPUT_VIDEO_S:
        raise GoogleError(400, "The input video is longer than 10 seconds.", code="invalid_request")
    return path


def _task(fields: Fields, content: _Content) -> str | None:
    config = Fields(fields.get("generation_config", dict, {}), "generation_config", ("video_config",))
    video = Fields(config.get("video_config", dict, {}), "generation_config.video_config", ("task",))
    task = video.choice("task", OMNI_TASKS)
    pictures, clips = len(content.pictures), len(content.clips)
    fits = {
        "text_to_video": not pictures and not clips,
        "image_to_video": pictures in {1, 2} and not clips,
        "reference_to_video": pictures + clips > 0,
        "edit": clips > 0,
        "extend": clips > 0,
        "upscale": clips == 1,
    }
    if task is not None and not fits[task]:
        raise GoogleError(400, f"The input does not fit the task {task}.", code="invalid_request")
    return str(task) if task else None


def _order(given: Any, model: str, content: _Content, seed: int) -> Order:
    fields = Fields(given[0] if isinstance(given, list) and given else given, "response_format", _FORMAT)
    if fields.get("type", str) != "video":
        raise unknown_name("type", "response_format")
    ratio, resolution = fields.choice("aspect_ratio", RATIOS, "16:9"), fields.choice("resolution", _RESOLUTIONS, "720p")
    fields.choice("delivery", ("inline", "uri"), "inline")
    width, height = pixels(resolution, ratio)
    return Order(width, height, _seconds(fields, model), content.words, seed=seed)


def _seconds(fields: Fields, model: str) -> float:
    text = fields.get("duration", str, "10s")
    found = _SECONDS.fullmatch(text)
    low, high = OMNI_SECONDS[model]
    if found is None:
        raise GoogleError(400, f"Invalid value at 'response_format.duration': {text!r}", code="invalid_request")
    if not low <= float(found[1]) <= high:
        words = f"Invalid duration: it must be between {low} and {high} seconds."
        raise GoogleError(400, words, code="invalid_request")
    return float(found[1])


def _cast(order: Order, content: _Content, task: str | None) -> Order:
    """Pictures become what the task says, else one is the first frame, two are both ends, more are references."""
    frames = task == "image_to_video" or (task is None and len(content.pictures) <= 2 and not content.clips)
    roles = (Role.FIRST, Role.LAST) if frames else (Role.REFERENCE,) * len(content.pictures)
    pictures = tuple(
        Picture(path, f"Image {number}", role)
        for number, (path, role) in enumerate(zip(content.pictures, roles, strict=False))
    )
    clips = tuple(Clip(path, f"Video {number}") for number, path in enumerate(content.clips, 1))
    return Order(
        order.width, order.height, order.duration_s, order.prompt, pictures, clips, seed=order.seed, sound=True
    )


_ANSWERED = {
    State.WAITING: "queued",
    State.RUNNING: "in_progress",
    State.DONE: "completed",
    State.CANCELLED: "cancelled",
}
_ENDED = {"refused": "completed", "expired": "incomplete", "failed": "failed"}
_SORRY = "I can't create that video. It may go against the policies on {}. You have not been charged."


def interaction(work: Work, video: dict[str, str] | None) -> dict[str, Any]:
    """The record of a work; ``video`` is how the output stands in it."""
    how = ending(work)
    body: dict[str, Any] = {
        "id": work.id,
        "object": "interaction",
        "model": work.facts.ask.model,
        "status": _ENDED[how] if how else _ANSWERED[work.state],
        "created": _moment(work.created_ms),
        "updated": _moment(work.changed_ms),
        "steps": list(_steps(work, video)),
    }
    if how == "failed":
        body["errors"] = [{"code": "internal", "message": "An internal error has occurred."}]
    if work.over:
        body["usage"] = _usage(work)
    return body


def _steps(work: Work, video: dict[str, str] | None) -> Iterator[dict[str, Any]]:
    if ending(work) == "refused":
        yield {"type": "model_output", "content": [{"type": "text", "text": _SORRY.format(reason(work))}]}
    elif video is not None:
        yield {"type": "thought", "summary": [{"type": "text", "text": "The scene is planned."}]}
        yield {"type": "model_output", "content": [{"type": "video", "mime_type": "video/mp4", **video}]}


def _usage(work: Work) -> dict[str, Any]:
    words = 100 + len(work.order.prompt) // 4 + 258 * len(work.order.pictures)
    made = {"video": round(TOKENS_PER_S[_resolution(work)] * work.order.duration_s)}
    output = made if work.state is State.DONE else {"text": 40} if ending(work) == "refused" else {}
    return {
        "total_tokens": words + sum(output.values()),
        "total_input_tokens": words,
        "total_output_tokens": sum(output.values()),
        "output_tokens_by_modality": [{"modality": kind, "tokens": count} for kind, count in output.items()],
    }


def _resolution(work: Work) -> str:
    size = work.order.width, work.order.height
    return next(name for name in _RESOLUTIONS for ratio in RATIOS if pixels(name, ratio) == size)


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
