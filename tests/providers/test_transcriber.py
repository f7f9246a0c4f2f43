"""Speech written down by a service in OpenAI's format, on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.errors import OperatorFault, Refusal, Transient
from bot.providers.http import Account, Http
from bot.providers.transcriber import MAX_CHARS, Transcriber
from bot.sandbox.providers.serving import serve
from bot.sandbox.speech import PATH, SpeechServer

KEY = "speech-key-made-up-1234"


@asynccontextmanager
async def speaking(key: str = KEY) -> AsyncIterator[tuple[SpeechServer, Transcriber]]:
    server, app, http = SpeechServer(KEY), web.Application(), Http()
    server.attach(app)
    async with serve(app, "127.0.0.1", 0) as origin:
        yield server, Transcriber(Account("transcribe", origin + PATH, key), "whisper-1", http)
        await http.close()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "7.ogg"
    path.write_bytes(b"OggS" + bytes(3_000))
    return path


async def test_a_note_goes_out_whole_with_its_model_and_comes_back_as_words(note: Path) -> None:
    async with speaking() as (server, transcriber):
        server.says = "  a dog runs  "
        assert await transcriber.transcribe(note, "audio/ogg") == "a dog runs"
    (handed,) = server.notes
    assert (handed.model, handed.file_name, handed.size_bytes) == ("whisper-1", "7.ogg", 3_004)


async def test_a_flood_of_words_is_cut(note: Path) -> None:
    async with speaking() as (server, transcriber):
        server.says = "x" * 10_000
        assert len(await transcriber.transcribe(note, "audio/ogg")) == MAX_CHARS


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, Transient), (429, Transient), (400, Refusal), (403, OperatorFault), (404, OperatorFault)],
)
async def test_a_fault_of_the_service_is_told_apart(note: Path, status: int, error: type[Exception]) -> None:
    async with speaking() as (server, transcriber):
        server.statuses = [status]
        with pytest.raises(error):
            await transcriber.transcribe(note, "audio/ogg")


async def test_a_wrong_key_is_the_operator_s_and_shows_nowhere(note: Path) -> None:
    async with speaking("another-key-5678") as (_, transcriber):
        with pytest.raises(OperatorFault) as caught:
            await transcriber.transcribe(note, "audio/ogg")
    assert "another-key-5678" not in str(caught.value)


async def test_nobody_there_is_worth_another_try(note: Path) -> None:
    http = Http()
    with pytest.raises(Transient):
        await Transcriber(Account("transcribe", "http://127.0.0.1:9", KEY), "m", http).transcribe(note, "audio/ogg")
    await http.close()
