"""The operator's own models and prices over what is built in, and what is said of a file that is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from bot.app.accounts import own_models
from bot.core.catalog import Catalog
from bot.core.errors import OperatorFault
from bot.core.media import MediaKind
from bot.core.request import VideoSpec
from bot.providers.config import ProviderConfig
from bot.providers.own import PriceTable, read_own
from bot.providers.registry import build
from bot.settings import Settings
from tests.providers.kit import KEY

BYTEPLUS = "https://ark.ap-southeast.bytepluses.com/api/v3"
FREE = """
[[model]]
provider = "openai"
id = "wan-2.2"
like = "sora-2"
wire_id = "Wan-AI/Wan2.2-T2V"
title = "Wan 2.2"
seconds = [5, 3]
sizes."480p"."16:9" = [832, 480]
price.per_second = {"480p" = "0"}
"""
RAISED = """
[[model]]
provider = "ark"
id = "seedance-2.0"
prompt_max_chars = 4000
max_images = 20
max_files = 23
"""
CONTRACT = """
[prices.contract]
like = "byteplus"
source = "our contract"
date = "2026-11-01"
price."seedance-2.0".per_million_tokens = {"720p" = ["3.5", "2"]}
"""


async def catalog(text: str, *configs: ProviderConfig) -> Catalog:
    registry = build(configs, own=read_own(text))
    found = registry.catalog("seedance-2.0", [])
    await registry.close()
    return found


def order(resolution: str) -> VideoSpec:
    return VideoSpec("m", ("a cat",), (), 5, resolution, "16:9", 1280, 720)


async def test_a_self_hosted_server_s_model_costs_what_its_operator_says() -> None:
    server = ProviderConfig("openai", "http://10.0.0.5:8000/v1", "", extras={"dialect": "sglang"})
    (offer,) = (await catalog(FREE, server)).offers
    assert (offer.model.id, offer.wire_id, offer.model.title) == ("wan-2.2", "Wan-AI/Wan2.2-T2V", "Wan 2.2")
    assert offer.model.seconds_for("480p") == (3, 5)
    assert offer.model.sizes == {("480p", "16:9"): (832, 480)}
    assert offer.price.quote(order("480p"), 0) == 0


async def test_limits_of_a_built_in_model_are_raised_and_the_rest_stays() -> None:
    (offer,) = (await catalog(RAISED, ProviderConfig("ark", BYTEPLUS, KEY))).of("seedance-2.0")
    assert (offer.model.prompt_max_chars, offer.model.max_counts[MediaKind.IMAGE]) == (4000, 20)
    assert (offer.model.max_counts[MediaKind.AUDIO], offer.model.title) == (3, "Seedance 2.0")
    assert offer.price.quote(order("720p"), 0) == 762_300


async def test_a_named_list_is_the_operator_s_and_holds_only_what_it_names() -> None:
    found = await catalog(CONTRACT, ProviderConfig("ark", "https://proxy.example/api/v3", KEY, prices="contract"))
    (offer,) = found.offers
    assert offer.wire_id == "dreamina-seedance-2-0-260128"
    assert offer.model.resolutions == ("720p",)
    assert (offer.price.quote(order("720p"), 0), offer.price_source.where) == (381_150, "our contract")


async def test_a_model_is_taken_out() -> None:
    text = '[[model]]\nprovider = "ark"\nid = "seedance-2.5"\noffered = false\n'
    found = await catalog(text, ProviderConfig("ark", BYTEPLUS, KEY))
    assert "seedance-2.5" not in {offer.model.id for offer in found.offers}
    assert found.of("seedance-2.0")


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("[[model]\n", "line 1", "TOML"),
        ('[[model]]\nprovider = "ark"\n', "model 1 id", "required"),
        ('[[model]]\nprovider = "ark"\nid = "x"\nlike = "y"\nsecs = 5\n', "line 5, model 1 secs", "not permitted"),
        ('[[model]]\nprovider = "ark"\nid = "x"\nseconds = [0]\n', "line 4, model 1 seconds 1", "greater than"),
        ('[[model]]\nprovider = "ark"\nid = "x"\nprice.per_clip = {"720p" = "-1"}\n', "per_clip", "greater than"),
        ('[[model]]\nprovider = "ark"\nid = "x"\nprice = {}\n', "price", "exactly one"),
        ('[[model]]\nprovider = "ark"\nid = "Auto"\n', "model 1 id", "any model"),
        ('[[model]]\nprovider = "ark"\nid = ""\n', "model 1 id", "pattern"),
        ('[[model]]\nprovider = "ark"\nid = "x"\nsizes."720p"."wide" = [1280, 720]\n', "sizes 720p", "pattern"),
        ('[[model]]\nprovider = "ark"\nid = "x"\ndeadline_s = 99999999999999999\n', "deadline_s", "less than"),
        ('[[model]]\nprovider = "ark"\nid = "x"\nmax_images = 100000000\n', "max_images", "less than"),
    ],
)
def test_a_file_that_is_wrong_is_told_where_and_what(text: str, where: str, why: str) -> None:
    with pytest.raises(OperatorFault) as caught:
        read_own(text)
    assert caught.value.key == "models-file-wrong"
    assert where in str(caught.value.data["where"])
    assert why in str(caught.value.data["why"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[model]]\nprovider = "ark"\nid = "x"\nlike = "y"\n', "name one of the models"),
        ('[[model]]\nprovider = "ark"\nid = "x"\nlike = "seedance-2.0"\n', "say one"),
        ('[[model]]\nprovider = "arc"\nid = "seedance-2.0"\n', "name one of these: ark"),
        ('[[model]]\nprovider = "ark"\nid = "seedance-2.0"\nprice.per_clip = {"999p" = "1"}\n', "none of its sizes"),
        ('[[model]]\nprovider = "ark"\nid = "seedance-2.0"\nsizes = {}\n', "none of its sizes"),
        (
            '[[model]]\nprovider = "ark"\nid = "seedance-2.0"\nsizes."999p"."16:9" = [1280, 720]\n',
            "999p has no price",
        ),
        (
            '[[model]]\nprovider = "ark"\nid = "x"\nlike = "sora-2"\nprice.per_clip = {"720p" = "1"}\n',
            "say what ark calls it",
        ),
    ],
)
async def test_a_model_like_none_or_without_a_price_is_told(text: str, why: str) -> None:
    with pytest.raises(OperatorFault) as caught:
        await catalog(text, ProviderConfig("ark", BYTEPLUS, KEY))
    assert why in str(caught.value.data["why"])


async def test_what_is_said_of_a_provider_without_a_key_waits_for_one() -> None:
    text = '[[model]]\nprovider = "kling"\nid = "kling-3.0"\nmax_images = 1\n'
    found = await catalog(text, ProviderConfig("ark", BYTEPLUS, KEY))
    assert {offer.provider for offer in found.offers} == {"ark"}


async def test_a_price_leaves_no_size_of_a_frame_without_one() -> None:
    text = '[[model]]\nprovider = "kling"\nid = "kling-3.0"\nprice.per_second = {"720p" = "0.2"}\n'
    found = await catalog(text, ProviderConfig("kling", "https://api.kling.example", KEY))
    (offer,) = found.of("kling-3.0")
    assert offer.model.resolutions_for(framed=True) == ("720p",)


TINY = '[[model]]\nprovider = "ark"\nid = "seedance-2.0"\nprice.%s = {"720p" = "%s"}\n'


@pytest.mark.parametrize(
    ("way", "amount"), [("per_clip", "0.0000004"), ("per_clip", "0.0000009"), ("per_minute", "1e-9")]
)
def test_a_price_that_would_become_free_ends_the_start_with_a_sentence(tmp_path: Path, way: str, amount: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TINY % (way, amount), encoding="utf-8")
    own = {"MODELS_FILE": str(path), "DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'k.db'}"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        env={**os.environ, **own, "ARK_API_KEY": KEY, "TELEGRAM_BOT_TOKEN": "42:token"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "would be free: say 0, or more" in done.stderr) == (2, True), done.stderr


def test_a_price_that_would_become_free_is_named_as_it_is_written() -> None:
    with pytest.raises(ValueError, match=r"0\.00000001 is less than a millionth of a dollar"):
        PriceTable(per_second={"720p": Decimal("0.00000001")})


@pytest.mark.parametrize(
    ("way", "amount", "cost"), [("per_clip", "0", 0), ("per_clip", "0.000001", 1), ("per_second", "1e-7", 1)]
)
async def test_a_price_of_nothing_and_the_least_of_prices_hold_as_they_are_said(
    way: str, amount: str, cost: int
) -> None:
    (offer,) = (await catalog(TINY % (way, amount), ProviderConfig("ark", BYTEPLUS, KEY))).of("seedance-2.0")
    assert offer.price.quote(order("720p"), 0) == cost


def test_a_file_that_is_named_must_be_there_and_the_usual_one_may_be_absent(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault):
        own_models(Settings(_env_file=None, models_file=tmp_path / "none.toml"))
    path = tmp_path / "mine.toml"
    path.write_text(FREE, encoding="utf-8")
    assert own_models(Settings(_env_file=None, models_file=path)).model[0].id == "wan-2.2"
