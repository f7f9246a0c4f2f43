"""The container's promises, read from its files: no engine is needed to see that they are kept."""

from __future__ import annotations

import asyncio
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.web import probe
from tests.web.site import Site

ROOT = Path(__file__).parents[2]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continued lines joined, comments dropped."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines()) if name]


def last(name: str) -> str:
    return [rest for instruction, rest in instructions() if instruction == name][-1]


def test_it_runs_as_nobody_special_and_stops_when_told() -> None:
    names = [name for name, _ in instructions()]
    assert last("USER") == "10001:10001"
    assert names.index("USER") > max(index for index, name in enumerate(names) if name in {"RUN", "COPY"})
    assert json.loads(last("CMD")) == ["python", "-m", "bot", "run"]
    assert (last("STOPSIGNAL"), last("VOLUME")) == ("SIGTERM", "/data")


def test_its_health_is_asked_by_a_module_that_exists() -> None:
    _, _, command = last("HEALTHCHECK").partition("CMD ")
    assert json.loads(command) == ["python", "-m", probe.__name__]


def test_only_wheels_with_known_hashes_are_installed() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and " install " in rest and "pip" in rest]
    assert len(installs) == 1
    assert {"--require-hashes", "--only-binary"} <= set(installs[0].split())
    assert not re.search(r"https?://|index-url", (ROOT / "Dockerfile").read_text())


def test_the_licence_of_what_is_inside_is_named() -> None:
    label = last("LABEL")
    assert 'licenses="MIT AND GPL-2.0-or-later"' in label
    assert "x264" in label
    assert "x265" in label


def test_all_that_is_copied_exists_and_is_let_in() -> None:
    copied = [rest.split()[0].rstrip("/") for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == allowed
    assert [path for path in copied if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml"])
def test_every_variable_that_is_set_is_a_setting(file: str) -> None:
    text = (ROOT / file).read_text()
    section = last("ENV") if file == "Dockerfile" else text.split("environment:")[1].split("ports:")[0]
    names = set(re.findall(r"\b([A-Z][A-Z_]+)[=:]\s*\S", section)) - {
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
    }
    assert names == {"DATA_DIR", "DATABASE_URL", "WEB_HOST", "WEB_PORT"}
    assert names <= {name.upper() for name in Settings.model_fields}


def test_compose_opens_the_port_to_this_machine_alone() -> None:
    text = (ROOT / "compose.yaml").read_text()
    assert re.findall(r'"([\d.:]+:8080)"', text) == ["127.0.0.1:8080:8080"]
    assert re.search(r"stop_grace_period: (\d+)s", text)
    assert "data:/data" in text


def test_a_probe_of_nothing_fails() -> None:
    assert probe.main({"WEB_PORT": "1"}) == 1
    assert probe.main({"WEB_PORT": "not a port"}) == 1


async def test_a_probe_of_a_living_service_is_content(site: Site) -> None:
    port = site.base.rpartition(":")[2]
    hosts = ["0.0.0.0", "127.0.0.1"]  # noqa: S104 - asked, not bound
    found = [await asyncio.to_thread(probe.main, {"WEB_PORT": port, "WEB_HOST": host}) for host in hosts]
    assert found == [0, 0]


def test_the_probe_needs_nothing_but_python() -> None:
    script = "import sys, bot.web.probe; sys.exit(len({'aiohttp', 'structlog', 'pydantic'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_the_probe_is_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_PORT", "1")
    monkeypatch.delenv("WEB_HOST", raising=False)
    monkeypatch.delitem(sys.modules, "bot.web.probe")
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("bot.web.probe", run_name="__main__")
    assert ended.value.code == 1
