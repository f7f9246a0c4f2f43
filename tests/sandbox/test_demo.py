"""The demo by every provider: the whole story, from the song to a video whose frames can be shown."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from bot.app import demo
from bot.sandbox.providers.entries import names
from bot.sandbox.site import Pace
from bot.settings import Settings

HURRIED = Pace(queue_s=0.1, render_s=0.2, fast_render=True)


@pytest.mark.parametrize("name", names())
async def test_the_demo_ends_with_a_video_that_plays(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, sandbox_provider=name, data_dir=tmp_path / "data")
    video = await demo(settings, tmp_path / "out", HURRIED)
    with av.open(str(video)) as film:
        (stream,) = film.streams.video
        frames = [frame.reformat(width=90, height=90, format="gray").to_ndarray() for frame in film.decode(stream)]
        seconds, rate = (film.duration or 0) / av.time_base, float(stream.average_rate or 1)
    told = capsys.readouterr().out
    assert len(frames) / rate == pytest.approx(seconds, abs=0.1)
    assert 4 <= round(seconds) <= 8
    assert (frames[0] != frames[-1]).any(), "it moves"
    assert all(frame.std() > 5 for frame in frames), "no frame is blank"
    assert "Ann: " in told
