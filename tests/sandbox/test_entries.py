"""The embedded providers by name, and what the demo asks of a model that takes less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app import in_force
from bot.app.accounts import provider_configs
from bot.core.catalog import Model
from bot.core.errors import OperatorFault
from bot.core.media import MediaKind
from bot.providers.ark.catalog import MODELS
from bot.providers.registry import build
from bot.sandbox.demo import Story, story_for
from bot.sandbox.providers.base import Tempo
from bot.sandbox.providers.entries import entry_of, names
from bot.sandbox.render.renderer import Renderer
from bot.settings import Settings

(MODEL, *_) = MODELS
KEY = "sandbox-key-that-pays-nothing"
WIRES = {"kling-legacy": "kling", "veo": "google"}
"""Whose they are that have another name than their adapter."""


@pytest.mark.parametrize("name", names())
async def test_an_entry_makes_a_server_and_the_settings_that_use_it(name: str, tmp_path: Path) -> None:
    entry = entry_of(name)
    entry.build(KEY, Renderer(tmp_path), lambda: 0, Tempo()).attach(web.Application(), entry.path)
    variables = entry.variables(f"http://127.0.0.1:1{entry.path}", KEY)
    told: dict[str, Any] = {variable.lower(): value for variable, value in variables.items()}
    settings = Settings(_env_file=None, **told)
    (config,) = provider_configs(settings)
    registry = build([config])
    catalog = registry.catalog(settings.default_model, settings.model_order)
    assert catalog.of(settings.default_model), "the default model must be made there"
    assert config.adapter == WIRES.get(name, name)
    await registry.close()


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(OperatorFault) as caught:
        in_force(Settings(_env_file=None, sandbox_provider="nowhere"))
    assert caught.value.key == "sandbox-provider-unknown"
    assert "ark" in str(caught.value.data["known"])


def counts(images: int, audios: int = 0) -> dict[MediaKind, int]:
    return {MediaKind.IMAGE: images, MediaKind.VIDEO: 0, MediaKind.AUDIO: audios}


@pytest.mark.parametrize(
    ("model", "pictures", "song", "says"),
    [
        (MODEL, 2, True, "9:16 5s 720p"),
        (replace(MODEL, max_counts=counts(9)), 2, False, "9:16 5s 720p"),
        (replace(MODEL, max_counts=counts(1), only_s=(4, 8, 12)), 1, False, "9:16 4s 720p"),
        (replace(MODEL, max_counts=counts(2), takes_references=False), 1, False, "9:16 5s 720p"),
        (replace(MODEL, max_counts=counts(0), sizes={("1080p", "16:9"): (1920, 1080)}), 0, False, "16:9 5s 1080p"),
    ],
    ids=["all", "no sound", "one frame", "frames alone", "words alone"],
)
def test_the_demo_asks_for_what_the_model_takes(model: Model, pictures: int, song: bool, says: str) -> None:
    story = story_for(model)
    assert (story.pictures, story.song) == (pictures, song)
    assert story.caption.endswith(says)


def test_without_a_model_the_whole_story_is_told() -> None:
    assert story_for(None) == Story(story_for(MODEL).caption, 2, song=True)
