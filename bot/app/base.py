"""What the service and the command line share: settings translated, store opened, catalog built. No network yet."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.app.accounts import own_models, provider_configs
from bot.core.errors import OperatorFault
from bot.core.money import usd
from bot.providers.registry import Registry, build
from bot.services.env import Away, Env, Policy
from bot.settings import Settings
from bot.storage.base import Store
from bot.storage.sqlite import SqliteStore, open_store
from bot.telemetry import metered
from bot.telemetry.metrics import Metrics
from bot.texts import Texts, read_own

CLOUD_DOWNLOAD_BYTES = 20 << 20
LOCAL_DOWNLOAD_BYTES = 2_000 * 1000 * 1000
CLOUD_UPLOAD_BYTES = 50 * 1000 * 1000
LOCAL_UPLOAD_BYTES = 2_000 * 1000 * 1000


def now_ms() -> int:
    """The clock: milliseconds UTC."""
    return time.time_ns() // 1_000_000


def secrets_of(settings: Settings) -> list[str]:
    """Every secret value of the settings, for the log's redaction."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    told = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    return [*told, *(part.strip() for text in told for part in text.split(",") if "," in text and part.strip())]


def _host(base_url: str | None) -> str:
    return urlsplit(base_url or "").hostname or ""


def policy_of(settings: Settings) -> Policy:
    """The settings that decide, in the core's units."""
    return Policy(
        operator_ids=frozenset(settings.operator_ids),
        open_access=settings.access == "open",
        service_microusd_per_day=usd(settings.service_usd_per_day),
        user_microusd_per_month=usd(settings.user_usd_per_month),
        user_requests_per_day=settings.user_requests_per_day,
        user_requests_per_minute=settings.user_requests_per_minute,
        user_active_jobs=settings.user_active_jobs,
        confirm_above_microusd=usd(settings.confirm_above_usd),
        zone=ZoneInfo(settings.default_timezone),
        can_link=settings.public_url is not None,
        max_upload_bytes=LOCAL_UPLOAD_BYTES if settings.telegram_local_mode else CLOUD_UPLOAD_BYTES,
        max_download_bytes=LOCAL_DOWNLOAD_BYTES if settings.telegram_local_mode else CLOUD_DOWNLOAD_BYTES,
        deadline_s=settings.job_deadline_s,
        star_microusd=None if settings.stars_usd_rate is None else usd(settings.stars_usd_rate),
        star_subscription=settings.stars_subscription,
        transcribes=settings.transcribe_base_url is not None,
        transcribe_host=_host(settings.transcribe_base_url),
        enhance_host=_host(settings.enhance_base_url),
        welcome_microusd=usd(settings.welcome_usd),
        content_refusals=settings.content_refusals,
        content_pause_ms=settings.content_pause_minutes * 60_000,
        tray_ms=settings.tray_minutes * 60_000,
        retention_ms=settings.retention_days * 86_400_000,
    )


@dataclass(frozen=True, slots=True)
class Base:
    """The store and the use cases' environment."""

    store: SqliteStore
    env: Env
    registry: Registry
    metrics: Metrics


@contextlib.asynccontextmanager
async def base(settings: Settings) -> AsyncIterator[Base]:
    """Opens the database and builds the catalog; closes both."""
    await asyncio.to_thread(make_folders, settings)
    own = await asyncio.to_thread(own_models, settings)
    registry = build(provider_configs(settings), settings.provider_order, own=own)
    metrics = Metrics()
    try:
        store = await open_store(settings.database_path, now_ms=now_ms(), on_batch=metrics.committed)
        try:
            yield Base(store, await _env(settings, metered.store(store, metrics), registry), registry, metrics)
        finally:
            await store.close()
    finally:
        await registry.close()


def make_folders(settings: Settings) -> None:
    """Raises OperatorFault that names the folder which can't be made."""
    for folder in (settings.database_path.parent, settings.data_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OperatorFault("folder-unusable", folder=str(folder), why=error.strerror or "") from error


def texts_of(settings: Settings) -> Texts:
    """The texts, with the operator's own laid over them. Raises OperatorFault that says what is wrong with those."""
    return Texts(read_own(settings.texts_dir) if settings.texts_dir else None)


async def _env(settings: Settings, store: Store, registry: Registry) -> Env:
    return Env(
        store=store,
        texts=await asyncio.to_thread(texts_of, settings),
        catalog=registry.catalog(settings.default_model, settings.model_order),
        policy=policy_of(settings),
        now_ms=now_ms,
        random_bytes=os.urandom,
        data_dir=settings.data_dir.absolute(),
        away=Away(down=registry.down),
    )
