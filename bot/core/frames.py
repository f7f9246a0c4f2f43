"""A picture that must have the output's own pixels, because its model takes a first frame only so."""

from __future__ import annotations

from dataclasses import replace

from bot.core.errors import Refusal
from bot.core.media import ANY, JPEG, Conversion, Convert, Fit, InputLimits, Keep, MediaInfo, plan


def plan_frame(info: MediaInfo, limits: InputLimits, width: int, height: int) -> Keep | Convert | Refusal:
    """It fills these pixels, and what stands over is cut; a picture that has them already stays as it is."""
    decision = plan(info, replace(limits, sides_px=ANY, ratio=ANY, pixels=ANY))
    if isinstance(decision, Refusal):
        return decision
    if isinstance(decision, Keep) and (info.width, info.height) == (width, height):
        return decision
    wanted = Conversion(mime=JPEG, max_bytes=limits.max_bytes, width=width, height=height, fit=Fit.FILL)
    return Convert(wanted, decision.notes)
