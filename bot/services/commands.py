"""Commands other than /video: each answers in the transaction that closes its inbox row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.core.changes import Changes
from bot.core.errors import Refusal
from bot.services import (
    asking,
    bounds,
    inbox,
    library,
    listing,
    moderation,
    panel,
    passing,
    payments,
    preferring,
    privacy,
    promos,
    quiet,
    redeeming,
    refunds,
    say,
    sharing,
    standings,
    stats,
    support,
    tiers,
    words,
)
from bot.services.directory import Person, Place, may_ask, see
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.operating import allow, grant
from bot.services.planning import plan
from bot.services.refusals import error_text
from bot.services.say import Button
from bot.storage.base import Transaction

Act = Callable[[Env, Transaction, Person, Place, Asked], Awaitable[str | None]]
EXAMPLE = "a dog runs into the sea"


async def run(env: Env, name: str, asked: Asked) -> None:
    """Runs one command; its answer, if it has one, replies to the message that asked."""

    async def use_case(tx: Transaction) -> None:
        if not await inbox.close(tx, asked.update_id, env.now_ms()):
            return
        person, place = await see(env, tx, asked.user, asked.chat)
        try:
            html = await COMMANDS.get(name, _unknown)(env, tx, person, place, asked)
        except Refusal as refusal:
            html = error_text(env, person.language, refusal, person.zone)
            await quiet.refuse(env, tx, person, place, html, asked.message_id)
        else:
            if html is not None:
                await _answer(env, tx, person, place, name, asked, html)

    await env.store.transact(use_case)


async def _answer(env: Env, tx: Transaction, person: Person, place: Place, name: str, asked: Asked, html: str) -> None:
    if name in OWN and not asked.as_group:
        await say.alone(env, tx, person, place, html, reply_to=asked.message_id)
        return
    alone = person if name in PERSONAL and not asked.as_group else None
    await say.message(env, tx, place, html, person=person, reply_to=asked.message_id, only_for=alone)


async def _unknown(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """In a group another bot may be meant: nothing is said there."""
    del tx, asked
    return env.texts.render(person.language, "unknown-command") if place.is_private else None


def usual_price(env: Env, language: str) -> tuple[str, str]:
    """The default model's title and what five seconds of it cost, as texts; empty without any model."""
    try:
        made = plan(env, EXAMPLE, Changes(), [])
    except Refusal:
        return "", ""
    return made.offer.model.title, env.texts.money(language, made.quote)


async def _start(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """`/start`, perhaps by a link: a code in it is redeemed first, a video that it names is sent."""
    said: list[str] = []
    if asked.words.startswith(redeeming.LINK):
        redeemed, person = await redeeming.redeem(env, tx, person, asked.words.removeprefix(redeeming.LINK))
        said.append(redeemed)
    if not await may_ask(env.policy, tx, person, place):
        stranger = asking.stranger(env, person)
        if not said:
            raise stranger
        return "\n\n".join([*said, error_text(env, person.language, stranger)])
    if place.is_private and await passing.begun_with(env, tx, person, place, asked.words):
        return None
    said.append(env.texts.render(person.language, "start", name=person.name))
    welcome = await redeeming.welcome(env, tx, person)
    return "\n\n".join([*said, *([] if welcome is None else [welcome])])


async def _help(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    model, price = usual_price(env, person.language)
    tray = env.texts.duration(person.language, env.policy.tray_ms / 1_000)
    parts: list[str] = [env.texts.render(person.language, "help", model=model, price=price, tray=tray)]
    if env.policy.star_microusd is not None:
        parts = [f"{parts[0]}\n{env.texts.render(person.language, 'help-stars')}"]
    if env.own.business and place.is_private:
        parts.append(env.texts.render(person.language, "help-business"))
    is_read_by_another = place.is_direct and asked.as_group
    if (await moderation.ranked(env, tx, person, place, asked)).moderates and not is_read_by_another:
        parts.append(env.texts.render(person.language, "help-moderator"))
    if person.is_operator:
        parts.append(env.texts.render(person.language, "help-operator"))
    return "\n\n".join(parts)


async def _models(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    del tx, place, asked
    texts, language = env.texts, person.language
    lines = [_model_line(env, language, model_id) for model_id in [model.id for model in env.catalog.models]]
    if not lines:
        return texts.render(language, "models-none")
    return "\n".join([texts.render(language, "models-head"), *lines])


def _model_line(env: Env, language: str, model_id: str) -> str:
    offer = env.catalog.of(model_id)[0]
    model = offer.model
    try:
        price = env.texts.money(
            language, plan(env, EXAMPLE, Changes().after("set_model", {"model": model_id}), []).quote
        )
    except Refusal:
        price = "–"
    return env.texts.render(
        language,
        "models-line",
        model=model.title,
        id=model.id,
        durations=f"{model.durations_s[0]}–{env.texts.seconds(language, model.durations_s[1])}",
        resolutions=", ".join(model.resolutions),
        price=price,
        faces=model.real_people,
    )


async def _balance(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    del asked
    return await standings.balance(env, tx, person, place)


async def _language(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    names = [(code, env.texts.plain(code, "language-name")) for code in env.texts.languages]
    buttons = [[Button(name, "language", {"language": code}) for code, name in names]]
    html = env.texts.render(person.language, "language-choose")
    await say.message(env, tx, place, html, person=person, buttons=buttons, reply_to=asked.message_id, only_for=person)


async def _add(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """`/add` in reply to media lays it in the tray, with a number in that shared draft; alone it shows the tray."""
    if not await may_ask(env.policy, tx, person, place):
        raise asking.stranger(env, person)
    if asked.reply is not None:
        await asking.remember_reply(env, tx, place, asked.reply)
        if await sharing.add(env, tx, person, place, asked):
            return None
        if await asking.add_to_album(env, tx, person, place, asked.reply):
            return None
        label = await asking.add_to_tray(env, tx, person, place, asked.reply.message_id)
        if label is not None:
            await asking.offer_to_draft(env, tx, person, place)
            return env.texts.render(person.language, "added-to-tray", label=label)
    return await asking.show_tray(env, tx, person, place, asked.message_id)


async def _grant(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """New money comes from operators alone; a chat's administrators divide what their chat has."""
    act = grant if person.is_operator else moderation.gift
    return await act(env, tx, person, place, asked)


COMMANDS: Mapping[str, Act] = {
    "start": _start,
    "help": _help,
    "models": _models,
    "jobs": listing.command,
    "balance": _balance,
    "redeem": redeeming.command,
    "language": _language,
    "add": _add,
    "tray": _add,
    "cancel": listing.to_cancel,
    "save": library.save,
    "library": library.show,
    "settings": preferring.command,
    "privacy": privacy.tell,
    "forget": privacy.ask,
    "allow": allow,
    "deny": moderation.deny,
    "ceiling": bounds.ceiling,
    "clock": bounds.clock,
    "grant": _grant,
    "promo": promos.command,
    "tier": tiers.command,
    "topup": payments.topup,
    "paysupport": support.paysupport,
    "terms": support.terms,
    "refund": refunds.refund,
    "quota": panel.command,
    "block": moderation.block,
    "unblock": moderation.unblock,
    "pause": moderation.pause,
    "resume": moderation.resume,
    "halt": moderation.halt,
    "moderators": moderation.moderators,
    "words": words.command,
    "audit": stats.audit,
    "stats": stats.command,
    "ledger": stats.ledger,
}
"""Everything that is no /video. Moderators' and operators' commands check for themselves."""

OWN = frozenset({"balance", "quota", "cancel"})
"""Their answers are nobody else's: where a group would see them they go to the asker's own chat."""

PERSONAL = frozenset({"language", "models", "help", "add", "tray", "words", "redeem"})
"""Their answers interest nobody else: in a group the asker alone sees them where Telegram can, else all for a while."""

MODERATING = frozenset(
    {
        "settings",
        "quota",
        "block",
        "unblock",
        "pause",
        "resume",
        "moderators",
        "audit",
        "grant",
        "help",
        "stats",
        "words",
    }
)
"""What a chat's administrators may do: anonymous ones are heard too."""

RANKED = MODERATING | {"topup"}
"""Before these Telegram is asked who the chat's administrators are."""

MENU = (
    "video",
    "batch",
    "jobs",
    "cancel",
    "balance",
    "models",
    "add",
    "tray",
    "save",
    "library",
    "settings",
    "privacy",
    "forget",
    "quota",
    "stats",
    "language",
    "help",
)
"""What the command menu shows, in this order."""
