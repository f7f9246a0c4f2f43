"""A button press: whose it is, whether it still counts, and what it does - in one transaction, once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from bot.core.changes import Changes
from bot.core.errors import LimitReached, Refusal
from bot.core.stars import INVOICE_MS
from bot.services import (
    amending,
    approving,
    asking,
    batches,
    below,
    delivery,
    elsewhere,
    improving,
    inbox,
    jobs,
    moderation,
    panel,
    payments,
    quiet,
    receipts,
    say,
    sharing,
    stats,
    submission,
    subscriptions,
    voice,
)
from bot.services.admins import rank_of
from bot.services.directory import Person, Place, may_ask, see
from bot.services.env import Env
from bot.services.heard import Pressed
from bot.services.pressing import Act, Press, job_of
from bot.services.refusals import error_text, uncharged
from bot.services.say import Button
from bot.services.shortfalls import TOPUP
from bot.storage.base import Transaction
from bot.storage.queries import load
from bot.texts import Html
from bot.texts.markup import without_markup

BUTTONS, JOBS, DIRECTORY, OUTBOX = load("buttons"), load("jobs"), load("directory"), load("outbox")


REPEATABLE = below.REPEATABLE | {
    *(
        "details",
        "original",
        "redeliver",
        "quota-view",
        "quota-people",
        "quota-models",
        "quota-stats",
        "stats-show",
        "batch-album",
        "batch-video",
    ),
}
"""These only show or send what exists: pressing them again is welcome."""

DECIDED = below.DECIDED | frozenset(
    {
        *("ask-moderator", "approve-allow", "approve-raise", "approve-refuse"),
        *("improve", "improve-use", "improve-keep", "improve-back"),
        *("draft-open", "draft-close", "pay", "take-out"),
    }
)
"""Of these the fact is once, not the button: what could not be decided yet may be pressed again."""

ASKING = frozenset(
    {
        "start",
        "mend",
        "pick",
        "choose",
        "change",
        "again",
        "seed",
        "vary",
        "elsewhere",
        "ask-moderator",
        "voice",
        "reword",
        "improve",
        "improve-use",
        "improve-back",
        "draft-open",
        "pay",
    }
)
"""These may make a video: a block, a pause or a stop holds them too."""


async def moderates(env: Env, nonce: str) -> bool:
    """Whether a button's answer depends on who moderates, so that Telegram is asked who they are."""
    row = await env.store.read(lambda tx: tx.one(BUTTONS.get, nonce=nonce))
    return row is not None and row["action"].startswith((*MODERATING, "ask-moderator", "topup", "take-out"))


async def press(env: Env, pressed: Pressed) -> str | None:
    """Does what a button says; answers the toast to show (None: silently done)."""

    async def use_case(tx: Transaction) -> str | None:
        if not await inbox.close(tx, pressed.update_id, env.now_ms()):
            return None
        person, place = await see(env, tx, pressed.user, pressed.chat)
        toast = await _press(env, tx, person, place, pressed)
        if isinstance(toast, Refusal):
            html = error_text(env, person.language, toast, person.zone)
            return without_markup(uncharged(env, person.language, html))
        return env.texts.plain(person.language, toast) if toast is not None else None

    try:
        return await env.store.transact(use_case)
    except Refusal as refusal:  # nothing of the press stays: its button may be pressed again
        await env.store.transact(partial(_tell, env, pressed, refusal))
        return None


async def _tell(env: Env, pressed: Pressed, refusal: Refusal, tx: Transaction) -> None:
    if not await inbox.close(tx, pressed.update_id, env.now_ms()):
        return
    person, place = await see(env, tx, pressed.user, pressed.chat)
    refusal, note, buttons = await _past(env, tx, person, pressed.nonce, refusal)
    html: str = error_text(env, person.language, refusal, person.zone)
    if isinstance(refusal, LimitReached):
        html = uncharged(env, person.language, html)
    html = "\n".join([html, *([] if note is None else [note])])
    about, message_id = f"press:{pressed.nonce}:{env.now_ms()}", pressed.message_id
    rows, most = ([buttons], quiet.A_PERSON_WITH_A_MEND) if buttons else ([], quiet.A_PERSON)
    await quiet.refuse(env, tx, person, place, html, message_id, about=about, buttons=rows, most=most)


async def _past(
    env: Env, tx: Transaction, person: Person, nonce: str, refusal: Refusal
) -> tuple[Refusal, Html | None, list[Button]]:
    """What is told of the limit that a press met, and what can be done about it."""
    row = await tx.one(BUTTONS.get, nonce=nonce)
    data = json.loads(row["data"]) if row is not None and row["action"] == "elsewhere" else {}
    job = await tx.one(JOBS.get, id=data["job"]) if data else None
    if job is None or not isinstance(refusal, LimitReached):
        return refusal, None, []
    return await elsewhere.past_limit(env, tx, person, job, str(data["model"]), int(data["agreed"]), refusal)


async def _press(env: Env, tx: Transaction, person: Person, place: Place, pressed: Pressed) -> str | Refusal | None:
    nonce = pressed.nonce
    row = await tx.one(BUTTONS.get, nonce=nonce)
    if row is None or row["expires_at"] <= env.now_ms():
        return "button-old"
    if row["user_id"] is not None and row["user_id"] != person.id:
        return "button-not-yours"
    data = json.loads(row["data"])
    place = await _in_its_topic(tx, data, place)
    home = await moderation.home_of(tx, data, place) if row["action"] in ASKING else place
    if row["action"] in ASKING and (reason := await moderation.held(env, tx, person, home)):
        return reason
    if row["action"].startswith(MODERATING) and not (await rank_of(env, tx, person, place)).moderates:
        return "moderators-only"  # and the button stays whole for those who may
    if row["action"] not in REPEATABLE | DECIDED and not await _use(env, tx, nonce, row["action"]):
        return "button-used"
    act = ACTIONS.get(row["action"])
    if act is None:
        return "button-old"
    if row["action"] in ASKING and not await may_ask(env.policy, tx, person, home):
        return "not-let-in"
    press = Press(person, place, data, nonce, pressed.message_id, row["slot"])
    return await act(env, tx, press)


async def _use(env: Env, tx: Transaction, nonce: str, action: str) -> bool:
    """Once; an invoice is sent anew when the former one is too old to be paid."""
    now = env.now_ms()
    return await tx.run(BUTTONS.use, nonce=nonce, now=now, over=now - INVOICE_MS if action == TOPUP else 0) == 1


async def _in_its_topic(tx: Transaction, data: Mapping[str, object], place: Place) -> Place:
    """Of a message that Telegram shows the bot no more it does not tell the topic, without which nothing is answered in
    direct messages: it is where that was asked which the button speaks of.
    """
    if not place.is_direct or place.topic_id is not None:
        return place
    home = await moderation.home_of(tx, data, place)
    return home if home.chat_id == place.chat_id else place


async def _start(env: Env, tx: Transaction, press: Press) -> str | None:
    return await submission.start(env, tx, press.person, press.data["request"], press.data["shown"])


async def _discard(env: Env, tx: Transaction, press: Press) -> str | None:
    return await submission.discard(env, tx, press.person, press.data["request"])


async def _mend(env: Env, tx: Transaction, press: Press) -> str | None:
    data = press.data
    return await submission.mend(env, tx, press.person, data["request"], data["mend"], json.loads(data["value"]))


async def _pick(env: Env, tx: Transaction, press: Press) -> str | None:
    data, value = press.data, json.loads(press.data["value"])
    return await submission.mend(env, tx, press.person, data["request"], data["mend"], value, card=True)


async def _choose(env: Env, tx: Transaction, press: Press) -> str | None:
    return await submission.choose(env, tx, press.person, press.data["request"], press.data["of"])


async def _change(env: Env, tx: Transaction, press: Press) -> str | None:
    changes = Changes.from_json(press.data["changes"])
    return await submission.change(env, tx, press.person, press.data["request"], changes)


async def _cancel(env: Env, tx: Transaction, press: Press) -> str | None:
    found = await job_of(tx, press)
    return await jobs.cancel(env, tx, press.person, found[1], press.data["job"]) if found else "receipt-none"


async def _batch_album(env: Env, tx: Transaction, press: Press) -> str | None:
    once = f"{press.nonce}:{env.now_ms() // 60_000}"  # two presses in one second are one wish
    await batches.album(env, tx, press.person, press.place, press.data["request"], once)
    return None


async def _cancel_all(env: Env, tx: Transaction, press: Press) -> str | None:
    return await jobs.cancel_all(env, tx, press.data["request"])


async def _elsewhere(env: Env, tx: Transaction, press: Press) -> str | None:
    found, data = await job_of(tx, press), press.data
    if found is None:
        return "receipt-none"
    return await elsewhere.go(env, tx, press.person, found[0], str(data["model"]), int(data["agreed"]))


async def _details(env: Env, tx: Transaction, press: Press) -> str | None:
    return await _receipt(env, tx, press, with_buttons=False)


async def _batch_video(env: Env, tx: Transaction, press: Press) -> str | None:
    return await _receipt(env, tx, press, with_buttons=True)


async def _receipt(env: Env, tx: Transaction, press: Press, *, with_buttons: bool) -> str | None:
    found = await job_of(tx, press)
    if found is None:
        return "receipt-none"
    place, nonce = press.place, press.nonce
    await receipts.show(env, tx, press.person, place, found[0], nonce, with_buttons=with_buttons)
    return None


async def _redeliver(env: Env, tx: Transaction, press: Press) -> str | None:
    return await _send(env, tx, press, "video")


async def _original(env: Env, tx: Transaction, press: Press) -> str | None:
    return await _send(env, tx, press, "document")


async def _send(env: Env, tx: Transaction, press: Press, kind: str) -> str | None:
    # Two presses in one second are one wish; a minute later it is a new one.
    once = f"{press.nonce}:{env.now_ms() // 60_000}"
    if await job_of(tx, press) is None:
        return "receipt-none"
    return await delivery.redeliver(env, tx, press.person, press.place, press.data["job"], once, kind)


async def _send_again(env: Env, tx: Transaction, press: Press) -> str | None:
    sent = await tx.run(OUTBOX.send_again, id=press.data["outbox"], now=env.now_ms())
    return None if sent else "button-used"


async def _language(env: Env, tx: Transaction, press: Press) -> str | None:
    language = str(press.data["language"])
    await tx.run(DIRECTORY.set_language, id=press.person.id, language=language)
    html = env.texts.render(language, "language-set")
    await say.message(env, tx, press.place, html, person=press.person, once=f"language:{press.nonce}")
    return None


async def _dismiss(env: Env, tx: Transaction, press: Press) -> str | None:
    await say.remove(env, tx, press.place, press.message_id)
    return None


async def _clear_tray(env: Env, tx: Transaction, press: Press) -> str | None:  # noqa: ARG001 - the shape of an Act
    return await asking.clear_tray(tx, press.person, press.place)


async def _topup(env: Env, tx: Transaction, press: Press) -> str | None:
    return await payments.press(env, tx, press.person, press.place, int(press.data["stars"]))


async def _subscribe(env: Env, tx: Transaction, press: Press) -> str | None:
    return await payments.subscribe(env, tx, press.person, press.place)


def _renewal(action: str) -> Act:
    async def act(env: Env, tx: Transaction, press: Press) -> str | None:
        return await subscriptions.press(env, tx, press.person, action, int(press.data["subscription"]))

    return act


async def _voice(env: Env, tx: Transaction, press: Press) -> str | None:
    return await voice.press(env, tx, press.person, press.place, press.data)


async def _ask_moderator(env: Env, tx: Transaction, press: Press) -> str | None:
    return await approving.ask(env, tx, press.person, int(press.data["request"]))


def _decide(action: str) -> Act:
    async def act(env: Env, tx: Transaction, press: Press) -> str | None:
        return await approving.decide(env, tx, press.person, press.place, action, press.data)

    return act


async def _stats(env: Env, tx: Transaction, press: Press) -> str | None:
    return await stats.press(env, tx, press.person, press.place, press.data)


def _panel(action: str) -> Act:
    async def act(env: Env, tx: Transaction, press: Press) -> str | None:
        return await panel.press(env, tx, press.person, press.place, action, press.data)

    return act


MODERATING = ("quota-", "approve-", "stats-", "chat-settings-")
"""What the actions of moderators' buttons begin with."""

ACTIONS: Mapping[str, Act] = {
    **{name: _panel(name) for name in ("quota-view", "quota-people", "quota-models", "quota-save", "quota-undo")},
    **{name: _decide(name) for name in ("approve-allow", "approve-raise", "approve-refuse")},
    "ask-moderator": _ask_moderator,
    "start": _start,
    "pay": _start,
    "draft-open": sharing.share,
    "draft-close": sharing.unshare,
    "take-out": sharing.take_out,
    "discard": _discard,
    "mend": _mend,
    "pick": _pick,
    "choose": _choose,
    "reword": amending.press,
    "improve": improving.press,
    "improve-use": improving.use,
    "improve-keep": improving.keep,
    "improve-back": improving.back,
    "change": _change,
    "cancel": _cancel,
    "cancel-all": _cancel_all,
    "batch-album": _batch_album,
    "batch-video": _batch_video,
    **below.ACTIONS,
    "elsewhere": _elsewhere,
    "details": _details,
    "redeliver": _redeliver,
    "original": _original,
    "send-again": _send_again,
    "language": _language,
    "dismiss": _dismiss,
    "clear-tray": _clear_tray,
    TOPUP: _topup,
    "subscribe": _subscribe,
    **{action: _renewal(action) for action in (subscriptions.STOP, subscriptions.GO)},
    "voice": _voice,
    "quota-stats": _stats,
    "stats-show": _stats,
}
