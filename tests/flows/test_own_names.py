"""Models as an operator calls them in `models.toml`, in the words and on the buttons of a group's limits."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram import BOB, GROUP
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons

AT = "@kinetogram_bot"
OWN = """
[[model]]
provider = "ark"
id = "8k_Model"
like = "seedance-2.0-fast"
price.per_second = {"720p" = "0.01"}
"""


@pytest.mark.parametrize("said", ["8k_Model", "8K_MODEL"])
async def test_a_model_with_any_name_is_limited_in_words_and_raised_by_a_button(world: World, said: str) -> None:
    models, ann, mia = world.folder / "models.toml", Talk(world.ann, GROUP), Talk(world.mia, GROUP)
    models.write_text(OWN)
    async with world.bot(operator_ids=(BOB,), models_file=models):
        await mia.say(f"/quota{AT} model={said}")
        await mia.reads("Saved. Each member: only 8k_Model.")
        await ann.say(f"/video{AT} a dog runs --model 8k_Model")
        await ann.video()
        await mia.say(f"/quota{AT} model=seedance-2.0")
        await mia.reads("Saved. Each member: only seedance-2.0.")
        await ann.say(f"/video{AT} a cat runs --model 8k_Model")
        await ann.press(await ann.sees(lambda m: "Ask a moderator" in buttons(m)), "Ask a moderator")
        asked = await mia.sees(lambda m: "Allow Seedance 2.0, 8k_Model" in buttons(m))
        await mia.press(asked, "Allow Seedance")
        await ann.reads("A moderator raised your limit here: only seedance-2.0, 8k_Model")
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
    assert [job["model"] for job in world.books.jobs] == ["8k_Model"] * 2
