"""An adapter is its folder: nothing else names it, and another one is found by its folder alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings
from structlog.testing import capture_logs

from bot.app import service
from bot.app.accounts import provider_configs
from bot.app.sandboxed import free_port
from bot.doctor import _providers
from bot.media.probing import probe
from bot.providers.adapters import ADAPTERS
from bot.sandbox.providers.entries import names
from bot.settings import Settings, _with_adapters

ROOT = Path(__file__).parents[2]
HOMES = ("bot/providers", "bot/sandbox/providers")
PRODUCT = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")])
LAST = [*ADAPTERS][-1]
WORD = re.compile(r"[a-z][a-z0-9.-]*")
RUN = """
import sys
from bot import providers
from bot.sandbox import providers as servers
providers.__path__.append(sys.argv[1])
servers.__path__.append(sys.argv[2])
from bot.cli import main
sys.exit(main(sys.argv[3:]))
"""


def shared(path: Path) -> bool:
    """Whether a file belongs to no adapter."""
    own = {f"{home}/{name}" for home in HOMES for name in ADAPTERS}
    return not own & {str(parent) for parent in path.relative_to(ROOT).parents}


def said(path: Path) -> Iterator[str]:
    """Every word of a file's code: names, modules and texts, without docstrings; `fal_key` is two of them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in (node for node in ast.walk(tree) if id(node) not in prose):
        fields = [node.value] if isinstance(node, ast.Constant) else [value for _, value in ast.iter_fields(node)]
        for text in (part for part in fields if isinstance(part, str)):
            whole = text.split(".") if isinstance(node, ast.ImportFrom | ast.alias) else [text]
            yield from (word for part in whole for word in WORD.findall(part.lower()))


def test_no_shared_module_names_an_adapter() -> None:
    named = {str(path.relative_to(ROOT)): set(ADAPTERS) & set(said(path)) for path in PRODUCT if shared(path)}
    assert {path: found for path, found in named.items() if found} == {}


@pytest.mark.parametrize("line", ["from bot.providers.ark import wire", "x = own.ark_key", 'x = "ARK_KEY"', "ark = 1"])
def test_a_name_is_seen_wherever_it_stands(tmp_path: Path, line: str) -> None:
    file = tmp_path / "module.py"
    file.write_text(line)
    assert "ark" in set(said(file))


def test_every_adapter_has_an_embedded_server() -> None:
    assert set(ADAPTERS) <= set(names())


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_is_on_by_its_first_variable_and_off_without(name: str) -> None:
    on: dict[str, Any] = {ADAPTERS[name].switch.lower(): "http://127.0.0.1:9"}
    assert ADAPTERS[name].config(Settings(_env_file=None)) is None
    (config,) = provider_configs(Settings(_env_file=None, **on))
    assert config.adapter == name


def test_two_that_declare_one_variable_are_told_apart_at_once() -> None:
    class Twice(BaseSettings):
        ark_api_key: str = ""

    with pytest.raises(TypeError, match="ARK_API_KEY"):
        _with_adapters(Twice)


async def test_the_doctor_names_what_switches_a_provider_on(tmp_path: Path) -> None:
    (finding,) = [finding async for finding in _providers(Settings(_env_file=None, **elsewhere(tmp_path)))]
    assert all(adapter.switch in finding.detail for adapter in ADAPTERS.values())


async def test_the_doctor_names_the_variable_of_the_list_that_is_missing(tmp_path: Path) -> None:
    told = {"openai_base_url": "http://127.0.0.1:9/v1", "openai_dialect": "vllm-omni", **elsewhere(tmp_path)}
    unpriced, ping = [finding async for finding in _providers(Settings(_env_file=None, **told))]
    assert (unpriced.name, unpriced.ok, ping.ok) == ("openai", False, False)
    assert "OPENAI_PRICES" in unpriced.detail


BORROWER: dict[str, Any] = {"ark_api_key": "k", "ark_base_url": "http://127.0.0.1:9/api/v3"}


async def test_the_start_and_the_doctor_warn_once_of_prices_that_are_another_houses(tmp_path: Path) -> None:
    told = {**BORROWER, "ark_prices": "byteplus", "telegram_bot_token": "1:a", "web_port": free_port()}
    settings = Settings(_env_file=None, **told, **elsewhere(tmp_path))
    with capture_logs() as logs:
        async with service(settings):
            pass
    warned = {"event": "prices-borrowed", "provider": "ark", "host": "127.0.0.1", "prices": "byteplus"}
    assert [{name: line.get(name) for name in warned} for line in logs if line["log_level"] == "warning"] == [warned]
    borrowed, ping = [finding async for finding in _providers(settings)]
    assert (borrowed.name, borrowed.ok, ping.ok) == ("ark, prices", True, False)
    assert "127.0.0.1" in borrowed.detail
    assert "byteplus" in borrowed.detail


async def test_the_start_names_who_offers_nothing_for_want_of_prices(tmp_path: Path) -> None:
    told = {**BORROWER, "telegram_bot_token": "1:a", "web_port": free_port()}
    with capture_logs() as logs:
        async with service(Settings(_env_file=None, **told, **elsewhere(tmp_path))):
            pass
    assert [line["provider"] for line in logs if line["event"] == "prices-missing"] == ["ark"]


def test_a_mistyped_price_list_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    told = {name.upper(): value for name, value in BORROWER.items()}
    variables = {**told, "ARK_PRICES": "bytplus", "TELEGRAM_BOT_TOKEN": "1:a", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", "run"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ARK_PRICES: there is no price list bytplus. "
        "Name one of byteplus, volcengine, laozhang, apiyi, or describe it in models.toml.\n"
    )


def elsewhere(folder: Path) -> dict[str, Any]:
    """A database of the test's own."""
    return {"database_url": f"sqlite:///{folder / 'k.db'}", "data_dir": folder}


@dataclass(frozen=True)
class Stranger:
    """A folder that the tree does not hold, beside those that it does."""

    folder: Path

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """`python -m bot`, with the stranger's two folders on its path."""
        paths = [str(self.folder / home) for home in HOMES]
        command = [sys.executable, "-c", RUN, *paths, *arguments]
        told = {"PYTHONPATH": str(ROOT), "DATA_DIR": str(self.folder / "data"), **variables}
        return subprocess.run(command, cwd=self.folder, env=told, capture_output=True, text=True, check=False)


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    """The last adapter of all, under a name that nothing in the tree knows."""
    for home in HOMES:
        for source in (ROOT / home / LAST).glob("*.py"):
            text = source.read_text(encoding="utf-8").replace(LAST, "tiny").replace(LAST.upper(), "TINY")
            target = tmp_path / home / "tiny" / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return Stranger(tmp_path)


def test_a_folder_alone_brings_an_adapter_to_a_playable_video(stranger: Stranger) -> None:
    done = stranger.run("demo", SANDBOX_PROVIDER="tiny")
    assert done.returncode == 0, done.stderr
    film = probe(stranger.folder / "out/demo.mp4")
    assert (film.duration_ms // 1000, film.video_codec) == (5, "h264")


def test_a_folders_variables_are_as_strict_as_all_others(stranger: Stranger) -> None:
    (address,) = (name for name in ADAPTERS[LAST].variables.model_fields if name.endswith("base_url"))
    variable = address.replace(LAST, "tiny").upper()
    done = stranger.run("doctor", SANDBOX_PROVIDER="tiny", **{variable: "hunter2"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{variable}: this is no address; write it like https://bot.example.org\n"


def test_a_folder_is_named_where_a_name_is_not_known(stranger: Stranger) -> None:
    for variables in ({"PROVIDER_ORDER": "tinny"}, {"KEY_LIMITS": "tinny=1/1"}, {"SANDBOX_PROVIDER": "tinny"}):
        done = stranger.run("quote", "a cat", **variables)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert "tiny" in done.stderr
