"""The legacy design: ``/v1/videos/{text2video|image2video|omni-video}``, flat bodies, seconds as a string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from bot.sandbox.providers.kling.asks import LEGACY_MODELS, Ask, Medium, MediumType, Path3
from bot.sandbox.providers.kling.errors import bad
from bot.sandbox.providers.kling.modern import RATIOS, check_names, check_omni
from bot.sandbox.providers.kling.reading import choice, flag, only, optional, text

KINDS: Mapping[str, Path3] = {
    "text2video": "text-to-video",
    "image2video": "image-to-video",
    "omni-video": "omni-video",
}
_MODES = {"std": "720p", "pro": "1080p", "4k": "4k"}
_SECONDS = tuple(str(number) for number in range(3, 16))
_NAMES = re.compile(r"<<<(\w+)>>>")
_COMMON = {"model_name", "prompt", "negative_prompt", "mode", "duration", "sound", "multi_shot", "callback_url"}
_COMMON |= {"external_task_id", "watermark_info"}
_OWN = {
    "text2video": {"aspect_ratio"},
    "image2video": {"image", "image_tail"},
    "omni-video": {"aspect_ratio", "image_list", "video_list"},
}


def read_legacy(path: str, body: Any) -> Ask:
    """The request; raises what Kling refuses. A wrong name of the model's field would silently mean the oldest one."""
    fields = only(body, _COMMON | _OWN[path], "body")
    model = LEGACY_MODELS.get(str(fields.get("model_name")))
    if model is None or (model == "kling-3.0-omni") != (path == "omni-video"):
        raise bad("model_name value is invalid")
    media = _media(path, fields)
    ask = _ask(path, model, fields, media)
    if path == "image2video" and not media:
        raise bad("image is required")
    if not ask.prompt.strip() and not media:
        raise bad("prompt is required")
    if path == "omni-video":
        check_omni(ask)
        check_names(ask, _NAMES.findall(ask.prompt))
    return ask


def _ask(path: str, model: str, fields: Mapping[str, Any], media: tuple[Medium, ...]) -> Ask:
    shaped = any(medium.type == "first_frame" for medium in media)
    text(fields, "negative_prompt", 2500)
    return Ask(
        legacy=True,
        kind=KINDS[path],
        model=model,
        prompt=text(fields, "prompt", 2500),
        seconds=int(choice(fields, "duration", _SECONDS, "5")),
        resolution=_MODES[choice(fields, "mode", _MODES, "std")],
        ratio=None if shaped else choice(fields, "aspect_ratio", RATIOS, "16:9"),
        sound=choice(fields, "sound", ("on", "off"), "off") == "on",
        multi_shot=flag(fields, "multi_shot", default=False),
        media=media,
        callback_url=optional(fields, "callback_url"),
        external_id=optional(fields, "external_task_id"),
    )


def _media(path: str, fields: Mapping[str, Any]) -> tuple[Medium, ...]:
    if path == "omni-video":
        return (*_pictures(fields), *_videos(fields))
    frames = (("image", "first_frame"), ("image_tail", "last_frame"))
    return tuple(Medium(cast("MediumType", kind), fields[name]) for name, kind in frames if fields.get(name))


def _pictures(fields: Mapping[str, Any]) -> list[Medium]:
    types = {"first_frame": "first_frame", "end_frame": "last_frame", "": "refer_image"}
    found = []
    for number, item in enumerate(_listed(fields, "image_list"), 1):
        given = only(item, {"image_url", "type"}, "image_list")
        kind = types[choice(given, "type", tuple(types), "")]
        found.append(Medium(cast("MediumType", kind), _url(given, "image_url"), f"image_{number}"))
    return found


def _videos(fields: Mapping[str, Any]) -> list[Medium]:
    found = []
    for number, item in enumerate(_listed(fields, "video_list"), 1):
        given = only(item, {"video_url", "refer_type", "keep_original_sound"}, "video_list")
        kind = choice(given, "refer_type", ("feature", "base"), "base")
        found.append(Medium(cast("MediumType", f"{kind}_video"), _url(given, "video_url"), f"video_{number}"))
    return found


def _url(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise bad(f"{name} is required")
    return value


def _listed(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise bad(f"{name} value type is invalid, expected array")
    return value
