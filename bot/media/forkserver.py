"""The process that media children are forked from: `python -m bot.media.forkserver`, told over the socket on its stdin.

Its decoders are loaded once, which takes longer than most orders; it opens no file of anybody's. A byte with three
sockets asks for a child: one carries the order and the answer, one what it complains of, and one its end. On the last
the exit code is told; when its other side is shut, the child is killed. Either way all that it started goes with it.
"""

from __future__ import annotations

import gc
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from bot.media import child
from bot.media.orders import NO_FORK, SOCKETS_A_CHILD

Act = Callable[[], None]


def main(act: Act = child.main) -> None:
    """Forks until nobody listens any more; `act` is what a child does."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (child.MAX_OPEN_FILES, child.MAX_OPEN_FILES))
    with suppress(ImportError):  # each child tells it by itself
        import bot.media.work  # noqa: F401 - loaded for the children
    gc.freeze()  # what is never looked at again is never copied
    with socket.socket(fileno=os.dup(0)) as control:
        Forkserver(control, act).run()


class Forkserver:
    """`run` ends when `control` does, and takes every child along."""

    def __init__(self, control: socket.socket, act: Act) -> None:
        self._control = control
        self._act = act
        self._ends: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        bell, rung = socket.socketpair()
        rung.settimeout(0)
        bell.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(rung.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._control, selectors.EVENT_READ, self._hear)
        self._selector.register(bell, selectors.EVENT_READ, lambda: self._reap(bell))
        try:
            goes_on = True
            while goes_on:
                for key, _ in self._selector.select():
                    goes_on = key.data() and goes_on
        finally:
            for pid in self._ends:
                kill(pid)

    def _hear(self) -> bool:
        """Whether somebody still listens."""
        said, handles, _, _ = socket.recv_fds(self._control, 1, SOCKETS_A_CHILD)
        if not said:
            return False
        order, complaints, end = (socket.socket(fileno=handle) for handle in handles)
        with order, complaints:
            self._fork(order, complaints, end)
        return True

    def _fork(self, order: socket.socket, complaints: socket.socket, end: socket.socket) -> None:
        try:
            pid = os.fork()
        except OSError:
            with end, suppress(OSError):
                end.send(NO_FORK)
            return
        if pid == 0:
            become(self._act, order, complaints)
        self._ends[pid] = end
        self._selector.register(end, selectors.EVENT_READ, lambda: self._stop(pid))

    def _stop(self, pid: int) -> bool:
        """Nobody waits for this child; its end is told when it has come."""
        if pid in self._ends:  # else it was reaped at the same look
            self._selector.unregister(self._ends[pid])
            kill(pid)
        return True

    def _reap(self, bell: socket.socket) -> bool:
        with suppress(BlockingIOError):
            bell.recv(4096)
        with suppress(ChildProcessError):
            while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                pid = found.si_pid
                kill(pid)  # what it left running; until it is waited for, its number is nobody else's
                _, status = os.waitpid(pid, 0)
                end = self._ends.pop(pid)
                with suppress(KeyError):  # it was stopped
                    self._selector.unregister(end)
                with end, suppress(OSError):
                    end.send(b"%d\n" % os.waitstatus_to_exitcode(status))
        return True


def kill(pid: int) -> None:
    """A child that was not waited for yet, with its whole session; just after the fork it has none."""
    for act in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            act(pid, signal.SIGKILL)


def become(act: Act, order: socket.socket, complaints: socket.socket) -> NoReturn:
    """In the fork: nothing of the forkserver's is left but what it has loaded."""
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for handle, number in ((order.fileno(), 0), (order.fileno(), 1), (complaints.fileno(), 2)):
            os.dup2(handle, number)
        os.closerange(3, child.MAX_OPEN_FILES)
        act()
        sys.stdout.flush()
        code = 0
    except BaseException:  # noqa: BLE001 - its end is an exit code, whatever it was
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
