"""The new design: the model is in the path, the rest in ``contents``, ``settings`` and ``options``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from bot.sandbox.providers.kling.asks import MODELS, VIDEOS, Ask, Medium, MediumType, Model, Path3
from bot.sandbox.providers.kling.errors import KlingError, bad
from bot.sandbox.providers.kling.reading import choice, flag, only, optional, text, whole

RATIOS = ("16:9", "9:16", "1:1")
_FRAMES = frozenset({"first_frame", "last_frame"})
_OF_KIND: dict[Path3, frozenset[str]] = {
    "text-to-video": frozenset(),
    "image-to-video": _FRAMES,
    "omni-video": _FRAMES | {"refer_image"} | VIDEOS,
}
_SHOTS = re.compile(r"shot\s*\d+\s*,", re.IGNORECASE)
_NAMES = re.compile(r"@(\w+)")


def read_modern(kind: Path3, name: str, body: Any) -> Ask:
    """The request; raises what Kling refuses."""
    model = MODELS.get(name)
    if model is None or kind not in model.kinds:
        raise KlingError(1203, "model is not supported")
    fields = only(body, _top(kind), "body")
    prompt, media = _contents(kind, model, fields)
    options = only(fields.get("options", {}), {"callback_url", "external_task_id", "watermark_info"}, "options")
    ask = _settled(kind, name, prompt, media, fields.get("settings", {}), options)
    _check(ask, model)
    return ask


def _top(kind: Path3) -> set[str]:
    return {"prompt" if kind == "text-to-video" else "contents", "settings", "options"}


def _contents(kind: Path3, model: Model, fields: Mapping[str, Any]) -> tuple[str, tuple[Medium, ...]]:
    if kind == "text-to-video":
        return text(fields, "prompt", model.longest_prompt), ()
    contents = fields.get("contents")
    if not isinstance(contents, list) or not contents:
        raise bad("contents cannot be empty")
    prompts = [text(item, "text", model.longest_prompt) for item in contents if _type(item) == "prompt"]
    if len(prompts) > 1:
        raise bad("contents may hold one prompt")
    media = tuple(_medium(kind, model, item) for item in contents if _type(item) != "prompt")
    return "".join(prompts), media


def _type(item: Any) -> Any:
    return item.get("type") if isinstance(item, Mapping) else None


def _medium(kind: Path3, model: Model, item: Any) -> Medium:
    found = _type(item)
    if found not in _OF_KIND[kind] or (found == "last_frame" and not model.takes_last):
        raise bad(f"contents type value '{found}' is invalid")
    fields = only(item, {"type", "url", "id"} if kind == "omni-video" else {"type", "url"}, "contents")
    url, name = fields.get("url"), fields.get("id", "")
    if not isinstance(url, str) or not url.strip() or not isinstance(name, str):
        raise bad(f"content item of type '{found}' must have a non-blank url")
    return Medium(cast("MediumType", found), url, name)


def _settled(
    kind: Path3, name: str, prompt: str, media: Sequence[Medium], given: Any, options: Mapping[str, Any]
) -> Ask:
    model, shaped = MODELS[name], any(medium.type == "first_frame" for medium in media)
    fields = only(given, _settings(model, shaped=shaped), "settings")
    ratio = None if shaped else choice(fields, "aspect_ratio", RATIOS, "16:9")
    switch = choice(fields, "audio", ("native", "off"), "off") if model.switches_sound else "native"
    return Ask(
        legacy=False,
        kind=kind,
        model=name,
        prompt=prompt,
        seconds=whole(fields, "duration", 3, 15, 5),
        resolution=choice(fields, "resolution", model.resolutions, "720p"),
        ratio=ratio,
        sound=switch == "native",
        multi_shot=flag(fields, "multi_shot", default=model.switches_sound),
        media=tuple(media),
        callback_url=optional(options, "callback_url"),
        external_id=optional(options, "external_task_id"),
    )


def _settings(model: Model, *, shaped: bool) -> set[str]:
    """The turbo model has neither a switch for sound nor one for shots; a first frame decides the shape."""
    switches = {"audio", "multi_shot"} if model.switches_sound else set()
    return {"resolution", "duration"} | switches | (set() if shaped else {"aspect_ratio"})


def _check(ask: Ask, model: Model) -> None:
    of_type = [medium.type for medium in ask.media]
    if ask.kind == "image-to-video" and "first_frame" not in of_type:
        raise bad("first_frame is required")
    if not ask.prompt.strip() and not of_type:
        raise bad("prompt is required")
    for frame in ("first_frame", "last_frame"):
        if of_type.count(frame) > 1 or ("last_frame" in of_type and "first_frame" not in of_type):
            raise bad(f"{frame} is not as it must be")
    if ask.kind == "omni-video":
        check_omni(ask)
        check_names(ask, _NAMES.findall(ask.prompt))
    if ask.multi_shot and model.switches_sound and not ask.has_video and not _SHOTS.search(ask.prompt):
        raise bad("multi_shot is on: the prompt must say its shots")


def check_omni(ask: Ask) -> None:
    """How many of what go together."""
    of_type = [medium.type for medium in ask.media]
    pictures, videos = sum(kind not in VIDEOS for kind in of_type), sum(kind in VIDEOS for kind in of_type)
    if videos > 1 or pictures > (4 if videos else 7):
        raise bad("too many images or videos")
    if "feature_video" in of_type and (ask.sound or not (ask.multi_shot or ask.legacy)):
        raise bad("feature_video needs multi_shot on and audio off")
    if "base_video" in of_type and (ask.sound or ask.multi_shot or set(of_type) & {"first_frame", "last_frame"}):
        raise bad("base_video takes no frames, no multi_shot and no native audio")


def check_names(ask: Ask, said: Sequence[str]) -> None:
    """The prompt speaks of what is there."""
    known = {medium.name for medium in ask.media if medium.name}
    for name in said:
        if re.fullmatch(r"(image|video)_\d+", name) and name not in known:
            raise bad(f"@{name} is not in contents")
