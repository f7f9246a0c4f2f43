"""fal's JSON: pure translation, both ways.

    POST /{app}/text-to-video, …/image-to-video (frames), …/reference-to-video (lists: `@Image1 @Video1 @Audio1`)
         ?fal_webhook=…             an address of ours, which is told the end
    GET  /{root}/requests/{id}/status   IN_QUEUE, IN_PROGRESS, COMPLETED: this of failures too
    GET  /{root}/requests/{id}          the output, or with 4xx or 5xx why there is none
    PUT  /{root}/requests/{id}/cancel

The addresses in fal's answers are not followed: the key goes to the configured house alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.catalog import Usage
from bot.core.errors import Refusal
from bot.core.media import MediaKind
from bot.core.request import Role
from bot.providers.ark.wire import frame_mode
from bot.providers.base import Ended, Order, PreparedReference, Status, Succeeded
from bot.providers.bodies import InlineFile, Tree
from bot.providers.fal.catalog import ROOT
from bot.providers.faults import ask_fault, clean, create_fault
from bot.providers.http import Account, Reply
from bot.providers.reading import fields, text, whole
from bot.providers.seedance import variants
from bot.providers.seedance.wire import refused, words

REQUESTS = f"/{ROOT}/requests"
POLICY = "content_policy_violation"
_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
_FRAMES = {Role.FIRST: "image_url", Role.LAST: "end_image_url"}


def create_path(order: Order) -> str:
    """The references choose the endpoint."""
    frames = "image-to-video" if frame_mode(order) else "reference-to-video"
    return f"/{order.wire_id}/{frames if order.references else 'text-to-video'}"


def create_params(order: Order) -> Mapping[str, str]:
    """What stands in the query: who shall hear of the end."""
    return {"fal_webhook": order.callback_url} if order.callback_url else {}


def create_body(order: Order) -> Tree:
    """The whole create body. Seconds are a text there."""
    spec = order.spec
    body: dict[str, Tree] = {
        "prompt": words(order),
        "duration": str(spec.duration_s),
        "resolution": spec.resolution,
        "aspect_ratio": spec.ratio,
        "generate_audio": spec.audio,
        "end_user_id": order.trace,
    }
    if spec.seed is not None:
        body["seed"] = spec.seed
    if frame_mode(order):
        return body | {_FRAMES[ref.reference.role]: _file(ref) for ref in order.references}
    of_kind = {kind: [_file(r) for r in order.references if r.reference.label.kind is kind] for kind in MediaKind}
    return body | {f"{kind.value}_urls": files for kind, files in of_kind.items() if files}


def _file(ref: PreparedReference) -> Tree:
    return ref.url or InlineFile(ref.path, f"data:{ref.info.mime.lower()};base64,")


def fault(reply: Reply) -> tuple[str, str, str]:
    """What kind of error it is, the place that it is about, and its sentence; each "" when absent."""
    kind, place = (variants.dig(reply.data, f"detail.0.{name}") for name in ("type", "loc"))
    return text(kind) or "", str(place or ""), variants.fault(reply.data)[1]


def read_created(reply: Reply, account: Account) -> str:
    """The id of the task that was made, else raises what the answer means."""
    found = text(reply.mapping.get("request_id")) if reply.ok else None
    if found is not None and _ID.fullmatch(found):
        return found
    kind, place, said = fault(reply)
    if kind == POLICY and not reply.ok:
        raise refused(place, said, account, "refused-text")
    raise create_fault(reply, account, clean(said))


def callback_task(body: bytes) -> str | None:
    """A callback holds the whole output, or why there is none; only its id is believed."""
    found = fields(body).get("request_id")
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def read_result(reply: Reply, account: Account, why: str) -> Status:
    """What became of a task that is over. `why`: its status told of an error, in this word."""
    url, seed = variants.video_url(reply.data), whole(reply.mapping.get("seed"))
    if reply.ok and url:
        return Succeeded(url, Usage(), receipt={} if seed is None else {"seed": seed})
    kind, place, said = fault(reply)
    kind, detail = kind or why, {"detail": clean(said), **account.who}
    if kind == POLICY:
        return Ended(refused(place, said, account, "refused-output"))
    if "cancel" in kind:
        return Ended(Refusal("task-cancelled", **account.who), "cancelled")
    if "timeout" in kind:
        return Ended(Refusal("task-expired", **account.who), "expired")
    if reply.status == 422 or (why and (reply.status == 400 or reply.status >= 500)):
        return Ended(Refusal("task-failed" if reply.status >= 500 else "provider-refused-request", **detail))
    raise ask_fault(reply, account, clean(said))
