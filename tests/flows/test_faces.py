"""Real faces: where a model refuses them it is said before money is spent, on the card and in the list of models."""

from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB
from tests.flows.stage import World
from tests.flows.talk import Talk, words

SAID = {
    "en": ("This model refuses photos of real people's faces.", "no real people's faces"),
    "ru": ("Фото с лицами настоящих людей эта модель не принимает.", "без лиц настоящих людей"),
}


@pytest.mark.parametrize("language", SAID)
async def test_a_model_that_refuses_real_faces_says_so_where_a_picture_is_attached(
    world: World, dog: Path, cat: Path, language: str
) -> None:
    talk = Talk(world.ann, ANN) if language == "en" else Talk(world.bob, BOB)
    on_card, in_list = SAID[language]
    async with world.bot():
        await talk.say("/models")
        lines = words(await talk.reads("seedance-2.0", in_list)).splitlines()
        assert [in_list in line for line in lines if "seedance-2.0-fast" in line] == [True]
        await talk.say("/video a dog runs 15s")
        assert on_card not in words(await talk.card())
        await talk.say("@image1 looks at @image2", dog, cat)
        await talk.reads("@image2" if language == "en" else "@фото2", on_card)
        await talk.say("the dog runs", dog)  # still starts by itself
        await talk.reads("starts in a moment" if language == "en" else "сейчас начну", on_card)
        await talk.video()
