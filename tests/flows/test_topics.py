"""A forum whose videos are made in one topic: the way there, and what is told when the topic is gone."""

import pytest

from bot.sandbox.telegram import GROUP, MIA, WorldOptions
from tests.flows.stage import World, until
from tests.flows.talk import Talk

FORUM = pytest.mark.parametrize("world_options", [WorldOptions(started=True, forum=True, bot_is_admin=True)])


@FORUM
async def test_a_forum_s_videos_are_made_in_its_one_topic_until_that_is_gone(world: World) -> None:
    topic = world.telegram.add_topic(GROUP, "video-lab", MIA)
    ann, mia = Talk(world.ann, GROUP), Talk(world.mia, GROUP, topic.id)
    in_lab = Talk(world.ann, GROUP, topic.id)
    world.refusals |= {400}
    async with world.bot():
        await mia.say("/settings topic 1:1")
        await mia.reads("Settings of the topic video-lab", "Shape: 1:1")
        await mia.say("/settings only here")
        await mia.reads("Videos are made only in video-lab")
        await ann.say("/video a dog runs")
        await ann.reads("Here I make no videos; in this group I make them in video-lab")
        await in_lab.say("/video a cat runs")
        await until(lambda: len(world.books.jobs) == 1)
        (world.telegram.world.chats[GROUP].topics or {}).pop(topic.id)
        await in_lab.video()
        await ann.reads("The topic video-lab is gone", "every topic again")
        await ann.say("/video a bird flies")
        await until(lambda: len(world.books.jobs) == 2)
    assert '"ratio": "1:1"' in world.books.value("SELECT spec FROM jobs ORDER BY id")
