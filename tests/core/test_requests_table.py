"""What people type, and exactly what becomes of it: the order, or all faults with their mends.

Media are written `2i 1v9 1a+`: two pictures, a video of 9 s, an audio in the tray (+); `r` marks a reply's. A picture
is 1280×720 unless a shape stands in brackets.
"""

from __future__ import annotations

import re

import pytest

from bot.core.catalog import Catalog, Model, Offer, Source
from bot.core.errors import Faults
from bot.core.media import MediaKind, Range, audio_limits, image_limits, video_limits
from bot.core.money import usd
from bot.core.parsing import read, strip_command
from bot.core.pricing import ClipPrice
from bot.core.request import Attachment, Label, Options, Origin, Role, label_attachments, versions
from bot.core.resolve import Resolution, resolve
from bot.core.routing import choose

SOURCE = Source("test", "2026-11-01")
SIZES = {
    ("480p", "16:9"): (864, 496),
    ("480p", "9:16"): (496, 864),
    ("720p", "16:9"): (1280, 720),
    ("720p", "4:3"): (1112, 834),
    ("720p", "1:1"): (960, 960),
    ("720p", "3:4"): (834, 1112),
    ("720p", "9:16"): (720, 1280),
    ("720p", "21:9"): (1470, 630),
}
LARGE = {("1080p", "16:9"): (1920, 1080), ("1080p", "9:16"): (1080, 1920), ("4k", "16:9"): (3840, 2160)}
SPAN, SIDES, SHAPE = Range(2_000, 15_000), Range(300, 6_000), Range(0.4, 2.5)
INPUTS = {
    MediaKind.IMAGE: image_limits(max_bytes=30_000_000, sides_px=SIDES, ratio=SHAPE),
    MediaKind.VIDEO: video_limits(
        max_bytes=50_000_000, duration_ms=SPAN, total_duration_ms=15_000, sides_px=SIDES, ratio=SHAPE
    ),
    MediaKind.AUDIO: audio_limits(max_bytes=15_000_000, duration_ms=SPAN, total_duration_ms=15_000),
}
COUNTS = {MediaKind.IMAGE: 9, MediaKind.VIDEO: 3, MediaKind.AUDIO: 3}


def make_model(name: str, title: str, *, longest_s: int = 15, large: bool = False, retired: str | None = None) -> Model:
    return Model(
        id=name,
        title=title,
        durations_s=(4, longest_s),
        sizes=SIZES | LARGE if large else SIZES,
        inputs=INPUTS,
        max_counts=COUNTS,
        max_files=12,
        prompt_max_chars=2_000,
        patience_s=300,
        deadline_s=1_800,
        source=SOURCE,
        video_by_link_only=True,
        retired=retired,
    )


MODELS = (
    make_model("seedance-2.0", "Seedance 2.0", large=True),
    make_model("seedance-2.0-fast", "Seedance 2.0 fast"),
    make_model("seedance-2.5", "Seedance 2.5", longest_s=30),
    make_model("sora-2", "Sora 2", retired="2026-09-24"),
)
CATALOG = Catalog(tuple(Offer("ark", model.id, model, ClipPrice({"720p": usd("0.5")}), SOURCE) for model in MODELS))
KINDS = {"i": MediaKind.IMAGE, "v": MediaKind.VIDEO, "a": MediaKind.AUDIO}
ITEM = re.compile(r"(\d+)([iva])(\d*)(?:\[(\d+)x(\d+)\])?(\d+MB)?([+r]?)")
ORIGINS = {"+": Origin.TRAY, "r": Origin.REPLY, "": Origin.MESSAGE}


def attach(media: str) -> dict[Label, Attachment]:
    found: list[Attachment] = []
    for count, kind, seconds, width, height, size, origin in ITEM.findall(media):
        for _ in range(int(count)):
            attachment = Attachment(
                media_id=len(found) + 1,
                kind=KINDS[kind],
                origin=ORIGINS[origin],
                size_bytes=int(size[:-2]) << 20 if size else 1 << 20,
                width=None if kind == "a" else int(width or 1280),
                height=None if kind == "a" else int(height or 720),
                duration_ms=int(seconds) * 1000 if seconds else None,
            )
            found.append(attachment)
    return label_attachments(found)


def told(text: str, media: str) -> str:
    """The outcome of a message as one comparable line."""
    labelled = attach(media)
    _, words = strip_command(text, "kineto_bot")
    reading = read(words, labelled)

    def able(offer: Offer) -> Resolution:
        return resolve(
            parsed,
            labelled,
            offer.model,
            Options(),
            can_link=True,
            faults=reading.faults,
            others=CATALOG.models,
        )

    outcomes = []
    for parsed in versions(reading.request):
        try:
            outcomes.append(order(choose(CATALOG, parsed.options.model, able)[1]))
        except Faults as faults:
            outcomes += [f"! {fault.key}{shown(fault.data)}{mends(fault.mends)}" for fault in faults.faults]
    return "\n".join(outcomes)


def shown(data: object) -> str:
    values = data.values() if isinstance(data, dict) else ()
    return "(" + ", ".join(str(value) for value in values) + ")"


def mends(found: object) -> str:
    buttons = (
        [" ".join(str(value) for value in mend.value.values()) for mend in found] if isinstance(found, tuple) else []
    )
    return "".join(f" [{button}]" for button in buttons)


def order(made: Resolution) -> str:
    spec = made.spec
    parts = [f"{spec.model.removeprefix('seedance-')} {spec.duration_s}s {spec.resolution} {spec.ratio}"]
    parts += [f"{ref.label}{'' if ref.role is Role.REFERENCE else ':' + ref.role}" for ref in spec.references]
    extras = {
        "silent": not spec.audio,
        "covered" if spec.spoiler else "uncovered": spec.spoiler is not None,
        f"seed {spec.seed}": spec.seed is not None,
        f"x{made.count}": made.count > 1,
        "guessed": made.guessed,
        "unused " + " ".join(map(str, made.unused)): bool(made.unused),
        " ".join(note.key for note in made.notes): bool(made.notes),
    }
    parts += [extra for extra, there in extras.items() if there]
    return f"{' · '.join(parts)} | {spec.words()}"


PLACES = "reels, tiktok, shorts, story, square, youtube, cinema"
SEVERAL = [
    ("a dog 9:16 1:1 16:9", ("9:16", "1:1", "16:9"), "a dog"),
    ("a dog, 9:16, 1:1 and 16:9", ("9:16", "1:1", "16:9"), "a dog"),
    ("a dog 9:16 + 1:1", ("9:16", "1:1"), "a dog"),
    ("a dog --ar 1:1 16:9", ("1:1", "16:9"), "a dog"),
    ("a dog --ar 9:16,1:1", ("9:16", "1:1"), "a dog"),
    ("a dog —ar 9：16，1：1", ("9:16", "1:1"), "a dog"),
    ("a dog --for reels,square", ("9:16", "1:1"), "a dog"),
    ("a dog --for reels, square, youtube", ("9:16", "1:1", "16:9"), "a dog"),
    ("a dog —for reels + cinema", ("9:16", "21:9"), "a dog"),
    ("a dog --for reels,tiktok,shorts,story", ("9:16",), "a dog"),
    ("--for reels, a dog runs", ("9:16",), "a dog runs"),
    ("собака бежит 9:16 и 1:1", ("9:16", "1:1"), "собака бежит"),
    ("собака бежит —для рилс, квадрат и ютуб", ("9:16", "1:1", "16:9"), "собака бежит"),
    ("собака\u00a0бежит —\u2060для рилс,ютуб", ("9:16", "16:9"), "собака бежит"),
    ("\u200fa dog 9∶16 1×1", ("9:16", "1:1"), "a dog"),
    ("a dog 16:9 16:9", ("16:9",), "a dog"),
]


@pytest.mark.parametrize(("text", "ratios", "prompt"), SEVERAL, ids=[text[:40] for text, _, _ in SEVERAL])
def test_several_shapes_are_a_video_each(text: str, ratios: tuple[str, ...], prompt: str) -> None:
    lines = [f"2.0 5s 720p {ratio} | {prompt}" for ratio in ratios]
    assert told(text, "").splitlines() == lines


def test_a_shape_of_several_that_is_not_made_is_the_only_fault() -> None:
    assert "! fault-ratio(5:7" in told("a dog 9:16 5:7", "")
    assert "! fault-bad-preset(rels" in told("a dog --for reels,rels", "")


GOOD = [
    ("a dog runs into the sea", "", "2.0 5s 720p 16:9 | a dog runs into the sea"),
    ("/video a dog", "", "2.0 5s 720p 16:9 | a dog"),
    ("/VIDEO@Kineto_Bot\na dog", "", "2.0 5s 720p 16:9 | a dog"),
    ("@kineto_bot, a dog 9:16", "", "2.0 5s 720p 9:16 | a dog"),
    ("make the dog run into the sea, 9:16", "1i", "2.0 5s 720p 9:16 · image1:first | make the dog run into the sea"),
    (
        "/video @image1 sings while @image2 watches, @audio1 is the song 9:16 5s 720p",
        "2i 1a9+",
        "2.0 5s 720p 9:16 · image1 · image2 · audio1 | @image1 sings while @image2 watches, @audio1 is the song",
    ),
    (
        "@фото1 читает стихи голосом из @аудио1, 10 с",
        "1i[720x1280] 1a6+",
        "2.0 10s 720p 9:16 · image1 · audio1 | @image1 читает стихи голосом из @audio1",
    ),
    (
        "@Image1 @IMG2 @photo3 @pic4",
        "4i",
        "2.0 5s 720p 16:9 · image1 · image2 · image3 · image4 | @image1 @image2 @image3 @image4",
    ),
    ("@картинка1 и @изображение2", "2i", "2.0 5s 720p 16:9 · image1 · image2 | @image1 и @image2"),
    ("@видео1 под @голос1", "1v9 1a9", "2.0 5s 720p 16:9 · video1 · audio1 | @video1 под @audio1"),
    (
        "@vid1 to @song1, @voice2 speaks",
        "1v9 2a4",
        "2.0 5s 720p 16:9 · video1 · audio1 · audio2 | @video1 to @audio1, @audio2 speaks",
    ),
    (
        "@image 1 meets @image_2 and @image-3",
        "3i",
        "2.0 5s 720p 16:9 · image1 · image2 · image3 | @image1 meets @image2 and @image3",
    ),
    ("＠image1 waves", "1i", "2.0 5s 720p 16:9 · image1:first | @image1 waves"),
    ("@\u200bimage1\u00a0waves", "1i", "2.0 5s 720p 16:9 · image1:first | @image1 waves"),
    ("@image waves", "1i", "2.0 5s 720p 16:9 · image1:first | @image1 waves"),
    ("@фото машет", "1i", "2.0 5s 720p 16:9 · image1:first | @image1 машет"),
    ("write to bob@image1.com or @image1bot", "", "2.0 5s 720p 16:9 | write to bob@image1.com or @image1bot"),
    ("@imagine a dog", "", "2.0 5s 720p 16:9 | @imagine a dog"),
    ("a dog –seed 5, runs", "", "2.0 5s 720p 16:9 · seed 5 | a dog, runs"),
    ("the dog—for once—runs—no, it flies", "", "2.0 5s 720p 16:9 | the dog—for once—runs—no, it flies"),
    ("the dog--for once--runs", "", "2.0 5s 720p 16:9 | the dog— for once— runs"),
    ("让@image1跳舞", "1i", "2.0 5s 720p 16:9 · image1:first | 让@image1跳舞"),
    ("@image1 first, @image2 last", "2i", "2.0 5s 720p 16:9 · image1:first · image2:last | @image1, @image2"),
    ("@image2 first and @image1 last", "2i", "2.0 5s 720p 16:9 · image2:first · image1:last | @image2 and @image1"),
    ("@фото1 первый кадр, @фото2 последний", "2i", "2.0 5s 720p 16:9 · image1:first · image2:last | @image1, @image2"),
    (
        "from @image1 (first frame) to @image2 (last frame)",
        "2i",
        "2.0 5s 720p 16:9 · image1:first · image2:last | from @image1 to @image2",
    ),
    ("@image1 as first frame the dog runs", "1i", "2.0 5s 720p 16:9 · image1:first | @image1 the dog runs"),
    ("@image1 first runs, then jumps", "1i", "2.0 5s 720p 16:9 · image1:first | @image1 first runs, then jumps"),
    ("@image1 reference --ar 1:1 runs", "1i", "2.0 5s 720p 1:1 · image1 | @image1 runs"),
    (
        "@audio1 first, then silence @image1",
        "1i 1a5",
        "2.0 5s 720p 16:9 · image1 · audio1 | @audio1 first, then silence @image1",
    ),
    ("they dance", "2i", "2.0 5s 720p 16:9 · image1 · image2 | @image1 @image2 they dance"),
    ("@image2 dances", "2ir", "2.0 5s 720p 16:9 · image1 · image2 | @image1 @image2 dances"),
    ("she sings", "1i 1a9+", "2.0 5s 720p 16:9 · image1:first · unused audio1 | she sings"),
    ("", "1i", "2.0 5s 720p 16:9 · image1:first | "),
    ("9:16 8s", "1i", "2.0 8s 720p 9:16 · image1:first | "),
    ("a 5s countdown in a 16:9 cinema at night", "", "2.0 5s 720p 16:9 | a 5s countdown in a 16:9 cinema at night"),
    ("a dog for 8 seconds in 9:16.", "", "2.0 8s 720p 9:16 | a dog"),
    ("собака на пляже на 8 секунд в 9:16", "", "2.0 8s 720p 9:16 | собака на пляже"),
    ("собака 9х16 15 сек 1080п", "", "2.0 15s 1080p 9:16 | собака"),
    ("a dog 9×16 6s", "", "2.0 6s 720p 9:16 | a dog"),
    ("a dog 9∶16", "", "2.0 5s 720p 9:16 | a dog"),
    ("a dog 9/16", "", "2.0 5s 720p 9:16 | a dog"),
    ('a dog 8"', "", "2.0 8s 720p 16:9 | a dog"),
    ('it says "wait 8"', "", '2.0 5s 720p 16:9 | it says "wait 8"'),
    ("we meet at 10:30", "", "2.0 5s 720p 16:9 | we meet at 10:30"),
    ("open 24/7", "", "2.0 5s 720p 16:9 | open 24/7"),
    ("a dog, 4K", "", "2.0 5s 4k 16:9 | a dog"),
    ("a dog —ar 9:16 —dur 8", "", "2.0 8s 720p 9:16 | a dog"),
    ("a dog –ar 9x16 −−res 480p", "", "2.0 5s 480p 9:16 | a dog"),
    ("--ratio=1:1 a dog --duration: 6", "", "2.0 6s 720p 1:1 | a dog"),
    ("--aspect vertical a dog --seconds 8s runs", "", "2.0 8s 720p 9:16 | a dog runs"),
    ("a dog --ar 1080x1920", "", "2.0 5s 720p 9:16 | a dog"),
    ("a dog --9:16 --8s", "", "2.0 8s 720p 9:16 | a dog"),
    ("a dog --seed 42 --n 3 --no-audio", "", "2.0 5s 720p 16:9 · silent · seed 42 · x3 | a dog"),
    ("a dog --mute --audio off", "", "2.0 5s 720p 16:9 · silent | a dog"),
    ("a dog --spoiler runs 9:16", "", "2.0 5s 720p 9:16 · covered | a dog runs"),
    ("a dog —spoiler", "", "2.0 5s 720p 16:9 · covered | a dog"),
    ("a dog --no-spoiler --mute", "", "2.0 5s 720p 16:9 · silent · uncovered | a dog"),
    ("a dog --spoiler=off", "", "2.0 5s 720p 16:9 · uncovered | a dog"),
    ("собака —спойлер", "", "2.0 5s 720p 16:9 · covered | собака"),
    ("собака --без-спойлера", "", "2.0 5s 720p 16:9 · uncovered | собака"),
    ("собака --под-спойлером 8 с", "", "2.0 8s 720p 16:9 · covered | собака"),
    ("a spoiler alert", "", "2.0 5s 720p 16:9 | a spoiler alert"),
    ("a dog --audio", "", "2.0 5s 720p 16:9 | a dog"),
    (
        "собака --формат 9:16 --сек 8 --разрешение 480п --без-звука --зерно 7",
        "",
        "2.0 8s 480p 9:16 · silent · seed 7 | собака",
    ),
    ("a dog --for reels", "", "2.0 5s 720p 9:16 | a dog"),
    ("a dog --res 720", "", "2.0 5s 720p 16:9 | a dog"),
    ("a dog --for cinema --res hd", "", "2.0 5s 720p 21:9 | a dog"),
    ("a dog --for square --ar 16:9", "", "2.0 5s 720p 16:9 | a dog"),
    ("--model seedance-2.5 a dog 20s", "", "2.5 20s 720p 16:9 | a dog"),
    ("--model Seedance 2.5 a dog", "", "2.5 5s 720p 16:9 | a dog"),
    ('--модель "seedance 2.0 fast" собака', "", "2.0-fast 5s 720p 16:9 | собака"),
    ("--model auto a dog 25s", "", "2.5 25s 720p 16:9 | a dog"),
    ("a dog --dur 8 с собакой", "", "2.0 8s 720p 16:9 | a dog с собакой"),
    ("a dog, --ar 9:16, runs", "", "2.0 5s 720p 9:16 | a dog, runs"),
    ("a dog - the best one, well-known — really", "", "2.0 5s 720p 16:9 | a dog - the best one, well-known — really"),
    ("—Привет, сказал он", "", "2.0 5s 720p 16:9 | —Привет, сказал он"),
    ("a dog -- the best", "", "2.0 5s 720p 16:9 | a dog — the best"),
    (
        "a dog --negative “people, cars” 9:16",
        "",
        "2.0 5s 720p 9:16 · note-negative-in-prompt | a dog. Avoid: people, cars",
    ),
    ("a dog --no blur, rain 9:16 8s", "", "2.0 8s 720p 9:16 · note-negative-in-prompt | a dog. Avoid: blur, rain"),
    ("a dog! --no «дождь» --no rain", "", "2.0 5s 720p 16:9 · note-negative-in-prompt | a dog! Avoid: дождь, rain"),
    ("--no rain", "1i", "2.0 5s 720p 16:9 · image1:first · note-negative-in-prompt | Avoid: rain"),
    (
        "--rs 720p a dog --cf false --fps 24 --wm true --stylize 250",
        "",
        "2.0 5s 720p 16:9 · guessed · note-flags-removed | a dog",
    ),
    ("a dog —rs 720p", "", "2.0 5s 720p 16:9 · guessed · note-flags-removed | a dog"),
    ("a dog --glitter=9 runs", "", "2.0 5s 720p 16:9 · guessed · note-flags-removed | a dog runs"),
    ("it runs", "1i[1280x853]", "2.0 5s 720p 4:3 · image1:first · guessed · note-ratio-nearest | it runs"),
    (
        "@audio1 sings @image1",
        "1i 1a40",
        "2.0 5s 720p 16:9 · image1 · audio1 · guessed · note-audio-trimmed | @audio1 sings @image1",
    ),
    ("like @video1", "1v60", "2.0 5s 720p 16:9 · video1 · guessed · note-video-trimmed | like @video1"),
    (
        "it runs",
        "1i[1400x400]",
        "2.0 5s 720p 21:9 · image1:first · guessed · note-image-padded note-ratio-nearest | it runs",
    ),
]
OFFERED = "seedance-2.0, seedance-2.0-fast, seedance-2.5"
BAD = [
    ("", "", "! fault-empty()"),
    ("--", "", "! fault-empty()"),
    ("/video", "1a5+", "! fault-empty()"),
    (
        "@image3 dances for 20 seconds in 5:7",
        "2i",
        """! fault-no-attachment(@image3, image, 2) [@image3 @image2] [@image3 ]
! fault-duration(20, 4–15, Seedance 2.0) [15] [seedance-2.5]
! fault-ratio(5:7, 16:9, 4:3, 1:1, 3:4, 9:16, 21:9) [3:4] [9:16]""",
    ),
    ("@image1 waves", "", "! fault-no-attachment(@image1, image, 0) [@image1 ]"),
    (
        "@image1 meets @image2 and @image3",
        "2i",
        "! fault-no-attachment(@image3, image, 2) [@image3 ]",
    ),
    ("@image2 meets @image3", "2i", "! fault-no-attachment(@image3, image, 2) [@image3 @image1] [@image3 ]"),
    ("@image waves", "2i", "! fault-which-attachment(@image, image, 2) [@image @image1] [@image @image2]"),
    (
        "@image0 and @видео 2",
        "1i 1v4",
        """! fault-no-attachment(@image0, image, 1) [@image0 @image1] [@image0 ]
! fault-no-attachment(@video2, video, 1) [@видео 2 @video1] [@видео 2 ]""",
    ),
    ("@audio1 plays", "1a5", "! fault-audio-alone(Seedance 2.0)"),
    ("@image1 first, @image2 and @audio1", "2i 1a5", "! fault-frames-mixed(Seedance 2.0) [reference]"),
    ("@image1 first, @image2 looks on", "2i", "! fault-frames-mixed(Seedance 2.0) [last] [reference]"),
    ("@image1 last", "1i", "! fault-last-without-first(@image1) [first] [reference]"),
    ("@image2 last, @image1 turns", "2i", "! fault-last-without-first(@image2) [first] [first] [reference]"),
    (
        "@image1 first, @image2 first",
        "2i",
        "! fault-frame-twice(first) [first last] [first last] [reference reference]",
    ),
    ("they dance", "10i", "! fault-too-many(image, 10, 9) [image10]"),
    ("they dance", "9i 2v4 2a4", "! fault-too-many-files(13, 12) [audio2]"),
    ("they dance", "4v3", "! fault-too-many(video, 4, 3) [video4]"),
    ("like @video1 and @video2", "2v9", "! media-too-long-in-total(video, 18, 15)"),
    ("like @video1", "1v1", "! media-too-short(@video1, 1, 2) [video1]"),
    ("like @video1", "1v9[1280x720]25MB", "! fault-file-too-big-for-telegram(@video1, 25, 20) [video1]"),
    ("it runs", "1i[6000x100]", "! media-odd-shape(@image1, 6000, 100, 0.4, 2.5) [image1]"),
    ("a dog 3s", "", "! fault-duration(3, 4–15, Seedance 2.0) [4]"),
    ("a dog 40s", "", "! fault-duration(40, 4–15, Seedance 2.0) [15]"),
    ("a dog 7.5s", "", "! fault-bad-duration(7.5s) [7] [8]"),
    ("a dog --dur 7.5", "", "! fault-bad-duration(7.5) [8]"),
    ("a dog --res 2K", "", "! fault-resolution(2K, 480p, 720p, 1080p, 4k, Seedance 2.0) [1080p] [4k]"),
    (
        "a dog 1080p --model seedance-2.0-fast",
        "",
        "! fault-resolution(1080p, 480p, 720p, Seedance 2.0 fast) [720p] [seedance-2.0]",
    ),
    ("a dog 100p", "", "! fault-resolution(100p, 480p, 720p, 1080p, 4k, Seedance 2.0) [480p]"),
    ("a dog --ar 5:0", "", "! fault-bad-ratio(5:0) [9:16] [1:1] [16:9]"),
    ("a dog --ar", "", "! fault-no-value(--ar) [9:16] [1:1] [16:9]"),
    ("a dog --ar --dur 8", "", "! fault-no-value(--ar) [9:16] [1:1] [16:9]"),
    ("a dog --dur abc", "", "! fault-bad-duration(abc) [5] [10]"),
    ("a dog --res high", "", "! fault-bad-resolution(high) [480p] [720p]"),
    ("a dog --seed -5", "", "! fault-bad-seed(-5, 2147483647)"),
    ("a dog --seed x", "", "! fault-bad-seed(x, 2147483647)"),
    ("a dog --n 99", "", "! fault-bad-count(99, 10) [10]"),
    (
        "a dog --for reals",
        "",
        "! fault-bad-preset(reals, reels, tiktok, shorts, story, square, youtube, cinema) [reels]",
    ),
    ("a dog --no", "", "! fault-no-value(--negative)"),
    ("a dog --model ~", "", "! fault-bad-model(~)"),
    ("a dog --durr 8", "", "! fault-option-unknown(--durr, --dur) [--durr --dur]"),
    ("a dog --audio --mute", "", "! fault-twice(audio, audio on, mute) [1] [0]"),
    ("a dog --model veo", "", f"! fault-model-unknown(veo, {OFFERED})"),
    (
        "a dog --model sedance-2.0",
        "",
        f"! fault-model-unknown(sedance-2.0, {OFFERED}) [seedance-2.0] [seedance-2.5] [seedance-2.0-fast]",
    ),
    ("a dog --model sora-2", "", "! fault-model-retired(Sora 2, 2026-09-24) [seedance-2.0]"),
    ("--model auto 40s", "1i", "! fault-duration(40, 4–15, Seedance 2.0) [15]"),
    ("a dog --for nowhere", "", f"! fault-bad-preset(nowhere, {PLACES}) [reels] [square] [youtube]"),
    ("a dog --n", "", "! fault-no-value(--n) [1] [2]"),
    (
        "@image3 dances for 20 seconds in 5:7",
        "2i",
        (
            "! fault-no-attachment(@image3, image, 2) [@image3 @image2] [@image3 ]\n"
            "! fault-duration(20, 4–15, Seedance 2.0) [15] [seedance-2.5]\n"
            "! fault-ratio(5:7, 16:9, 4:3, 1:1, 3:4, 9:16, 21:9) [3:4] [9:16]"
        ),
    ),
    ("x" * 2001, "", "! fault-prompt-too-long(2001, 2000, 1)"),
]


@pytest.mark.parametrize(("text", "media", "outcome"), GOOD, ids=[text[:40] or media for text, media, _ in GOOD])
def test_a_request_becomes_exactly_this_order(text: str, media: str, outcome: str) -> None:
    assert told(text, media) == outcome


@pytest.mark.parametrize(("text", "media", "outcome"), BAD, ids=[text[:40] or media for text, media, _ in BAD])
def test_a_bad_request_has_exactly_these_faults(text: str, media: str, outcome: str) -> None:
    assert told(text, media) == outcome
