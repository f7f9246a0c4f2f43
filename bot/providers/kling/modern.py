"""The new design (3.x): `POST /{text-to-video|image-to-video|omni-video}/{model}`, `GET /tasks`. Pure translation."""

from __future__ import annotations

from bot.core.media import MediaKind
from bot.core.request import Reference, Role
from bot.core.resolve import ordinals
from bot.providers.base import Order
from bot.providers.bodies import Tree
from bot.providers.kling import wire
from bot.providers.kling.catalog import TURBO

TASKS = "/tasks"
_FRAMES = {Role.FIRST: "first_frame", Role.LAST: "last_frame"}
_NAMED = "@{kind}_{number}"


def kind(order: Order) -> str:
    """Which of the endpoints makes this order."""
    if wire.of_references(order):
        return "omni-video"
    return "image-to-video" if order.references else "text-to-video"


def create_path(order: Order) -> str:
    return f"/{kind(order)}/{order.wire_id}"


def create_body(order: Order) -> Tree:
    """The whole create body. Raises Refusal when a file that must be linked has no link."""
    said = wire.words(order, _NAMED)
    if kind(order) == "text-to-video":
        content: dict[str, Tree] = {"prompt": said}
    else:
        content = {"contents": [{"type": "prompt", "text": said}, *_contents(order)] if said else _contents(order)}
    return {**content, "settings": _settings(order), "options": _options(order)}


def _contents(order: Order) -> list[Tree]:
    numbers = ordinals(order.spec)
    return [_item(ref.reference, numbers[ref.reference.label], url) for ref, url in wire.media(order)]


def _item(reference: Reference, number: int, url: Tree) -> Tree:
    if reference.role in _FRAMES:
        return {"type": _FRAMES[reference.role], "url": url}
    kind_ = reference.label.kind
    type_ = "feature_video" if kind_ is MediaKind.VIDEO else "refer_image"
    return {"type": type_, "url": url, "id": f"{kind_.value}_{number}"}


def _settings(order: Order) -> dict[str, Tree]:
    """More than one shot is the vendor's default: it is switched off, but where a video brings its own."""
    spec, filmed = order.spec, wire.filmed(order)
    settings: dict[str, Tree] = {"resolution": spec.resolution, "duration": spec.duration_s}
    if not wire.framed(order):
        settings["aspect_ratio"] = spec.ratio
    if spec.model != TURBO if order.model is None else order.model.takes_audio_switch:
        settings["audio"] = "native" if spec.audio and not filmed else "off"
        settings["multi_shot"] = filmed
    return settings


def _options(order: Order) -> dict[str, Tree]:
    options: dict[str, Tree] = {"external_task_id": order.trace, "watermark_info": {"enabled": False}}
    return {**options, "callback_url": order.callback_url} if order.callback_url else options
