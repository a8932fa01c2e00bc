# file: tests/golden/testidentity.py
"""Whatever the market does and whatever is ordered, the books add up to the cent and no stop is kinder than the market.

Every run also watches, at each bar, that what is held has a working stop (see the puppet).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.golden.catalogfixture import Stage
from tests.golden.marketscripts import LANES, Play
from tests.golden.recount import Recount
from tests.golden.scriptedstrategy import Seen, seen
from tradingbot.core.runtime.result import Result


def played(play: Play) -> tuple[Result, list[Seen]]:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        play.build(stage)
        return stage.play(play.cues, **play.fields).result, list(seen)


@pytest.mark.parametrize("lane", LANES)
@settings(max_examples=25, phases=[Phase.generate])  # a smaller market is no easier to read, and takes minutes to find
@given(data=st.data())
def test_the_books_add_up_and_every_trade_follows_from_its_fills(lane: str, data: st.DataObject) -> None:
    play = data.draw(LANES[lane])
    result, fills = played(play)
    Recount(play, result, fills).check()
    for fill in fills:
        _no_kinder_than_the_market(play, fill, fills)


def _no_kinder_than_the_market(play: Play, fill: Seen, fills: list[Seen]) -> None:
    sign = 1 if fill.signed > 0 else -1
    if fill.kind == "LIMIT":
        assert fill.limit is not None
        assert (fill.limit - fill.price) * sign >= 0
    if fill.kind != "STOP_MARKET":
        return
    assert fill.trigger is not None
    assert (fill.price - fill.trigger) * sign >= 0
    bid, ask = play.sides.get(fill.name, (play.middle[fill.name],) * 2)
    bars = ask if sign > 0 else bid
    row = int(np.searchsorted(bars.ts, fill.ts, "left"))
    began = int(bars.ts[row]) - play.step.ns if row < len(bars) else fill.ts
    entered = max(other.ts for other in fills if other.kind == "MARKET" and other.ts <= fill.ts)
    first = next(other for other in fills if other.order == fill.order)
    real = play.fields["realism"] == "exact" or fill.name not in play.sides
    if real and fill is first and entered < began < fill.ts:
        assert (float(fill.price) - bars.open[row]) * sign >= -1e-9
