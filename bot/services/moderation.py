"""Keeping order in the chat: blocks, a pause, a stop of everything, gifts out of the pool."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.errors import LimitReached, Refusal
from bot.core.money import Microusd
from bot.services import accounts, approvals, content, homes, permits, quiet
from bot.services.admins import Rank, rank_of
from bot.services.counting import account_id
from bot.services.directory import Person, Place, place_by_id
from bot.services.env import Env
from bot.services.heard import Asked
from bot.services.operating import amount_of, deny_person, note_audit, shown_name, whom_of
from bot.services.refusals import error_text
from bot.storage.base import Transaction
from bot.storage.queries import load
from bot.texts import Html

Q, APPROVALS, JOBS, REQUESTS = load("moderation"), load("approvals"), load("jobs"), load("requests")
HERE, ENDS = frozenset({"here", "здесь", "сюда"}), frozenset({"off", "end", "выкл", "снять"})
HELD = {
    "stopped_at": "held-service",
    "denied_at": "held-denied",
    "paused_at": "held-chat",
    "blocked_here_at": "held-here",
    "blocked_at": "held-everywhere",
    "left_at": "held-left",
}
"""Why a person may not ask, the widest reason first."""


async def held(env: Env, tx: Transaction, person: Person, place: Place) -> Refusal | None:
    """What keeps a person from asking here; None when nothing does."""
    row = await tx.one(Q.held, chat_id=place.chat_id, user_id=person.id)
    if row is None:
        return None
    reasons = [key for column, key in HELD.items() if row[column] is not None]
    if person.is_operator:
        reasons = [key for key in reasons if key in {"held-service", "held-chat"}]
    if reasons:
        return Refusal(reasons[0])
    until = row["content_paused_until"] or 0
    if until > env.now_ms() and not person.is_operator:
        return content.paused(env, until)
    return await homes.elsewhere(env, tx, person, place)


async def home_of(tx: Transaction, data: Mapping[str, object], pressed_in: Place) -> Place:
    """Where what a button makes is made and paid: with the job or the request that it speaks of, wherever it stands."""
    for name, query in (("job", JOBS.get), ("request", REQUESTS.get)):
        number = data.get(name)
        row = await tx.one(query, id=number) if isinstance(number, int) else None
        if row is not None:
            return await place_by_id(tx, row["chat_id"], row["topic_id"])
    return pressed_in


async def ranked(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Rank:
    """The rank of who gives a command."""
    return await rank_of(env, tx, person, place, as_group=asked.as_group)


async def only_moderators(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> None:
    """What a member hears of a moderator's command."""
    html = env.texts.render(person.language, "moderators-only")
    await quiet.refuse(env, tx, person, place, html, asked.message_id)


async def block(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/block @name`, or in reply: out of this chat; an operator in private or with `everywhere`: out of everything."""
    return await _set_block(env, tx, person, place, asked, blocked=True)


async def unblock(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """The other way round."""
    return await _set_block(env, tx, person, place, asked, blocked=False)


async def _set_block(
    env: Env, tx: Transaction, person: Person, place: Place, asked: Asked, *, blocked: bool
) -> Html | None:
    rank = await ranked(env, tx, person, place, asked)
    if not rank.moderates:
        await only_moderators(env, tx, person, place, asked)
        return None
    words = asked.words.split()
    whom, word = await whom_of(env, tx, asked, words)
    everywhere = place.is_private or bool(words and words[-1].casefold() in {"everywhere", "везде"})
    if whom is None:
        key = "block-usage" if word is None else "unknown-person"
        return env.texts.render(person.language, key, name=word or "")
    if everywhere and rank is not Rank.OPERATOR:
        raise Refusal("operators-only")
    if blocked and (refusal := await _unblockable(env, tx, whom, place, rank)):
        return env.texts.render(person.language, refusal, name=shown_name(whom))
    await _write_block(env, tx, person, place, whom, everywhere=everywhere, blocked=blocked)
    where = "everywhere" if everywhere else "here"
    key = f"block-done-{where}" if blocked else f"unblock-done-{where}"
    done = env.texts.render(person.language, key, name=shown_name(whom))
    lifted = None if blocked else await content.lift(env, tx, person, rank, place, whom)
    return done if lifted is None else Html(f"{done}\n{lifted}")


async def _unblockable(env: Env, tx: Transaction, whom: Person, place: Place, by: Rank) -> str | None:
    """Operators can't be kept out, and administrators only by an operator."""
    rank = await rank_of(env, tx, whom, place)
    if rank is Rank.OPERATOR:
        return "block-operator"
    return "block-admin" if rank is Rank.ADMIN and by is not Rank.OPERATOR else None


async def _write_block(
    env: Env, tx: Transaction, actor: Person, place: Place, whom: Person, *, everywhere: bool, blocked: bool
) -> None:
    now = env.now_ms()
    if blocked:
        await permits.take_back(tx, whom, None if everywhere else place.chat_id)
    if everywhere:
        await tx.run(Q.block_everywhere, user_id=whom.id, at=now if blocked else None)
    elif blocked:
        await tx.run(Q.block_here, chat_id=place.chat_id, user_id=whom.id, set_by=actor.id, now=now)
    else:
        await tx.run(Q.unblock_here, chat_id=place.chat_id, user_id=whom.id)
    chat_id = None if everywhere else place.chat_id
    await note_audit(env, tx, actor.id, chat_id, "block" if blocked else "unblock", user=whom.id)


async def pause(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/pause`: this chat takes nothing new."""
    return await _set_pause(env, tx, person, place, asked, paused=True)


async def resume(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/resume`: it does again."""
    return await _set_pause(env, tx, person, place, asked, paused=False)


async def _set_pause(
    env: Env, tx: Transaction, person: Person, place: Place, asked: Asked, *, paused: bool
) -> Html | None:
    if place.is_private:
        raise Refusal("group-only")
    if not (await ranked(env, tx, person, place, asked)).moderates:
        await only_moderators(env, tx, person, place, asked)
        return None
    await tx.run(Q.pause_chat, chat_id=place.chat_id, at=env.now_ms() if paused else None)
    await note_audit(env, tx, person.id, place.chat_id, "pause" if paused else "resume")
    return env.texts.render(person.language, "pause-done" if paused else "resume-done")


async def moderators(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/moderators here`: requests over a limit go to this topic; `off`: to where they are asked; alone: says where."""
    if place.is_private:
        raise Refusal("group-only")
    if not (await ranked(env, tx, person, place, asked)).moderates:
        await only_moderators(env, tx, person, place, asked)
        return None
    if place.is_direct:
        return env.texts.render(person.language, "moderators-direct")
    word = asked.words.strip().casefold()
    if word in {*HERE, *ENDS}:
        topic = (place.topic_id or approvals.OUTSIDE_TOPICS) if word in HERE else None
        await tx.run(APPROVALS.set_moderators_at, chat_id=place.chat_id, topic_id=topic)
        await note_audit(env, tx, person.id, place.chat_id, "moderators-here" if word in HERE else "moderators-off")
        return env.texts.render(person.language, "moderators-set", here=int(word in HERE))
    row = await tx.one(APPROVALS.moderators_at, chat_id=place.chat_id)
    chosen = row is not None and row["moderators_at"] is not None
    return env.texts.render(person.language, "moderators-where", chosen=int(chosen))


async def deny(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/deny` in a group keeps the whole chat out, `/deny @name` a person: what `/allow` lets in again."""
    if not person.is_operator:
        raise Refusal("operators-only")
    whom, word = await whom_of(env, tx, asked, asked.words.split())
    if whom is None and (word is not None or place.is_private):
        return env.texts.render(person.language, "deny-usage" if word is None else "unknown-person", name=word or "")
    if whom is None:
        await tx.run(Q.deny_chat, chat_id=place.chat_id, now=env.now_ms())
        await note_audit(env, tx, person.id, place.chat_id, "deny-chat")
        return env.texts.render(person.language, "deny-done-chat", title=place.title)
    if await rank_of(env, tx, whom, place) is Rank.OPERATOR:
        return env.texts.render(person.language, "block-operator", name=shown_name(whom))
    await deny_person(env, tx, whom, person.id)
    return env.texts.render(person.language, "deny-done-user", name=shown_name(whom))


async def halt(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html:
    """`/halt`: nothing new is taken anywhere; `/halt off`: it is again. What runs goes on."""
    del place
    if not person.is_operator:
        raise Refusal("operators-only")
    ends = asked.words.strip().casefold() in ENDS
    if ends:
        await tx.run(Q.go_all)
    else:
        await tx.run(Q.stop_all, now=env.now_ms())
    await note_audit(env, tx, person.id, None, "halt-end" if ends else "halt")
    return env.texts.render(person.language, "halt-ended" if ends else "halt-done")


async def gift(env: Env, tx: Transaction, person: Person, place: Place, asked: Asked) -> Html | None:
    """`/grant @name $5` by a chat's administrator: out of the chat's own pool, which alone it may divide."""
    rank = await ranked(env, tx, person, place, asked)
    if place.is_private or not rank.moderates:
        raise Refusal("operators-only")
    words = asked.words.split()
    whom, word = await whom_of(env, tx, asked, words)
    amount = amount_of(words[0]) if len(words) == 1 else None
    if whom is None or amount is None:
        key = "unknown-person" if word is not None and whom is None else "gift-usage"
        return env.texts.render(person.language, key, name=word or "")
    return await _give(env, tx, person, place, whom, amount, f"gift:update:{asked.update_id}")


async def _give(
    env: Env, tx: Transaction, giver: Person, place: Place, whom: Person, amount: Microusd, business_id: str
) -> Html:
    pool = await accounts.balance_of(tx, await account_id(tx, "chat", place.chat_id))
    if amount > pool:
        return env.texts.render(giver.language, "gift-short", amount_microusd=amount, left_microusd=pool)
    try:
        left = await accounts.move(env, tx, ("chat", place.chat_id), ("user", whom.id), amount, business_id, giver.id)
    except LimitReached as limit:
        return error_text(env, giver.language, limit, giver.zone)
    await note_audit(env, tx, giver.id, place.chat_id, "gift", user=whom.id, amount_microusd=amount)
    name = shown_name(whom)
    return env.texts.render(giver.language, "gift-done", name=name, amount_microusd=amount, left_microusd=left)
