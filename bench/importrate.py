# file: bench/importrate.py
"""How fast `data import` takes bars in, and in how much memory."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.child import TRADINGBOT, run
from bench.row import Row

_ROWS = 2_000_000
_INSTRUMENT = "BTCUSDT-LINEAR.BYBIT"
_COPY = "import sys, pyarrow.parquet as pq; pq.write_table(pq.read_table(sys.argv[1]), sys.argv[2], compression='zstd')"


def measure() -> list[Row]:
    """Import two million one-minute bars from Parquet, whole command, against pyarrow reading and writing the file."""
    with tempfile.TemporaryDirectory() as folder:
        source, home = Path(folder) / "bars.parquet", Path(folder) / "home"
        home.mkdir()
        _write(source)
        copy = run([sys.executable, "-c", _COPY, str(source), str(home / "copy.parquet")])
        command = [TRADINGBOT, "data", "import", str(source), "--instrument", _INSTRUMENT, "--bar", "1m"]
        taken = run(command, home)
    against = "pyarrow read + write"
    return [
        Row("import, Parquet", _ROWS / taken.seconds, "rows/s", _ROWS / copy.seconds, against, aim=1e6, higher=True),
        Row("import, peak memory", taken.peak_mb, "MB", copy.peak_mb, against),
    ]


def _write(path: Path) -> None:
    """Write a random walk as the tidy format has it, on BTCUSDT's price and size steps."""
    random = np.random.default_rng(7)
    close = np.round(40_000 * np.exp(np.cumsum(random.normal(0, 4e-4, _ROWS))), 1)
    opened = np.concatenate([close[:1], close[:-1]])
    wick = np.round(np.abs(random.normal(0, 5, (2, _ROWS))), 1)
    minutes = np.arange(1, _ROWS + 1, dtype=np.int64) * 60_000_000_000
    table = pa.table(
        {
            "ts_event": pa.array(1_609_459_200_000_000_000 + minutes).cast(pa.timestamp("ns", "UTC")),
            "open": opened,
            "high": np.round(np.maximum(opened, close) + wick[0], 1),
            "low": np.round(np.minimum(opened, close) - wick[1], 1),
            "close": close,
            "volume": np.round(random.gamma(2, 20, _ROWS), 3) + 0.001,
        }
    )
    pq.write_table(table, path, compression="zstd")
