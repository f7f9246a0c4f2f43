"""Which offer takes a request."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.core.catalog import Catalog, Model, Offer, Source
from bot.core.errors import Faults, Refusal
from bot.core.money import Microusd, usd
from bot.core.pricing import ClipPrice
from bot.core.request import Options, ParsedRequest
from bot.core.resolve import Resolution, resolve
from bot.core.routing import choose, quote

SOURCE = Source("test", "2026-11-01")


def offer(name: str, provider: str = "ark", price: str = "0.5", retired: str | None = None) -> Offer:
    model = Model(
        id=name,
        title=name.replace("-", " ").title(),
        durations_s=(4, 15),
        sizes={("720p", "16:9"): (1280, 720)},
        inputs={},
        max_counts={},
        max_files=0,
        prompt_max_chars=2_000,
        patience_s=300,
        deadline_s=1_800,
        source=SOURCE,
        retired=retired,
    )
    return Offer(provider, f"{provider}-{name}", model, ClipPrice({"720p": usd(price)}), SOURCE)


OFFERS = (
    offer("kling-3", "kling", "0.9"),
    offer("seedance-2.0"),
    offer("seedance-2.0", "seedance"),
    offer("veo-3.1", "google", "0.3"),
    offer("seedance-2.0-fast"),
    offer("sora-2", "openai", retired="2026-09-24"),
)
CATALOG = Catalog(OFFERS, aliases={"dance": "seedance-2.0"})


def able_but(*refused: str) -> Callable[[Offer], Resolution]:
    def able(candidate: Offer) -> Resolution:
        if candidate.model.id in refused:
            raise Faults([Refusal("fault-duration", model=candidate.model.id)])
        return resolve(ParsedRequest(("a dog",)), {}, candidate.model, Options(), can_link=True)

    return able


def chosen(wanted: str | None, *refused: str, catalog: Catalog = CATALOG) -> str:
    found, resolution = choose(catalog, wanted, able_but(*refused))
    assert resolution.spec.model == found.model.id
    return found.wire_id


def fault(wanted: str | None, *refused: str, catalog: Catalog = CATALOG) -> Refusal:
    with pytest.raises(Faults) as caught:
        choose(catalog, wanted, able_but(*refused))
    return caught.value.faults[0]


@pytest.mark.parametrize("name", [None, "seedance-2.0", "Seedance 2.0", "seedance2", "SEEDANCE_2", "dance"])
def test_a_named_or_the_default_model_is_its_first_offer(name: str | None) -> None:
    assert chosen(name) == "ark-seedance-2.0"


def test_a_named_model_that_can_not_is_a_fault_and_nobody_takes_over() -> None:
    assert fault("kling-3", "kling-3").data == {"model": "kling-3"}


@pytest.mark.parametrize(
    ("unable", "down", "where"),
    [
        ((), (), "ark"),
        (("ark",), (), "seedance"),
        ((), ("ark",), "seedance"),
        (("ark",), ("seedance",), "seedance"),
        (("seedance",), ("ark",), "ark"),
        ((), ("ark", "seedance"), "ark"),
    ],
)
def test_a_named_model_is_made_where_it_can_be_and_there_where_it_is_up(
    unable: tuple[str, ...], down: tuple[str, ...], where: str
) -> None:
    def able(candidate: Offer) -> Resolution:
        return able_but(*[candidate.model.id for name in unable if name == candidate.provider])(candidate)

    found, _ = choose(CATALOG, "seedance-2.0", able, lambda candidate: candidate.provider not in down)
    assert found.provider == where


def test_auto_takes_the_first_able_model_of_its_order() -> None:
    assert chosen("auto") == chosen("AUTO") == "ark-seedance-2.0"
    assert chosen("auto", "seedance-2.0") == "ark-seedance-2.0-fast"


def test_auto_goes_on_by_price_and_never_to_a_retired_model() -> None:
    assert chosen("auto", "seedance-2.0", "seedance-2.0-fast") == "google-veo-3.1"
    assert chosen("auto", "seedance-2.0", "seedance-2.0-fast", "veo-3.1") == "kling-kling-3"


def test_auto_as_the_default_model_is_legal() -> None:
    assert chosen(None, catalog=Catalog(OFFERS, default_model="auto")) == "ark-seedance-2.0"


def test_when_no_model_can_the_first_choice_says_why() -> None:
    everything = [each.model.id for each in OFFERS]
    assert fault("auto", *everything).data == {"model": "seedance-2.0"}


def test_a_retired_model_says_since_when() -> None:
    refusal = fault("Sora 2")
    assert (refusal.key, refusal.data["date"]) == ("fault-model-retired", "2026-09-24")
    assert refusal.mends[0].value == {"model": "kling-3"}


def test_an_unknown_model_offers_names_alike() -> None:
    refusal = fault("seedanse-2")
    assert refusal.key == "fault-model-unknown"
    assert [mend.value["model"] for mend in refusal.mends] == ["seedance-2.0", "seedance-2.0-fast"]
    assert fault("xyz").mends == ()


@pytest.mark.parametrize("wanted", [None, "auto", "seedance-2.0"])
def test_without_any_model_the_answer_says_so(wanted: str | None) -> None:
    assert fault(wanted, catalog=Catalog()).key == "fault-no-models"
    assert fault(wanted, catalog=Catalog((OFFERS[-1],))).key == "fault-no-models"


def test_a_quote_is_the_offers_price_for_the_whole_order() -> None:
    found, resolution = choose(CATALOG, "veo-3.1", able_but())
    assert quote(found, resolution) == Microusd(300_000)
