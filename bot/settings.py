"""Every variable of the environment, in one place; only `bot.app` and `bot.cli` read it.

Each adapter declares its own (`adapter.py` in its folder) and finds them merged in here. `.env.example` lists the same
names; a test compares the two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.providers.adapters import ADAPTERS
from bot.providers.variables import BaseUrl

FIRST = next(iter(ADAPTERS))
"""The provider of first choice: it serves as an example, and the sandbox has it unless told otherwise."""
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("this is no time zone; write it like Europe/Berlin") from error
    return name


S = TypeVar("S", bound=BaseSettings)


def _with_adapters(shared: type[S]) -> type[S]:
    """The same settings with the variables of every adapter behind them.

    Raises TypeError where two declare one name: neither could be told what is meant for the other.
    """
    parts: list[type[BaseModel]] = [shared, *(adapter.variables for adapter in ADAPTERS.values())]
    declared = Counter(name for part in parts for name in part.model_fields)
    if twice := [name.upper() for name, count in declared.items() if count > 1]:
        raise TypeError(f"declared more than once: {', '.join(twice)}")
    facts: dict[str, Any] = {"__module__": shared.__module__, "__doc__": shared.__doc__}
    return cast("type[S]", create_model(shared.__name__, __base__=tuple(reversed(parts)), **facts))


@_with_adapters
class Settings(BaseSettings):
    """The operator's choices. Secrets are SecretStr: they print as stars."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: BaseUrl = "https://api.telegram.org"
    telegram_local_mode: bool = False
    database_url: str = "sqlite:///data/kinetogram.db"
    data_dir: Path = Path("data")
    data_max_gb: float = Field(20, gt=0)
    public_url: BaseUrl | None = None
    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, le=65535)
    webhook_secret: SecretStr | None = None

    operator_ids: Annotated[tuple[int, ...], NoDecode] = ()
    access: Literal["granted", "open"] = "granted"
    service_usd_per_day: Amount = Decimal(20)
    user_usd_per_month: Amount = Decimal(5)
    welcome_usd: Amount = Decimal(0)
    user_requests_per_day: int = Field(30, ge=0)
    user_requests_per_minute: int = Field(30, ge=0)
    user_active_jobs: int = Field(3, ge=0)
    content_refusals: int = Field(5, ge=1, le=1000)
    content_pause_minutes: int = Field(60, ge=0, le=43_200)
    confirm_above_usd: Amount = Decimal("1.00")
    stars_usd_rate: Annotated[Decimal, Field(ge=Decimal("0.000001"), le=1)] | None = None
    stars_subscription: Annotated[int, Field(ge=1, le=10_000)] | None = None
    default_timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    tray_minutes: int = Field(15, ge=1, le=1440)
    retention_days: int = Field(365, ge=1, le=3650)
    texts_dir: Path | None = None

    default_model: str = "seedance-2.0"
    model_order: Annotated[tuple[str, ...], NoDecode] = (
        "seedance-2.0",
        "seedance-2.0-fast",
        "seedance-2.0-mini",
        "seedance-2.5",
    )
    provider_order: Annotated[tuple[str, ...], NoDecode] = tuple(ADAPTERS)
    poll_interval_s: float = Field(5, ge=1, le=60)
    job_deadline_s: int | None = Field(None, ge=60)
    max_active_jobs: int = Field(20, ge=1)
    cny_usd: Annotated[Decimal, Field(ge=Decimal("0.001"), le=1_000)] = Decimal("0.14")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"

    models_file: Path | None = None
    key_limits: Annotated[Mapping[str, tuple[int, int]], NoDecode] = Field(default_factory=dict)
    sandbox_provider: str = FIRST

    transcribe_base_url: BaseUrl | None = None
    transcribe_api_key: SecretStr | None = None
    transcribe_model: str = "whisper-1"
    enhance_base_url: BaseUrl | None = None
    enhance_api_key: SecretStr | None = None
    enhance_model: str | None = None

    @field_validator("operator_ids", "model_order", "provider_order", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("key_limits", mode="before")
    @classmethod
    def _limits(cls, value: object) -> object:
        """`ark=10/180` is ten tasks at once and 180 orders a minute for each key of ark."""
        if not isinstance(value, str):
            return value
        found = [
            re.fullmatch(r"\s*(\w+)\s*=\s*(\d+)\s*/\s*(\d+)\s*", part) for part in value.split(",") if part.strip()
        ]
        if not all(found) or any(int(part[2]) < 1 or int(part[3]) < 1 for part in found if part):
            raise ValueError(f"write it like {FIRST}=10/180: tasks at once and orders a minute for each key")
        return {part[1]: (int(part[2]), int(part[3])) for part in found if part}

    @field_validator("provider_order", "key_limits")
    @classmethod
    def _known(cls, value: Collection[str]) -> Collection[str]:
        """Raises ValueError for a name that is no provider's: one that was mistyped is not lost."""
        if not set(value) <= set(ADAPTERS):
            raise ValueError(f"name none but these: {', '.join(ADAPTERS)}")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith("sqlite:///"):
            raise ValueError("only sqlite:///path is served by this version")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("1 to 256 characters of A-Z a-z 0-9 _ -")
        return value

    @model_validator(mode="after")
    def _public_url_is_safe(self) -> Settings:
        if self.public_url is not None:
            parts = urlsplit(self.public_url)
            if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
                raise ValueError("PUBLIC_URL must be https (http only on this machine itself)")
        return self

    @model_validator(mode="after")
    def _subscription_has_a_rate(self) -> Settings:
        if self.stars_subscription is not None and self.stars_usd_rate is None:
            raise ValueError("STARS_SUBSCRIPTION needs STARS_USD_RATE: say what one Star buys")
        return self

    @model_validator(mode="after")
    def _enhancer_is_whole(self) -> Settings:
        if self.enhance_base_url is not None and self.enhance_model is None:
            raise ValueError("ENHANCE_BASE_URL needs ENHANCE_MODEL: name a model of that service")
        return self

    @property
    def database_path(self) -> Path:
        """Where the SQLite file lies."""
        return Path(self.database_url.removeprefix("sqlite:///"))


def explain(error: ValidationError) -> list[str]:
    """One sentence for each bad setting, naming the variable; values are never repeated (they may be secrets)."""
    return [_sentence(item) for item in error.errors(include_input=False, include_url=False)]


def _sentence(item: ErrorDetails) -> str:
    name = ".".join(str(part) for part in item["loc"]).upper() or "SETTINGS"
    return f"{name}: {item['msg'].removeprefix('Value error, ')}"
