"""What only this adapter does: five dialects, keys that stay at home, lost orders sought by what was ordered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.catalog import Model
from bot.core.errors import ContentRefused, KinetogramError, OperatorFault, Transient, Uncertain
from bot.core.media import MediaKind
from bot.core.request import Role
from bot.providers.base import Absent, CannotLookUp, Ended, Found, Order, Rendering, Sought, Succeeded, Task, Waiting
from bot.providers.config import ProviderConfig, Tools
from bot.providers.download import Files
from bot.providers.http import Http
from bot.providers.openai import client
from bot.providers.openai.client import OpenAIProvider
from bot.sandbox.providers.openai import OpenAIKnobs, OpenAIServer
from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.kit import KEY, MP4, HeldClock, Renders, image, order
from tests.sandbox.providers.desk import picture_bytes

MAX_BYTES = 1_000_000
DIALECTS = ("official", "sglang", "vllm-omni", "litellm", "generic")


@dataclass
class Booth:
    """The adapter before a server of one dialect."""

    provider: OpenAIProvider
    server: OpenAIServer
    clock: HeldClock
    folder: Path
    base: str

    async def submit(self, prompt: str = "a cat", *references: Any, **changes: Any) -> Task:
        return await self.provider.submit(self.order(prompt, *references, **changes))

    def order(self, prompt: str = "a cat", *references: Any, **changes: Any) -> Order:
        plain: dict[str, Any] = {"model": "sora-2", "duration_s": 4}
        return order(prompt, *references, wire_id="sora-2", **{**plain, **changes})

    async def lost(self, prompt: str = "a cat", **details: Any) -> None:
        """A create call that acted, and whose answer did not come."""
        self.server.fail("create", Fault(Trouble.DROP_AFTER, **details))
        with pytest.raises(Uncertain):
            await self.submit(prompt)

    def sought(self, prompt: str = "a cat", **changes: Any) -> Sought:
        made = self.order(prompt)
        plain = Sought(made.spec, made.wire_id, made.trace, "", self.clock(), self.clock())
        return replace(plain, **changes)

    async def pass_s(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        await self.server.settle()

    async def finish(self) -> None:
        await self.pass_s(1)
        await self.pass_s(4)


Opener = Callable[..., AbstractAsyncContextManager[Booth]]


@pytest.fixture
def at(tmp_path: Path) -> Opener:
    @asynccontextmanager
    async def opened(dialect: Any, key: str = KEY, **knobs: Any) -> AsyncIterator[Booth]:
        clock, renders = HeldClock(), Renders(tmp_path)
        server = OpenAIServer(key, renders, clock, OpenAIKnobs(dialect=dialect, **knobs))
        tools = Tools(Http(now_s=lambda: clock() / 1000), Files(), clock, clock.sleep)
        async with server.running() as base:
            config = ProviderConfig("openai", base, key, prices="sora-2", extras={"dialect": dialect})
            try:
                yield Booth(OpenAIProvider(config, tools), server, clock, tmp_path, base)
            finally:
                await tools.close()

    return opened


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_every_dialect_makes_a_video_from_a_first_frame(at: Opener, dialect: str) -> None:
    async with at(dialect) as booth:
        frame = booth.folder / "frame.png"
        frame.write_bytes(picture_bytes(1280, 720))
        task = await booth.submit("a cat", image(frame, role=Role.FIRST))
        seen = [await booth.provider.check(task)]
        await booth.pass_s(1)
        seen.append(await booth.provider.check(task))
        await booth.pass_s(4)
        made = await booth.provider.check(task)
        assert seen == [Waiting(), Rendering(0)]
        assert isinstance(made, Succeeded)
        assert (made.usage.seconds, made.usage.resolution) == (4.0, "720p")
        path = booth.folder / "fetched.mp4"
        await booth.provider.fetch(made.video_url, path, MAX_BYTES)
        assert path.read_bytes() == MP4
        (call,) = booth.server.wire.of("file")
        assert (call.with_key, call.query.startswith("variant")) == (dialect != "generic", False)
        assert booth.server.wire.of("create")[0].ask["input_reference"] == ["image/png"]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_server_without_keys_is_sent_none(at: Opener, dialect: str) -> None:
    async with at(dialect, key="") as booth:
        await booth.submit()
        assert (await booth.provider.ping()).ok
        assert {call.with_key for call in booth.server.calls} == {False}


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_failed_task_is_a_failure_in_every_dialect(at: Opener, dialect: str) -> None:
    async with at(dialect) as booth:
        task = await booth.submit("[fail] dance")
        await booth.finish()
        status = await booth.provider.check(task)
        assert isinstance(status, Ended)
        assert (status.kind, status.error.key) == ("failed", "task-failed")
        assert len(booth.server.wire.of("get")) == 1, "a 500 around a video is an answer, not a fault to be tried again"


async def test_outputs_in_a_bucket_are_fetched_there_without_the_key(at: Opener) -> None:
    async with at("sglang", cloud=True) as booth:
        task = await booth.submit()
        await booth.finish()
        made = await booth.provider.check(task)
        assert isinstance(made, Succeeded)
        assert "/bucket/" in made.video_url
        await booth.provider.fetch(made.video_url, booth.folder / "a.mp4", MAX_BYTES)
        assert [call.with_key for call in booth.server.wire.of("file")] == [False]


async def test_only_vllm_omni_stops_a_video_and_is_asked_again_while_it_is_at_it(at: Opener) -> None:
    for dialect in DIALECTS:
        async with at(dialect, busy_deletes=2) as booth:
            task = await booth.submit()
            outcome = await booth.provider.cancel(task)
            assert outcome == ("cancelled" if dialect == "vllm-omni" else "unsupported")
            assert len(booth.server.wire.of("delete")) == (3 if dialect == "vllm-omni" else 0)


async def test_a_stop_that_stays_busy_or_comes_too_late_is_told_as_it_is(at: Opener) -> None:
    async with at("vllm-omni", busy_deletes=9) as booth:
        task = await booth.submit()
        assert await booth.provider.cancel(task) == "running"
        booth.server.fail("delete", Fault(Trouble.STATUS, status=404))
        assert await booth.provider.cancel(task) == "finished"
        booth.server.fail("delete", Fault(Trouble.STATUS, status=401))
        with pytest.raises(OperatorFault):
            await booth.provider.cancel(task)
        await booth.finish()
        assert await booth.provider.cancel(task) == "finished"
    async with at("vllm-omni") as booth:
        task = await booth.submit("[fail]")
        await booth.finish()
        assert await booth.provider.cancel(task) == "finished"


async def test_a_task_that_is_said_to_be_cancelled_is(at: Opener) -> None:
    async with at("official", words={"queued": "cancelled"}) as booth:
        task = await booth.submit()
        assert await booth.provider.cancel(task) == "cancelled"


# A lost answer


@pytest.mark.parametrize("dialect", ["official", "vllm-omni", "litellm"])
async def test_a_lost_order_is_found_by_its_words_and_left_to_nobody_else(at: Opener, dialect: str) -> None:
    async with at(dialect) as booth:
        await booth.submit("a dog", trace="t-0")
        await booth.lost()
        found = await booth.provider.seek(booth.sought())
        assert isinstance(found, Found)
        assert booth.server.videos[found.task.id].ask.prompt == "a cat"
        assert await booth.provider.seek(booth.sought()) == found, "the same order may ask again"
        other = await booth.provider.seek(booth.sought(trace="t-2"))
        assert other == (CannotLookUp() if dialect == "litellm" else Absent())
        assert await booth.provider.seek(booth.sought(held=frozenset({found.task.id}))) == other


@pytest.mark.parametrize(
    ("dialect", "wanted"),
    [
        ("official", Absent()),
        ("vllm-omni", Absent()),
        ("sglang", Absent()),
        ("litellm", CannotLookUp()),
        ("generic", CannotLookUp()),
    ],
)
async def test_only_a_server_that_lists_everything_proves_an_absence(at: Opener, dialect: str, wanted: Any) -> None:
    async with at(dialect) as booth:
        await booth.submit("a cat", trace="another's")
        assert await booth.provider.seek(booth.sought("a bird")) == (
            CannotLookUp() if dialect in {"litellm", "generic"} else wanted
        )
        assert await booth.provider.seek(booth.sought(key_name="another key")) == CannotLookUp()
        assert await booth.provider.look_up("t-1", "", 0) == CannotLookUp()


async def test_a_server_that_keeps_the_words_to_itself_proves_nothing(at: Opener) -> None:
    async with at("sglang") as booth:
        await booth.lost()
        assert await booth.provider.seek(booth.sought()) == CannotLookUp()


async def test_a_listing_is_read_page_by_page_back_to_before_the_call(at: Opener, monkeypatch: Any) -> None:
    monkeypatch.setattr(client, "PAGE_SIZE", 2)
    async with at("official") as booth:
        for number in range(3):
            await booth.submit("a dog", trace=f"old-{number}")
        booth.clock.pass_s(600)
        for number in range(3):
            await booth.submit("a dog", trace=f"new-{number}")
        assert await booth.provider.seek(booth.sought()) == Absent()
        assert len(booth.server.wire.of("list")) == 2, "the second page goes back before the call"
        assert "after=video_" in booth.server.wire.of("list")[1].query
        monkeypatch.setattr(client, "MAX_PAGES", 1)
        with pytest.raises(Transient) as caught:
            await booth.provider.seek(booth.sought())
        assert caught.value.key == "provider-listing-incomplete"


async def test_a_short_history_is_read_to_its_end(at: Opener) -> None:
    async with at("sglang") as booth:
        await booth.submit("a dog", trace="another's", duration_s=8)
        assert await booth.provider.seek(booth.sought()) == Absent()


@pytest.mark.parametrize(
    ("dialect", "fault", "wanted"),
    [
        ("official", Fault(Trouble.STATUS, status=429), Transient),
        ("official", Fault(Trouble.EMPTY_404), CannotLookUp),
        ("official", Fault(Trouble.HTML), CannotLookUp),
        ("litellm", Fault(Trouble.STATUS, status=401), OperatorFault),
    ],
)
async def test_a_listing_that_can_not_be_read_is_no_proof(at: Opener, dialect: str, fault: Fault, wanted: Any) -> None:
    async with at(dialect) as booth:
        booth.server.fail("list", fault, times=3)
        if issubclass(wanted, KinetogramError):
            with pytest.raises(wanted):
                await booth.provider.seek(booth.sought())
        else:
            assert await booth.provider.seek(booth.sought()) == wanted()


async def test_only_so_many_owners_are_remembered(at: Opener, monkeypatch: Any) -> None:
    monkeypatch.setattr(client, "OWNERS_KEPT", 1)
    async with at("official") as booth:
        await booth.submit("a cat", trace="t-0")
        await booth.submit("a dog", trace="t-1")
        assert isinstance(await booth.provider.seek(booth.sought(trace="t-2")), Found), "the cat's owner is forgotten"


async def test_without_a_secret_no_event_is_believed(at: Opener) -> None:
    async with at("official") as booth:
        body = b'{"type":"video.completed","data":{"id":"video_1"}}'
        assert booth.provider.event_task(body, {"webhook-id": "evt_1", "webhook-timestamp": "1"}) is None
        assert booth.provider.callback_task(body) is None, "an order has no field for an address of its own"


# Doctor


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_wrong_key_is_told(at: Opener, dialect: str) -> None:
    async with at(dialect) as booth:
        config = ProviderConfig("openai", booth.base, "wrong key", extras={"dialect": dialect})
        ping = await OpenAIProvider(config, booth.provider._tools).ping()
        assert (ping.ok, ping.key) == (False, "provider-key-refused")


async def test_a_self_hosted_model_with_a_switch_is_asked_for_sound(at: Opener) -> None:
    async with at("vllm-omni") as booth:
        (offer, *_) = booth.provider.offers
        model: Model = replace(offer.model, takes_audio_switch=True, max_counts={MediaKind.IMAGE: 1})
        await booth.provider.submit(replace(booth.order(audio=False), model=model))
        assert booth.server.wire.of("create")[0].ask["generate_sound"] == "false"


@pytest.mark.parametrize("code", ["organization_blocked_by_policy", "unsupported_country_region_territory"])
async def test_a_403_is_the_accounts_fault_whatever_it_says_of_policies(at: Opener, code: str) -> None:
    async with at("official") as booth:
        booth.server.fail("create", Fault(Trouble.STATUS, status=403, code=code))
        with pytest.raises(OperatorFault, match="provider-denied"):
            await booth.submit()
        booth.server.fail("create", Fault(Trouble.STATUS, status=403, code="content_policy_violation"))
        with pytest.raises(ContentRefused, match="refused-text"):
            await booth.submit()
