"""Our side of the forkserver: children as streams, each with an end that tells how it went and can be brought about."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.core.errors import Transient
from bot.media.orders import NO_FORK

COMMAND = (sys.executable, "-s", "-P", "-m", "bot.media.forkserver")
END_WALL_S = 5.0


@dataclass(frozen=True, slots=True)
class Child:
    """Its order is written once, then shut; its answer and what it complains of are read to their ends."""

    order: asyncio.StreamWriter
    answer: asyncio.StreamReader
    complaints: asyncio.StreamReader
    end: asyncio.StreamReader

    async def code(self) -> int:
        """Its exit code, when it has ended; raises Transient when there was no child or its forkserver is gone."""
        told = await self.end.read()
        if told in {b"", NO_FORK}:
            raise Transient("trouble-no-process")
        return int(told)


class Children:
    """Children of one forkserver, which is started at the first need, again when it has ended, and ends with us."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = tuple(command)
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Child]:
        """A child while the block runs; then it is no more, with all that it started.

        Raises Transient where no process can be started.
        """
        async with AsyncExitStack() as stack:
            pairs = [socket.socketpair() for _ in range(3)]
            for ours, theirs in pairs:
                stack.callback(ours.close)
                stack.callback(theirs.close)
            try:
                self._ask_for([theirs for _, theirs in pairs])
            except OSError as error:
                raise Transient("trouble-no-process") from error
            for _, theirs in pairs:
                theirs.close()
            streams = [await _opened(stack, ours) for ours, _ in pairs]
            (answer, order), (complaints, _), (end, ending) = streams
            try:
                yield Child(order, answer, complaints, end)
            finally:
                await _ended(end, ending)

    def _ask_for(self, sockets: Sequence[socket.socket]) -> None:
        if self._control is not None:
            with suppress(BrokenPipeError, ConnectionResetError):
                return self._send(self._control, sockets)
        self._control = self._start()
        return self._send(self._control, sockets)

    @staticmethod
    def _send(control: socket.socket, sockets: Sequence[socket.socket]) -> None:
        socket.send_fds(control, [b"+"], [one.fileno() for one in sockets])

    def _start(self) -> socket.socket:
        self.close()
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        try:
            with theirs:
                self._server = subprocess.Popen(  # noqa: S603 - a command of ours
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=child_environment(),
                    start_new_session=True,
                )
        except OSError:
            ours.close()
            raise
        return ours

    def close(self) -> None:
        """Ends the forkserver and every child of it; the next one starts another."""
        if self._control is not None:
            self._control.close()
        if self._server is not None:
            try:
                self._server.wait(END_WALL_S)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._control = self._server = None


async def _opened(stack: AsyncExitStack, ours: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket as streams, shut with the stack: also where the next one is never opened."""
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    stack.callback(writer.close)
    return reader, writer


async def _ended(end: asyncio.StreamReader, ending: asyncio.StreamWriter) -> None:
    """Asks for its end, and waits until it has come."""
    with suppress(OSError):
        ending.write_eof()
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(END_WALL_S):
            await end.read()


def child_environment() -> dict[str, str]:
    """All that a child is told: where the product's code lies. Nothing is inherited, so no secret can be."""
    root = str(Path(next(iter(bot.__path__))).parent)
    return {"PYTHONPATH": root, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "2"}
