"""Veo's long-running predictions: one ask with two answers, since the Gemini API and Vertex nest them differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.providers.bodies import Body
from bot.sandbox.providers.google.errors import GoogleError
from bot.sandbox.providers.google.facts import RATIOS, VEO, VEO_SECONDS, VERTEX, Veo, pixels
from bot.sandbox.providers.google.fields import Fields, check_words, file_of
from bot.sandbox.providers.google.made import Ask, Work, ending, reason
from bot.sandbox.render import Order, Picture, Role

_PREDICT = "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse"
_GENERATE = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
_NOT_CHARGED = (
    "Veo could not generate videos because of {}. You have not been charged for this attempt. Support codes: 15236754"
)
_CODES = {"failed": (13, "An internal error has occurred."), "expired": (4, "Deadline exceeded.")}


@dataclass(frozen=True, slots=True)
class Flavour:
    """What a house takes. ``people`` are its words for who may be seen."""

    models: Mapping[str, Veo]
    parameters: Sequence[str]
    image: Sequence[str]
    people: Sequence[str]


_COMMON = ("aspectRatio", "durationSeconds", "resolution", "personGeneration", "sampleCount")
GEMINI = Flavour(VEO, _COMMON, ("bytesBase64Encoded", "mimeType"), ("allow_all", "allow_adult", "dont_allow"))
ENTERPRISE = Flavour(
    VERTEX,
    (*_COMMON, "seed", "generateAudio", "negativePrompt", "storageUri", "compressionQuality", "resizeMode"),
    ("bytesBase64Encoded", "gcsUri", "mimeType"),
    ("allow_adult", "disallow", "dont_allow"),
)
_INSTANCE = ("prompt", "image", "lastFrame", "referenceImages")


def read_ask(body: Body, model: str, flavour: Flavour, seed: int) -> Ask:
    """What is asked, or 400. Reads files: call it in a thread."""
    veo = flavour.models[model]
    top = Fields(body.json, "", ("instances", "parameters", "labels"))
    instances = top.get("instances", list, [])
    if len(instances) != 1:
        raise GoogleError(400, "Exactly one instance is supported.")
    fields = Fields(instances[0], "instances[0]", _INSTANCE)
    given = Fields(top.get("parameters", dict, {}), "parameters", flavour.parameters)
    pictures = _pictures(body, fields, flavour, veo)
    prompt = fields.get("prompt", str, "")
    if not prompt and not pictures:
        raise GoogleError(400, "The prompt is empty.")
    check_words(prompt, pictured=bool(pictures))
    return Ask(model, _order(given, flavour, veo, prompt, pictures, seed))


def _pictures(body: Body, fields: Fields, flavour: Flavour, veo: Veo) -> tuple[Picture, ...]:
    found: list[Picture] = []
    for name, role, label in (("image", Role.FIRST, "Image 1"), ("lastFrame", Role.LAST, "Image 2")):
        value = fields.get(name, dict)
        if value is not None:
            found.append(Picture(_image(body, value, f"instances[0].{name}", flavour), label, role))
    if found and found[0].role is Role.LAST:
        raise GoogleError(400, "lastFrame is supported together with image only.")
    references = fields.get("referenceImages", list, [])
    if len(references) > veo.references or (references and found):
        raise GoogleError(400, "The reference images of this request are not supported by this model.")
    for number, value in enumerate(references, 1):
        reference = Fields(value, "instances[0].referenceImages", ("image", "referenceType"))
        if reference.get("referenceType", str) != "asset":
            raise GoogleError(400, "referenceType must be asset.")
        path = _image(body, reference.get("image", dict), "instances[0].referenceImages.image", flavour)
        found.append(Picture(path, f"Image {number}", Role.REFERENCE))
    return tuple(found)


def _image(body: Body, value: Any, place: str, flavour: Flavour) -> Path:
    if isinstance(value, dict) and "inlineData" in value:
        raise GoogleError(400, "`inlineData` isn't supported by this model. Please remove it and try again.")
    fields = Fields(value, place, flavour.image)
    if fields.get("mimeType", str) not in {"image/png", "image/jpeg", "image/webp"}:
        raise GoogleError(400, f"Unsupported mimeType at '{place}'.")
    return file_of(body, fields.get("bytesBase64Encoded", str), "image")[0]


def _order(given: Fields, flavour: Flavour, veo: Veo, prompt: str, pictures: tuple[Picture, ...], seed: int) -> Order:
    seconds = given.get("durationSeconds", int, 8)
    ratio = given.choice("aspectRatio", RATIOS, "16:9")
    resolution = given.choice("resolution", ("720p", "1080p", *(["4k"] if veo.fourk else [])), "720p")
    referenced = any(picture.role is Role.REFERENCE for picture in pictures)
    if seconds not in VEO_SECONDS or (seconds != 8 and (referenced or resolution != "720p")):
        words = f"durationSeconds {seconds} is not supported here: it must be one of 4, 6, 8, and 8 for this request."
        raise GoogleError(400, words)
    _check_people(given.choice("personGeneration", flavour.people), flavour, pictures)
    if given.get("sampleCount", int, 1) != 1:
        raise GoogleError(400, "sampleCount must be 1.")
    width, height = pixels(resolution, ratio)
    wanted, sound = given.get("seed", int, seed), given.get("generateAudio", bool, default=True)
    return Order(width, height, seconds, prompt, pictures, seed=wanted, sound=sound)


def _check_people(people: str | None, flavour: Flavour, pictures: Sequence[Picture]) -> None:
    """On the Gemini API words alone go with allow_all, pictures with allow_adult."""
    wanted = "allow_adult" if pictures else "allow_all"
    if flavour is GEMINI and people not in {None, wanted}:
        raise GoogleError(400, f"{people} for personGeneration is currently not supported. Use {wanted}.")


def refuse_unknown(model: str, flavour: Flavour, *, retired: bool) -> None:
    """404 for a model that is not there, or no longer."""
    if retired and flavour is GEMINI:
        raise GoogleError(404, f"models/{model} is no longer available. Please use gemini-omni-1.1-flash instead.")
    if model not in flavour.models:
        words = f"models/{model} is not found for API version v1beta, or is not supported for predictLongRunning."
        raise GoogleError(404, words)


def operation(work: Work, video: dict[str, str] | None) -> dict[str, Any]:
    """The long-running operation of a work; ``video`` is how the output stands in it."""
    body: dict[str, Any] = {"name": work.id}
    if not work.over:
        return body
    body["done"] = True
    how = ending(work)
    if how in _CODES:
        code, message = _CODES[how]
        return body | {"error": {"code": code, "message": message}}
    return body | {"response": (_gemini if work.facts.wire == "veo" else _vertex)(work, video)}


def _gemini(work: Work, video: dict[str, str] | None) -> dict[str, Any]:
    inner = _filtered(work) if video is None else {"generatedSamples": [{"video": video}]}
    return {"@type": _PREDICT, "generateVideoResponse": inner}


def _vertex(work: Work, video: dict[str, str] | None) -> dict[str, Any]:
    if video is None:
        return {"@type": _GENERATE, **_filtered(work)}
    return {"@type": _GENERATE, "raiMediaFilteredCount": 0, "videos": [{**video, "mimeType": "video/mp4"}]}


def _filtered(work: Work) -> dict[str, Any]:
    return {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [_NOT_CHARGED.format(reason(work))]}
