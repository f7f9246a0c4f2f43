"""Settings: documented to the letter, forgiving in form, and silent about what they hold."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import Settings, explain

EXAMPLE = Path(__file__).parents[1] / ".env.example"
VARIABLE = re.compile(r"^# ([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
NAMES = [name.upper() for name in Settings.model_fields]
TOKEN = "7700001:AAsecretSecretSecretSecretSecret_-x"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The machine's own variables and .env have no say."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def read(**variables: str) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return Settings()


def refused(**variables: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read(**variables)
    return explain(caught.value)


def test_the_example_lists_every_variable_once_in_the_settings_order() -> None:
    assert [name for name, _ in VARIABLE.findall(EXAMPLE.read_text())] == NAMES


def test_the_examples_defaults_are_the_settings_defaults(tmp_path: Path) -> None:
    everything = tmp_path / "everything.env"
    everything.write_text("\n".join(f"{name}={value}" for name, value in VARIABLE.findall(EXAMPLE.read_text())))
    assert Settings(_env_file=everything) == Settings(_env_file=None)


def test_the_example_as_it_is_changes_nothing() -> None:
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)


def test_each_variable_of_the_example_has_one_sentence() -> None:
    paragraphs = [part.splitlines() for part in EXAMPLE.read_text().split("\n\n") if VARIABLE.search(part)]
    odd = [lines for lines in paragraphs if len(lines) != 2 or not re.fullmatch(r"# .*[^.]\.", lines[0])]
    assert (len(paragraphs), odd) == (len(NAMES), [])


def test_lists_are_written_with_commas() -> None:
    settings = read(OPERATOR_IDS="1, 22,,333 ", MODEL_ORDER="seedance-2.5 , seedance-2.0")
    assert settings.operator_ids == (1, 22, 333)
    assert settings.model_order == ("seedance-2.5", "seedance-2.0")


def test_an_empty_variable_counts_as_unset() -> None:
    assert read(TELEGRAM_BOT_TOKEN="", JOB_DEADLINE_S="", ACCESS="").telegram_bot_token is None


def test_money_is_read_exactly() -> None:
    assert read(CONFIRM_ABOVE_USD="0.10").confirm_above_usd == Decimal("0.10")


def test_an_addresss_last_slash_does_not_matter() -> None:
    assert read(PUBLIC_URL="https://bot.example.org/").public_url == "https://bot.example.org"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "https://bot.example.org"])
def test_a_public_address_is_https_or_on_this_machine(url: str) -> None:
    assert read(PUBLIC_URL=url).public_url == url


def test_the_databases_path_follows_its_address() -> None:
    assert read().database_path == Path("data/kinetogram.db")
    assert read(DATABASE_URL="sqlite:////data/bot.db").database_path == Path("/data/bot.db")


BAD = [
    ("WEB_PORT", "hunter2"),
    ("WEB_PORT", "99999"),
    ("ACCESS", "hunter2"),
    ("OPERATOR_IDS", "12,hunter2"),
    ("SERVICE_USD_PER_DAY", "hunter2"),
    ("SERVICE_USD_PER_DAY", "-1977"),
    ("USER_USD_PER_MONTH", "NaN"),
    ("USER_REQUESTS_PER_DAY", "-1977"),
    ("USER_ACTIVE_JOBS", "1.977"),
    ("USER_REQUESTS_PER_MINUTE", "-1977"),
    ("WELCOME_USD", "hunter2"),
    ("CONTENT_REFUSALS", "0"),
    ("CONTENT_PAUSE_MINUTES", "-1977"),
    ("DATA_MAX_GB", "0"),
    ("POLL_INTERVAL_S", "1977"),
    ("JOB_DEADLINE_S", "7"),
    ("MAX_ACTIVE_JOBS", "0"),
    ("TRAY_MINUTES", "hunter2"),
    ("LOG_LEVEL", "hunter2"),
    ("LOG_FORMAT", "hunter2"),
    ("TELEGRAM_LOCAL_MODE", "hunter2"),
    ("DATABASE_URL", "mysql://me:hunter2@host/db"),
    ("WEBHOOK_SECRET", "hunter2 hunter2"),
    ("OPENAI_WEBHOOK_SECRET", "whsec_hunter2"),
    ("PUBLIC_URL", "http://hunter2.example.org"),
    ("PUBLIC_URL", "ftp://me:hunter2@bot.example.org"),
    ("ARK_BASE_URL", "hunter2"),
    ("DEFAULT_TIMEZONE", "hunter2"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_setting_is_one_sentence_that_names_it_and_does_not_repeat_it(name: str, value: str) -> None:
    (sentence,) = refused(**{name: value})
    assert name in sentence
    assert not [part for part in ("hunter2", "1977", "1.977", "99999", "mysql") if part in sentence]
    assert "\n" not in sentence


def test_each_bad_setting_gets_its_sentence() -> None:
    sentences = refused(WEB_PORT="x", ACCESS="y", LOG_LEVEL="z")
    assert [sentence.partition(":")[0] for sentence in sentences] == ["WEB_PORT", "ACCESS", "LOG_LEVEL"]


def test_secrets_are_in_no_representation() -> None:
    words = {name: "hunter2" + name.replace("_", "") for name, _ in _secret_fields()}
    secrets = {name: word + "x" * (-len(word) % 4) for name, word in words.items()}  # base64, as some must be
    settings = read(**{name.upper(): value for name, value in secrets.items()})
    shown = [repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json(), f"{settings}"]
    assert [text for text in shown if "hunter2" in text] == []
    assert all(getattr(settings, name).get_secret_value() == value for name, value in secrets.items())


def test_what_the_example_calls_a_secret_is_one() -> None:
    lines = EXAMPLE.read_text().splitlines()
    pairs = itertools.pairwise(lines)
    named = {match[1].lower() for above, line in pairs if "secret" in above and (match := VARIABLE.match(line))}
    assert named | {"webhook_secret"} == {name for name, _ in _secret_fields()}


def _secret_fields() -> list[tuple[str, object]]:
    fields = Settings.model_fields.items()
    return [(name, field.annotation) for name, field in fields if "SecretStr" in str(field.annotation)]


def test_every_key_and_token_is_a_secret() -> None:
    keys = [name for name in Settings.model_fields if re.search(r"token|secret|_key$", name)]
    assert keys == [name for name, _ in _secret_fields()]
    assert isinstance(read(TELEGRAM_BOT_TOKEN=TOKEN).telegram_bot_token, SecretStr)
