"""Files on disk: uploads are streamed there piece by piece, and handed out again under Telegram's kinds of names."""

import asyncio
import contextlib
import hashlib
import mimetypes
import secrets
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.telegram.errors import JsonDict, bad

DOWNLOAD_LIMIT_BYTES = 20 << 20
UPLOAD_LIMIT_BYTES = 50 << 20
LOCAL_UPLOAD_LIMIT_BYTES = 2000 << 20
PHOTO_LIMIT_BYTES = 10 << 20
LINK_LIFE_MS = 3_600_000
_WRITE_BYTES = 1 << 20
_SUFFIXES = {"audio/ogg": ".oga", "image/jpeg": ".jpg"}
_FOLDERS = {"photo": "photos", "video": "videos", "voice": "voice", "audio": "music", "animation": "animations"}


class TooLarge(Exception):
    """The upload is over the limit; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that arrived and has no identity yet."""

    path: Path
    name: str | None
    mime: str
    size_bytes: int


@dataclass(slots=True)
class StoredFile:
    """A file with identity. `media` is the Bot API object it was last sent as, for sending again by `file_id`."""

    unique_id: str
    file_id: str
    kind: str
    path: Path
    name: str | None
    mime: str
    size_bytes: int
    public_path: str
    link_ends_ms: int = 0
    media: JsonDict | list[JsonDict] | None = field(default=None)

    def ids(self) -> JsonDict:
        """The three fields that every file object of the Bot API has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size_bytes}


class FileStore:
    """All files of the sandbox; the oldest are forgotten when `total_bytes` is exceeded."""

    def __init__(
        self,
        folder: Path,
        now_ms: Callable[[], int],
        bot_id: int,
        total_bytes: int = 4 << 30,
        *,
        is_local: bool = False,
    ) -> None:
        self._folder = folder
        self._now_ms = now_ms
        self._bot_id = bot_id
        self._total_bytes = total_bytes
        self._used_bytes = 0
        self.is_local = is_local
        self._paths: set[Path] = set()
        self._by_unique: OrderedDict[str, StoredFile] = OrderedDict()
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    async def open(self) -> None:
        """Make the folder, and empty it of what an earlier run left."""
        await asyncio.to_thread(_fresh, self._folder)

    async def receive(self, chunks: AsyncIterator[bytes], name: str | None, mime: str, limit_bytes: int) -> Upload:
        """Stream an upload to disk; raises TooLarge."""
        path = self._folder / f"up-{secrets.token_hex(12)}"
        try:
            size_bytes = await _write(path, chunks, limit_bytes)
        except BaseException:
            await discard(path)
            raise
        return Upload(path, name, mime, size_bytes)

    @property
    def upload_limit_bytes(self) -> int:
        """What a bot may upload."""
        return LOCAL_UPLOAD_LIMIT_BYTES if self.is_local else UPLOAD_LIMIT_BYTES

    async def copy(self, source: Path) -> Upload:
        """A file of this machine, named by a bot beside a local server; raises ApiError 400."""
        target = self.new_path(source.suffix)
        try:
            await asyncio.to_thread(shutil.copyfile, source, target)
            size_bytes = (await asyncio.to_thread(target.stat)).st_size
        except OSError:
            await discard(target)
            raise bad("wrong file identifier/HTTP URL specified") from None
        mime = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
        return Upload(target, source.name, mime, size_bytes)

    def new_path(self, suffix: str = "") -> Path:
        """A free path in the store's folder, for a thumbnail or a picture made smaller."""
        return self._folder / f"made-{secrets.token_hex(12)}{suffix}"

    def adopt(self, upload: Upload, kind: str) -> StoredFile:
        """Give an upload its identity as a file of `kind`."""
        unique_id = "AgAD" + secrets.token_urlsafe(9)
        number = len(self._by_unique) + 1
        stored = StoredFile(
            unique_id=unique_id,
            file_id=self._file_id(kind, unique_id),
            kind=kind,
            path=upload.path,
            name=upload.name,
            mime=upload.mime,
            size_bytes=upload.size_bytes,
            public_path=f"{_FOLDERS.get(kind, 'documents')}/file_{number}_{unique_id}{_suffix(upload)}",
        )
        self._by_unique[unique_id] = self._by_id[stored.file_id] = self._by_path[stored.public_path] = stored
        self._used_bytes += stored.size_bytes
        self._paths.add(stored.path)
        return stored

    def _file_id(self, kind: str, unique_id: str) -> str:
        """Opaque, of this bot alone, and as long as Telegram's own."""
        digest = hashlib.sha256(f"{self._bot_id}:{kind}:{unique_id}".encode()).hexdigest()
        return f"{kind[:2].upper()}ACAgIAAx{digest}"

    def holds(self, path: Path) -> bool:
        """Whether a kept file lives at `path`."""
        return path in self._paths

    async def trim(self) -> None:
        """Forget the oldest files until the rest fits."""
        while self._used_bytes > self._total_bytes and len(self._by_unique) > 1:
            _, oldest = self._by_unique.popitem(last=False)
            del self._by_id[oldest.file_id], self._by_path[oldest.public_path]
            self._used_bytes -= oldest.size_bytes
            self._paths.discard(oldest.path)
            await discard(oldest.path)

    def by_file_id(self, file_id: str) -> StoredFile:
        """The file of a `file_id`; raises ApiError 400."""
        try:
            return self._by_id[file_id]
        except KeyError:
            raise bad("wrong file identifier/HTTP URL specified") from None

    def by_unique_id(self, unique_id: str) -> StoredFile | None:
        """The file of a `file_unique_id`."""
        return self._by_unique.get(unique_id)

    def by_link(self, public_path: str) -> StoredFile | None:
        """The file of a link that `link` gave out and that is still good."""
        stored = self._by_path.get(public_path)
        return stored if stored and stored.link_ends_ms > self._now_ms() else None

    def link(self, file_id: str) -> JsonDict:
        """`getFile`'s answer; raises ApiError 400 above 20 MB. A local server names the file itself, of any size."""
        try:
            stored = self._by_id[file_id]
        except KeyError:
            raise bad("invalid file_id") from None
        if self.is_local:
            return {**stored.ids(), "file_path": str(stored.path.absolute())}
        if stored.size_bytes > DOWNLOAD_LIMIT_BYTES:
            raise bad("file is too big")
        stored.link_ends_ms = self._now_ms() + LINK_LIFE_MS
        return {**stored.ids(), "file_path": stored.public_path}


def _fresh(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for left in (*folder.glob("up-*"), *folder.glob("made-*")):
        left.unlink(missing_ok=True)


def _suffix(upload: Upload) -> str:
    named = Path(upload.name).suffix if upload.name else ""
    if named and named.isascii() and len(named) <= 8:
        return named
    return _SUFFIXES.get(upload.mime) or mimetypes.guess_extension(upload.mime) or ""


async def _write(path: Path, chunks: AsyncIterator[bytes], limit_bytes: int) -> int:
    size_bytes = 0
    handle = await asyncio.to_thread(path.open, "wb")
    try:
        async for piece in _gathered(chunks):
            size_bytes += len(piece)
            if size_bytes > limit_bytes:
                raise TooLarge
            await asyncio.to_thread(handle.write, piece)
    finally:
        await asyncio.to_thread(handle.close)
    return size_bytes


async def _gathered(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pieces of about a megabyte: one hop to a thread each."""
    gathered = bytearray()
    async for chunk in chunks:
        gathered += chunk
        if len(gathered) >= _WRITE_BYTES:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


async def discard(path: Path) -> None:
    """Remove a file if it is there."""
    with contextlib.suppress(OSError):
        await asyncio.to_thread(path.unlink, missing_ok=True)
