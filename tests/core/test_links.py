"""Links in a text: which are attachments, where they end, and that the prompt is whole without them."""

from __future__ import annotations

import pytest

from bot.core.media import MediaKind
from bot.core.parsing import read
from bot.core.parsing.links import MAX_LINKS, find_links
from bot.core.request import Label

DOG = "https://a.example/dog.jpg"
ONE_PICTURE = [Label(MediaKind.IMAGE, 1)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{DOG} runs", [(DOG, "image")]),
        (f"the dog ({DOG}) runs", [(DOG, "image")]),
        (f"see {DOG}. It runs", [(DOG, "image")]),
        (f"собака {DOG}, море", [(DOG, "image")]),
        ("“https://a.example/a.MP4?x=1&y=2#t”", [("https://a.example/a.MP4?x=1&y=2#t", "video")]),
        ("http://a.example/song.mp3!", [("http://a.example/song.mp3", "audio")]),
        ("https://a.example/a_(1).png runs", [("https://a.example/a_(1).png", "image")]),
        (f"{DOG} and {DOG}", [(DOG, "image")]),
        ("https://a.example/dog and https://a.example/dog.html", []),
        ("https://user:word@a.example/dog.jpg", []),
        ("ftp://a.example/dog.jpg dog.jpg a.example/dog.jpg", []),
        ("https:///dog.jpg https://[1/dog.jpg", []),
        (f"https://a.example/{'x' * 2_000}.jpg", []),
    ],
)
def test_a_link_to_media_is_found_up_to_its_end(text: str, found: list[tuple[str, str]]) -> None:
    assert [(link.url, link.kind.value) for link in find_links(text)] == found


def test_of_many_links_the_first_dozen_count() -> None:
    assert len(find_links(" ".join(f"https://a.example/{number}.png" for number in range(40)))) == MAX_LINKS


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (f"the dog {DOG} runs 9:16 5s", "the dog runs"),
        (f"the dog runs 9:16 5s {DOG}", "the dog runs"),
        (f"the dog runs, {DOG}, into the sea", "the dog runs, into the sea"),
        (f"{DOG}\nthe dog runs", "the dog runs"),
        ("read https://a.example/story", "read https://a.example/story"),
    ],
)
def test_the_prompt_is_whole_without_its_links(text: str, prompt: str) -> None:
    assert "".join(map(str, read(text, ONE_PICTURE).request.prompt)) == prompt


def test_a_label_names_what_is_linked() -> None:
    reading = read(f"{DOG} @image1 first frame, it runs 9:16", ONE_PICTURE)
    assert not reading.faults
    assert reading.request.prompt[0] == ONE_PICTURE[0]
    assert reading.request.options.ratio == "9:16"
