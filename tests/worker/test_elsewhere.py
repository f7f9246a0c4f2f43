"""A refused face: models that are known to take people are offered with their price; nothing goes by itself."""

from __future__ import annotations

from dataclasses import replace

from bot.core.catalog import Catalog
from tests.worker.line import Line


def lets_people_in(line: Line, model: str) -> None:
    """The catalog says of one model that it takes real people."""
    offers = line.tools.env.catalog.offers
    changed = [
        replace(offer, model=replace(offer.model, real_people="allowed")) if offer.model.id == model else offer
        for offer in offers
    ]
    env = replace(line.house.env, catalog=Catalog(tuple(changed)))
    line.house.env = env
    line.changed(env=env)


async def test_after_a_refused_face_a_model_that_takes_people_is_offered_and_made_by_a_tap(line: Line) -> None:
    lets_people_in(line, "seedance-2.0-fast")
    line.fail("create", status=400, code="InputImageSensitiveContentDetected.PrivacyInformation")
    await line.ask("a dog runs")
    await line.turn()
    job = await line.job()
    assert (job["state"], job["error_key"]) == ("FAILED", "refused-face")
    assert len(await line.house.jobs()) == 1
    nonce = await line.house.button("Seedance 2.0 fast $0.61")
    assert await line.house.press(nonce) is None
    await line.turn()
    again = await line.job(2)
    assert (again["model"], again["state"]) == ("seedance-2.0-fast", "RUNNING")
    assert again["quote_microusd"] == 609_840


async def test_words_that_were_refused_meanwhile_are_made_by_no_other_model(line: Line) -> None:
    lets_people_in(line, "seedance-2.0-fast")
    line.fail("create", status=400, code="InputImageSensitiveContentDetected.PrivacyInformation")
    await line.ask("a dog runs")
    await line.turn()
    nonce = await line.house.button("Seedance 2.0 fast $0.61")
    await line.house.run("words", "add dog")
    toast = await line.house.press(nonce)
    assert toast is not None
    assert toast.startswith("There are words in it that are not taken here")
    assert len(await line.house.jobs()) == 1


async def test_what_is_not_known_to_take_people_is_not_offered(line: Line) -> None:
    line.fail("create", status=400, code="InputImageSensitiveContentDetected.PrivacyInformation")
    await line.ask("a dog runs")
    await line.turn()
    assert (await line.job())["error_key"] == "refused-face"
    assert not [words for words in await line.house.words() if "Seedance" in words]
