"""An embedded service that makes words richer, by three rules that anybody sees through: it says that it is one.

It speaks the `/chat/completions` of OpenAI's format, and is strict about it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.aids import fault, listed, locked

PATH = "/wordsmith/v1"
MODEL = "sandbox-wordsmith"
FIELDS = frozenset({"model", "messages"})
ROLES = frozenset({"system", "user", "assistant"})
RULES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "The camera moves in slowly; soft morning light, long shadows, shallow focus.",
        "A low wide shot follows the movement; warm light of the evening, dust in the air.",
        "One still frame from above; overcast sky, muted colours, quiet mood.",
    ),
    "ru": (
        "Камера медленно приближается; мягкий утренний свет, длинные тени, малая глубина резкости.",
        "Низкий общий план следует за движением; тёплый вечерний свет, пылинки в воздухе.",
        "Один неподвижный кадр сверху; пасмурное небо, приглушённые цвета, тихое настроение.",
    ),
}
SIGNED = {"en": "(The sandbox's own rule wrote this sentence.)", "ru": "(Это предложение дописало правило песочницы.)"}
_CYRILLIC = re.compile("[Ѐ-ӿ]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered next in the place of a proposal; `delay_s` before it."""

    status: int = 200
    body: Any = None
    html: str | None = None
    retry_after_s: int | None = None
    delay_s: float = 0.0


@dataclass
class WordsmithServer:
    """`says` replaces what it would write; `answers` come first, one a call; `asked` are the bodies that came in."""

    api_key: str
    says: str | None = None
    answers: list[Answer] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def attach(self, app: web.Application, prefix: str = PATH) -> None:
        """Adds its routes."""
        app.router.add_post(f"{prefix}/chat/completions", self._complete)
        app.router.add_get(f"{prefix}/models", self._models)

    async def _models(self, request: web.Request) -> web.Response:
        return listed(request, self.api_key, MODEL)

    async def _complete(self, request: web.Request) -> web.Response:
        if (refused := locked(request, self.api_key)) is not None:
            return refused
        body = await request.json()
        if (wrong := _wrong(body)) is not None:
            return fault(400, wrong)
        self.asked.append(body)
        answer = self.answers.pop(0) if self.answers else Answer()
        await asyncio.sleep(answer.delay_s)
        return _told(answer, self.says or richer(body["messages"]))


def _wrong(body: Any) -> str | None:
    if not isinstance(body, dict) or not body.keys() >= FIELDS:
        return "you must provide model and messages"
    if unknown := body.keys() - FIELDS:
        return f"Unrecognized request argument supplied: {', '.join(sorted(unknown))}"
    if body["model"] != MODEL:
        return f"The model {body['model']} does not exist"
    said = body["messages"]
    fits = all(set(one) == {"role", "content"} and one["role"] in ROLES and one["content"] for one in said)
    return None if said and fits else "messages must have a role and content"


def _told(answer: Answer, words: str) -> web.Response:
    headers = {} if answer.retry_after_s is None else {"Retry-After": str(answer.retry_after_s)}
    if answer.html is not None:
        return web.Response(status=answer.status, text=answer.html, content_type="text/html", headers=headers)
    if answer.body is not None:
        return web.json_response(answer.body, status=answer.status, headers=headers)
    if answer.status != web.HTTPOk.status_code:
        response = fault(answer.status, "the server had an error")
        response.headers.update(headers)
        return response
    return web.json_response(completion(words))


def completion(words: str | None, finish_reason: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    """An answer of the format."""
    message = {"role": "assistant", "content": words, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    return {"id": "chatcmpl-sandbox", "object": "chat.completion", "model": MODEL, "choices": [choice]}


def richer(messages: list[dict[str, str]]) -> str:
    """The first words of the user with one more sentence, another one each time, and who wrote it."""
    own = next(one["content"] for one in messages if one["role"] == "user")
    language = "ru" if _CYRILLIC.search(own) else "en"
    turn = sum(one["role"] == "assistant" for one in messages)
    stop = "" if own.endswith((".", "!", "?", "…")) else "."
    return f"{own}{stop} {RULES[language][turn % len(RULES[language])]} {SIGNED[language]}"
