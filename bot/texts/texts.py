"""The texts of all languages: built once, off the event loop (it reads files), then only read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

import babel
import structlog
from fluent.runtime import FluentBundle

from bot.core.errors import Defect
from bot.texts import formats, sources
from bot.texts.markup import Html, escaped, without_markup
from bot.texts.sources import FALLBACK

log = structlog.get_logger(__name__)

CALM: Final = "something-broke"
"""What is said where a text is missing."""

LABEL: Final = "label"
"""The parameter that is a label, with its @ or without."""

UNBROKEN: Final = frozenset({"model", "made", "durations"})
"""Parameters that stand on one line, if they are no longer than LINE_CHARS."""

LINE_CHARS: Final = 24

Parameter = str | int | float


class Texts:
    """What the bot says, by key. `strict` (for tests): a missing key or parameter is a Defect, not a calm sentence.

    Parameters: a string is somebody's text and is escaped, `Html` is markup and passes, a number is told in the
    language's way and chooses its plural. A number's name may say its unit: `…_microusd` is shown as money, `…_s` as
    seconds (from a minute on as a duration), `…_ms` as a duration, `…_bytes` as a size.

    `own` are the operator's texts by language; what a language lacks is told in English.
    """

    def __init__(self, own: Mapping[str, str] | None = None, *, strict: bool = False) -> None:
        self._strict = strict
        languages = dict.fromkeys([*sources.languages(), *(own or {})])
        self._bundles = {language: sources.bundle(language, (own or {}).get(language, "")) for language in languages}
        self._optional = {
            language: sources.optional_by_key(language, (own or {}).get(language, "")) for language in languages
        }
        self._locales = {language: babel.Locale.parse(language) for language in self._bundles}
        for language in self._bundles:
            self._warm(language)

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes, English first."""
        return tuple(self._bundles)

    def language_for(self, chosen: str | None, client_language: str | None) -> str:
        """The chosen language, else the client's, else English. `ru-RU` is `ru`."""
        for wanted in (chosen, client_language):
            code = (wanted or "").replace("_", "-").partition("-")[0].lower()
            if code in self._bundles:
                return code
        return FALLBACK

    def render(self, language: str, key: str, **parameters: Parameter) -> Html:
        """A message as Telegram HTML."""
        shown = {name: self._shown(language, name, value) for name, value in parameters.items()}
        return Html(self._format(language, key, shown))

    def plain(self, language: str, key: str, **parameters: Parameter) -> str:
        """Words without markup: a button, a toast, a menu's line."""
        return without_markup(self.render(language, key, **parameters))

    def has(self, key: str) -> bool:
        """Whether there is a text for a key."""
        return self._bundles[FALLBACK].has_message(key)

    def money(self, language: str, microusd: int) -> str:
        """`$0.76`; in Russian `$0,76`."""
        return formats.money(self._locale(language), microusd)

    def number(self, language: str, count: int) -> str:
        """`1,000`; in Russian `1 000`."""
        return formats.number(self._locale(language), count)

    def seconds(self, language: str, duration_s: float) -> str:
        """`5 s`."""
        return formats.seconds(self._say(language), self._locale(language), duration_s)

    def duration(self, language: str, duration_s: float) -> str:
        """`1 min 20 s`."""
        return formats.duration(self._say(language), duration_s)

    def bar(self, fraction: float) -> str:
        """`▓▓▓▓░░░░░░` for 0.42."""
        return formats.bar(fraction)

    def size(self, language: str, size_bytes: int) -> str:
        """`4.2 MB`."""
        return formats.size(self._say(language), self._locale(language), size_bytes)

    def labels(self, language: str, text: str) -> str:
        """A text's `@image1` as the language calls it: `@фото1`. What is read knows both."""
        return text if language == FALLBACK else formats.labels(self._say(language), text)

    def moment(self, language: str, at_ms: int, zone: ZoneInfo, now_ms: int | None = None) -> Html:
        """`Mon 1 Dec 00:00 (Berlin)`; told `now_ms`, `today` or `tomorrow` where it is. In a message Telegram shows it
        in the zone of who reads it, where it can; `plain` leaves the words.
        """
        return formats.moment(self._say(language), self._locale(language), at_ms, zone, now_ms)

    def place(self, language: str, zone: ZoneInfo) -> str:
        """The city that a zone is known by: `Berlin`."""
        return formats.place(self._locale(language), zone)

    def calendar(self, language: str, at_ms: int, zone: ZoneInfo, pattern: str) -> str:
        """A part of a moment, by a CLDR pattern: `d MMM` is `29 Mar`, in Russian `29 мар.`."""
        return formats.calendar(self._locale(language), at_ms, zone, pattern)

    def _warm(self, language: str) -> None:
        """Everything that reads files or compiles does so now, not in the middle of a conversation."""
        bundle = self._bundles[language]
        for key in self._optional[language]:
            bundle.get_message(key)
        self.money(language, 0), self.size(language, 0), self.moment(language, 0, ZoneInfo("Europe/Berlin"))

    def _shown(self, language: str, name: str, value: Parameter) -> Parameter:
        match value:
            case str():
                text: str = value if isinstance(value, Html) else escaped(value)
                text = formats.whole(text) if name in UNBROKEN and len(text) <= LINE_CHARS else text
                return Html(self.labels(language, f"@{text}")[1:] if name == LABEL else self.labels(language, text))
            case _ if name.endswith("_microusd"):
                return self.money(language, int(value))
            case _ if name.endswith("_ms"):
                return self.duration(language, value / 1000)
            case _ if name.endswith("_s"):
                return self.seconds(language, value) if value < formats.MINUTE_S else self.duration(language, value)
            case _ if name.endswith("_bytes"):
                return self.size(language, int(value))
            case _:
                return value

    def _say(self, language: str) -> formats.Say:
        def say(key: str, **parameters: Parameter) -> str:
            return self._format(language, key, parameters)

        return say

    def _format(self, language: str, key: str, parameters: Mapping[str, Parameter]) -> str:
        for bundle in (self._bundle(language), self._bundles[FALLBACK]):
            if bundle.has_message(key):
                return self._filled(bundle, key, parameters)
        self._fault("text-missing", key, language)
        return self._filled(self._bundle(language), CALM, {})

    def _filled(self, bundle: FluentBundle, key: str, parameters: Mapping[str, Parameter]) -> str:
        pattern = bundle.get_message(key).value
        if pattern is None:
            self._fault("text-empty", key, bundle.locales[0])
            return ""
        left_out = dict.fromkeys(self._optional[bundle.locales[0]][key], "")
        text, errors = bundle.format_pattern(pattern, {**left_out, **parameters})
        if errors:
            self._fault("text-incomplete", key, bundle.locales[0], "; ".join(map(str, errors)))
        return str(text)

    def _fault(self, what: str, key: str, language: str, why: str = "") -> None:
        if self._strict:
            raise Defect(what, text=key, language=language, why=why)
        log.error("text_fault", fault=what, text=key, language=language, why=why)

    def _bundle(self, language: str) -> FluentBundle:
        return self._bundles.get(language, self._bundles[FALLBACK])

    def _locale(self, language: str) -> babel.Locale:
        return self._locales.get(language, self._locales[FALLBACK])
