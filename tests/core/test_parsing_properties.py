"""Any text is a request or refusals with a text key, and nothing in it can reach a provider as a flag."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.changes import Changes
from bot.core.errors import Faults
from bot.core.media import MediaKind
from bot.core.parsing import clean, harmless, parse, read, replace_word, strip_command
from bot.core.parsing.options import edits
from bot.core.request import Label, Options, ParsedRequest, render

ATTACHED = [Label(MediaKind.IMAGE, 1), Label(MediaKind.IMAGE, 2), Label(MediaKind.AUDIO, 1)]
FLAGS = ["--", "—", "–", "−−", "-–", "-", " - ", "--rs 720p", "--cf false", "—rs", "--ar 9:16", "--ar", "--dur abc"]
OPTIONS = [
    "--no ",
    "“",
    "”",
    '"',
    "--negative",
    "--model x",
    "--for reels",
    "--n 3",
    "x--rs",
    "--9:16",
    "-8",
    "=",
    ",",
    ".",
]
LABELS = [
    "@image1",
    "@image",
    "@фото2",
    "＠video1",
    "@image1 first",
    " first",
    "(last)",
    "@audio1",
    "9:16",
    "8s",
    "720p",
]
ODD = ["\n", " ", "\u200b", "\u200d", "\u200f", "\u00a0", "\ufeff", "\U000f0000", "\x00", "\ud800", "👩\u200d🚀", "犬"]
PIECES = [*FLAGS, *OPTIONS, *LABELS, *ODD, " in ", "for", "dog", "собака"]
composed = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)
texts = st.text() | st.text(st.characters(codec=None)) | composed
FLAG = re.compile(r"[-\u2010-\u2015\u2212\u2043\u2e3a\u2e3b\ufe58\ufe63\uff0d]{2,}\s?\w")
ARK_FLAG = re.compile(r"(?:^|\s)[\u2013-\u2015\u2212](?:rs|rt|cf|fps|wm|frames)(?![\w\u2010-\u2015-])", re.IGNORECASE)


def worded(request: ParsedRequest) -> list[str]:
    """The prompt as providers get it, and the words to avoid."""
    names = (lambda label: f"Image {label.ordinal}", lambda label: f"@{label}", lambda label: f"[{label}]")
    return [*(render(request.prompt, name) for name in names), request.options.negative or ""]


@settings(max_examples=600, deadline=None)
@given(texts)
@example("--")
@example("-\u200d-rs 720p")
@example("- --ar 9:16 -rs")
@example("--no --rs 720p")
@example("—\u200brs 720p")
@example('--no "--rs 720p" dog')
@example("--@image1")
def test_any_text_is_a_request_or_refusals_and_harmless(text: str) -> None:
    reading = read(text, ATTACHED)
    for words in worded(reading.request):
        assert not FLAG.search(words)
        assert not ARK_FLAG.search(words)
    assert all(fault.key.startswith("fault-") for fault in reading.faults)
    if not reading.faults:
        assert parse(text, ATTACHED) == reading.request
        return
    with pytest.raises(Faults) as caught:
        parse(text, ATTACHED)
    assert [fault.key for fault in caught.value.faults] == [fault.key for fault in reading.faults]


@settings(max_examples=300, deadline=None)
@given(texts)
def test_a_prompt_is_tidy_and_names_only_what_is_attached(text: str) -> None:
    prompt = read(text, ATTACHED).request.prompt
    strings = [part for part in prompt if isinstance(part, str)]
    assert {part for part in prompt if isinstance(part, Label)} <= set(ATTACHED)
    assert "" not in strings
    for words in strings:
        assert "  " not in words
        assert not {unicodedata.category(char) for char in words.replace("\n", "")} & {"Cc", "Cs", "Co"}
    assert render(prompt, str) == render(prompt, str).strip()


@settings(max_examples=300, deadline=None)
@given(texts)
def test_reading_what_was_read_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert harmless(harmless(text)) == harmless(text)


@settings(max_examples=300, deadline=None)
@given(texts, st.sampled_from(["bot", "kineto_bot", "a.b"]))
def test_any_text_has_a_command_or_none(text: str, name: str) -> None:
    command, rest = strip_command(text, name)
    assert command is None or re.fullmatch(r"[a-z0-9_]{1,32}", command)
    assert len(rest) <= len(clean(text))


@settings(max_examples=200, deadline=None)
@given(composed)
def test_a_button_silences_the_faults_of_its_option(text: str) -> None:
    settled = Changes(Options(duration_s=8, ratio="1:1", resolution="720p", count=1, seed=1, model="m", audio=True))
    reading = read(text, ATTACHED, settled)
    options = reading.request.options
    assert (options.duration_s, options.ratio, options.count, options.audio) == (8, "1:1", 1, True)
    about_options = {"fault-bad-duration", "fault-bad-ratio", "fault-bad-count", "fault-bad-seed", "fault-bad-model"}
    assert not about_options & {fault.key for fault in reading.faults}


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("/video a dog", "video", "a dog"),
        ("/VIDEO\u00a0a dog", "video", "a dog"),
        ("/video\na dog", "video", "a dog"),
        ("\u200b /video@Kineto_Bot a dog", "video", "a dog"),
        ("/video", "video", ""),
        ("/video@other_bot a dog", None, "/video@other_bot a dog"),
        ("/videos", "videos", ""),
        ("a /video dog", None, "a /video dog"),
        ("@Kineto_Bot: a dog", None, "a dog"),
        ("make, @kineto_bot, a dog", None, "make, a dog"),
        ("/video @kineto_bot a dog", "video", "a dog"),
        ("me@kineto_bot @kineto_bottle", None, "me@kineto_bot @kineto_bottle"),
    ],
)
def test_commands_and_mentions_are_taken_off_the_words(text: str, command: str | None, rest: str) -> None:
    assert strip_command(text, "kineto_bot") == (command, rest)


@pytest.mark.parametrize("text", ["-" * 4_000, "@image" * 700, " " * 4_000, "9:16 " * 800, "--no " * 800, "(" * 4_000])
def test_a_long_text_is_read_in_no_time(text: str) -> None:
    started = time.process_time()
    read(text, ATTACHED)
    assert time.process_time() - started < 0.4


def test_a_word_is_replaced_whole_and_once_typed_oddly_still_found() -> None:
    assert replace_word("@image3, then @image33", "@image3", "@image2") == "@image2, then @image33"
    assert replace_word("a dog \u200b--durr 8", "--durr", "--dur") == "a dog --dur 8"


def test_a_replaced_word_mends_its_fault() -> None:
    changes = Changes()
    for fault in read("@image7 runs --durr 8", [ATTACHED[0]]).faults:
        changes = changes.after(fault.mends[0].action, fault.mends[0].value)
    mended = read("@image7 runs --durr 8", [ATTACHED[0]], changes)
    assert mended.faults == ()
    assert (mended.request.prompt, mended.request.options.duration_s) == ((ATTACHED[0], " runs"), 8)


def test_a_label_without_its_attachment_can_be_left_out_of_the_words() -> None:
    text = "the dog runs like @image7 into the sea"
    (fault,) = read(text, []).faults
    (mend,) = fault.mends
    mended = read(text, [], Changes().after(mend.action, mend.value))
    assert (mended.faults, mended.request.prompt) == ((), ("the dog runs like into the sea",))


@pytest.mark.parametrize("word", ["", "a", "seed", "sede"])
def test_the_distance_of_a_word_to_itself_is_nothing(word: str) -> None:
    assert edits(word, word) == 0
    assert edits(word, "") == edits("", word) == len(word)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_the_distance_is_the_same_both_ways(one: str, other: str) -> None:
    assert edits(one, other) == edits(other, one)
    assert abs(len(one) - len(other)) <= edits(one, other) <= max(len(one), len(other))
