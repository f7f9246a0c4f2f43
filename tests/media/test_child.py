"""Whatever a file, or the child that reads it, does: the bot gets a clear refusal and goes on."""

# ruff: noqa: ASYNC240 - a test may stop its own loop for a file

from __future__ import annotations

import asyncio
import errno
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.core.errors import Defect, MediaUnreadable, Transient
from bot.core.media import JPEG, MP4, Conversion
from bot.media import child
from bot.media import tool as tool_module
from bot.media.children import Children, child_environment
from bot.media.orders import ChildLimits
from bot.media.tool import MediaTool

HOSTILE = {
    "text.mp4": b"this is no film\n" * 100,
    "empty.mp4": b"",
    "list.mp4": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat.mp4": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "session.mp4": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "page.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "head.mp4": b"\x00\x00\x00\x18ftypisom" + bytes(500),
    "head.ogg": b"OggS" + bytes(500),
    "head.mp3": b"\xff\xfb" + bytes(500),
    "head.webm": b"\x1aE\xdf\xa3" + bytes(500),
}


STARTED: list[Children] = []


@pytest.fixture(autouse=True)
def _none_is_left() -> Iterator[None]:
    yield
    while STARTED:
        STARTED.pop().close()


def child_that(code: str, **limits: Any) -> MediaTool:
    """A tool whose children do something else."""
    act = "import sys; sys.stdin.buffer.read()\n" + code
    serve = f"from bot.media import forkserver; forkserver.main(lambda: exec({act!r}, {{}}))"
    STARTED.append(Children((sys.executable, "-s", "-P", "-c", serve)))
    return MediaTool(ChildLimits(**limits), STARTED[-1])


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_is_no_media_is_refused(studio: Any, tool: MediaTool, name: str) -> None:
    with pytest.raises(MediaUnreadable, match="media-unreadable"):
        await tool.probe(studio.data(name, HOSTILE[name]))


async def test_a_missing_file_is_refused(tool: MediaTool, tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadable):
        await tool.probe(tmp_path / "nowhere.mp4")


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os._exit(3)",
        "print('hello')",
        "print('[]')",
        "print('{\"info\": {}}')",
        'print(\'{"failed": "no-such-key"}\')',
        "print('[' * 100000)",
        "print('x' * 1000000)",
        "sys.stderr.write('x' * 1000000)",
    ],
)
async def test_a_child_that_dies_or_babbles_is_a_refusal(code: str) -> None:
    with pytest.raises(MediaUnreadable, match="media-unreadable"):
        await child_that(code).probe(Path("any"))


async def test_how_a_child_ended_and_what_it_complained_of_is_in_the_log() -> None:
    with capture_logs() as lines:
        for code in ("import os; os.write(2, b'no such codec'); os._exit(3)", "import time; time.sleep(60)"):
            with pytest.raises(MediaUnreadable):
                await child_that(code, wall_s=3).probe(Path("any"))
    died, overran = lines
    assert (died["code"], died["stderr"]) == (3, "no such codec")
    assert overran["wall_s"] == 3


@pytest.mark.parametrize(
    "change",
    [{"width": -1}, {"width": 1.5}, {"fps": "24"}, {"mime": "x" * 100}, {"kind": "poem"}, {"size_bytes": 2**60}],
)
async def test_an_answer_with_an_impossible_value_is_a_refusal(
    studio: Any, tool: MediaTool, change: dict[str, Any]
) -> None:
    info = await tool.probe(studio.picture("photo.png"))
    answer = {name: getattr(info, name) for name in info.__slots__}
    good, bad = (json.dumps({"info": given}) for given in (answer, answer | change))
    assert await child_that(f"print({good!r})").probe(Path("any")) == info
    with pytest.raises(MediaUnreadable):
        await child_that(f"print({bad!r})").probe(Path("any"))


async def test_a_child_that_stalls_is_ended_with_all_it_started(tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    code = (
        "import os, time, pathlib\nchild = os.fork()\n"
        f"if child: pathlib.Path({str(ids)!r}).write_text(f'{{os.getpid()}} {{child}}')\ntime.sleep(60)"
    )
    with pytest.raises(MediaUnreadable):
        await child_that(code, wall_s=1.5).probe(Path("any"))
    own, grandchild = map(int, ids.read_text().split())
    assert not _runs(own)
    async with asyncio.timeout(10):  # its kill was asked for, and nobody waits for it
        while _runs(grandchild):
            await asyncio.sleep(0.01)


async def test_a_child_that_ends_by_itself_leaves_nothing_behind_that_runs_or_holds_its_answer(tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    code = (
        "import os, pathlib, time\nchild = os.fork()\n"
        f"if child: pathlib.Path({str(ids)!r}).write_text(str(child))\nelse: time.sleep(60)"
    )
    async with asyncio.timeout(20):  # far below the wall of a call, and of its grandchild
        with pytest.raises(MediaUnreadable):
            await child_that(code).probe(Path("any"))
        while _runs(int(ids.read_text())):
            await asyncio.sleep(0.01)


def _runs(pid: int) -> bool:
    """A zombie that its reaper has not met yet runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_cancelled_call_leaves_no_child(tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    os.mkfifo(ids)
    busy = child_that(f"import os, time\nopen({str(ids)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    call = asyncio.create_task(busy.probe(Path("any")))
    pid = int(await asyncio.to_thread(ids.read_text))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not _runs(pid)


@pytest.mark.parametrize("turns", range(1, 10))
async def test_a_call_that_is_cancelled_while_its_streams_open_leaves_none(turns: int) -> None:
    children = Children()
    STARTED.append(children)

    async def ask() -> None:
        async with children.one() as busy:
            await busy.code()

    call = asyncio.create_task(ask())
    for _ in range(turns):
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    gc.collect()  # what was not shut complains


async def test_a_file_that_needs_too_much_memory_is_refused(studio: Any, tmp_path: Path) -> None:
    source = studio.film("square.mp4")
    modest = MediaTool(ChildLimits(memory_bytes=500_000_000))
    assert (await modest.thumbnail(source, tmp_path / "small.jpg")).width == 320
    with pytest.raises(MediaUnreadable):
        await modest.convert(source, _to_4k(), tmp_path / "out.mp4")
    assert _names(tmp_path) == ["small.jpg"]


async def test_a_file_that_needs_too_much_time_is_refused(studio: Any, tmp_path: Path) -> None:
    source = studio.film("noise.mp4", 1, (1280, 720), noise=True)
    for limits in (ChildLimits(cpu_s=1), ChildLimits(wall_s=0.3)):
        with pytest.raises(MediaUnreadable):
            await MediaTool(limits).convert(source, _to_4k(), tmp_path / "out.mp4")
    assert _names(tmp_path) == []


async def test_an_output_that_grows_too_large_is_refused(studio: Any, tmp_path: Path) -> None:
    source = studio.film("noise.mp4", 1, (1280, 720), noise=True)
    with pytest.raises(MediaUnreadable):
        await MediaTool(ChildLimits(max_output_bytes=20_000)).playable(source, tmp_path / "out.mp4")
    assert _names(tmp_path) == []


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _to_4k() -> Conversion:
    return Conversion(mime=MP4, max_bytes=100_000_000, width=3840, height=2160, fps=60)


async def test_a_failed_conversion_leaves_the_old_output(studio: Any, tool: MediaTool, tmp_path: Path) -> None:
    out = tmp_path / "out.jpg"
    out.write_bytes(b"before")
    with pytest.raises(MediaUnreadable):
        await tool.convert(studio.data("text.mp4", b"no film"), Conversion(mime=JPEG, max_bytes=9000), out)
    assert out.read_bytes() == b"before"
    assert _names(tmp_path) == ["out.jpg"]


async def test_a_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TELEGRAM_TOKEN", "ARK_API_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "hush")
    seen = tmp_path / "seen.json"
    with pytest.raises(MediaUnreadable):
        await child_that(
            "import os, json, pathlib\n"
            f"pathlib.Path({str(seen)!r}).write_text(json.dumps([dict(os.environ), os.listdir('/proc/self/fd')]))"
        ).probe(Path("any"))
    environment, handles = json.loads(seen.read_text())
    assert set(environment) <= {*child_environment(), "LC_CTYPE"}
    assert not [name for name in environment if any(word in name for word in ("TOKEN", "KEY", "SECRET", "URL"))]
    assert len(handles) <= 4  # three pipes and the listing itself


async def test_a_child_that_cannot_be_started_is_worth_another_try() -> None:
    with pytest.raises(Transient, match="trouble-no-process"):
        await MediaTool(children=Children(("/nonexistent/python",))).probe(Path("any"))


@pytest.mark.parametrize(("key", "error"), [("trouble-disk-full", Transient), ("trouble-import", Defect)])
async def test_trouble_of_ours_is_not_blamed_on_the_file(key: str, error: type[Exception]) -> None:
    answer = json.dumps({"failed": key})
    with pytest.raises(error, match=key):
        await child_that(f"print({answer!r})").probe(Path("any"))


async def test_re_encodes_take_turns(tmp_path: Path) -> None:
    """Each child notes how many run beside it."""
    folder = tmp_path / "running"
    folder.mkdir()
    one = child_that(
        "import os, time, pathlib\n"
        f"folder = pathlib.Path({str(folder)!r})\nmine = folder / f'{{os.getpid()}}'\nmine.touch()\ntime.sleep(0.1)\n"
        f"open({str(tmp_path / 'counts')!r}, 'a').write(f'{{len(list(folder.iterdir()))}} ')\nmine.unlink()"
    )
    calls = [one.playable(Path("any"), tmp_path / f"{number}.mp4") for number in range(3)]
    assert all(isinstance(end, MediaUnreadable) for end in await asyncio.gather(*calls, return_exceptions=True))
    assert (tmp_path / "counts").read_text().split() == ["1", "1", "1"]


def test_the_serving_process_loads_no_decoder() -> None:
    """Only the child imports av and Pillow; `bot.media.tool` must not drag them in."""
    source = Path(tool_module.__file__).parent.parent.parent
    check = "import sys, bot.media.tool; sys.exit(any(name in sys.modules for name in ('av', 'PIL', 'pillow_heif')))"
    assert subprocess.run([sys.executable, "-c", check], env={"PYTHONPATH": str(source)}, check=False).returncode == 0


def test_a_full_disk_is_told_apart_from_a_broken_file() -> None:
    assert child.failure_key(OSError(errno.ENOSPC, "full")) == "trouble-disk-full"
    assert child.failure_key(OSError(errno.EFBIG, "grew too large")) == "media-unreadable"
    assert child.failure_key(ValueError("broken")) == "media-unreadable"


async def test_children_share_what_their_forkserver_has_loaded_and_nothing_else(tmp_path: Path) -> None:
    """Two at once: neither has a handle of the other's or of the forkserver's."""
    two = child_that(
        "import os, time, pathlib\ntime.sleep(0.3)\n"
        f"pathlib.Path({str(tmp_path)!r}, str(os.getpid())).write_text(' '.join(os.listdir('/proc/self/fd')))"
    )
    await asyncio.gather(*(two.probe(Path("any")) for _ in range(2)), return_exceptions=True)
    assert [len(path.read_text().split()) <= 4 for path in tmp_path.iterdir()] == [True, True]


async def test_a_forkserver_that_was_killed_is_worth_another_try_and_there_is_a_next_one(
    studio: Any, tmp_path: Path
) -> None:
    children = Children()
    STARTED.append(children)
    tool = MediaTool(children=children)
    photo = studio.picture("photo.png")
    info = await tool.probe(photo)
    assert children._server
    children._server.kill()
    children._server.wait()
    assert await tool.probe(photo) == info
    heavy = asyncio.create_task(tool.convert(studio.film("square.mp4", 3), _to_4k(), tmp_path / "out.mp4"))
    while not list(tmp_path.glob(".*")):
        await asyncio.sleep(0.01)
    children._server.kill()
    with pytest.raises(Transient, match="trouble-no-process"):
        await heavy
    assert await tool.probe(photo) == info


async def test_a_forkserver_that_ends_at_once_is_worth_another_try() -> None:
    children = Children((sys.executable, "-c", ""))
    STARTED.append(children)
    with pytest.raises(Transient, match="trouble-no-process"):
        await MediaTool(children=children).probe(Path("any"))


async def test_with_its_forkserver_every_child_ends(tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    os.mkfifo(ids)
    busy = child_that(f"import os, time\nopen({str(ids)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    call = asyncio.create_task(busy.probe(Path("any")))
    pid = int(await asyncio.to_thread(ids.read_text))
    await asyncio.to_thread(STARTED.pop().close)
    with pytest.raises(Transient, match="trouble-no-process"):
        await call
    assert not _runs(pid)


async def test_where_nothing_can_be_forked_another_try_is_worth_it() -> None:
    serve = (
        "import os; from bot.media import forkserver\n"
        "def refuse(): raise BlockingIOError\n"
        "os.fork = refuse; forkserver.main()"
    )
    STARTED.append(Children((sys.executable, "-s", "-P", "-c", serve)))
    with pytest.raises(Transient, match="trouble-no-process"):
        await MediaTool(children=STARTED[-1]).probe(Path("any"))
