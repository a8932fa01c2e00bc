# file: tests/golden/testfunding.py
"""Funding that is late, missing, or priced by marks that ended, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.market.series import Step

COIN = "BTCUSDT-LINEAR.BYBIT"
HOURLY = Step.parse("1h")


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_late_stamps_belong_to_their_hour_stale_marks_give_way_and_what_is_missing_is_told(
    tmp_path: Path, realism: str
) -> None:
    stage = Stage(tmp_path)
    # The close of hour h is 50,000 + 100 h. Marks, 7 above it, are known for nine hours. Of five settlements of 0.001
    # that are due, 24:00 is missing, and the others are stamped late.
    bars = bars_along([50_000 + 100 * hour for hour in range(42)], HOURLY)
    stage.bars(COIN, HOURLY, bars)
    stage.marks(COIN, bars.ts[:9], bars.close[:9] + 7)
    late = np.array([7_000_000, 150_000_000, 3_000_000_000, 0])
    stage.funding(COIN, MONDAY + np.array([8, 16, 32, 40]) * HOUR + late, np.full(4, 0.001))
    venue = {"spread": {"ticks": 0, "bps": 0}, "depth": {"participation": 1, "impact": 0}}
    fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "1h", "equity": "10000 USDT", "venue": venue}
    cues = [
        {"bar": 7, "do": "long", "stop": 0.01}, {"bar": 8, "do": "leave"},  # pays at 8:00, at the mark
        {"bar": 16, "do": "short", "stop": 0.2}, {"bar": 32, "do": "leave"},  # not at 16:00, but at 32:00
    ]  # fmt: skip
    cues[2]["stop"] = 0.05
    result = stage.play(cues, realism=realism, **fields).result
    long, short = result.trades
    # 08:00: the close of 50,800 and the mark 7 above it. 32:00: the last price, 53,200; the last mark was 50,907.
    assert long.funding == -long.quantity * Decimal("50.807")
    assert short.funding == short.quantity * Decimal("53.2")
    told = {caveat.code: caveat.sentence for caveat in result.warnings}
    # The short was open at 24:00 and 32:00, the long at 08:00.
    assert told["missing_funding"] == (
        f"Funding is missing: {COIN} lacks 1 of 5 settlements (20.0 %), from 2025-01-07 00:00 to 2025-01-07 00:00. "
        "Of the 3 that fell while a position was open 1 (33.3 %) were not charged: the net profit is without them."
    )
    assert told["stale_marks"].startswith(f"3 of 4 settlements (75.0 %) of {COIN} were priced at the last price")


def test_without_any_funding_a_perpetual_does_not_look_free(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.bars(COIN, HOURLY, bars_along(np.full(26, 50_000.0), HOURLY))
    fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "1h", "equity": "10000 USDT", "realism": "fast"}
    result = stage.play([{"bar": 7, "do": "long"}, {"bar": 20, "do": "leave"}], **fields).result
    assert result.warnings[0].sentence == (
        f"Funding is missing: {COIN} lacks 3 of 3 settlements (100.0 %), from 2025-01-06 08:00 to 2025-01-07 00:00. "
        "Of the 2 that fell while a position was open 2 (100.0 %) were not charged: the net profit is without them."
    )
