"""Commands other than /video: each answers in the transaction that closes its inbox row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.core.changes import Changes
from bot.core.errors import Refusal
from bot.core.request import VideoSpec
from bot.services import accounts, asking, cards, inbox, moderation, panel, payments, quiet, refunds, say, stats
from bot.services.admins import rank_of
from bot.services.directory import Person, Place, may_ask, see
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.operating import allow, grant
from bot.services.planning import plan
from bot.services.say import Button
from bot.storage.base import Row, Transaction
from bot.storage.queries import load

JOBS = load("jobs")
Act = Callable[[Env, Transaction, Person, Place, Asked], Awaitable[str | None]]
PAGE = 8
MAX_PROMPT_CHARS = 60
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
            html = cards.error_text(env, person.language, refusal)
            await quiet.refuse(env, tx, person, place, html, asked.message_id)
        else:
            if html is not None:
                await say.message(env, tx, place, html, person=person, reply_to=asked.message_id)

    await env.store.transact(use_case)


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


async def _start(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    if not await may_ask(env.policy, tx, person, place):
        raise asking.stranger(env, person)
    del asked
    return env.texts.render(person.language, "start", name=person.name)


async def _help(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    del asked
    model, price = usual_price(env, person.language)
    parts: list[str] = [env.texts.render(person.language, "help", model=model, price=price)]
    if (await rank_of(env, tx, person, place)).moderates:
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
    )


async def _jobs(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    if place.is_private:
        rows = await tx.all(JOBS.of_user, user_id=person.id, before=2**62, limit=PAGE)
    else:
        rows = await tx.all(JOBS.of_user_in_chat, user_id=person.id, chat_id=place.chat_id, before=2**62, limit=PAGE)
    if not rows:
        return env.texts.render(person.language, "jobs-none")
    html = "\n".join(
        [env.texts.render(person.language, "jobs-head", count=len(rows)), *(job_line(env, person, row) for row in rows)]
    )
    buttons = [button for row in rows if (button := _job_button(env, person, row)) is not None]
    keyboard = [buttons[index : index + 3] for index in range(0, len(buttons), 3)]
    await say.message(env, tx, place, html, person=person, buttons=keyboard, reply_to=asked.message_id)
    return None


def job_line(env: Env, person: Person, row: Row) -> str:
    """One job in a list: code, state, words, cost (the quote while it is not known)."""
    words = VideoSpec.from_json(row["spec"]).words()
    short = words if len(words) <= MAX_PROMPT_CHARS else words[: MAX_PROMPT_CHARS - 1] + "…"
    ended_free = row["state"] in {"FAILED", "CANCELLED"}
    cost = 0 if ended_free else row["cost_microusd"] if row["cost_microusd"] is not None else row["quote_microusd"]
    return env.texts.render(
        person.language,
        "jobs-line",
        code=row["code"].lstrip("#"),
        state=env.texts.plain(person.language, f"state-{row['state'].lower()}"),
        prompt=short,
        cost=env.texts.money(person.language, cost),
    )


def _job_button(env: Env, person: Person, row: Row) -> Button | None:
    code = row["code"].lstrip("#")
    if row["state"] in {"DELIVERING", "DELIVERED"}:
        return Button(env.texts.plain(person.language, "button-redeliver", code=code), "redeliver", {"job": row["id"]})
    if row["state"] in {"QUEUED", "SUBMITTING", "RUNNING", "UNCERTAIN"}:
        words = f"{env.texts.plain(person.language, 'button-cancel')} #{code}"
        return Button(words, "cancel", {"job": row["id"]})
    return None


async def _balance(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str:
    del asked
    texts, language = env.texts, person.language
    at = await accounts.standing(env, tx, person, place)
    if at.payer == "chat":
        return texts.render(language, "balance-group", title=place.title, balance=texts.money(language, at.balance))
    month = at.own_money[0]
    requests = next(limit for limit in at.hard if limit.measure == "requests")
    return texts.render(
        language,
        "balance",
        left=texts.money(language, month.left),
        limit=texts.money(language, month.value),
        used=texts.money(language, month.used),
        resets=texts.moment(language, month.resets_at or 0, env.policy.zone),
        balance=texts.money(language, at.balance),
        requests=requests.used,
        requests_limit=requests.value,
    )


async def _language(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    names = [(code, env.texts.plain(code, "language-name")) for code in env.texts.languages]
    buttons = [[Button(name, "language", {"language": code}) for code, name in names]]
    html = env.texts.render(person.language, "language-choose")
    await say.message(env, tx, place, html, person=person, buttons=buttons, reply_to=asked.message_id)


async def _add(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """`/add` in reply to media lays it in the asker's tray; alone it shows the tray."""
    if not await may_ask(env.policy, tx, person, place):
        raise asking.stranger(env, person)
    if asked.reply is not None:
        await asking.remember_reply(env, tx, place, asked.reply)
        label = await asking.add_to_tray(env, tx, person, place, asked.reply.message_id)
        if label is not None:
            return env.texts.render(person.language, "added-to-tray", label=label)
    return await asking.show_tray(env, tx, person, place, asked.message_id)


async def _cancel(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """`/cancel` lists what runs, with a button each."""
    return await _jobs(env, tx, person, place, asked)


async def _grant(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> str | None:
    """New money comes from operators alone; a chat's administrators divide what their chat has."""
    act = grant if person.is_operator else moderation.gift
    return await act(env, tx, person, place, asked)


COMMANDS: Mapping[str, Act] = {
    "start": _start,
    "help": _help,
    "models": _models,
    "jobs": _jobs,
    "balance": _balance,
    "language": _language,
    "add": _add,
    "tray": _add,
    "cancel": _cancel,
    "allow": allow,
    "deny": moderation.deny,
    "grant": _grant,
    "topup": payments.topup,
    "paysupport": payments.paysupport,
    "terms": payments.terms,
    "refund": refunds.refund,
    "quota": panel.command,
    "block": moderation.block,
    "unblock": moderation.unblock,
    "pause": moderation.pause,
    "resume": moderation.resume,
    "halt": moderation.halt,
    "moderators": moderation.moderators,
    "audit": stats.audit,
    "stats": stats.command,
    "ledger": stats.ledger,
}
"""Everything that is no /video. Moderators' and operators' commands check for themselves."""

MODERATING = frozenset(
    {"quota", "block", "unblock", "pause", "resume", "moderators", "audit", "grant", "help", "stats"}
)
"""What a chat's administrators may do: before these Telegram is asked who they are, and anonymous ones are heard."""

MENU = ("video", "jobs", "balance", "models", "add", "quota", "stats", "language", "help")
"""What the command menu shows, in this order."""
