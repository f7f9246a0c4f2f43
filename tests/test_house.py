"""The house itself: which room may import which, how long things may be, and that every exemption has its reason."""

import ast
import gc
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")])
WRITTEN = sorted(path for suffix in ("py", "js", "css", "ftl", "sql") for path in (ROOT / "bot").rglob(f"*.{suffix}"))
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MEDIAN_FUNCTION_LINES = 7
NINE_IN_TEN_LINES = 20
TERMINAL = frozenset({"__init__", "__main__", "cli", "verbs", "doctor", "settings"})
"""Modules beside the rooms: what a person calls at the terminal, and the settings."""

_IGNORE = re.compile(r"# (?:noqa|type: ignore|ruff:|mypy:)")
_REASONED = re.compile(
    r"# (?:noqa: (?P<codes>[A-Z]+\d+(?:, ?[A-Z]+\d+)*)|type: ignore\[[a-z, -]+\])(?: -|  #| ) *(?P<reason>\w.{5,})"
)


@cache
def tree_of(path: Path) -> ast.Module:
    """Without the collector: what ends while a tree is built confuses CPython 3.11's compiler."""
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function, decorators left out."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def imported(path: Path) -> Iterator[str]:
    """Whole names of the modules that a file imports, late imports too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms() -> set[str]:
    """The rooms named in the contract of layers."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = [c["layers"] for c in config["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    return {room.strip() for layer in layers for room in layer.split("|")}


def test_imports_point_inward_only() -> None:
    command = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_stands_in_the_contract() -> None:
    names = {path.stem for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert names - {room.removeprefix("bot.") for room in rooms()} <= TERMINAL


def test_nothing_but_the_terminal_imports_the_terminal() -> None:
    outer = {f"bot.{name}" for name in ("__main__", "cli", "verbs", "doctor")}
    for path in PRODUCT:
        if path.parent != ROOT / "bot":
            assert not outer & set(imported(path)), path


def test_the_core_imports_the_standard_library_alone() -> None:
    for path in (ROOT / "bot/core").rglob("*.py"):
        outside = {name for name in imported(path) if name.split(".")[0] not in sys.stdlib_module_names}
        assert {name for name in outside if not name.startswith("bot.core")} == set(), path


def test_no_file_is_too_long_to_read() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in {*PRODUCT, *WRITTEN}}
    assert {str(path): count for path, count in lengths.items() if count > MAX_FILE_LINES} == {}


def test_functions_are_small() -> None:
    lengths = dict(found for path in PRODUCT for found in functions(path))
    assert {name: count for name, count in lengths.items() if count > MAX_FUNCTION_LINES} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_FUNCTION_LINES
    assert sorted(lengths.values())[len(lengths) * 9 // 10] <= NINE_IN_TEN_LINES


def test_every_ignored_rule_carries_its_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in PRODUCT
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if _IGNORE.search(line) and not _REASONED.search(line)
    ]
    assert bare == []


@pytest.mark.parametrize("line", ["x = 1  # noqa", "x = 1  # noqa: S101", "x = f()  # type: ignore[arg-type]"])
def test_an_ignore_without_a_reason_is_found(line: str) -> None:
    assert _IGNORE.search(line)
    assert not _REASONED.search(line)


def test_every_rule_that_is_off_for_all_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:ignore|\"[^\"]+\") = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in lists for line in block.splitlines()]
    assert len(lines) > 10
    assert [line for line in lines if not re.search(r"# \w.{4,}", line)] == []


def pins(name: str) -> dict[str, list[str]]:
    """Each pinned distribution with its hashes; anything else in the file is a failure."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8").splitlines():
        stripped = line.split(" #")[0].strip().removesuffix("\\").strip()
        if pin := re.fullmatch(r"([a-z0-9][a-z0-9.-]*)(?:\[[a-z]+\])?==[\w.!+-]+(?: ; .+)?", stripped):
            found[pin[1]] = []
        elif stripped.startswith("--hash=sha256:"):
            found[list(found)[-1]].append(stripped)
        else:
            assert not stripped or stripped.startswith("#"), line
    return found


@pytest.mark.parametrize("name", ["app", "dev", "sdk"])
def test_every_pin_carries_a_hash_and_no_address(name: str) -> None:
    assert len(pins(name)) > 20
    assert [pinned for pinned, hashes in pins(name).items() if not hashes] == []
    assert "://" not in (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")


def wanted(name: str) -> set[str]:
    """The distributions that somebody chose, by their normal names."""
    lines = (ROOT / f"requirements/{name}.in").read_text(encoding="utf-8").splitlines()
    chosen = (line.split("#")[0].strip() for line in lines)
    return {re.split(r"[=<>~! \[]", line)[0].lower() for line in chosen if line and not line.startswith("-")}


def test_what_was_chosen_is_pinned_and_both_lists_agree() -> None:
    app, dev = pins("app"), pins("dev")
    assert {name.replace(".", "-") for name in wanted("app")} <= {name.replace(".", "-") for name in app}
    assert wanted("dev") <= set(dev)
    assert {name: hashes for name, hashes in app.items() if dev.get(name) != hashes} == {}


def test_nothing_is_installed_that_is_not_used() -> None:
    used = {name.split(".")[0] for path in PRODUCT for name in imported(path)}
    owners = packages_distributions()
    distributions = {owner.lower().replace("_", "-") for module in used for owner in owners.get(module, [])}
    assert wanted("app") - distributions == set()
