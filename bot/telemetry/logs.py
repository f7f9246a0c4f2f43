"""One log for all: structlog and the standard library's loggers meet in one redacted stream of JSON or plain lines."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.telemetry.redaction import Redactor

Format = Literal["auto", "json", "console"]
QUIET = {"asyncio": logging.WARNING, "telegram": logging.INFO, "httpx": logging.WARNING, "PIL": logging.INFO}
"""The least level of loggers that chatter."""
FIRST = ("timestamp", "level", "event", "job")
"""What a person who reads the lines looks for."""
COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def configure(level: str, fmt: Format, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Sends every log line to `stream` (stderr), without secrets. May be called again; the last call counts.

    `secrets` are the values to take out wherever they appear; Telegram tokens and Bearer values go by their looks.
    `auto` writes plain lines to a terminal, and JSON to everything else.
    """
    redact = _Redact(Redactor(secrets))
    handler = _Handler(stream or sys.stderr)
    if fmt == "auto":
        fmt = "console" if handler.stream.isatty() else "json"
    handler.setFormatter(_formatter(fmt, redact))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # modules take their logger before this runs
    )


def _shared() -> list[Processor]:
    """What every event gets, ours and other libraries' alike."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(fmt: Format, redact: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            redact,
            _renderer(fmt),
        ],
    )


def _renderer(fmt: Format) -> Processor:
    if fmt == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    return lambda logger, method, event: _harmless(plain(logger, method, event))


def _harmless(text: str) -> str:
    """What would move a terminal's cursor, or say who knows what to it, is spelled out: others wrote some of it."""
    return COMMANDS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class _Handler(logging.StreamHandler[TextIO]):
    """A line that can't be formatted is not shown with its arguments, as the standard handler would do."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        kind = type(sys.exception()).__name__
        self.stream.write(f"a log line of {record.name} was lost: {kind}\n")


class _Redact:
    """The last processor before rendering: what it lets through is plain data without secrets."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG002 - structlog's shape
        ordered = {**{name: event[name] for name in FIRST if name in event}, **event}
        return {str(key): self._redactor.plain(value) for key, value in ordered.items()}


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What would be a bare traceback on stderr, secrets and all, is a log line."""
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("uncaught", exc_info=(kind, error, trace))
