"""Presses that spend: only what the card showed, only by those who may, and nothing dear without a price."""

from __future__ import annotations

from bot.services.heard import HeardReply
from tests.services.house import ANN, House, photo


async def card(house: House, text: str = "a cat sings 9:16") -> str:
    """A request that waits for ▶; answers its slot."""
    await house.hear(text)
    slot = await house.value("SELECT slot FROM outbox WHERE slot IS NOT NULL ORDER BY id DESC LIMIT 1")
    return str(slot)


async def test_start_makes_what_the_card_showed(house: House) -> None:
    slot = await card(house)
    assert await house.press(await house.button("▶", slot)) is None
    assert [job["quote_microusd"] for job in await house.jobs()] == [762_300]


async def test_start_does_nothing_when_another_picture_has_become_image1(house: House) -> None:
    await house.hear(None, media=photo(1), message_id=1)
    slot = await card(house, "@image1 sings 9:16")
    button = await house.button("▶", slot)
    reply = HeardReply(message_id=0, media=photo(2))
    await house.run("add", user=ANN, reply=reply)  # an older message: it comes before the other one
    assert await house.press(button) is not None
    assert await house.jobs() == []
    assert await house.press(await house.button("▶", slot)) is None
    assert len(await house.jobs()) == 1


async def test_who_was_blocked_meanwhile_starts_nothing(house: House) -> None:
    slot = await card(house)
    await house.rows("UPDATE users SET blocked_at = 1")
    toast = await house.press(await house.button("▶", slot))
    assert (await house.jobs(), bool(toast)) == ([], True)


async def repeat_button(house: House, words: str) -> str:
    slot = await card(house, words)
    await house.press(await house.button("▶", slot))
    (job,) = await house.jobs()
    await house.rows(
        "INSERT INTO buttons (nonce, user_id, action, data, expires_at) VALUES ('again', :user, 'again', :data, :at)",
        user=job["user_id"],
        data=f'{{"job": {job["id"]}}}',
        at=house.clock[0] + 1_000,
    )
    return "again"


async def test_something_dear_is_made_again_only_after_its_price_was_pressed(house: House) -> None:
    await house.press(await repeat_button(house, "a cat sings 9:16 1080p"))
    assert len(await house.jobs()) == 1
    price = await house.button("▶")
    await house.sender_is_done()
    assert await house.press(price) is None
    assert len(await house.jobs()) == 2


async def test_something_cheap_is_made_again_at_once(house: House) -> None:
    await house.press(await repeat_button(house, "a cat sings 9:16"))
    assert len(await house.jobs()) == 2


async def test_a_repeat_over_a_limit_leaves_a_button_for_later(house: House) -> None:
    button = await repeat_button(house, "a cat sings 9:16")
    await house.rows(
        "INSERT INTO limits (scope, scope_id, measure, period, value, updated_at)"
        " VALUES ('user', 1, 'active', 'now', 0, 0)"
    )
    await house.press(button)
    assert (len(await house.jobs()), await house.words()) == (1, ["↻ Again"])
