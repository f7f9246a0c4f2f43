"""Words in the prompt that stand for what a moderator would see; the demo and the tests write them."""

from __future__ import annotations

from bot.sandbox.providers.ark.ask import Ask
from bot.sandbox.providers.ark.errors import ArkError
from bot.sandbox.providers.ark.tasks import Doom, Status

_SENSITIVE = "The request failed because the {} may contain sensitive information."
_COPYRIGHT = "The request failed because the output video may be related to copyright restrictions."
_DOOMS = {
    "[outvideo]": Doom(Status.FAILED, "OutputVideoSensitiveContentDetected", _SENSITIVE.format("output video")),
    "[outaudio]": Doom(Status.FAILED, "OutputAudioSensitiveContentDetected", _SENSITIVE.format("output audio")),
    "[copyright]": Doom(Status.FAILED, "OutputVideoSensitiveContentDetected.PolicyViolation", _COPYRIGHT),
    "[fail]": Doom(Status.FAILED, "InternalServiceError", "The service encountered an unexpected internal error."),
    "[expire]": Doom(Status.EXPIRED),
}


def refuse_input(ask: Ask) -> None:
    """Raises 400 for ``[nsfw]``, and for ``[face]`` beside a picture or a video."""
    if "[nsfw]" in ask.text:
        raise ArkError(400, "InputTextSensitiveContentDetected", _SENSITIVE.format("input text"))
    for kind in ("image", "video") if "[face]" in ask.text else ():
        places = " ".join(f"'content[{item.index}]'" for item in ask.of_kind(kind))
        if places:
            code = f"Input{kind.capitalize()}SensitiveContentDetected.PrivacyInformation"
            raise ArkError(400, code, f"The request failed because the input {kind} {places} may contain real person.")


def doom_of(ask: Ask) -> Doom | None:
    """The bad end that the prompt asks for."""
    return next((doom for word, doom in _DOOMS.items() if word in ask.text), None)
