"""What Telegram expects of who sells: help with a payment, and the terms."""

from __future__ import annotations

from bot.core.stars import worth
from bot.services import say, subscriptions
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.payments import off, operators
from bot.storage.base import Transaction
from bot.texts import Html


async def paysupport(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/paysupport`: whom to ask about a payment; what renews itself can be stopped there."""
    if env.policy.star_microusd is None:
        return off(env, person)
    html = env.texts.render(person.language, "paysupport", operator=operators(env))
    now = await subscriptions.live(env, tx, person) if place.is_private else None
    if now is None:
        return html
    html, rows = Html(f"{html}\n{subscriptions.line(env, person, now)}"), subscriptions.buttons(env, person, now)
    await say.message(env, tx, place, html, person=person, buttons=rows, reply_to=asked.message_id)
    return None


async def terms(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/terms`: what a top-up is and what it is not."""
    del tx, place, asked
    rate = env.policy.star_microusd
    if rate is None:
        return off(env, person)
    html = env.texts.render(person.language, "terms", stars=100, price_microusd=worth(100, rate))
    monthly = env.policy.star_subscription
    if monthly is None:
        return html
    price = worth(monthly, rate)
    more = env.texts.render(person.language, "terms-subscription", stars=monthly, price_microusd=price)
    return Html(f"{html}\n{more}")
