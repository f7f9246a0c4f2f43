"""The legacy design: `POST /v1/videos/{text2video|image2video|omni-video}`, flat, seconds as text. Pure translation.

A task is asked for under the path that made it, by its id or by ours.
"""

from __future__ import annotations

from bot.core.media import MediaKind
from bot.core.request import Role
from bot.providers.base import Order
from bot.providers.bodies import Tree
from bot.providers.kling import wire

BASE = "/v1/videos"
PATHS = ("text2video", "image2video", "omni-video")
_MODES = {"720p": "std", "1080p": "pro", "4k": "4k"}
_NAMED = "<<<{kind}_{number}>>>"
_TYPES = {Role.FIRST: {"type": "first_frame"}, Role.LAST: {"type": "end_frame"}, Role.REFERENCE: {}}


def kind(order: Order) -> str:
    """Which of the endpoints makes this order."""
    if wire.of_references(order):
        return "omni-video"
    return "image2video" if order.references else "text2video"


def create_body(order: Order) -> Tree:
    """The whole create body. Raises Refusal when a file that must be linked has no link."""
    spec = order.spec
    body: dict[str, Tree] = {
        "model_name": order.wire_id,
        "prompt": wire.words(order, _NAMED),
        "mode": _MODES[spec.resolution],
        "duration": str(spec.duration_s),
        "sound": "on" if spec.audio and not wire.filmed(order) else "off",
        "multi_shot": False,
        "external_task_id": order.trace,
        "watermark_info": {"enabled": False},
        **(_omni(order) if kind(order) == "omni-video" else _frames(order)),
    }
    if kind(order) != "image2video" and not wire.framed(order):
        body["aspect_ratio"] = spec.ratio
    return {**body, "callback_url": order.callback_url} if order.callback_url else body


def _frames(order: Order) -> dict[str, Tree]:
    return {"image_tail" if ref.reference.role is Role.LAST else "image": url for ref, url in wire.media(order)}


def _omni(order: Order) -> dict[str, Tree]:
    pictures: list[Tree] = []
    videos: list[Tree] = []
    for ref, url in wire.media(order):
        if ref.reference.label.kind is MediaKind.VIDEO:
            videos.append({"video_url": url, "refer_type": "feature", "keep_original_sound": "no"})
        else:
            pictures.append({"image_url": url, **_TYPES[ref.reference.role]})
    found = {"image_list": pictures, "video_list": videos}
    return {name: items for name, items in found.items() if items}
