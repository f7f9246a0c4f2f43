"""The choices of a card: what a model can do of what may be changed, each with its price where the price changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations

from bot.core.changes import Changes
from bot.core.errors import Refusal
from bot.core.media import MediaKind
from bot.core.request import Label, Role
from bot.core.resolve.output import nearest_ratios
from bot.services.env import Env
from bot.services.planning import Plan

CHOOSERS = ("ratio", "duration", "resolution", "model", "count", "roles")
SECONDS = (4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
COUNTS = (1, 2, 3, 4)
POSTED = ("9:16", "1:1", "16:9")
"""The shapes that one clip is posted in: offered together."""
MAX_CHOICES = 12
PAIR = 2

Again = Callable[[Changes], Plan]
"""The plan with other changes; raises Refusal."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to go on: a change over the draft, in words, and what it would make."""

    words: str
    action: str
    value: Mapping[str, str | int]
    is_current: bool = False
    plan: Plan | None = None


def openers(env: Env, language: str, made: Plan) -> list[list[tuple[str, str]]]:
    """What a card lets change, in rows of (chooser, words): only where there is something to choose."""
    spec, model, texts = made.resolution.spec, made.offer.model, env.texts
    lengths = () if model.as_long_as_input else model.seconds_of(spec)
    shape = [
        ("ratio", _shapes(made), len(_offered(made)) > 1),
        ("duration", texts.seconds(language, spec.duration_s), len(lengths) > 1),
        ("resolution", spec.resolution, len(_resolutions_of(made)) > 1),
        ("count", texts.plain(language, "choice-count", count=_copies(made)), True),
    ]
    rest = [("model", model.title, len(env.catalog.models) > 1)]
    rows = [[(name, words) for name, words, is_open in row if is_open] for row in (shape, rest)]
    return [row for row in rows if row]


def _shapes(made: Plan) -> str:
    """Short enough for one of four buttons in a row."""
    first, *more = made.ratios
    return f"{first} +{len(more)}" if more else first


def may_frame(made: Plan) -> bool:
    """Whether pictures, of several references, may have other roles than they have."""
    references, model = made.resolution.spec.references, made.offer.model
    pictures = [reference for reference in references if reference.label.kind is MediaKind.IMAGE]
    if len(references) < PAIR or not pictures or not model.first_last:
        return False
    return model.frames_mix_with_references or len(references) == len(pictures) == PAIR


def choices(env: Env, language: str, chooser: str, made: Plan, changes: Changes, again: Again) -> list[Choice]:
    """What can be chosen now; what the model can't make of this request is left out."""
    found: list[Choice] = []
    for choice in _CANDIDATES[chooser](env, language, made):
        try:
            plan = again(changes.after(choice.action, choice.value))
        except Refusal:
            continue
        found.append(replace(choice, plan=plan, is_current=choice.is_current or plan.shown == made.shown))
    return _each_once(found)[:MAX_CHOICES]


def _each_once(found: list[Choice]) -> list[Choice]:
    """Two ways to the same plan are one; the first that was named stays."""
    plans: dict[str, Choice] = {}
    for choice in found:
        plans.setdefault(choice.plan.shown if choice.plan else choice.words, choice)
    return list(plans.values())


def labelled(env: Env, language: str, made: Plan, found: list[Choice]) -> list[tuple[Choice, str]]:
    """Each choice with the words on its button; prices where not all cost the same."""
    priced = len({choice.plan.total for choice in found if choice.plan} | {made.total}) > 1
    return [(choice, _words(env, language, choice, priced=priced)) for choice in found]


def _words(env: Env, language: str, choice: Choice, *, priced: bool) -> str:
    mark = "✓ " if choice.is_current else ""
    if not priced or choice.plan is None:
        return f"{mark}{choice.words}"
    return f"{mark}{choice.words} · {env.texts.money(language, choice.plan.total)}"


def _offered(made: Plan) -> list[str]:
    """The ratios at the present resolution, widest first; none where nothing but `adaptive` is taken."""
    spec, sizes = made.resolution.spec, made.offer.model.sizes_for(framed=_framed(made))
    ratios = [ratio for resolution, ratio in sizes if resolution == spec.resolution]
    return nearest_ratios(ratios, 100) if spec.ratio in nearest_ratios(ratios, 1) else []


def _framed(made: Plan) -> bool:
    return any(reference.role is Role.FIRST for reference in made.resolution.spec.references)


def _resolutions_of(made: Plan) -> tuple[str, ...]:
    return made.offer.model.resolutions_for(framed=_framed(made))


def _copies(made: Plan) -> int:
    return made.count // len(made.ratios)


def _ratios(env: Env, language: str, made: Plan) -> Iterator[Choice]:
    del env, language
    offered = _offered(made)
    for ratio in offered:
        yield Choice(ratio, "set_ratio", {"ratio": ratio})
    together = [ratio for ratio in POSTED if ratio in offered]
    if len(together) > 1:
        yield Choice(" + ".join(together), "set_ratios", {"ratios": ",".join(together)})


def _durations(env: Env, language: str, made: Plan) -> Iterator[Choice]:
    offered = made.offer.model.seconds_of(made.resolution.spec)
    listed = {offered[0], offered[-1], made.resolution.spec.duration_s, *SECONDS}
    for seconds in sorted(listed.intersection(offered)):
        yield Choice(env.texts.seconds(language, seconds), "set_duration", {"duration_s": seconds})


def _resolutions(env: Env, language: str, made: Plan) -> Iterator[Choice]:
    del env, language
    for name in _resolutions_of(made):
        yield Choice(name, "set_resolution", {"resolution": name})


def _models(env: Env, language: str, made: Plan) -> Iterator[Choice]:
    del language
    for model in env.catalog.models:
        yield Choice(model.title, "set_model", {"model": model.id}, is_current=model.id == made.offer.model.id)


def _counts(env: Env, language: str, made: Plan) -> Iterator[Choice]:
    for count in sorted({*COUNTS, _copies(made)}):
        yield Choice(env.texts.plain(language, "choice-count", count=count), "set_count", {"count": count})


def _roles(env: Env, language: str, made: Plan) -> Iterator[Choice]:
    """All as references, one as the first frame, two as the first and the last one."""
    pictures = [ref.label for ref in made.resolution.spec.references if ref.label.kind is MediaKind.IMAGE]
    for framed in [(), *permutations(pictures, 1), *permutations(pictures, 2)]:
        cast = dict.fromkeys(pictures, Role.REFERENCE) | dict(zip(framed, (Role.FIRST, Role.LAST), strict=False))
        value = {str(label): role.value for label, role in cast.items()}
        yield Choice(_cast_words(env, language, framed), "set_roles", value)


def _cast_words(env: Env, language: str, framed: tuple[Label, ...]) -> str:
    if not framed:
        return env.texts.plain(language, "mend-all-references")
    if len(framed) == 1:
        return env.texts.plain(language, "button-first", label=str(framed[0]))
    first, last = (f"@{label}" for label in framed)
    return env.texts.plain(language, "choice-frames", first=first, last=last)


_CANDIDATES: Mapping[str, Callable[[Env, str, Plan], Iterator[Choice]]] = {
    "ratio": _ratios,
    "duration": _durations,
    "resolution": _resolutions,
    "model": _models,
    "count": _counts,
    "roles": _roles,
}
