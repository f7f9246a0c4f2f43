"""Logs: one stream, every line readable by a machine, and no secret in any of them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import OperatorFault
from bot.telemetry import logs
from bot.telemetry.redaction import MAX_CHARS, Redactor

TOKEN = "7700001:AAsecretSecretSecretSecretSecret_-x"
KEY = 'sk-"quoted\\and/slashed&тайна'
SECRETS = (KEY, "plain-webhook-secret")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What was logged; the process's own logging is put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook)
    stream = io.StringIO()
    logs.configure("DEBUG", "json", SECRETS, stream)
    yield stream
    root.handlers[:], sys.excepthook = before[0], before[2]
    root.setLevel(before[1])
    for name in logs.QUIET:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def chained() -> Exception:
    """An error as the network layers make them: a URL with the token, deep in the chain."""
    try:
        try:
            raise ConnectionError(  # noqa: TRY301 - a chain is what is wanted
                f"https://api.telegram.org/bot{TOKEN}/getMe failed"
            )
        except ConnectionError as inner:
            raise ValueError(f"key {KEY} sent as Bearer abc.def-ghi") from inner
    except ValueError as outer:
        error = OperatorFault("provider-denied", host="h", detail=f"said plain-webhook-secret for {KEY!r}")
        error.__context__ = outer
        return error


def assert_clean(text: str) -> None:
    for secret in (TOKEN, TOKEN[8:], "plain-webhook-secret", "quoted", "slashed", "тайна", "abc.def-ghi"):
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


def test_an_event_of_ours_is_one_line_of_json(lines: io.StringIO) -> None:
    structlog.get_logger("bot.worker").warning("claim-failed", reason="database-slow", count=3)
    (event,) = events(lines)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "claim-failed", "reason": "database-slow", "count": 3, "level": "warning", "logger": "bot.worker"
    }  # fmt: skip


def test_a_line_begins_with_when_how_bad_and_what(lines: io.StringIO) -> None:
    structlog.get_logger("bot.worker").info("step", state="RUNNING", job="#K7Q2")
    assert list(events(lines)[0]) == ["timestamp", "level", "event", "job", "state", "logger"]


def test_other_libraries_speak_into_the_same_stream(lines: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling %s", "a request")
    logging.getLogger("telegram.ext").warning("careful")
    assert [(event["logger"], event["event"]) for event in events(lines)] == [
        ("aiohttp.server", "Error handling a request"), ("telegram.ext", "careful")
    ]  # fmt: skip


def test_what_is_bound_to_a_task_is_in_each_of_its_lines(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(job="#K7Q2"):
        structlog.get_logger().info("step")
        logging.getLogger("bot.providers.http").info("GET")
    assert [event["job"] for event in events(lines)] == ["#K7Q2", "#K7Q2"]


def test_below_the_level_nothing_is_said(lines: io.StringIO) -> None:
    logs.configure("WARNING", "json", SECRETS, lines)
    structlog.get_logger("x").info("quiet")
    logging.getLogger("y").info("quiet")
    structlog.get_logger("x").warning("loud")
    assert [event["event"] for event in events(lines)] == ["loud"]


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_no_secret_passes_in_a_value_a_key_or_an_object(lines: io.StringIO, fmt: logs.Format) -> None:
    logs.configure("DEBUG", fmt, SECRETS, lines)
    log = structlog.get_logger("bot")
    log.info(TOKEN.join(("asked /bot", "/sendVideo")), url=f"https://x/file/bot{TOKEN}/a.mp4", header=f"Bearer {KEY}")
    log.info("nested", data={"a": [KEY, (TOKEN,)], KEY: {"b": {KEY}}}, error=chained(), raw=KEY.encode("utf-8"))
    log.info("positional %s", TOKEN)
    logging.getLogger("aiohttp").info("GET %s with %r", f"https://x/?key={KEY}", {"Authorization": f"Bearer {KEY}"})
    logging.getLogger(TOKEN).info("a logger's name")
    assert len(lines.getvalue().splitlines()) == 5
    assert_clean(lines.getvalue())


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_no_secret_passes_in_a_chain_of_exceptions(lines: io.StringIO, fmt: logs.Format) -> None:
    logs.configure("DEBUG", fmt, SECRETS, lines)
    try:
        raise chained()
    except OperatorFault:
        structlog.get_logger("bot").exception("step-broke")
        logging.getLogger("telegram").exception("Exception happened")
    said = lines.getvalue()
    assert said.count("ConnectionError") >= 2
    assert said.count("provider-denied") >= 2
    assert_clean(said)


def test_what_nobody_caught_is_logged_without_secrets(lines: io.StringIO) -> None:
    error = chained()
    sys.excepthook(type(error), error, None)
    (event,) = events(lines)
    assert (event["event"], event["level"]) == ("uncaught", "critical")
    assert "OperatorFault" in event["exception"]
    assert_clean(lines.getvalue())


def test_the_operators_ctrl_c_is_no_fault(lines: io.StringIO) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert lines.getvalue() == ""


async def test_what_a_lost_task_raised_is_logged_without_secrets(lines: io.StringIO) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": "lost", "exception": chained()})
    (event,) = events(lines)
    assert (event["logger"], event["event"]) == ("asyncio", "lost")
    assert_clean(lines.getvalue())


def test_a_warning_is_a_line_too(lines: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"old {KEY}", stacklevel=1)
        logging.captureWarnings(capture=False)
    (event,) = events(lines)
    assert event["logger"] == "py.warnings"
    assert_clean(lines.getvalue())


def test_a_line_that_cannot_be_formatted_shows_no_arguments(
    lines: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("DEBUG", "json", SECRETS, lines)  # again: now no other handler listens
    logging.getLogger("bot.x").info("%d", KEY)
    assert lines.getvalue() == "a log line of bot.x was lost: TypeError\n"
    assert capsys.readouterr().err == ""


def test_a_broken_representation_costs_no_line(lines: io.StringIO) -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError(KEY)

    logs.configure("DEBUG", "json", SECRETS, lines)  # again: now no other handler listens
    structlog.get_logger().info("odd", thing=Broken())
    assert events(lines)[0]["thing"] == "<Broken>"


def test_an_endless_value_is_cut_in_its_middle(lines: io.StringIO) -> None:
    structlog.get_logger().info("long", text="a" * 1_000_000 + "z")
    text = events(lines)[0]["text"]
    assert len(text) < MAX_CHARS + 100
    assert text.endswith("z")


def test_a_value_that_holds_itself_is_no_endless_line(lines: io.StringIO) -> None:
    loop: dict[str, Any] = {}
    loop["again"] = loop
    structlog.get_logger().info("loop", data=loop)
    assert len(events(lines)) == 1


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"/bot{TOKEN}/getMe", "/bot***/getMe"),
        (f"bot{TOKEN.replace(':', '%3A')}", "bot***"),
        ("Authorization: Bearer abc.DEF-123_~+/=", "Authorization: Bearer ***"),
        ("'authorization': 'bearer x1'", "'authorization': 'bearer ***'"),
        ("GET /media/QUJDREVG_-/clip.mp4", "GET /media/***/clip.mp4"),
        ("POST https://b.example/callbacks/ark/s3cret?x=1", "POST https://b.example/callbacks/ark/***?x=1"),
        ("https://h/o.mp4?X-Tos-Signature=ab12&X-Tos-Date=1", "https://h/o.mp4?X-Tos-Signature=***&X-Tos-Date=1"),
        ("https://h/v1?api_key=ab12&n=1#k", "https://h/v1?api_key=***&n=1#k"),
        ("ratio 16:9 at 1700000000000:12", "ratio 16:9 at 1700000000000:12"),
        ("the bearer of news", "the bearer *** news"),
    ],
)
def test_what_looks_like_a_secret_goes(text: str, clean: str) -> None:
    assert Redactor()(text) == clean


def test_words_too_short_for_a_secret_stay() -> None:
    assert Redactor(["", "a", "abc"])("an abc") == "an abc"


@settings(deadline=None)
@given(secret=st.text(min_size=4, max_size=40).filter(lambda text: set(text) != {"*"}))
def test_a_known_secret_passes_in_no_writing(secret: str) -> None:
    stars = Redactor([secret])
    writings = [secret, repr(secret), repr([repr(secret)]), json.dumps({"a": secret}), json.dumps(repr(secret))]
    writings += [quote(secret, safe="", errors="surrogatepass"), quote_plus(secret, errors="surrogatepass")]
    assert [text for text in writings if "***" not in stars(text)] == []


@settings(deadline=None)
@given(text=st.text(alphabet="abc 123:/?&=.", max_size=200))
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor(["s3cret-key"])(text) == text


@pytest.mark.parametrize(("is_terminal", "start"), [(True, "2"), (False, "{")])
def test_a_terminal_gets_plain_lines_and_everything_else_json(is_terminal: bool, start: str) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    lines = Stream()
    logs.configure("INFO", "auto", stream=lines)
    structlog.get_logger("bot").info("started", bot="kinetogram_bot")
    assert lines.getvalue().startswith(start)
    assert "kinetogram_bot" in lines.getvalue()


def test_what_others_wrote_commands_no_terminal(lines: io.StringIO) -> None:
    logs.configure("INFO", "console", stream=lines)
    structlog.get_logger("bot").warning("died", stderr="\x1b[2J\x9b31m")
    logging.getLogger("telegram").warning("went %s", "\x1b]0;title\x07 and\rback")
    structlog.get_logger("bot").error("broke", exc_info=ValueError("\x1b[2J"))
    said = lines.getvalue()
    assert [char for char in said if not char.isprintable() and char != "\n"] == []
    assert ("stderr=\\x1b[2J\\x9b31m" in said, "went \\x1b]0;title\\x07 and\\x0dback" in said) == (True, True)
    assert "ValueError: \\x1b[2J\n" in said
