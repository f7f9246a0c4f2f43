"""The runbook speaks of what there is: every fault, every metric, every check, no command that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli import _parser
from bot.settings import Settings
from bot.telemetry.metrics import Levels, Metrics

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs/operating.md").read_text()
TOLD = set(re.findall(r"`([^`\n]+)`", RUNBOOK))


def test_every_fault_that_an_operator_must_mend_is_explained() -> None:
    sources = [path.read_text() for path in (ROOT / "bot").rglob("*.py") if "sandbox" not in path.parts]
    direct = {key for text in sources for key in re.findall(r'(?:OperatorFault|_operator)\(\s*"([a-z-]+)"', text)}
    chosen = set(re.findall(r'"(provider-[a-z-]+)"', (ROOT / "bot/providers/faults.py").read_text()))
    translated = set(
        re.findall(r': "(database-(?:corrupt|unusable))"', (ROOT / "bot/storage/sqlite_faults.py").read_text())
    )
    passing = {"provider-throttled", "provider-down", "provider-refused-request", "provider-answer-unclear"}
    passing |= {"provider-answer-unreadable"}
    assert len(direct) > 10
    assert sorted((direct | chosen | translated) - passing - TOLD) == []


def test_it_names_only_metrics_that_are_served() -> None:
    metrics = Metrics()
    metrics.stand(Levels(jobs={"UNCERTAIN": 1}, paused=frozenset({"ark"})))
    served = {name for family in metrics.registry.collect() for name in (family.name, f"{family.name}_total")}
    named = set(re.findall(r"\bkinetogram_\w+", RUNBOOK))
    assert len(named) > 6
    assert sorted(named - served) == []


def test_it_names_only_settings_and_commands_that_exist() -> None:
    variables = {name for words in TOLD for name in re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b", words)}
    verbs = set(re.findall(r"python -m bot ([a-z]+)", RUNBOOK))
    actions = [action.choices for action in _parser()._actions if isinstance(action.choices, dict)]
    assert sorted(variables - {name.upper() for name in Settings.model_fields}) == []
    assert sorted(verbs - set(actions[0])) == []


def test_it_stays_short() -> None:
    assert len(RUNBOOK.splitlines()) <= 150
