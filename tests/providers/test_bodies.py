"""Streamed bodies: what arrives is the JSON or the form that was meant, and its length was told before."""

from __future__ import annotations

import base64
import email
import email.policy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.bodies import (
    CHUNK_BYTES,
    FileChanged,
    Form,
    FormFile,
    InlineFile,
    StreamedBody,
    Tree,
    base64_size,
    open_body,
    open_form,
)


class Sink:
    """Stands where aiohttp's writer stands."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    async def write(self, chunk: bytes) -> None:
        self.chunks.append(bytes(chunk))

    @property
    def text(self) -> bytes:
        return b"".join(self.chunks)


async def sent(tree: Tree) -> tuple[StreamedBody, Sink]:
    body, sink = await open_body(tree), Sink()
    assert not body.complete
    await body.write(sink)  # type: ignore[arg-type]
    return body, sink


@pytest.mark.parametrize("size", [0, 1, 2, 3, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 5])
async def test_a_file_of_any_length_arrives_whole_and_as_long_as_told(tmp_path: Path, size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    path = tmp_path / "file"
    path.write_bytes(content)
    body, sink = await sent({"a": ["x", InlineFile(path, 'data:"quoted";base64,')], "b": 1})
    assert len(sink.text) == body.size
    value = json.loads(sink.text)["a"][1]
    assert value == 'data:"quoted";base64,' + base64.b64encode(content).decode()
    assert body.complete


async def test_no_piece_is_larger_than_a_chunk(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"1" * 1_000_000)
    _, sink = await sent([InlineFile(path)])
    assert max(len(chunk) for chunk in sink.chunks) == base64_size(CHUNK_BYTES)


async def test_a_file_that_shrinks_breaks_the_body_off(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    body = await open_body(InlineFile(path))
    path.write_bytes(b"123")
    with pytest.raises(FileChanged):
        await body.write(Sink())  # type: ignore[arg-type]
    assert not body.complete


class Jam(Sink):
    """Takes everything, and is given up while it waits for the wire."""

    async def write(self, chunk: bytes) -> None:
        await super().write(chunk)
        if chunk.endswith(b"]"):
            raise TimeoutError


async def test_a_body_given_up_while_its_last_bytes_wait_for_the_wire_may_have_arrived(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    body, jam = await open_body([InlineFile(path)]), Jam()
    with pytest.raises(TimeoutError):
        await body.write(jam)  # type: ignore[arg-type]
    assert json.loads(jam.text) == [base64.b64encode(b"12345").decode()]
    assert body.complete


async def test_what_is_shown_of_a_body_has_no_file_in_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    body = await open_body({"a": InlineFile(path)})
    assert body.decode() == '{"a":"..."}'


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
async def test_any_json_is_written_as_itself(value: Any) -> None:
    body, sink = await sent(value)
    assert json.loads(sink.text) == value
    assert len(sink.text) == body.size


@pytest.mark.parametrize("size", [0, 5, CHUNK_BYTES + 1])
async def test_a_form_arrives_as_its_fields_and_files(tmp_path: Path, size: int) -> None:
    path = tmp_path / 'a "quoted"\nname.png'
    path.write_bytes(bytes(number % 251 for number in range(size)))
    form = Form([("prompt", "кот\r\n--b"), ("seconds", "4")], [("input_reference", FormFile(path, "image/png"))])
    body, sink = await open_form(form), Sink()
    await body.write(sink)  # type: ignore[arg-type]
    assert len(sink.text) == body.size
    message = email.message_from_bytes(
        f"Content-Type: {body.content_type}\r\n\r\n".encode() + sink.text, policy=email.policy.HTTP
    )
    prompt, seconds, file = message.iter_parts()
    assert prompt.get_payload(decode=True) == "кот\r\n--b".encode()
    assert (seconds.get_param("name", header="content-disposition"), seconds.get_payload()) == ("seconds", "4")
    assert (file.get_content_type(), file.get_payload(decode=True)) == ("image/png", path.read_bytes())
    assert file.get_param("filename", header="content-disposition") == "a %22quoted%22%0Aname.png"
