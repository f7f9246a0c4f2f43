"""A third language is one file in the operator's folder: no code is touched, and what it lacks is told in English."""

from pathlib import Path

from bot.sandbox.telegram import ANN, User
from tests.flows.stage import World
from tests.flows.talk import Talk, buttons, words
from tests.reading import Reader

UTA = 1004
GERMAN = """\
language-name = Deutsch
command-video = Ein Video machen
card = 🎬 { $model } · { $ratio } · { $seconds } · { $resolution } · { $price } · es bleiben { $left }
card-count =
    { $count ->
        [one] { $count } Video
       *[other] { $count } Videos
    }
role-first = erstes Bild
unit-seconds = { $n } Sek.
unit-image = Bild
button-start = ▶ Los für { $price }
"""


async def test_a_file_adds_a_language_with_its_menu_plurals_and_money(world: World, tmp_path: Path, dog: Path) -> None:
    (tmp_path / "de.ftl").write_text(GERMAN)
    world.telegram.add_user(User(UTA, "Uta", "de", "uta"), started=True)
    async with Reader(world.origin, UTA) as person, world.bot(texts_dir=tmp_path):
        uta = Talk(person, UTA)
        await uta.say("@image1 runs 9:16 --n 2", dog)
        card = await uta.card()
        assert words(card).splitlines()[:3] == [
            "🎬 Seedance 2.0 · 9:16 · 5 Sek. · 720p · $1,52 · es bleiben $3,48",
            "2 Videos",
            "@image1 erstes Bild",  # @Bild1 would not be read
        ]
        assert buttons(card)[1] == "▶ Los für $1,52"
        assert "@image1: reference" in buttons(card)[0]
        menu = {entry["command"]: entry["description"] for entry in (await person.world())["bot"]["commands"]}
        assert menu["video"] == "Ein Video machen"
        assert menu["help"] == "How to ask, options and prices"
        await uta.say("/language")
        assert "Deutsch" in "".join(buttons(await uta.sees(lambda m: "English" in "".join(buttons(m)))))


async def test_a_file_of_a_language_that_is_there_replaces_sentences(world: World, tmp_path: Path) -> None:
    (tmp_path / "en.ftl").write_text("discarded = Gone with the wind. Nothing was charged.\n")
    ann = Talk(world.ann, ANN)
    async with world.bot(texts_dir=tmp_path):
        await ann.say("a dog 9:16")
        await ann.press(await ann.card(), "✕")
        await ann.reads("Gone with the wind.")
