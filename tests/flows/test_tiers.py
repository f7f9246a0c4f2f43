"""Limits under a name: a person's own go before their tier's, and these before the settings'."""

from __future__ import annotations

from bot.sandbox.telegram import ANN, BOB, MIA
from tests.flows.stage import World
from tests.flows.talk import Talk, words


async def test_a_tier_stands_between_the_defaults_and_a_persons_own_limits(world: World) -> None:
    ann, bob, mia = Talk(world.ann, ANN), Talk(world.bob, BOB), Talk(world.mia, MIA)
    async with world.bot(user_requests_per_day=7):
        await bob.say("/tier vip 50/day")
        await bob.reads("только оператор")
        await ann.say("/help")
        await mia.say("/tier")
        await mia.reads("There is no tier yet")
        await mia.say("/tier VIP 50/day $20/month res=720p")
        await mia.reads("Saved. vip: 50 videos a day, $20.00 a month, up to 720p.")
        await mia.say("/tier vip add @bob")
        await mia.reads("Bob has the limits of vip now")
        await bob.say("/quota")
        told = words(await bob.reads("Ваши лимиты"))
        assert all(part in told for part in ("Уровень: vip", "50 видео в день", "$20,00 в месяц", "720p"))
        await ann.say("/quota")
        assert "7 videos a day" in words(await ann.reads("Your limits here", without="Tier"))
        await mia.say("/quota @bob 9/day")
        await mia.reads("Saved. Bob: 9 videos a day.")
        await mia.say("/quota @bob")
        await mia.reads("Bob: 9 videos a day", "Tier: vip", "By default: $20.00 a month")
        await bob.say("/quota")
        await bob.reads("9 видео в день", "$20,00 в месяц")
        await mia.say("/quota @bob off")
        await mia.reads("as by default")
        await mia.say("/tier vip 1/day")
        await mia.reads("Saved. vip: 1 video a day.")
        await bob.say("/video a dog runs")
        await bob.video()
        await bob.say("/video a cat runs")
        await bob.reads("1 видео в день")
        await mia.say("/tier")
        await mia.reads("vip: 1 video a day, $20.00 a month, up to 720p · Bob")
        await mia.say("/tier vip delete")
        await mia.reads("The tier vip is gone")
        await bob.say("/video a cat runs")
        await bob.reads("720p")
        await mia.say("/audit")
        await mia.reads("Mia: changed the tier vip", "Mia: gave a tier to Bob vip", "Mia: deleted the tier vip")
    assert world.books.rows("SELECT * FROM limits") == []


async def test_what_a_tier_can_not_have_is_said_and_makes_none(world: World) -> None:
    bob, mia = Talk(world.bob, BOB), Talk(world.mia, MIA)
    async with world.bot():
        await bob.say("/help")
        for wrong, said in (
            ("vip 5/day model=nonesuch", "no model “nonesuch”"),
            ("vip 5/day wibble", "“wibble”"),
            ("vip group 5/day", "/tier vip add @name"),
            ("v.i.p 5/day", "/tier vip add @name"),
            ("vip add @bob", "There is no tier vip yet"),
            ("vip", "There is no tier vip yet"),
        ):
            asked = await mia.say(f"/tier {wrong}")
            assert said in words(await mia.answer(asked))
        assert world.books.rows("SELECT * FROM tiers") == []
        await mia.say("/tier vip unlimited")
        await mia.reads("vip: money a month: no limit, videos a day: no limit")
        await mia.say("/tier vip add @nobody_here")
        await mia.reads("I have not seen @nobody_here yet")
        await mia.say("/tier vip")
        await mia.reads("vip: videos a day: no limit, videos a minute: no limit, money a month", "nobody yet")
        await mia.say("/tier vip 5/day wibble")
        await mia.reads("“wibble”")
        await mia.say("/tier vip remove @bob")
        await mia.reads("Bob is not in vip")
        await mia.say("/tier vip add @bob")
        await mia.reads("Bob has the limits of vip")
        await mia.say("/tier vip remove @bob")
        await mia.reads("Bob has the limits of vip no more")
        for number in range(19):
            await mia.say(f"/tier tier{number} 5/day")
        await mia.reads("Saved. tier18")
        await mia.say("/tier one-more 5/day")
        await mia.reads("There are 20 tiers, which is the most")
    assert world.books.rows("SELECT * FROM users WHERE tier_id IS NOT NULL") == []
