"""The embedded Ark with the real renderer: references go in over HTTP, a film that shows them comes out."""

from __future__ import annotations

from pathlib import Path

import av
from aiohttp import ClientSession

from bot.sandbox.providers.ark import ArkServer, Status
from bot.sandbox.render import Renderer
from tests.sandbox.providers.desk import KEY, MODEL, HeldClock, Host, audio, image, video


async def test_a_reference_request_becomes_a_film(tmp_path: Path, host: Host, two_second_clip: bytes) -> None:
    server = ArkServer(KEY, Renderer(tmp_path / "videos", fast=True), HeldClock())
    headers = {"Authorization": f"Bearer {KEY}"}
    clip = video(host.put("v.mp4", two_second_clip))
    text = {"type": "text", "text": "Image 1 moves as Video 1 to the sound of Audio 1"}
    ask = {"model": MODEL, "content": [text, image(), clip, audio()], "ratio": "9:16", "duration": 4}
    async with server.running() as base, ClientSession(headers=headers) as session:
        tasks = f"{base}/contents/generations/tasks"
        async with session.post(tasks, json=ask) as response:
            task_id = (await response.json())["id"]
        await server.advance(task_id, Status.SUCCEEDED)
        async with session.get(f"{tasks}/{task_id}") as response:
            link = (await response.json())["content"]["video_url"]
        async with session.get(link) as response:
            (tmp_path / "film.mp4").write_bytes(await response.read())
    with av.open(str(tmp_path / "film.mp4")) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.width, picture.height, picture.frames) == (720, 1280, 97)
        assert sound.codec_context.name == "aac"


async def test_a_renderer_that_breaks_is_a_failed_task(tmp_path: Path) -> None:
    server = ArkServer(KEY, Renderer(tmp_path, deadline_s=0.01), clock := HeldClock())
    headers = {"Authorization": f"Bearer {KEY}"}
    async with server.running() as base, ClientSession(headers=headers) as session:
        ask = {"model": MODEL, "content": [{"type": "text", "text": "x"}]}
        async with session.post(f"{base}/contents/generations/tasks", json=ask) as response:
            task_id = (await response.json())["id"]
        for _ in range(2):
            clock.pass_s(5)
            await server.settle()
        task = server.tasks[task_id]
        assert (task.status, (task.error or ("", ""))[0]) == (Status.FAILED, "InternalServiceError")
