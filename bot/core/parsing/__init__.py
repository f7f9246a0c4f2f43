"""A text as a request: its references, their roles, its options, and the prompt that is left.

    clean ─▶ links to media ─▶ options with dashes ─▶ bare options at the end ─▶ labels and roles ─▶ tidy prompt

Pure and total: any text gives a request or refusals, never another exception. Nothing of the text can reach a provider
as a flag: what looks like one is read, taken out, or loses its dashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from bot.core.changes import Changes, setting
from bot.core.errors import Faults, Mend, Refusal
from bot.core.media import MediaKind
from bot.core.parsing.bare import peel
from bot.core.parsing.cleaning import clean, harmless, tidy
from bot.core.parsing.findings import Fault, Finding, Said, Stripped, Value
from bot.core.parsing.links import take_links
from bot.core.parsing.options import extract
from bot.core.parsing.references import References, find_references
from bot.core.parsing.values import PRESETS, ratio_value
from bot.core.request import Attachment, Label, Options, ParsedRequest

__all__ = ["PRESETS", "Reading", "clean", "harmless", "parse", "ratio_value", "read", "replace_word", "strip_command"]

Attached = Mapping[Label, Attachment] | Sequence[Label]

_COMMAND = re.compile(r"\s*/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w{3,32}))?(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as far as it was understood, with all that is wrong with it."""

    request: ParsedRequest
    faults: tuple[Refusal, ...] = ()


def strip_command(text: str, bot_username: str) -> tuple[str | None, str]:
    """The command (lower case, without slash and @name) and the rest; a mention of the bot is taken out of both.

    A command of another bot is no command of ours: the text comes back as it was.

    >>> strip_command("/Video@KinetoBot\\na dog", "kinetobot")
    ('video', 'a dog')
    """
    text = clean(text)
    match = _COMMAND.match(text)
    if match is None:
        return None, _without_mention(text, bot_username)
    if match["bot"] and match["bot"].casefold() != bot_username.casefold():
        return None, text
    return match["name"].lower(), _without_mention(text[match.end() :], bot_username)


def _without_mention(text: str, bot_username: str) -> str:
    mention = rf"(?<!\w)@{re.escape(bot_username)}(?!\w)[,:]?\s*"
    return re.sub(mention, "", text, flags=re.IGNORECASE).strip()


def replace_word(text: str, old: str, new: str) -> str:
    """The text with one of its words changed, as the mend "replace" asks; other words that begin alike stay.

    >>> replace_word("@image3 and @image33", "@image3", "@image2")
    '@image2 and @image33'
    """
    return re.sub(rf"{re.escape(old)}(?!\w)", lambda _: new, clean(text))


def parse(text: str, attached: Attached, changes: Changes | None = None) -> ParsedRequest:
    """The request that a text makes. Raises Faults with everything that is wrong with it.

    `attached` are the labels that exist, `changes` what buttons set meanwhile.
    """
    reading = read(text, attached, changes)
    if reading.faults:
        raise Faults(reading.faults)
    return reading.request


def read(text: str, attached: Attached, changes: Changes | None = None) -> Reading:
    """As `parse`, but the faults come beside the request, so that those against the model can join them."""
    changes = changes or Changes()
    for old, new in changes.replaced:
        text = replace_word(text, old, new)
    rest, dashed = extract(take_links(clean(text)))
    rest, bare = peel(rest)
    found = _reworded(find_references(rest, _counts(attached)), changes, attached)
    findings = [*dashed, *bare]
    options, faults = _options(findings, changes.options)
    stripped = tuple(finding.raw.strip() for finding in findings if isinstance(finding, Stripped))
    request = ParsedRequest(tidy(found.prompt), options, found.roles, stripped)
    return Reading(changes.cast(request), (*found.faults, *faults))


def _reworded(own: References, changes: Changes, attached: Attached) -> References:
    """With the words that a button put in the place of the text's; what the text's own make of its files stays."""
    if changes.words is None:
        return own
    words = changes.words
    for old, new in changes.replaced:
        words = replace_word(words, old, new)
    said = find_references(words, _counts(attached))
    return References(said.prompt, own.roles, said.faults)


def _counts(attached: Attached) -> dict[MediaKind, int]:
    counts: dict[MediaKind, int] = {}
    for label in attached:
        counts[label.kind] = max(counts.get(label.kind, 0), label.ordinal)
    return counts


def _options(findings: Sequence[Finding], settled: Options) -> tuple[Options, list[Refusal]]:
    """What was said, a button's word above the text's; the text's faults count only where no button spoke."""
    said: dict[str, list[Said]] = {}
    for finding in findings:
        if isinstance(finding, Said):
            said.setdefault(finding.option, []).append(finding)
    faults = [finding for finding in findings if isinstance(finding, Fault)]
    faults += [_twice(option, all_said) for option, all_said in said.items() if _differ(option, all_said)]
    set_by_button = {name: value for name, value in _items(settled) if value is not None}
    silenced = set_by_button.keys() | _settled_shapes(settled)
    values: dict[str, Value | None] = {
        option: _value(option, all_said) for option, all_said in said.items() if option not in silenced
    }
    refusals = [fault.refusal for fault in faults if fault.option not in silenced]
    if not {"ratio", "preset", "ratios"} & silenced:
        values["ratios"] = _several(said)
    chosen = {**values, **set_by_button}
    return replace(Options(), **chosen), refusals  # type: ignore[arg-type]  # findings name fields of Options


def _settled_shapes(settled: Options) -> set[str]:
    """A preset by a button replaces the text's ratio; several ratios replace its presets too."""
    if settled.ratios:
        return {"ratio", "preset"}
    return {"ratio"} if settled.preset else set()


def _several(said: Mapping[str, Sequence[Said]]) -> str | None:
    """`9:16 1:1`, or `--for reels,square`: a video of each shape; presets of one shape are one video."""
    ratios = [str(one.value) for one in said.get("ratio", ())]
    ratios = ratios or [PRESETS[str(one.value)] for one in said.get("preset", ())]
    shapes = {ratio_value(ratio): ratio for ratio in reversed(ratios)}
    return ",".join(reversed(shapes.values())) if len(shapes) > 1 else None


def _items(options: Options) -> Iterator[tuple[str, Value | None]]:
    for each in fields(options):
        yield each.name, getattr(options, each.name)


def _differ(option: str, all_said: Sequence[Said]) -> bool:
    """Things to avoid add up, of shapes there may be several; of everything else there is one."""
    return option not in {"negative", "ratio", "preset"} and len({said.value for said in all_said}) > 1


def _value(option: str, all_said: Sequence[Said]) -> Value:
    if option == "negative":
        return ", ".join(dict.fromkeys(said.raw for said in all_said))
    return all_said[-1].value


def _twice(option: str, all_said: Sequence[Said]) -> Fault:
    values = dict.fromkeys(said.value for said in all_said)
    mends: list[Mend] = [setting(option, value) for value in list(values)[:3]]
    one, other, *_ = (said.raw for said in {said.value: said for said in all_said}.values())
    return Fault(option, Refusal("fault-twice", mends, option=option, one=one, other=other))
