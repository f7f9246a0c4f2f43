"""Richer words by a service in OpenAI's chat format, on the wire; and what the doctor says of such services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.core.errors import KinetogramError, OperatorFault, Refusal, Throttled, Transient
from bot.doctor import Finding, _aids
from bot.providers.enhancer import AGAIN, MAX_CHARS, Enhancer
from bot.providers.http import Account, Http
from bot.sandbox.providers.serving import serve
from bot.sandbox.speech import PATH as SPEECH_PATH
from bot.sandbox.speech import SpeechServer
from bot.sandbox.wordsmith import MODEL, PATH, Answer, WordsmithServer, completion
from bot.settings import Settings

KEY = "wordsmith-key-made-up-1234"
WORDS = "@image1 sings in the rain"


@asynccontextmanager
async def improving(
    key: str = KEY, model: str = MODEL, pace: float = 1.0
) -> AsyncIterator[tuple[WordsmithServer, Enhancer]]:
    server, app, http = WordsmithServer(KEY), web.Application(), Http(pace=pace)
    server.attach(app)
    async with serve(app, "127.0.0.1", 0) as origin:
        yield server, Enhancer(Account("enhance", origin + PATH, key), model, http)
        await http.close()


async def test_the_words_alone_go_out_and_a_proposal_comes_back() -> None:
    async with improving() as (server, enhancer):
        proposal = await enhancer.improve(WORDS)
        other = await enhancer.improve(WORDS, [proposal])
    assert proposal.startswith(f"{WORDS}. The camera")
    assert other not in {"", proposal}
    system, *said = server.asked[1]["messages"]
    assert system["role"] == "system"
    assert [one["content"] for one in said] == [WORDS, proposal, AGAIN]


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        ('"a dog runs"', "a dog runs"),
        ("«собака бежит»", "собака бежит"),
        ('"a dog" meets "a cat"', '"a dog" meets "a cat"'),
        ("```text\na dog runs\n```", "a dog runs"),
        ("<think>a dog? a cat?</think>\n\na dog runs", "a dog runs"),
        ("<think>never ended", ""),
        ("  ", ""),
    ],
)
async def test_what_lies_around_an_answer_is_taken_off(answered: str, words: str) -> None:
    async with improving() as (server, enhancer):
        server.says = answered
        assert await enhancer.improve(WORDS) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (completion("cut in the mid", finish_reason="length"), ""),
        (completion(None), ""),
        ({"choices": [{"message": {"content": [{"type": "text", "text": "a dog"}]}}]}, "a dog"),
        (completion("x" * 20_000), "x" * MAX_CHARS),
    ],
)
async def test_an_answer_in_another_shape_is_read_or_is_no_proposal(body: dict[str, Any], words: str) -> None:
    async with improving() as (server, enhancer):
        server.answers = [Answer(body=body)]
        assert await enhancer.improve(WORDS) == words


POLICY = {"error": {"message": "blocked", "code": "content_filter"}}
WRONG = {"error": {"message": "temperature is not supported"}}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(500), Transient),
        (Answer(503, html="<html>busy</html>"), Transient),
        (Answer(429, retry_after_s=7), Throttled),
        (Answer(401), OperatorFault),
        (Answer(404), OperatorFault),
        (Answer(400, body=WRONG), OperatorFault),
        (Answer(200, html="<html>a login page</html>"), OperatorFault),
        (Answer(400, body=POLICY), Refusal),
        (Answer(body=completion(None, refusal="I can't help with that")), Refusal),
        (Answer(body=completion("", finish_reason="content_filter")), Refusal),
        (Answer(body={"choices": []}), Transient),
        (Answer(body={}), Transient),
    ],
)
async def test_each_fault_is_told_apart_by_what_can_be_done(answer: Answer, error: type[KinetogramError]) -> None:
    async with improving() as (server, enhancer):
        server.answers = [answer]
        with pytest.raises(error) as caught:
            await enhancer.improve(WORDS)
    assert isinstance(caught.value, Refusal | OperatorFault | Transient)
    assert getattr(caught.value, "retry_after_s", None) == answer.retry_after_s


async def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_its_time() -> None:
    async with improving(pace=0.005) as (server, enhancer):
        server.answers = [Answer(delay_s=2)]
        with pytest.raises(Transient):
            await enhancer.improve(WORDS)


async def test_a_wrong_key_shows_nowhere() -> None:
    async with improving("another-key-5678") as (_, enhancer):
        with pytest.raises(OperatorFault) as caught:
            await enhancer.improve(WORDS)
    assert "another-key-5678" not in str(caught.value)


@asynccontextmanager
async def both(folder: Path, **changes: Any) -> AsyncIterator[Settings]:
    """Settings that name both services."""
    app = web.Application()
    WordsmithServer(KEY).attach(app)
    SpeechServer(KEY).attach(app)
    async with serve(app, "127.0.0.1", 0) as origin:
        chosen: dict[str, Any] = {
            "data_dir": folder,
            "database_url": f"sqlite:///{folder / 'kinetogram.db'}",
            "transcribe_base_url": origin + SPEECH_PATH,
            "transcribe_api_key": KEY,
            "enhance_base_url": origin + PATH,
            "enhance_api_key": KEY,
            "enhance_model": MODEL,
        }
        yield Settings(_env_file=None, **(chosen | changes))


async def test_the_doctor_proves_both_services_at_no_cost(tmp_path: Path) -> None:
    async with both(tmp_path) as settings:
        found = [finding async for finding in _aids(settings)]
    assert found == [
        Finding("transcription", ok=True, detail="127.0.0.1 takes the key, and whisper-1 is there."),
        Finding("richer words", ok=True, detail=f"127.0.0.1 takes the key, and {MODEL} is there."),
    ]


@pytest.mark.parametrize(
    ("changes", "ok", "said"),
    [
        ({"enhance_api_key": "another-key-5678"}, False, "refuses the key"),
        ({"enhance_model": "no-such-model"}, False, "no model called no-such-model"),
    ],
)
async def test_the_doctor_says_what_must_be_changed(
    tmp_path: Path, changes: dict[str, str], ok: bool, said: str
) -> None:
    async with both(tmp_path, **changes) as settings:
        *_, finding = [finding async for finding in _aids(settings)]
    assert (finding.ok, said in finding.detail) == (ok, True)


async def test_a_service_without_a_list_is_reached_and_a_stranger_s_page_is_told(tmp_path: Path) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>hello</html>", content_type="text/html")

    async def nothing(_: web.Request) -> web.Response:
        return web.json_response({"error": "no such path"}, status=404)

    app = web.Application()
    app.router.add_get("/page/models", page)
    app.router.add_get("/bare/models", nothing)
    async with serve(app, "127.0.0.1", 0) as origin:
        found = []
        for path in ("/page", "/bare"):
            async with both(tmp_path, transcribe_base_url=None, enhance_base_url=origin + path) as settings:
                found += [finding async for finding in _aids(settings)]
    async with both(tmp_path, transcribe_base_url=None, enhance_base_url="http://127.0.0.1:9/v1") as settings:
        (nobody,) = [finding async for finding in _aids(settings)]
    assert (nobody.ok, "127.0.0.1 does not answer as such a service does. Check" in nobody.detail) == (False, True)
    assert [finding.ok for finding in found] == [False, True]
    assert "Check the base address" in found[0].detail
    assert "not proven" in found[1].detail


async def test_an_address_without_a_model_ends_the_start() -> None:
    with pytest.raises(ValueError, match="ENHANCE_MODEL"):
        Settings(_env_file=None, enhance_base_url="https://words.example.org/v1")
