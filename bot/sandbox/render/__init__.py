"""Renders the sandbox's videos: a real MP4 from a prompt and its references, in a child process."""

from bot.sandbox.render.order import Clip, Codec, Order, Picture, Rendered, Role, Sound, VideoMaker
from bot.sandbox.render.renderer import Renderer, RenderFailedError

__all__ = [
    "Clip",
    "Codec",
    "Order",
    "Picture",
    "RenderFailedError",
    "Rendered",
    "Renderer",
    "Role",
    "Sound",
    "VideoMaker",
]
