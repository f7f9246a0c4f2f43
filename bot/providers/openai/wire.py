"""The form that goes out and the JSON that comes back: pure translation, both ways.

    POST /videos           multipart: prompt, model, seconds, size, input_reference      every value a text
    GET  /videos/{id}      {"id", "object": "video", "status", "progress", "seconds", "size", "error"}
    GET  /videos/{id}/content

The body is believed before its HTTP status: vLLM-Omni answers for a failed video with a 500 around the video itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from bot.core.catalog import Usage
from bot.core.errors import ContentRefused, KinetogramError, OperatorFault, Refusal, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import VideoSpec
from bot.core.resolve import ordinals
from bot.providers import bills
from bot.providers.base import Ended, Order, Rendering, Status, Succeeded, Waiting
from bot.providers.bodies import Form, FormFile
from bot.providers.faults import ask_fault, clean, create_fault
from bot.providers.http import Account, Reply
from bot.providers.openai.dialects import Dialect
from bot.providers.reading import real, text, whole
from bot.providers.webhooks import event_data

log = logging.getLogger(__name__)

VIDEOS = "/videos"
ENVELOPE_BYTES = 2_000
DENIED = 403
MAX_ID_CHARS = 1_000
"""LiteLLM packs its routing into ids, which makes them longer than 200."""

State = Literal["waiting", "running", "done", "failed", "cancelled", "expired"]
_WORDS: Mapping[State, str] = {
    "waiting": "queued pending submitted created",
    "running": "in_progress processing running generating",
    "done": "completed succeeded success",
    "failed": "failed error",
    "cancelled": "cancelled canceled deleted",
    "expired": "expired",
}
_STATES: Mapping[str, State] = {word: state for state, words in _WORDS.items() for word in words.split()}

_POLICY = re.compile(
    r"moderat|polic(?:y|ies)|safety|sentinel|blocked|nsfw|sensitive|copyright|likeness|\bfaces?\b", re.IGNORECASE
)
_MODERATION = re.compile(
    r"moderation|content_polic|content_filter|sentinel|nsfw|sensitive_content|copyright|likeness|face_detected",
    re.IGNORECASE,
)
"""Names of errors that speak of what was ordered. A 403 is the account's fault otherwise, however much its sentence has
of policies and blocks: that of an organisation that is not verified has too.
"""
_WHY_REFUSED = (
    (re.compile(r"\bfaces?\b|likeness|real.?(?:person|people)", re.IGNORECASE), "refused-face"),
    (re.compile(r"copyright|third.?party|trademark", re.IGNORECASE), "refused-copyright"),
    (re.compile(r"generated.?audio|output.?audio", re.IGNORECASE), "refused-output-audio"),
    (re.compile(r"input.?reference|image|picture", re.IGNORECASE), "refused-media"),
)
_FAULTS = (
    (r"insufficient.{0,20}(?:quota|balance|credit|funds)|^billing", "provider-no-balance"),
    (
        r"model_not_found|\bmodel\b.*(?:does not exist|not found|mismatch)|(?:access to|verified to use)\b.*\bmodel\b",
        "provider-model-not-open",
    ),
)


# Create


def create_form(order: Order, dialect: Dialect, *, sound: bool | None = None) -> Form:
    """The whole create body; `sound` is None where the model has no switch for it. Raises Refusal for a film."""
    fields = [*_fields(order, dialect)]
    if dialect.many and sound is not None:
        fields.append(("generate_sound", "true" if sound else "false"))
    return Form(fields, tuple(_files(order, dialect)))


def _fields(order: Order, dialect: Dialect) -> Iterator[tuple[str, str]]:
    spec = order.spec
    yield "prompt", words(spec)
    yield "model", order.wire_id
    yield "seconds", str(spec.duration_s)
    yield "size", size_of(spec)
    if dialect.own_fields and spec.seed is not None:
        yield "seed", str(spec.seed)
    if dialect.own_fields and spec.negative:
        yield "negative_prompt", spec.negative


def _files(order: Order, dialect: Dialect) -> Iterator[tuple[str, FormFile]]:
    several = dialect.many and len(order.references) > 1
    for ref in order.references:
        kind = ref.reference.label.kind
        if kind is not MediaKind.IMAGE:
            raise Refusal("fault-kind-not-taken", kind=kind.value, model=order.spec.model)
        yield "input_references" if several else "input_reference", FormFile(ref.path, ref.info.mime.lower())


def words(spec: VideoSpec) -> str:
    """The prompt; the format has no words for references, so they are named plainly: `image 1 blinks`."""
    numbers = ordinals(spec)
    return spec.words(lambda label: f"{label.kind.value} {numbers[label]}")


def size_of(spec: VideoSpec) -> str:
    """The output's pixels as the format writes them."""
    return f"{spec.width}x{spec.height}"


def encoded_size(order: Order) -> int:
    """About how long the body is: files go as they are."""
    files = sum(ref.info.size_bytes + 300 for ref in order.references)
    return ENVELOPE_BYTES + len(words(order.spec).encode()) + files


def read_created(reply: Reply, account: Account) -> str:
    """The id of the video that is being made, else raises what the answer means."""
    found = task_id(_video(reply)) if reply.ok or is_video(reply) else None
    if found is not None:
        return found
    if reply.status < 300 and reply.kind != "html":
        raise Uncertain("provider-answer-unclear", **account.who, status=reply.status)
    raise create_error(reply, account)


def is_video(reply: Reply) -> bool:
    """Whether an answer is a video whatever its HTTP status says."""
    return reply.kind == "json" and reply.mapping.get("object") == "video"


def _video(reply: Reply) -> Mapping[str, Any]:
    """The video of an answer; some resellers wrap it into `data`."""
    inner = reply.mapping.get("data")
    return inner if isinstance(inner, Mapping) and "id" in inner else reply.mapping


def task_id(body: Mapping[str, Any]) -> str | None:
    """The id of a video; opaque."""
    found = text(body.get("id"))
    return found if found and len(found) <= MAX_ID_CHARS else None


def path_of(task: str) -> str:
    """Where a video is asked for: an id may hold anything."""
    return f"{VIDEOS}/{quote(task, safe='')}"


# Errors


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was said to be wrong: OpenAI's envelope (`kind` is its type), FastAPI's `detail`, or a bare text."""

    code: str = ""
    message: str = ""
    kind: str = ""

    @property
    def by_policy(self) -> bool:
        return self.by_moderation or bool(_POLICY.search(f"{self.code} {self.message}"))

    @property
    def by_moderation(self) -> bool:
        """The same by what the error is called alone."""
        return bool(_MODERATION.search(f"{self.code} {self.kind}"))


def complaint(body: Any) -> Complaint:
    """Reads every envelope that was seen; tolerant of what is missing."""
    found = body.get("error") or body.get("detail") or body.get("message") if isinstance(body, Mapping) else body
    if isinstance(found, list) and found:
        return _validation(found[0])
    if isinstance(found, Mapping):
        inner = found.get("message") or found.get("error") or found.get("detail")
        kind = text(found.get("type")) or ""
        return Complaint(text(found.get("code")) or kind, text(inner) or "", kind)
    return Complaint("", text(found) or "")


def _validation(first: Any) -> Complaint:
    """FastAPI's own: where and what."""
    if not isinstance(first, Mapping):
        return Complaint("", text(first) or "")
    where = first.get("loc")
    place = str(where[-1]) if isinstance(where, list) and where else ""
    return Complaint(text(first.get("type")) or "", f"{place}: {text(first.get('msg')) or ''}".strip(": "))


def create_error(reply: Reply, account: Account) -> KinetogramError:
    """What a create call that made no video means."""
    said = complaint(reply.data)
    content = said.by_moderation if reply.status == DENIED else said.by_policy
    if content and reply.status in {400, DENIED, 422}:
        return refused(said, account, "refused-text")
    return _operators(said, reply, account) or create_fault(reply, account, clean(said.message))


def ask_error(reply: Reply, account: Account) -> KinetogramError:
    """The same for calls that are safe to repeat: Transient or OperatorFault."""
    said = complaint(reply.data)
    return _operators(said, reply, account) or ask_fault(reply, account, clean(said.message))


def _operators(said: Complaint, reply: Reply, account: Account) -> OperatorFault | None:
    """What only the operator can mend; OpenAI says "no money left" with a 429."""
    if reply.status in {408, 413} or reply.status >= 500:
        return None
    spoken = f"{said.code} {said.message}"
    key = next((key for pattern, key in _FAULTS if re.search(pattern, spoken, re.IGNORECASE)), None)
    return OperatorFault(key, detail=clean(said.message), **account.who) if key else None


def refused(said: Complaint, account: Account, otherwise: str) -> ContentRefused:
    """Which policy it was, as far as the words tell."""
    spoken = f"{said.code} {said.kind} {said.message}"
    key = next((key for pattern, key in _WHY_REFUSED if pattern.search(spoken)), otherwise)
    return ContentRefused(key, labels="", **account.who)


# Retrieve


def read_video(reply: Reply, account: Account, content_url: str, sizes: Mapping[str, str]) -> Status:
    """A word that is not known counts as running, until the job's own deadline."""
    body = _video(reply)
    word = text(body.get("status"))
    if word is None:
        raise Transient("provider-answer-unreadable", **account.who, status=reply.status)
    match _STATES.get(word.lower()):
        case "waiting":
            return Waiting()
        case "done":
            return Succeeded(_link(body) or content_url, _usage(body, sizes), receipt=_receipt(body))
        case "failed":
            return Ended(_failure(body, account), "failed")
        case "cancelled":
            return Ended(Refusal("task-cancelled", **account.who), "cancelled")
        case "expired":
            return Ended(Refusal("task-expired", **account.who), "expired")
        case "running":
            return Rendering(_percent(body))
        case _:
            log.warning("a task of %s has the unknown status %.40r", account.name, word)
            return Rendering(_percent(body))


def _percent(body: Mapping[str, Any]) -> int | None:
    told = whole(body.get("progress"))
    return None if told is None else min(max(told, 0), 100)


def _link(body: Mapping[str, Any]) -> str | None:
    """Where the file lies, if not behind `content`: a bucket of SGLang's, a reseller's own store."""
    urls = body.get("urls")
    places = (body.get("url"), *(urls[:1] if isinstance(urls, list) else ()), body.get("video_url"))
    return next((url for url in map(text, places) if url and re.match(r"https?://", url)), None)


def _usage(body: Mapping[str, Any], sizes: Mapping[str, str]) -> Usage:
    told = body.get("seconds")
    made = sizes.get(text(body.get("size")) or "")
    return Usage(seconds=bills.count(told), resolution=made, odd=bills.odd(told))


def _receipt(body: Mapping[str, Any]) -> dict[str, str | int | float]:
    found = {
        "model": text(body.get("model")),
        "size": text(body.get("size")),
        "seconds": real(body.get("seconds")),
        "created_at": whole(body.get("created_at")),
    }
    return {name: value for name, value in found.items() if value is not None}


def _failure(body: Mapping[str, Any], account: Account) -> KinetogramError:
    said = complaint(body)
    if said.by_policy:
        return refused(said, account, "refused-output")
    return Refusal("task-failed", detail=clean(said.message), **account.who)


# Webhooks


def webhook_task(body: bytes) -> str | None:
    """An event holds ids alone; what became of the video is asked for."""
    about = event_data(body, "video.")
    return None if about is None else task_id(about)
