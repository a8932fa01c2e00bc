# file: tests/proofs/testdownloads.py
"""Downloads killed at any moment, from a venue with faults, end with its truth, and ask for no window twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.venues.bybit.venue import BybitVenue
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.time import DAY, MINUTE, to_iso

_ROOT = Path(__file__).parents[2]
_MS = 1_000_000
_START_MS = 1_780_012_890_500
_CLOSED = _START_MS * _MS // (15 * MINUTE) * (15 * MINUTE)
_BEGIN = _CLOSED - 12 * 60 * DAY
_LIMIT_S = 60
_KILLS = 12


def _killed(words: list[str], home: Path, after_s: float) -> bool:
    """Run the command and kill it after so long; return whether it was killed."""
    command = [sys.executable, "-m", "tradingbot", "data", *words]
    with subprocess.Popen(command, cwd=_ROOT, env=os.environ | {"TRADINGBOT_HOME": str(home)}) as run:
        try:
            assert run.wait(after_s) == 0
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            return True
    return False


def test_a_download_that_is_killed_again_and_again_ends_with_the_truth(tmp_path: Path) -> None:
    chance = random.Random(1)
    with BybitVenue(_START_MS, limit=None) as venue:
        (tmp_path / "config").mkdir()
        bybit = {"environment": "mainnet", "http": venue.http, "requests_per_second": 100}
        (tmp_path / "config" / "venues.json").write_text(json.dumps({"bybit": bybit}), encoding="utf-8")
        venue.fault("slow", delay=0.03, path="kline")
        words = ["download", "--instrument", "BTCUSDT-LINEAR.BYBIT", "--instrument", "ETHUSDT-SPOT.BYBIT"]
        words += ["--bar", "15m", "--start", to_iso(_BEGIN)]
        kills = 0
        while kills < _KILLS and _killed(words, tmp_path, chance.uniform(1.0, 5.0)):
            kills += 1
            venue.fault(chance.choice(["throttle", "fail"]), count=chance.randrange(1, 6))
        assert kills > 2
        assert not _killed(words, tmp_path, _LIMIT_S)
        for kind in ("marks", "funding"):
            more = ["download", *words[1:3], "--kind", kind, "--start", to_iso(_BEGIN)]
            assert not _killed([*more, "--bar", "1h"] if kind == "marks" else more, tmp_path, _LIMIT_S)
        catalog = Catalog(tmp_path / "catalog" / "main")
        for category, symbol in (("linear", "BTCUSDT"), ("spot", "ETHUSDT")):
            name = f"{symbol}-{category.upper()}.BYBIT"
            bars = catalog.bars(name, Step(15, "m"), PriceSide.LAST)
            truth = venue.market.bars(category, symbol, _BEGIN // _MS, _CLOSED // _MS, "15")
            rows = zip(bars.ts.tolist(), *(each.tolist() for each in (*bars.ohlc, bars.volume)), strict=True)
            assert list(rows) == [(row.start * _MS + 15 * MINUTE, *map(float, row[1:6])) for row in truth]
        settled = venue.market.settlements("linear", "BTCUSDT", _BEGIN // _MS, _START_MS)
        funding = catalog.funding("BTCUSDT-LINEAR.BYBIT")
        assert funding.rate.tolist() == [float(row.rate) for row in settled]
        assert catalog.span("BTCUSDT-LINEAR.BYBIT", Kind.MARKS) is not None
        left = [path for path in (catalog.path / ".staging").rglob("*") if path.is_file() and path.name != "lock"]
        assert left == []
        windows = [
            seen.params["start"]
            for seen in venue.asked("/v5/market/kline")
            if seen.code == 0 and "start" in seen.params
        ]
        # Of two instruments; a kill costs the pages of the window that was under way, six at most.
        assert len(windows) <= 2 * 12 * 6 + 6 * kills + 12
