"""Media links: only what was signed, only until it expires, only media, only below DATA_DIR."""

from __future__ import annotations

import asyncio
import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.core.errors import Defect
from bot.web.links import MAX_READERS, MediaLinks
from bot.web.openat import mime_of
from tests.web.site import MP4, PNG, SECRET, TTL_MS, Clock, Site


def token_of(url: str) -> str:
    return urlsplit(url).path.split("/")[2]


def forged(site: Site, path: str) -> str:
    """A link to any path, signed with the right key: what a defect of ours could make."""
    signed = (site.clock() + TTL_MS).to_bytes(8, "big") + path.encode()
    token = base64.urlsafe_b64encode(site.links._mac(signed) + signed).rstrip(b"=").decode()
    return f"{site.base}/media/{token}/{Path(path).name}"


async def test_a_link_serves_the_file_with_its_kind_and_length(site: Site) -> None:
    answer = await site.get(site.links.url(site.keep("jobs/7/reference 0.png")))
    assert (answer.status, answer.body) == (200, PNG)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(len(PNG))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"


async def test_a_file_without_a_suffix_is_served_as_what_it_is(site: Site) -> None:
    answer = await site.get(site.links.url(site.keep("jobs/7/source0", MP4)))
    assert (answer.headers["Content-Type"], answer.body) == ("video/mp4", MP4)


async def test_a_long_file_arrives_whole(site: Site) -> None:
    content = MP4 + os.urandom(3_000_000)
    answer = await site.get(site.links.url(site.keep("long.mp4", content)))
    assert answer.body == content


async def test_head_tells_all_but_the_bytes(site: Site) -> None:
    answer = await site.get(site.links.url(site.keep("a.png")), "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(PNG))


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=1000-", 206, 1000, len(PNG)),
        ("bytes=-5", 206, len(PNG) - 5, len(PNG)),
        ("bytes=0-999999", 206, 0, len(PNG)),
        ("bytes=-999999", 206, 0, len(PNG)),
        ("bytes=5-2", 200, 0, len(PNG)),
        ("bytes=-", 200, 0, len(PNG)),
        ("bytes=0-1,4-5", 200, 0, len(PNG)),
        ("pages=1-2", 200, 0, len(PNG)),
    ],
)
async def test_a_range_is_that_part(site: Site, asked: str, status: int, start: int, end: int) -> None:
    answer = await site.get(site.links.url(site.keep("a.png")), headers={"Range": asked})
    assert (answer.status, answer.body) == (status, PNG[start:end])
    shown = f"bytes {start}-{end - 1}/{len(PNG)}" if status == 206 else None
    assert answer.headers.get("Content-Range") == shown


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
async def test_a_range_behind_the_end_is_416_with_the_length(site: Site, asked: str) -> None:
    answer = await site.get(site.links.url(site.keep("a.png")), headers={"Range": asked})
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(PNG)}")


async def test_a_range_of_another_version_is_answered_with_the_whole(site: Site) -> None:
    url = site.links.url(site.keep("a.png"))
    etag = (await site.get(url, "HEAD")).headers["ETag"]
    same = await site.get(url, headers={"Range": "bytes=0-1", "If-Range": etag})
    other = await site.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (same.status, other.status) == (206, 200)


async def test_a_link_expires(site: Site) -> None:
    url = site.links.url(site.keep("a.png"))
    site.clock.at_ms += TTL_MS - 1
    before = await site.get(url)
    site.clock.at_ms += 1
    assert (before.status, (await site.get(url)).status) == (200, 403)


async def test_no_change_of_a_token_is_taken(site: Site) -> None:
    url = site.links.url(site.keep("a.png"))
    token = token_of(url)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        other = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        assert (await site.get(url.replace(token, other))).status == 403


@pytest.mark.parametrize("token", ["x", "AAAA", "-" * 100, "%00", "%F0%9F%8E%AC", "A" * 5000, "..", "%2e%2e%2f"])
async def test_nonsense_for_a_token_is_forbidden(site: Site, token: str) -> None:
    assert (await site.get(f"/media/{token}/a.png")).status in {403, 404}


async def test_a_token_of_another_service_is_forbidden(site: Site) -> None:
    other = MediaLinks(b"another secret", site.base, site.data, site.clock, TTL_MS)
    assert (await site.get(other.url(site.keep("a.png")))).status == 403


async def test_a_token_opens_under_its_own_file_name_alone(site: Site) -> None:
    url = site.links.url(site.keep("a.png"))
    assert (await site.get(url.replace("a.png", "b.png"))).status == 403


async def test_a_file_that_is_gone_is_404(site: Site) -> None:
    path = site.keep("a.png")
    url = site.links.url(path)
    path.unlink()
    assert (await site.get(url)).status == 404


@pytest.mark.parametrize("path", ["../outside.png", "/etc/hostname", "jobs/../../outside.png", "..", "", "a\0.png"])
async def test_not_even_a_signed_path_leads_out(site: Site, path: str) -> None:
    (site.data.parent / "outside.png").write_bytes(PNG)
    assert (await site.get(forged(site, path))).status in {403, 404}


@pytest.mark.parametrize("link", ["file", "folder"])
async def test_a_symbolic_link_is_not_followed(site: Site, link: str) -> None:
    outside = site.data.parent / "outside"
    outside.mkdir()
    (outside / "a.png").write_bytes(PNG)
    if link == "file":
        (site.data / "jobs").mkdir()
        (site.data / "jobs" / "a.png").symlink_to(outside / "a.png")
    else:
        (site.data / "jobs").symlink_to(outside)
    assert (await site.get(forged(site, "jobs/a.png"))).status == 404


async def test_the_database_is_never_served(site: Site) -> None:
    assert (await site.get(site.links.url(site.data / "kinetogram.db"))).status == 404


async def test_neither_folders_nor_pipes_nor_texts_are_served(site: Site) -> None:
    (site.data / "folder").mkdir()
    os.mkfifo(site.data / "pipe")
    site.keep("page.html", b"<html><script>1</script>")
    statuses = [(await site.get(forged(site, name))).status for name in ("folder", "pipe", "page.html")]
    assert statuses == [404, 404, 404]


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside.png", "."])
def test_no_link_is_made_to_what_lies_elsewhere(tmp_path: Path, path: str) -> None:
    links = MediaLinks(SECRET, "https://bot.example.org", tmp_path, Clock(), TTL_MS)
    with pytest.raises(Defect, match="link-outside-data"):
        links.url(tmp_path / path)


def test_a_relative_data_dir_makes_the_same_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    near = MediaLinks(SECRET, "https://bot.example.org/", Path("data"), Clock(), TTL_MS)
    far = MediaLinks(SECRET, "https://bot.example.org", tmp_path / "data", Clock(), TTL_MS)
    assert near.url(Path("data/jobs/1/a.png")) == far.url(tmp_path / "data/jobs/1/a.png")
    assert near.url(Path("data/a.png")).startswith("https://bot.example.org/media/")


async def test_a_file_that_shrinks_while_it_is_sent_breaks_the_connection_off(site: Site) -> None:
    path = site.keep("a.mp4", MP4 + bytes(8_000_000))
    async with site.session.get(site.links.url(path)) as response:
        await response.content.readexactly(10)
        os.truncate(path, 100)
        with pytest.raises(aiohttp.ClientError):
            await response.read()
    assert (await site.get("/live")).status == 200


async def test_too_many_readers_at_once_are_asked_to_come_back(site: Site) -> None:
    url = site.links.url(site.keep("a.png"))
    async with asyncio.TaskGroup() as group:
        for _ in range(MAX_READERS):
            group.create_task(site.links._readers.acquire())
    assert (await site.get(url)).status == 503


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"", None),
        (b"\xff", None),
        (b"plain words", None),
    ],
)
def test_a_kind_is_read_from_the_first_bytes(head: bytes, mime: str | None) -> None:
    assert mime_of(head) == mime
