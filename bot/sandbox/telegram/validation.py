"""The Bot API as data: every call is read against `api.json` before any method sees it.

`api.json` is the official page in condensed form (fields and types, no prose). `"chat_id": "!Integer|String"` is a
required field of either type, `[]X` an array of X, `=photo` the one legal string.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.sandbox.telegram.errors import ApiError, JsonDict, bad

_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no", ""})
# Telegram has a sentence of its own for the fields that people forget most.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "file_id": "file_id not specified",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "photo": "there is no photo in the request",
    "video": "there is no video in the request",
    "document": "there is no document in the request",
    "audio": "there is no audio in the request",
    "voice": "there is no voice in the request",
    "animation": "there is no animation in the request",
}


class Mismatch(Exception):
    """A value is not of the type that the API asks for; the text says which."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a method or type."""

    types: tuple[str, ...]
    required: bool

    @classmethod
    def parse(cls, spec: str) -> "Field":
        return cls(tuple(spec.removeprefix("!").split("|")), spec.startswith("!"))


Fields = dict[str, Field]


@dataclass(frozen=True, slots=True)
class Schema:
    """Methods, types and unions of the Bot API."""

    methods: dict[str, Fields]
    types: dict[str, Fields]
    unions: dict[str, tuple[str, ...]]

    def method_name(self, name: str) -> str | None:
        """The method in its own spelling; Telegram does not mind the case."""
        return next((known for known in self.methods if known.lower() == name.lower()), None)


@cache
def schema() -> Schema:
    """The one schema, read once."""
    raw = json.loads(resources.files(__package__).joinpath("api.json").read_text(encoding="utf-8"))
    return Schema(
        methods={name: _fields(fields) for name, fields in raw["methods"].items()},
        types={name: _fields(fields) for name, fields in raw["types"].items()},
        unions={name: tuple(members) for name, members in raw["unions"].items()},
    )


def _fields(raw: dict[str, str]) -> Fields:
    return {name: Field.parse(spec) for name, spec in raw.items()}


@dataclass(frozen=True, slots=True)
class Checked:
    """A call's parameters in their real types, and what was sent that the API does not know."""

    params: JsonDict
    violations: list[str]


def check_call(method: str, raw: JsonDict, uploads: frozenset[str]) -> Checked:
    """Read `raw` (strings from a form, or JSON values) as `method`'s parameters; raises ApiError 400."""
    fields = schema().methods[method]
    violations = [f"{method}: unknown parameter {name}" for name in raw if name not in fields]
    params: JsonDict = {}
    for name, field in fields.items():
        if name in uploads and "InputFile" in field.types:
            params[name] = f"attach://{name}"
        elif raw.get(name) is not None and raw[name] != "":
            params[name] = _read_param(method, name, field, raw[name], violations)
        elif field.required:
            raise bad(_MISSING.get(name, f'parameter "{name}" is required'))
    violations += _unused_uploads(method, params, uploads)
    return Checked(params, violations)


def _unused_uploads(method: str, params: JsonDict, uploads: frozenset[str]) -> list[str]:
    sent = json.dumps(params, ensure_ascii=False) if uploads else ""
    return [f"{method}: uploaded part {name} is not used" for name in uploads if f'"attach://{name}"' not in sent]


def _read_param(method: str, name: str, field: Field, value: Any, violations: list[str]) -> Any:
    try:
        return _read(f"{method}.{name}", field, _decode(field, value), violations)
    except Mismatch as mismatch:
        raise _wrong_type(name, str(mismatch)) from None


def _wrong_type(name: str, what: str) -> ApiError:
    if name == "reply_markup":
        return bad(f"can't parse reply keyboard markup JSON object: {what}")
    if name in {"entities", "caption_entities"}:
        return bad(f"can't parse entities JSON object: {what}")
    return bad(f'parameter "{name}" is wrong: {what}')


def _decode(field: Field, value: Any) -> Any:
    """A form sends everything as text: objects and arrays are JSON inside it."""
    if not isinstance(value, str) or any(kind in {"String", "InputFile"} for kind in field.types):
        return _number(field, value)
    if all(kind in {"Integer", "Float", "Boolean"} for kind in field.types):
        return _scalar(field.types[0], value)
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise Mismatch("it is not JSON") from None


def _number(field: Field, value: Any) -> Any:
    """`chat_id` takes a number or a name: text that is a whole number is the number."""
    if "Integer" in field.types and isinstance(value, str) and value.removeprefix("-").isdigit():
        return int(value)
    return value


def _scalar(kind: str, value: str) -> Any:
    try:
        return _bool(value) if kind == "Boolean" else (int(value) if kind == "Integer" else float(value))
    except ValueError:
        raise Mismatch(f"{kind} expected") from None


def _bool(value: str) -> bool:
    if value.lower() not in _TRUE | _FALSE:
        raise ValueError(value)
    return value.lower() in _TRUE


def _read(where: str, field: Field, value: Any, violations: list[str]) -> Any:
    reasons = []
    for kind in field.types:
        found: list[str] = []
        try:
            read = check_value(where, kind, value, found)
        except Mismatch as mismatch:
            reasons.append(str(mismatch))
            continue
        violations += found
        return read
    raise Mismatch(reasons[0] if len(reasons) == 1 else f"{where} must be {' or '.join(field.types)}")


def check_value(where: str, kind: str, value: Any, violations: list[str]) -> Any:
    """`value` as the type `kind`, deep; unknown keys go to `violations`, a wrong type raises Mismatch."""
    if kind.startswith("[]"):
        return _array(where, kind.removeprefix("[]"), value, violations)
    if kind in schema().unions:
        return _union(where, kind, value, violations)
    if kind in schema().types and kind != "InputFile":
        return _object(where, kind, value, violations)
    if not _is_scalar(kind, value):
        raise Mismatch(f"{where} must be {kind.removeprefix('=')}")
    return value


def _is_scalar(kind: str, value: Any) -> bool:
    match kind:
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "True":
            return value is True
        case "String" | "InputFile":
            return isinstance(value, str)
        case _:
            return bool(value == kind.removeprefix("="))


def _array(where: str, kind: str, value: Any, violations: list[str]) -> list[Any]:
    if not isinstance(value, list):
        raise Mismatch(f"{where} must be an array")
    return [check_value(f"{where}[{index}]", kind, item, violations) for index, item in enumerate(value)]


def _union(where: str, kind: str, value: Any, violations: list[str]) -> Any:
    return _read(where, Field(schema().unions[kind], required=True), value, violations)


def _object(where: str, kind: str, value: Any, violations: list[str]) -> JsonDict:
    if not isinstance(value, dict):
        raise Mismatch(f"{where} must be an object ({kind})")
    fields = schema().types[kind]
    violations += [f"{where}: unknown field {name}" for name in value if name not in fields]
    for name, field in fields.items():
        if value.get(name) is not None:
            _read(f"{where}.{name}", field, value[name], violations)
        elif field.required:
            raise Mismatch(f"{where}.{name} is missing")
    return value
