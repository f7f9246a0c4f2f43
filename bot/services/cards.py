"""What a request and its jobs look like in the chat: the card, faults with their mends, limits, status."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from bot.core import ladder
from bot.core.catalog import Model
from bot.core.changes import Changes
from bot.core.errors import Faults, LimitReached, Mend, Refusal
from bot.core.media import MediaKind
from bot.core.parsing.values import ratio_value
from bot.core.request import Attachment, Label, Origin, Role, Sound, VideoSpec, label_attachments
from bot.core.shortening import shortened
from bot.services import albums, approvals, parts, proposals, quiet, say, shared, shortfalls
from bot.services.accounts import Standing
from bot.services.choosing import CHOOSERS, Again, choices, labelled, may_frame, openers
from bot.services.directory import Person, Place
from bot.services.env import Env
from bot.services.planning import Fitting, Plan, Shot
from bot.services.refusals import error_text, uncharged
from bot.services.say import Button, in_rows
from bot.services.shared import Board
from bot.services.wording import money_left
from bot.storage.base import Row, Transaction
from bot.texts import Html
from bot.texts.markup import escaped

BUTTONS_A_ROW = 3
MENDS_A_FAULT = 4
LINES_SHOWN = 6
PROMPT_SHOWN = 48
DEARER = frozenset({"set_model", "set_resolution"})
"""Mends that say what they cost."""
Priced = Callable[[Mend], Plan | None]


def slot_of(request_id: int) -> str:
    """The card of a request turns into the status of its job, or of all its jobs."""
    return f"request:{request_id}"


def facts(env: Env, language: str, model: Model, spec: VideoSpec) -> dict[str, str]:
    """Model, ratio, seconds and resolution as every card shows them."""
    return {
        "model": model.title,
        "ratio": shape(env, language, spec),
        "seconds": env.texts.seconds(language, spec.duration_s),
        "resolution": spec.resolution,
    }


def shape(env: Env, language: str, spec: VideoSpec) -> str:
    """`9:16`; words where the shape is that of a picture or a film given."""
    return spec.ratio if ratio_value(spec.ratio) else env.texts.plain(language, "shape-kept")


def _mends(env: Env, language: str, request_id: int, error: Refusal, priced: Priced) -> list[list[Button]]:
    faults = error.faults if isinstance(error, Faults) else (error,)
    rows: list[list[Button]] = []
    for fault in faults:
        buttons = [
            _mend_button(_mend_words(env, language, mend, priced), request_id, mend.action, mend.value)
            for mend in fault.mends[:MENDS_A_FAULT]
        ]
        rows += in_rows(buttons) if buttons else []
    return rows


def _mend_words(env: Env, language: str, mend: Mend, priced: Priced) -> str:
    """What a mend does; where it changes the price, what all would cost then."""
    words = env.texts.plain(language, mend.key, **mend.data)
    made = priced(mend) if mend.action in DEARER else None
    if made is None:
        return words
    if mend.action == "set_model":
        words = f"{words} · {env.texts.seconds(language, made.resolution.spec.duration_s)}"
    return f"{words} · {env.texts.money(language, made.total)}"


def _mend_button(words: str, request_id: int, action: str, value: Mapping[str, str | int]) -> Button:
    return Button(words, "mend", {"request": request_id, "mend": action, "value": json.dumps(dict(value))})


def _discard(env: Env, language: str, request_id: int) -> Button:
    return Button(env.texts.plain(language, "button-discard"), "discard", {"request": request_id})


async def show_faults(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    row: Row,
    refusal: Refusal,
    priced: Priced,
    attachments: Sequence[Attachment] = (),
) -> None:
    """All faults in one answer, each with its mend; `priced` tells what all would be after one of them."""
    board = await shared.of(tx, row)
    buttons = _mends(env, person.language, row["id"], refusal, priced)
    labelled = label_attachments(attachments)
    if board is not None:
        buttons += shared.outs(env, person.language, row["id"], board, labelled)
    buttons += [line for line in (shared.opener(env, person.language, place, row, board),) if line]
    if buttons:
        buttons.append([_discard(env, person.language, row["id"])])
    html = error_text(env, person.language, refusal, person.zone)
    if board is not None:
        within = shared.brought(env, person.language, board, labelled)
        html = Html("\n".join([shared.head(env, person.language, board), *within, html]))
    html = await albums.with_note(env, tx, person, place, row, html)
    await _refuse(env, tx, person, place, row, html, buttons)


async def show_limit(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    row: Row,
    made: Plan,
    limit: LimitReached,
    fitting: Fitting | None,
) -> None:
    """The limit, what is left, when it resets, the largest setting that fits, what to pay, and whom to ask."""
    limit, pays = await shortfalls.repair(env, tx, person, place, limit, request=row["id"])
    fits = [] if fitting is None else [fit_button(env, person.language, row["id"], fitting)]
    note, ask = await approvals.on_the_limit_card(env, tx, person, place, row["id"], made.shown, limit)
    lines = [error_text(env, person.language, limit, person.zone), *([] if note is None else [note])]
    await _refuse(env, tx, person, place, row, "\n".join(lines), [line for line in (fits, pays, ask) if line])


def fit_button(env: Env, language: str, request_id: int, fitting: Fitting) -> Button:
    """One tap to the largest setting that fits."""
    words = env.texts.plain(
        language,
        "button-fits",
        change=_change_words(env, language, fitting),
        price=env.texts.money(language, fitting.plan.total),
    )
    return Button(words, "change", {"request": request_id, "changes": fitting.changes.to_json()})


def _change_words(env: Env, language: str, fitting: Fitting) -> str:
    spec = fitting.plan.resolution.spec
    model = [fitting.plan.offer.model.title] if fitting.is_other_model else []
    return " · ".join([*model, spec.resolution, env.texts.seconds(language, spec.duration_s)])


def _card_html(env: Env, language: str, plan: Plan, standing: Standing, board: Board | None) -> Html:
    texts, spec = env.texts, plan.resolution.spec
    price = texts.money(language, plan.total)
    told = facts(env, language, plan.offer.model, spec) | {"ratio": " + ".join(plan.ratios), "price": price}
    told["sound"] = "on" if spec.audio else "off"
    if board is None:
        left = money_left(env, language, standing.means - plan.total)
        lines: list[str] = [texts.render(language, "card", **told, left=left)]
    else:
        lines = [shared.head(env, language, board), texts.render(language, "card-of-all", **told)]
    if plan.count > 1:
        lines.append(texts.render(language, "card-count", count=plan.count))
    if spec.spoiler is not None:
        lines.append(texts.render(language, "card-covered" if spec.spoiler else "card-uncovered"))
    for ref in spec.references[: parts.MOST_SHOWN]:
        role = texts.plain(language, f"role-{parts.role_name(plan, ref.label, ref.role)}")
        lines.append(shared.line(env, language, board, ref, role))
    lines += [*shared.lost(env, language, plan), *_notes(env, language, plan)]
    return Html("\n".join(lines))


def _list_html(env: Env, language: str, plan: Plan, standing: Standing) -> Html:
    """A list before it starts: how many, for how much, in which settings, and how it begins."""
    texts, total = env.texts, plan.total
    price, left = texts.money(language, total), money_left(env, language, standing.means - total)
    lines: list[str] = [texts.render(language, "card-list", count=plan.count, price=price, left=left)]
    settings = Counter(_setting_words(env, language, shot) for shot in plan.shots)
    lines += [f"{count} × {words}" for words, count in settings.most_common(LINES_SHOWN)]
    lines += [
        texts.render(language, "card-list-line", number=number, prompt=in_a_line(shot.resolution.spec.own_words()))
        for number, shot in enumerate(plan.shots[:LINES_SHOWN], 1)
    ]
    if plan.count > LINES_SHOWN:
        lines.append(texts.render(language, "card-list-more", count=plan.count - LINES_SHOWN))
    return Html("\n".join(lines))


def _setting_words(env: Env, language: str, shot: Shot) -> str:
    return " · ".join(facts(env, language, shot.offer.model, shot.resolution.spec).values())


def in_a_line(words: str) -> str:
    """The beginning of a prompt, for a line of a list."""
    return shortened(words, PROMPT_SHOWN)


def _labels(labels: tuple[Label, ...]) -> str:
    return ", ".join(f"@{label}" for label in labels)


def faces_note(env: Env, language: str, model: Model, spec: VideoSpec) -> list[str]:
    """Where a model takes no real faces and something is attached that may show one: said before money is spent."""
    shown = any(ref.label.kind is not MediaKind.AUDIO for ref in spec.references)
    return [env.texts.render(language, "card-no-faces")] if shown and model.real_people == "refused" else []


def _notes(env: Env, language: str, plan: Plan) -> list[str]:
    texts, resolution = env.texts, plan.resolution
    lines: list[str] = [texts.render(language, note.key, **note.data) for note in resolution.notes]
    lines += faces_note(env, language, plan.offer.model, resolution.spec)
    if ladder.may_not_fit(resolution.spec, env.policy.max_upload_bytes):
        lines.append(texts.render(language, "card-may-not-fit", max_bytes=env.policy.max_upload_bytes))
    if saved := [(label, item.name) for label, item in plan.labelled.items() if item.name is not None]:
        # Bare, a label would be somebody's @name to Telegram.
        names = Html(", ".join(f"<code>@{label}</code> = {escaped(name)}" for label, name in saved))
        lines.append(texts.render(language, "card-named", names=names))
    if resolution.added:
        lines.append(texts.render(language, "card-added", labels=_labels(tuple(resolution.added))))
    if resolution.unused:
        lines.append(texts.render(language, "card-unused", labels=_labels(tuple(resolution.unused))))
    return lines


async def show_card(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, plan: Plan, standing: Standing, again: Again
) -> None:
    """The request as it would be made, with buttons to change it and one to start it; or a choice that was opened."""
    board = await shared.of(tx, row)
    keyboard = _choices(env, person.language, row, plan, again) or _main(env, person.language, row, plan, place, board)
    made = None if row["lines"] else _card_html(env, person.language, plan, standing, board)
    html = made or _list_html(env, person.language, plan, standing)
    if words := Changes.from_json(row["changes"]).words:
        shown = env.texts.render(person.language, "card-improved", words=in_a_line(words))
        html = Html(f"{html}\n{shown}")
    html = await albums.with_note(env, tx, person, place, row, html)
    sheet = await parts.sheet_of(env, tx, person.language, row, plan)
    if sheet.is_given_up:
        html = Html(f"{html}\n{env.texts.render(person.language, 'card-no-sheet')}")
    await _show(env, tx, person, place, row, html, keyboard, sheet.path)


def _main(env: Env, language: str, row: Row, plan: Plan, place: Place, board: Board | None) -> list[list[Button]]:
    request_id, is_list = row["id"], bool(row["lines"])
    price, data = env.texts.money(language, plan.total), {"request": request_id, "shown": plan.shown}
    start = Button(env.texts.plain(language, "button-start", price=price), "start", data)
    if board is not None:
        start = Button(env.texts.plain(language, "button-pay", price=price), "pay", data, for_all=True)
    rows = [
        [] if is_list else _role_buttons(env, language, request_id, plan),
        _use_buttons(env, language, request_id, plan),
        _song_buttons(env, language, request_id, plan),
        [start, _discard(env, language, request_id)],
        *_openers(env, language, request_id, plan, is_list=is_list),
        *([] if board is None else shared.outs(env, language, request_id, board, plan.labelled)),
        proposals.buttons(env, language, row, plan),
        shared.opener(env, language, place, row, board),
    ]
    return [row for row in rows if row]


def _openers(env: Env, language: str, request_id: int, plan: Plan, *, is_list: bool) -> list[list[Button]]:
    rows = [
        [_opener(env, language, request_id, name, words) for name, words in row if not (is_list and name == "count")]
        for row in openers(env, language, plan)
    ]
    if sound := _sound_button(env, language, request_id, plan):
        rows[-1:] = [[*rows[-1], sound]] if rows else [[sound]]
    return rows


def _opener(env: Env, language: str, request_id: int, name: str, words: str) -> Button:
    text = env.texts.plain(language, "choice-open", value=words)
    return Button(text, "choose", {"request": request_id, "of": name})


def _sound_button(env: Env, language: str, request_id: int, plan: Plan) -> Button | None:
    """One tap turns the sound off or on, where the model can do without."""
    if not plan.offer.model.takes_audio_switch:
        return None
    is_on = plan.resolution.spec.audio
    words = env.texts.plain(language, "button-sound-on" if is_on else "button-sound-off")
    return _pick(words, request_id, "set_audio", {"audio": int(not is_on)})


def _pick(words: str, request_id: int, action: str, value: Mapping[str, str | int]) -> Button:
    return Button(words, "pick", {"request": request_id, "mend": action, "value": json.dumps(dict(value))})


def _choices(env: Env, language: str, row: Row, plan: Plan, again: Again) -> list[list[Button]]:
    """The keyboard of an opened choice; none when nothing is open."""
    if row["opened"] not in CHOOSERS:
        return []
    found = choices(env, language, row["opened"], plan, Changes.from_json(row["changes"]), again)
    if not found:
        return []
    buttons = [
        _pick(words, row["id"], choice.action, choice.value) for choice, words in labelled(env, language, plan, found)
    ]
    back = Button(env.texts.plain(language, "button-back"), "choose", {"request": row["id"], "of": ""})
    return [*in_rows(buttons), [back]]


def _use_buttons(env: Env, language: str, request_id: int, plan: Plan) -> list[Button]:
    unused = [label for label in plan.resolution.unused if plan.labelled[label].origin is Origin.TRAY]
    return [
        _pick(
            env.texts.plain(language, "button-use-tray", label=str(label)),
            request_id,
            "set_roles",
            {str(label): Role.REFERENCE.value},
        )
        for label in unused[:BUTTONS_A_ROW]
    ]


def _song_buttons(env: Env, language: str, request_id: int, plan: Plan) -> list[Button]:
    """One tap says what the one sound among the references is for."""
    sounds = [ref.label for ref in plan.resolution.spec.references if ref.label.kind is MediaKind.AUDIO]
    if len(sounds) != 1:
        return []
    words = {use: env.texts.plain(language, f"voice-{use.value}") for use in Sound}
    value = {use: {str(sounds[0]): use.value} for use in Sound if plan.sounds.get(sounds[0]) is not use}
    return [_pick(words[use], request_id, "set_sounds", data) for use, data in value.items()]


def _role_buttons(env: Env, language: str, request_id: int, plan: Plan) -> list[Button]:
    references = plan.resolution.spec.references
    pictures = [reference for reference in references if reference.label.kind is MediaKind.IMAGE]
    if may_frame(plan):
        return [_opener(env, language, request_id, "roles", env.texts.plain(language, "choice-roles"))]
    if len(references) != 1 or not pictures:
        return []
    label, role = references[0].label, references[0].role
    other, model = Role.REFERENCE if role is Role.FIRST else Role.FIRST, plan.offer.model
    if not (model.takes_references if other is Role.REFERENCE else model.first_last):
        return []
    key = "button-reference" if other is Role.REFERENCE else "button-first"
    words = env.texts.plain(language, key, label=str(label))
    return [_pick(words, request_id, "set_roles", {str(label): other.value})]


async def show_discarded(env: Env, tx: Transaction, person: Person, place: Place, row: Row) -> None:
    """The card of a request that was thrown away."""
    await _show(env, tx, person, place, row, env.texts.render(person.language, "discarded"), [])


async def _show(
    env: Env,
    tx: Transaction,
    person: Person,
    place: Place,
    row: Row,
    html: str,
    buttons: list[list[Button]],
    photo: str | None = None,
) -> None:
    slot, asked = slot_of(row["id"]), row["message_id"]
    await shortfalls.note(tx, slot, buttons)
    await say.card(env, tx, place, slot, html, person=person, buttons=buttons, reply_to=asked, photo=photo)


async def _refuse(
    env: Env, tx: Transaction, person: Person, place: Place, row: Row, html: str, buttons: list[list[Button]]
) -> None:
    """A refusal on the request's card: a new one in a group is silent, and one of a few."""
    slot, message_id = slot_of(row["id"]), row["message_id"]
    is_new = not await quiet.stands(tx, place, slot)
    if is_new and await quiet.hushes(env, tx, person, place, message_id, quiet.A_PERSON_WITH_A_MEND):
        return
    await shortfalls.note(tx, slot, buttons)
    silent, html = not place.is_private, uncharged(env, person.language, html)
    await say.card(env, tx, place, slot, html, person=person, buttons=buttons, reply_to=message_id, silent=silent)
