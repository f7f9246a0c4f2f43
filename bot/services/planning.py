"""From words to what would be made of them: labelled, parsed, chosen, priced. Pure; nothing is taken here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain

from bot.core.catalog import Offer
from bot.core.changes import Changes, skipping
from bot.core.errors import Faults, InLine, Mend, Refusal
from bot.core.limits import Facts
from bot.core.money import Microusd
from bot.core.parsing import Reading, read
from bot.core.parsing.lines import MAX_LINES, lines_of
from bot.core.parsing.names import expanded, named, nearly
from bot.core.preferences import NO_TERMS, Terms, Told
from bot.core.request import Attachment, Label, ParsedRequest, Role, Sound, label_attachments, render, versions
from bot.core.resolve import Resolution, resolve
from bot.core.routing import choose, is_auto, quote
from bot.services import accounts
from bot.services.env import Env
from bot.storage.base import Row

DIGEST_CHARS = 16
MAX_VIDEOS = 50
MAX_REPAIRS = 6
LINES_TOLD = 8


@dataclass(frozen=True, slots=True)
class Shot:
    """One video of a plan: it becomes one job. `any_model`: another able model may make it just as well."""

    offer: Offer
    resolution: Resolution
    quote: Microusd
    any_model: bool = False

    @property
    def facts(self) -> Facts:
        """What limits ask about it."""
        spec = self.resolution.spec
        return Facts(self.offer.model.id, spec.resolution, spec.duration_s)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a request would become: everything chosen and priced, nothing taken yet. `parsed` is its first version.

    `lost`: labels in the words whose files were taken out.
    """

    shots: tuple[Shot, ...]
    parsed: ParsedRequest
    labelled: Mapping[Label, Attachment]
    sounds: Mapping[Label, Sound] = field(default_factory=dict)
    lost: tuple[Label, ...] = ()

    @property
    def offer(self) -> Offer:
        """Of the first video; all of a request that is no batch have the same model."""
        return self.shots[0].offer

    @property
    def resolution(self) -> Resolution:
        """Of the first video."""
        return self.shots[0].resolution

    @property
    def quote(self) -> Microusd:
        """Of the dearest video."""
        return max(shot.quote for shot in self.shots)

    @property
    def facts(self) -> Facts:
        """What limits on one job look at, of the first video."""
        return self.shots[0].facts

    @property
    def count(self) -> int:
        """How many videos."""
        return len(self.shots)

    @property
    def ratios(self) -> tuple[str, ...]:
        """Every shape, each once."""
        return tuple(dict.fromkeys(shot.resolution.spec.ratio for shot in self.shots))

    @property
    def total(self) -> Microusd:
        """What all its jobs together may cost."""
        return Microusd(sum(shot.quote for shot in self.shots))

    @property
    def shown(self) -> str:
        """A digest of all that a card shows of it: ▶ starts exactly that, or nothing."""
        order = [f"{shot.offer.provider} {shot.quote} {shot.resolution.spec.to_json()}" for shot in self.shots]
        return hashlib.sha256("\n".join(order).encode()).hexdigest()[:DIGEST_CHARS]

    @property
    def orders(self) -> list[tuple[Microusd, Facts]]:
        """Price and facts of each job, for the limits."""
        return [(shot.quote, shot.facts) for shot in self.shots]


def plan(env: Env, text: str, changes: Changes, attachments: Sequence[Attachment], on: Terms = NO_TERMS) -> Plan:
    """The plan, or Faults with all that must be settled."""
    everything = label_attachments(attachments)
    labelled = {label: item for label, item in everything.items() if not item.is_out}
    out, text = everything.keys() - labelled.keys(), _meant(text, everything, on)
    lost = _named(text, everything, changes, out)
    changes = changes.without(out).sounding(labelled)
    reading = read(text, everything, changes)
    found: list[Refusal] = []
    shots: list[Shot] = []
    asked, overruled = on.lay_over(reading.request)
    near = nearly(text, on.names)
    several = versions(asked)
    for index, version in enumerate(several):
        try:
            shots += _shots(env, version, reading, labelled, on, Told(overruled, near))
        except Faults as refused:
            found += [_in_place(fault, several, index) for fault in refused.faults]
    if not on.takes(asked.prompt, asked.options.negative):
        found.append(Refusal("fault-words"))
    if len(shots) > MAX_VIDEOS:
        found.append(Refusal("fault-too-many-videos", count=len(shots), max=MAX_VIDEOS))
    if found:
        raise Faults(_each_once(found))
    return Plan(tuple(shots), several[0], labelled, changes.sounds, lost)


def _named(
    text: str, labelled: Mapping[Label, Attachment], changes: Changes, labels: AbstractSet[Label]
) -> tuple[Label, ...]:
    """Those of these labels that the words name."""
    prompt = read(text, labelled, changes).request.prompt if labels else ()
    return tuple(dict.fromkeys(part for part in prompt if isinstance(part, Label) and part in labels))


def _meant(text: str, labelled: Mapping[Label, Attachment], on: Terms) -> str:
    """A text with what its names stand for."""
    labels = {item.name: label for label, item in labelled.items() if item.name is not None}
    return named(expanded(text, on.phrases), labels)


def own_words(text: str, changes: Changes, attachments: Sequence[Attachment], on: Terms = NO_TERMS) -> str:
    """The prompt that a text itself makes: without options, and without what taps said in its place or behind it."""
    labelled = label_attachments(attachments)
    out = {label for label, item in labelled.items() if item.is_out}
    bare = Changes(replaced=changes.replaced, left_out=changes.left_out | out)
    return render(read(_meant(text, labelled, on), labelled, bare).request.prompt, lambda label: f"@{label}")


def plan_lines(env: Env, text: str, changes: Changes, attachments: Sequence[Attachment], on: Terms) -> Plan:
    """Every line of a list by itself. Raises Faults that name the lines, unless those are to be passed over."""
    made: list[Plan] = []
    bad: list[tuple[int, Faults]] = []
    lines = lines_of(text)
    for line in lines[:MAX_LINES]:
        try:
            made.append(plan(env, line.words, changes, attachments, on))
        except Faults as refused:
            bad.append((line.number, refused))
    _check_lines(made, bad, len(lines), skips=changes.skips)
    return replace(made[0], shots=tuple(shot for one in made for shot in one.shots))


def _check_lines(made: Sequence[Plan], bad: Sequence[tuple[int, Faults]], count: int, *, skips: bool) -> None:
    videos = sum(one.count for one in made)
    if not count:
        raise Faults([Refusal("fault-list-empty")])
    if count > MAX_LINES:
        raise Faults([Refusal("fault-list-too-long", max=MAX_LINES)])
    if videos > MAX_VIDEOS:
        raise Faults([Refusal("fault-too-many-videos", count=videos, max=MAX_VIDEOS)])
    if bad and not (skips and made):
        faults: list[Refusal] = [InLine(number, refused) for number, refused in bad[:LINES_TOLD]]
        if len(bad) > LINES_TOLD:
            faults.append(Refusal("fault-more-lines", count=len(bad) - LINES_TOLD))
        number, refused = bad[0]
        faults[0] = InLine(number, refused, [skipping(len(bad))] if made else [])
        raise Faults(faults)


def plan_of(env: Env, row: Row, changes: Changes, attachments: Sequence[Attachment], on: Terms = NO_TERMS) -> Plan:
    """The plan of a request as it is stored: one, or a list."""
    by = plan_lines if row["lines"] else plan
    return by(env, row["text"] or "", changes, attachments, on)


def _shots(
    env: Env,
    version: ParsedRequest,
    reading: Reading,
    labelled: Mapping[Label, Attachment],
    on: Terms,
    told: Told,
) -> list[Shot]:
    def able(offer: Offer) -> Resolution:
        return resolve(
            version,
            labelled,
            offer.model,
            on.defaults,
            can_link=env.policy.can_link,
            faults=reading.faults,
            others=[model for model in env.catalog.models if model.id != offer.model.id],
            max_download_bytes=env.policy.max_download_bytes,
        )

    wanted = on.model(version.options.model, (model.id for model in env.catalog.models))
    offer, resolution = choose(env.catalog, wanted, able, env.away.up)
    resolution = on.noted(resolution, told)
    any_model = is_auto(env.catalog, wanted)
    return [Shot(offer, resolution, quote(offer, resolution), any_model)] * resolution.count


def _in_place(fault: Refusal, several: Sequence[ParsedRequest], index: int) -> Refusal:
    """Another shape for one of several: the others stay."""
    if len(several) == 1:
        return fault
    ratios = [str(version.options.ratio) for version in several]
    return Refusal(fault.key, [_mend_in_place(mend, ratios, index) for mend in fault.mends], **fault.data)


def _mend_in_place(mend: Mend, ratios: Sequence[str], index: int) -> Mend:
    if mend.action != "set_ratio":
        return mend
    changed = dict.fromkeys([*ratios[:index], str(mend.value["ratio"]), *ratios[index + 1 :]])
    value = {"ratios": ",".join(changed)} if len(changed) > 1 else {"ratio": next(iter(changed))}
    return replace(mend, action="set_ratios" if len(changed) > 1 else "set_ratio", value=value)


def _each_once(faults: Sequence[Refusal]) -> list[Refusal]:
    return list({(fault.key, *map(str, fault.data.items())): fault for fault in faults}.values())


Step = tuple[str, dict[str, str | int]]
_ONE: Step = ("set_count", {"count": 1})


@dataclass(frozen=True, slots=True)
class Fitting:
    """The largest setting that fits the limits, as all changes together, and what it would make.

    `is_other_model`: it fits because another model makes it.
    """

    changes: Changes
    plan: Plan
    is_other_model: bool = False


def fitting(
    env: Env,
    row: Row,
    changes: Changes,
    attachments: Sequence[Attachment],
    standing: accounts.Standing,
    on: Terms = NO_TERMS,
) -> Fitting | None:
    """The largest setting that still fits: the next lower resolutions, then fewer seconds, then a cheaper model."""

    def made(*steps: Step) -> Iterator[Fitting]:
        tried = changes
        for action, value in steps:
            tried = tried.after(action, value)
        with suppress(Refusal):
            yield Fitting(tried, plan_of(env, row, tried, attachments, on))

    first = plan_of(env, row, changes, attachments, on)
    smaller = chain.from_iterable(made(*steps) for steps in _smaller(first))
    for fits in chain(smaller, _cheaper(env, first, made), *([made(_ONE)] if first.count > 1 else [])):
        with suppress(Refusal):
            accounts.check_all(standing, fits.plan.orders)
            return fits
    return None


def _cheaper(env: Env, first: Plan, made: Callable[[Step], Iterator[Fitting]]) -> Iterator[Fitting]:
    """The same by other able models, the dearest first; never by one that costs more."""
    others = [model.id for model in env.catalog.models if model.id != first.offer.model.id]
    able = [fits for name in others for fits in made(("set_model", {"model": name})) if fits.plan.total <= first.total]
    for fits in sorted(able, key=lambda fits: fits.plan.total, reverse=True):
        yield replace(fits, is_other_model=True)


def _smaller(first: Plan) -> list[list[Step]]:
    model, spec = first.offer.model, first.resolution.spec
    framed = any(reference.role is Role.FIRST for reference in spec.references)
    offered = model.resolutions_for(framed=framed)
    lower: list[list[Step]] = [[_resolution(res)] for res in reversed(offered[: offered.index(spec.resolution)])]
    smallest = _resolution(offered[0])
    made_there = model.seconds_of(replace(spec, resolution=offered[0]))
    seconds = [made for made in reversed(made_there) if made < spec.duration_s]
    shorter: list[list[Step]] = [[smallest, ("set_duration", {"duration_s": value})] for value in seconds]
    return [*lower, *shorter]


def _resolution(name: str) -> Step:
    return "set_resolution", {"resolution": name}


def repaired(
    env: Env, row: Row, changes: Changes, attachments: Sequence[Attachment], on: Terms = NO_TERMS
) -> Plan | None:
    """What it would be with the first mend of each fault that is left: for the price on a button."""
    for _ in range(MAX_REPAIRS):
        try:
            return plan_of(env, row, changes, attachments, on)
        except Faults as refused:
            mends = [fault.mends[0] for fault in refused.faults if fault.mends]
            if len(mends) < len(refused.faults):
                return None
            changes = changes.after(mends[0].action, mends[0].value)
    return None
