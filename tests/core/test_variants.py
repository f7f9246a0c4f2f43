"""A finished order made otherwise: only what its model makes, and nothing else of it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.catalog import Model
from bot.core.media import MediaKind
from bot.core.request import Label, Reference, Role, VideoSpec
from bot.core.variants import MAX_SEED, Variant, higher, other_ratios, seed_number, smaller, varied
from bot.providers.ark.catalog import MODELS

MODEL: Model = next(model for model in MODELS if model.id == "seedance-2.0")
SPEC = VideoSpec("seedance-2.0", ("a dog",), (), 8, "720p", "16:9", *MODEL.sizes["720p", "16:9"])


def test_the_next_resolution_and_the_next_smaller_one_keep_the_shape() -> None:
    assert higher(SPEC, MODEL) == Variant(resolution="1080p")
    assert smaller(SPEC, MODEL) == Variant(resolution="480p")


def test_below_the_lowest_resolution_the_clip_gets_shorter() -> None:
    low = replace(SPEC, resolution="480p")
    assert smaller(low, MODEL) == Variant(duration_s=4)
    assert smaller(replace(low, duration_s=4), MODEL) is None


def test_a_length_that_is_made_at_one_resolution_only_is_offered_at_no_other() -> None:
    narrow = replace(MODEL, seconds_at={"1080p": (5,)})
    assert higher(SPEC, narrow) != Variant(resolution="1080p")
    assert varied(SPEC, narrow, Variant(resolution="1080p"), None, 0) is None


def test_a_sound_among_the_references_narrows_no_seconds() -> None:
    narrow = replace(MODEL, reference_s=(8,))
    low = replace(SPEC, resolution="480p")
    heard, seen = (
        replace(low, references=(Reference(Label(kind, 1), Role.REFERENCE, 7),))
        for kind in (MediaKind.AUDIO, MediaKind.IMAGE)
    )
    assert (smaller(heard, narrow), smaller(seen, narrow)) == (Variant(duration_s=4), None)


def test_with_a_first_frame_only_framed_sizes_count() -> None:
    framed = replace(MODEL, frame_sizes={("720p", "16:9"): (1280, 720), ("720p", "9:16"): (720, 1280)})
    frame = Reference(Label(MediaKind.IMAGE, 1), Role.FIRST, 7)
    with_frame = replace(SPEC, references=(frame,))
    assert other_ratios(with_frame, framed) == ["9:16"]
    assert higher(with_frame, framed) is None
    assert "1:1" in other_ratios(SPEC, framed)


@pytest.mark.parametrize(
    ("variant", "seed"),
    [
        (Variant(), None),
        (Variant(new_seed=True), 99),
        (Variant(ratio="9:16"), 7),
        (Variant(resolution="1080p"), 7),
        (Variant(duration_s=4), None),
    ],
)
def test_another_size_keeps_the_seed_that_was_used(variant: Variant, seed: int | None) -> None:
    made = varied(SPEC, MODEL, variant, 7, 99)
    assert made is not None
    assert made.seed == seed
    assert (made.prompt, made.references) == (SPEC.prompt, SPEC.references)
    assert (made.width, made.height) == MODEL.sizes[made.resolution, made.ratio]


def test_a_model_without_seeds_gets_none() -> None:
    made = varied(SPEC, replace(MODEL, takes_seed=False), Variant(new_seed=True), 7, 99)
    assert made == SPEC


def test_a_variant_is_what_its_button_carried() -> None:
    for variant in (Variant(), Variant(new_seed=True), Variant(ratio="1:1", duration_s=5)):
        assert Variant.from_data({"job": 3, "agreed": 9, **variant.to_data()}) == variant


def test_a_seed_is_one_that_every_model_takes() -> None:
    assert 0 <= seed_number(b"\xff\xff\xff\xff") < MAX_SEED
