"""Media that the bot names by URL: fetched with Telegram's limits (20 MB, a photo 5 MB) and of the right MIME type."""

from collections.abc import AsyncIterator
from pathlib import PurePosixPath

from aiohttp import ClientError as HttpError
from aiohttp import ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from bot.sandbox.telegram.errors import bad
from bot.sandbox.telegram.files import FileStore, TooLarge, Upload

_LIMIT_BYTES = 20 << 20
_PHOTO_LIMIT_BYTES = 5 << 20
_TIMEOUT = ClientTimeout(total=60)
_MIME_STARTS: dict[str, tuple[str, ...]] = {
    "photo": ("image/",),
    "video": ("video/",),
    "audio": ("audio/",),
    "voice": ("audio/",),
    "animation": ("image/gif", "video/"),
}


async def fetch_url(files: FileStore, url: str, kind: str) -> Upload:
    """Fetch a file; raises ApiError 400."""
    limit_bytes = _PHOTO_LIMIT_BYTES if kind == "photo" else _LIMIT_BYTES
    try:
        async with ClientSession(timeout=_TIMEOUT) as session, session.get(url) as response:
            if response.status != 200:
                raise bad("failed to get HTTP URL content")
            mime = response.content_type
            if not mime.startswith(_MIME_STARTS.get(kind, ("",))):
                raise bad("wrong type of the web page content")
            name = PurePosixPath(URL(url).path).name or None
            return await files.receive(_chunks(response), name, mime, limit_bytes)
    except (HttpError, TimeoutError, TooLarge):
        raise bad("failed to get HTTP URL content") from None


async def _chunks(response: ClientResponse) -> AsyncIterator[bytes]:
    async for chunk in response.content.iter_chunked(1 << 16):
        yield chunk
