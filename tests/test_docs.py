"""What the papers say is what the tree does: commands, variables, links, decisions; and the tree names no place."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import cli
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ru.md")
PAPERS = sorted(path for folder in ("", "docs", "docs/adr") for path in (ROOT / folder).glob("*.md"))
MAX_RECORD_LINES = 40
MAX_CODE_CHARS = 42

_MAKE = re.compile(r"(?:^ *|`)make ([a-z]+)(?=[ `\n]|$)", re.MULTILINE)
_VERB = re.compile(r"python -m bot ([a-z]+)")
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\bACCESS\b")
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_of(text: str) -> str:
    """What stands in code spans and code blocks: commands and variables, not prose."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def commands(text: str) -> set[str]:
    code = code_of(text)
    return {f"make {name}" for name in _MAKE.findall(code)} | {f"bot {name}" for name in _VERB.findall(code)}


def variables(text: str) -> set[str]:
    return set(_VARIABLE.findall(code_of(text)))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


def verbs() -> set[str]:
    shown = re.search(r"\{([a-z,]+)\}", cli._parser().format_usage().replace("\n", ""))
    assert shown is not None
    return set(shown[1].split(","))


def settings() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def test_both_readmes_point_at_each_other_on_their_first_line() -> None:
    for name, other in zip(READMES, reversed(READMES), strict=True):
        assert f"]({other})" in read(name).splitlines()[0]


def test_both_readmes_give_the_same_commands_and_variables() -> None:
    english, russian = (read(name) for name in READMES)
    assert commands(english) == commands(russian)
    assert {"make run", "make test", "make demo", "bot doctor"} <= commands(english)
    assert variables(english) == variables(russian)
    assert {"TELEGRAM_BOT_TOKEN", "ARK_API_KEY", "OPERATOR_IDS"} <= variables(english)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_command_of_a_paper_exists(paper: Path) -> None:
    said = commands(paper.read_text(encoding="utf-8"))
    assert said <= {f"make {name}" for name in targets()} | {f"bot {name}" for name in verbs()}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_variable_of_a_paper_is_a_setting(paper: Path) -> None:
    assert variables(paper.read_text(encoding="utf-8")) <= settings() | {"CHROMIUM"}


@pytest.mark.parametrize("name", READMES)
def test_a_readmes_defaults_are_the_settings_own(name: str) -> None:
    said = dict(re.findall(r"`([A-Z_]+)` \(([\d.]+)\)", read(name)))
    assert len(said) >= 4
    for variable, value in said.items():
        assert str(Settings.model_fields[variable.lower()].default) == value


@pytest.mark.parametrize("name", READMES)
def test_the_commands_stand_above_everything_else(name: str) -> None:
    head = read(name).split("\n## ")[0]
    shown = [head.index(words) for words in ("images/conversation", "make run", "make test", "make demo")]
    assert shown == sorted(shown)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    links = [target or source for target, source in _LINK.findall(text)]
    relative = [link for link in links if not link.startswith(("https://", "mailto:"))]
    broken = [link for link in relative if not _leads(paper, link)]
    assert broken == []
    assert not any(link.startswith("http://") for link in links)


def _leads(paper: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (paper.parent / path) if path else paper
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(paper: Path) -> set[str]:
    headings = _HEADING.findall(paper.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", READMES)
def test_a_readme_reads_well_on_a_phone(name: str) -> None:
    """Code blocks scroll sideways there and tables are cut: the first stay narrow, the second stay out."""
    text = read(name)
    blocks = "\n".join(re.findall(r"```.*?```", text, re.DOTALL)).splitlines()
    assert max(len(line.strip()) for line in blocks) <= MAX_CODE_CHARS
    assert not [line for line in text.splitlines() if line.startswith("|")]


def records() -> list[Path]:
    return sorted((ROOT / "docs/adr").glob("*.md"))


def test_decisions_are_numbered_without_gaps_and_short() -> None:
    names = [path.name for path in records()]
    assert [name[:5] for name in names] == [f"{number:04}-" for number in range(1, len(names) + 1)]
    for number, path in enumerate(records(), start=1):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"# {number}. "), path.name
        assert len(lines) <= MAX_RECORD_LINES, path.name


def test_every_decision_says_what_was_decided_and_what_follows() -> None:
    for path in records()[1:]:
        text = path.read_text(encoding="utf-8")
        assert "**Decided.**" in text, path.name
        assert "**Consequences.**" in text, path.name


def test_the_newest_change_is_the_version_that_is_built() -> None:
    version = re.search(r'^version = "([\d.]+)"', read("pyproject.toml"), re.MULTILINE)
    newest = re.search(r"^## ([\d.]+)", read("CHANGELOG.md"), re.MULTILINE)
    assert version is not None
    assert newest is not None
    assert newest[1] == version[1]


_NAMELESS = "".join  # the patterns below are put together so that this file does not hold them itself
FOREIGN = (
    _NAMELESS(["/wo", "rk/"]),
    _NAMELESS(["/ro", "ot/"]),
    _NAMELESS(["/ho", "me/"]),
    _NAMELESS(["/Us", "ers/"]),
    _NAMELESS(["pypi", ".org"]),
    _NAMELESS(["pythonhosted", ".org"]),
    _NAMELESS(["npmjs", ".org"]),
)


def tracked() -> Iterator[tuple[str, str]]:
    """Every text file of the tree that belongs to the product."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("This tree is no clone: git does not know which files belong to it.")
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        body = path.read_bytes() if path.is_file() else b""
        if b"\0" not in body:
            yield name, body.decode("utf-8")


def test_the_tree_names_no_machine_and_no_registry() -> None:
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in tracked()
        for number, line in enumerate(text.splitlines(), start=1)
        if any(word in line for word in FOREIGN)
    ]
    assert found == []
