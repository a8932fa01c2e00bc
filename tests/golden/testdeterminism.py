# file: tests/golden/testdeterminism.py
"""Same seed, same result: again, in another process, in chunks of another size. Only the time it took may differ."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tests.golden.marketscripts import LANES
from tests.golden.sinemarket import WAVES, waves
from tradingbot.core.market.series import Step
from tradingbot.core.runtime import feed
from tradingbot.core.runtime.feed import Feed
from tradingbot.core.runtime.result import Result

_TIMING = ("seconds", "bars_per_second")
_COIN = "BTCUSDT-LINEAR.BYBIT"


def text(result: Result) -> str:
    """Return the JSON of a result without its timing."""
    found = json.loads(result.to_json())
    for name in _TIMING:
        del found["run"][name]
    return json.dumps(found, sort_keys=True)


def in_chunks(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "Feed", functools.partial(Feed, rows=rows))


@pytest.mark.parametrize("realism", ["fast", "exact"])
@pytest.mark.parametrize("lane", WAVES)
def test_a_second_run_writes_the_same_bytes_but_for_the_time_it_took(lane: str, realism: str, tmp_path: Path) -> None:
    stage, cues, fields = waves(lane, tmp_path)
    first, second = (stage.play(cues, realism=realism, **fields).result for _ in range(2))
    differing = {
        line.split(":")[0].strip()
        for pair in zip(first.to_json().splitlines(), second.to_json().splitlines(), strict=True)
        for line in pair
        if pair[0] != pair[1]
    }
    assert differing <= {f'"{name}"' for name in _TIMING}
    assert text(first) == text(second)


@pytest.mark.parametrize("lane", LANES)
@settings(max_examples=4, phases=[Phase.generate])
@given(data=st.data())
def test_the_size_of_chunks_changes_nothing(lane: str, data: st.DataObject) -> None:
    play = data.draw(LANES[lane])
    sizes = (40_000, 37, 7) if lane == "options" else (40_000, 37, 1)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        stage = Stage(Path(folder))
        play.build(stage)
        found = []
        for rows in sizes:
            in_chunks(rows * len(play.middle), monkeypatch)
            found.append(text(stage.play(play.cues, **play.fields).result))
    assert found[1:] == found[:1] * 2


@pytest.mark.parametrize("late", [0, 5_000_000])
@pytest.mark.parametrize("realism", ["fast", "exact"])
def test_a_settlement_a_little_after_the_hour_is_charged_once_wherever_chunks_end(
    realism: str, late: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, step = Stage(tmp_path), Step.parse("15m")
    bars = bars_along(np.full(80, 40_000.0), step)
    stage.bars(_COIN, step, bars)
    stage.marks(_COIN, bars.ts, bars.close)
    stage.funding(_COIN, np.array([MONDAY + 8 * HOUR + late]), np.array([0.001]))
    fields = {"lane": "cryptofutures", "instruments": [_COIN], "bar": "15m", "equity": "10000 USDT"}
    for rows in (40_000, 32, 1):
        in_chunks(rows, monkeypatch)
        (trade,) = stage.play([{"bar": 3, "do": "long", "stop": 0.01}], realism=realism, **fields).result.open
        assert trade.funding == -trade.quantity * 40


def test_another_seed_may_fill_another_limit_order(tmp_path: Path) -> None:
    stage, step = Stage(tmp_path), Step.parse("15m")
    # The price touches the target of every entry and turns: whether it is filled is decided by chance.
    bars = bars_along(np.tile([40_000.0, 40_000.0, 40_400.0, 40_000.0], 20), step)
    stage.bars(_COIN, step, bars)
    cues = [{"bar": bar, "do": "long", "stop": 0.05, "target": 0.01} for bar in range(1, 70, 4)]
    fields = {"lane": "cryptofutures", "instruments": [_COIN], "bar": "15m", "equity": "10000 USDT"}
    venue = {"spread": {"ticks": 0, "bps": 0}}
    ends = {stage.play(cues, venue=venue, seed=seed, **fields).result.trades[0].exit_time for seed in range(8)}
    assert len(ends) > 1


def test_other_processes_agree_whatever_their_hash_seeds(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.golden.testdeterminism import text;"
        "from tests.golden.sinemarket import waves;"
        "stage, cues, fields = waves('cryptofutures', Path(sys.argv[1]));"
        "spec = lambda part: {'path': 'tests.golden.scriptedstrategy:Puppet', 'params': {'cues': part}};"
        "fields['strategies'] = [spec(cues), spec(cues[1:]), spec(cues[::2])];"
        "sys.stdout.write(text(stage.play([], **fields).result))"
    )
    root = Path(__file__).resolve().parents[2]
    found = set()
    for number in ("0", "1", "random"):
        # The command names the config, so the config must lie in the same place.
        place = tmp_path / "home"
        ran = subprocess.run(
            [sys.executable, "-c", program, str(place)],
            cwd=root, env=os.environ | {"PYTHONHASHSEED": number}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.add(ran.stdout)
    assert len(found) == 1
