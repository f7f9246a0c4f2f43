"""The embedded Runway refuses what Runway refuses, and keeps its promises about tasks, credits and uploads."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from bot.sandbox.providers.runway import RunwayKnobs, RunwayServer
from tests.sandbox.providers.desk import HeldClock, Stub, movie_bytes, picture_bytes, wav_bytes

KEY = "key_runway"
VERSION = "2024-11-06"
DATA = f"data:image/png;base64,{base64.b64encode(picture_bytes()).decode()}"
TEXT, IMAGE, VIDEO = "text_to_video", "image_to_video", "video_to_video"


@dataclass
class Desk:
    """A client of the server under test."""

    server: RunwayServer
    base: str
    session: ClientSession
    clock: HeldClock
    stub: Stub

    async def call(
        self, method: str, path: str, key: str = KEY, version: str = VERSION, **more: Any
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}", "X-Runway-Version": version}
        kept = {name: value for name, value in headers.items() if value}
        async with self.session.request(method, f"{self.base}/v1/{path}", headers=kept, **more) as response:
            return response.status, await response.json() if response.content_type == "application/json" else None

    async def create(self, endpoint: str, **body: Any) -> tuple[int, Any]:
        return await self.call("POST", endpoint, data=io.BytesIO(json.dumps(body).encode()))

    async def created(self, endpoint: str, **body: Any) -> str:
        status, answer = await self.create(endpoint, **body)
        assert status == 200, answer
        return str(answer["id"])

    async def get(self, task_id: str) -> Any:
        status, answer = await self.call("GET", f"tasks/{task_id}")
        assert status == 200, answer
        return answer

    async def pass_s(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        await self.server.settle()

    async def put(self, name: str, content: bytes, **ticket: Any) -> tuple[str, int]:
        """Uploads a file; its address and what the storage said."""
        _, answer = await self.call("POST", "uploads", json={"filename": name, "type": "ephemeral"})
        fields = list(answer["fields"].items())
        form = FormData()
        parts = [*fields, ("file", content)] if not ticket.get("file_first") else [("file", content), *fields]
        for field, value in parts:
            form.add_field(field, value, filename=name if field == "file" else None)
        headers = {"Authorization": f"Bearer {KEY}"} if ticket.get("with_key") else {}
        async with self.session.post(answer["uploadUrl"], data=form, headers=headers) as response:
            return answer["runwayUri"], response.status


@asynccontextmanager
async def desk_with(folder: Path, knobs: RunwayKnobs | None = None) -> AsyncIterator[Desk]:
    clock, stub = HeldClock(), Stub(folder)
    server = RunwayServer(KEY, stub, clock, knobs)
    async with server.running() as base, ClientSession() as session:
        yield Desk(server, base, session, clock, stub)


@pytest.fixture
async def runway(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_with(tmp_path) as ready:
        yield ready


def gen(**changes: Any) -> dict[str, Any]:
    return {"model": "gen4.5", "promptText": "a cat", "ratio": "1280:720", "duration": 5, **changes}


def sea(**changes: Any) -> dict[str, Any]:
    return {"model": "seedance2", "promptText": "a cat", "ratio": "1280:720", "duration": 5, **changes}


def without(name: str) -> dict[str, Any]:
    return {field: value for field, value in gen().items() if field != name}


FIRST = {"uri": DATA, "position": "first"}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (TEXT, gen(model="gen3a_turbo"), "model"),
    (TEXT, gen(model="gen4_turbo"), "model"),
    (TEXT, without("promptText"), "promptText"),
    (TEXT, gen(promptText="🐈" * 501), "promptText"),
    (TEXT, without("ratio"), "ratio"),
    (TEXT, gen(ratio="16:9"), "ratio"),
    (TEXT, gen(ratio="960:960"), "ratio"),
    (TEXT, without("duration"), "duration"),
    (TEXT, gen(duration="5"), "duration"),
    (TEXT, gen(duration=5.5), "duration"),
    (TEXT, gen(duration=11), "duration"),
    (TEXT, gen(audio=True), "audio"),
    (TEXT, gen(negativePrompt="dogs"), "negativePrompt"),
    (TEXT, gen(promptImage=DATA), "promptImage"),
    (TEXT, gen(seed=-1), "seed"),
    (TEXT, gen(seed="7"), "seed"),
    (TEXT, {**gen(), "model": "veo3.1", "duration": 5}, "duration"),
    (TEXT, sea(promptText=""), "promptText"),
    (TEXT, sea(promptText="x" * 3501), "promptText"),
    (TEXT, sea(ratio="854:480"), "ratio"),
    (TEXT, sea(audio="yes"), "audio"),
    (TEXT, sea(references=DATA), "references"),
    (TEXT, sea(references=[{"uri": DATA, "type": "image"}]), "type"),
    (TEXT, sea(references=[{"uri": DATA}] * 10), "references"),
    (TEXT, sea(referenceAudio=[{"uri": DATA}]), "referenceAudio.type"),
    (TEXT, sea(references=[{"uri": "http://files.example/a.png"}]), "references"),
    (TEXT, sea(references=[{}]), "references"),
    (IMAGE, gen(), "promptImage"),
    (IMAGE, gen(promptImage=[]), "promptImage"),
    (IMAGE, gen(promptImage=[{"uri": DATA}]), "promptImage.position"),
    (IMAGE, gen(promptImage=[{**FIRST, "position": "last"}]), "promptImage.position"),
    (IMAGE, gen(promptImage=[{**FIRST, "weight": 1}]), "weight"),
    (IMAGE, sea(promptImage=[FIRST, FIRST]), "promptImage"),
    (IMAGE, sea(promptImage=[{**FIRST, "position": "last"}]), "promptImage"),
    (IMAGE, sea(promptImage=[FIRST, {"uri": DATA}]), "promptImage"),
    (IMAGE, sea(promptImage=[FIRST], references=[{"uri": DATA}]), "references"),
    (VIDEO, sea(videoUri="runway://1"), "videoUri"),
    (VIDEO, {"model": "aleph2", "promptVideo": "runway://1"}, "promptVideo"),
    (VIDEO, {"model": "aleph2", "videoUri": "runway://1", "duration": 5}, "duration"),
    (VIDEO, {"model": "aleph2", "videoUri": "runway://1", "ratio": "1280:720"}, "ratio"),
    (VIDEO, {"model": "aleph2"}, "videoUri"),
]


@pytest.mark.parametrize(("endpoint", "body", "path"), REFUSED)
async def test_what_runway_does_not_take_is_refused_by_its_name(
    runway: Desk, endpoint: str, body: dict[str, Any], path: str
) -> None:
    status, answer = await runway.create(endpoint, **body)
    assert status == 400
    assert ".".join(answer["issues"][0]["path"]) == path
    assert runway.server.tasks == {}


@pytest.mark.parametrize(
    "uri",
    [
        "runway://nobody",
        "https://files.example/a.png",
        "data:image/png;base64,!",
        f"data:image/gif;base64,{base64.b64encode(picture_bytes(form='GIF')).decode()}",
        f"data:image/png;base64,{base64.b64encode(b'no picture').decode()}",
        f"data:image/png;base64,{base64.b64encode(bytes(5_000_001)).decode()}",
    ],
)
async def test_a_picture_that_can_not_be_had_or_read_is_refused(runway: Desk, uri: str) -> None:
    status, answer = await runway.create(IMAGE, **gen(promptImage=uri))
    assert (status, "issues" in answer) == (400, False)
    assert runway.server.tasks == {}


@pytest.mark.parametrize(
    ("key", "version", "status"), [("wrong", VERSION, 401), (KEY, "", 400), (KEY, "2023-01-01", 400)]
)
async def test_every_call_needs_a_key_and_a_version(runway: Desk, key: str, version: str, status: int) -> None:
    for method, path in (("POST", TEXT), ("POST", "uploads"), ("GET", "tasks/1"), ("GET", "organization")):
        assert (await runway.call(method, path, key, version, json=gen()))[0] == status


async def test_a_body_that_is_no_json_is_refused(runway: Desk) -> None:
    for path in (TEXT, "uploads"):
        assert (await runway.call("POST", path, data=b"{"))[0] == 400
    assert (await runway.call("POST", TEXT, json=[]))[0] == 400
    assert (await runway.call("POST", "uploads", json={"filename": "a.png"}))[0] == 400


# Uploads


async def test_an_upload_is_a_form_with_the_file_last_and_no_key(runway: Desk) -> None:
    uri, status = await runway.put("a.png", picture_bytes())
    assert (uri[:9], status) == ("runway://", 204)
    assert (await runway.put("a.png", picture_bytes(), file_first=True))[1] == 403
    assert (await runway.put("a.png", picture_bytes(), with_key=True))[1] == 403
    await runway.created(IMAGE, **gen(promptImage=uri))
    async with runway.session.post(f"{runway.base}/storage/nobody", data={"key": "x"}) as response:
        assert response.status == 403


async def test_an_upload_lives_a_day(runway: Desk) -> None:
    uri, _ = await runway.put("a.png", picture_bytes())
    runway.clock.pass_s(86_400)
    assert (await runway.create(IMAGE, **gen(promptImage=uri)))[0] == 400


# Tasks


async def test_a_film_is_edited_as_long_and_as_large_as_it_is(runway: Desk) -> None:
    uri, _ = await runway.put("a.mp4", movie_bytes(2.5, 640, 360))
    task = await runway.created(VIDEO, model="aleph2", videoUri=uri, promptText="snow")
    for seconds in (1.0, 4.0):
        await runway.pass_s(seconds)
    (order,) = runway.stub.orders
    assert (order.width, order.height, len(order.clips)) == (640, 360, 1)
    assert order.duration_s == pytest.approx(2.5, abs=0.1)
    assert (await runway.get(task))["cost"] == {"credits": 84}


async def test_seedance_takes_films_pictures_and_sound_together(runway: Desk) -> None:
    film, _ = await runway.put("a.mp4", movie_bytes())
    song, _ = await runway.put("a.wav", wav_bytes())
    await runway.created(
        VIDEO,
        **sea(
            model="seedance2_5",
            promptVideo=film,
            references=[{"uri": DATA}],
            referenceVideos=[{"type": "video", "uri": film}],
            referenceAudio=[{"type": "audio", "uri": song}],
            mode="reference",
        ),
    )
    await runway.created(TEXT, model="seedance2", promptText="a cat", duration="auto")
    await runway.pass_s(1.0)
    order = runway.stub.orders[0]
    assert (len(order.clips), len(order.pictures), len(order.sounds)) == (2, 1, 1)


async def test_more_tasks_than_places_are_throttled_and_have_their_turn(tmp_path: Path) -> None:
    async with desk_with(tmp_path, RunwayKnobs(concurrency=1)) as runway:
        one, two = [await runway.created(TEXT, **gen()) for _ in range(2)]
        other = await runway.created(TEXT, **sea())
        assert [(await runway.get(task))["status"] for task in (one, two)] == ["PENDING"] * 2
        await runway.pass_s(1.0)
        found = [(await runway.get(task))["status"] for task in (one, two, other)]
        assert found == ["RUNNING", "THROTTLED", "RUNNING"]
        runway.clock.pass_s(2.0)
        assert (await runway.get(one))["progress"] == 0.5
        await runway.pass_s(2.0)
        assert [(await runway.get(task))["status"] for task in (one, two)] == ["SUCCEEDED", "RUNNING"]


async def test_links_are_made_anew_by_every_look_and_expire(tmp_path: Path) -> None:
    async with desk_with(tmp_path, RunwayKnobs(url_lifetime_s=60)) as runway:
        task = await runway.created(TEXT, **gen())
        for seconds in (1.0, 4.0):
            await runway.pass_s(seconds)
        old = (await runway.get(task))["output"][0]
        await runway.pass_s(61)
        new = (await runway.get(task))["output"][0]
        found = []
        for url in (old, new):
            async with runway.session.get(url) as response:
                found.append(response.status)
    assert found == [403, 200]


@pytest.mark.parametrize(
    ("word", "code", "charged"), [("[outvideo]", "SAFETY.OUTPUT.VIDEO", 60), ("[asset]", "ASSET.INVALID", 0)]
)
async def test_moderation_is_charged_and_failures_are_not(runway: Desk, word: str, code: str, charged: int) -> None:
    before = runway.server.knobs.credits
    task = await runway.created(TEXT, **gen(promptText=f"{word} a cat"))
    assert runway.server.knobs.credits == before - 60
    for seconds in (1.0, 4.0):
        await runway.pass_s(seconds)
    found = await runway.get(task)
    assert (found["status"], found["failureCode"], found["cost"]) == ("FAILED", code, {"credits": charged})
    assert found["failure"]
    assert runway.server.knobs.credits == before - charged


@pytest.mark.parametrize("over", [False, True])
async def test_a_deleted_task_is_not_found_again(runway: Desk, over: bool) -> None:
    task = await runway.created(TEXT, **gen())
    for seconds in (1.0, 4.0) if over else ():
        await runway.pass_s(seconds)
    assert (await runway.call("DELETE", f"tasks/{task}"))[0] == 204
    for method in ("GET", "DELETE"):
        assert (await runway.call(method, f"tasks/{task}"))[0] == 404
    await runway.pass_s(9.0)
    assert len(runway.stub.orders) == int(over)


async def test_an_account_runs_out_of_credits_and_of_the_day(tmp_path: Path) -> None:
    async with desk_with(tmp_path, RunwayKnobs(credits=100, daily_limit=3, retry_after_s=9, estimates=False)) as runway:
        answer = (await runway.create(TEXT, **gen()))[1]
        assert list(answer) == ["id"]
        status, answer = await runway.create(TEXT, **gen())
        assert (status, answer["error"]) == (400, "You do not have enough credits to run this task.")
        await runway.create(TEXT, **gen())
        status, answer = await runway.create(TEXT, **gen())
        assert (status, "Daily" in answer["error"]) == (429, True)
        _, organization = await runway.call("GET", "organization")
        assert organization["creditBalance"] == 40
        runway.clock.pass_s(86_400)
        assert (await runway.create(TEXT, **gen(duration=2)))[0] == 200
