"""A finished order as a request once more: its words, its settings, and what its references do."""

from __future__ import annotations

from bot.core.parsing import ratio_value
from bot.core.request import Label, Options, Role, Sound, VideoSpec
from bot.core.resolve import ordinals


def words_of(spec: VideoSpec) -> str:
    """Its person's words, with the labels that the references get when they are all that there is."""
    numbers = ordinals(spec)
    return spec.own_words(lambda label: f"@{Label(label.kind, numbers[label])}" if label in numbers else str(label))


def settings_of(spec: VideoSpec) -> Options:
    """What a request that comes from a video has unless its words say otherwise."""
    return Options(
        model=spec.model,
        ratio=spec.ratio if ratio_value(spec.ratio) is not None else None,
        duration_s=spec.duration_s,
        resolution=spec.resolution,
        audio=spec.audio,
        spoiler=spec.spoiler,
    )


def roles_of(spec: VideoSpec) -> dict[Label, Role]:
    """The references' roles, under the labels that they get when they are all that there is."""
    numbers = ordinals(spec)
    return {Label(ref.label.kind, numbers[ref.label]): ref.role for ref in spec.references}


def sounds_of(spec: VideoSpec) -> dict[Label, Sound]:
    """What its sounds are for, under the same labels."""
    numbers = ordinals(spec)
    return {Label(label.kind, numbers[label]): sound for label, sound in spec.sounds().items() if label in numbers}
