# file: bench/starttime.py
"""How long a person waits for the command line to say anything."""

from __future__ import annotations

import sys
from statistics import median

from bench.child import TRADINGBOT, run
from bench.row import Row

__all__ = ["measure"]

_RUNS = 10


def measure() -> list[Row]:
    """Time `tradingbot --help` from start to exit, the median of ten, against an interpreter that does nothing."""
    bare, helped = [], []
    for _ in range(_RUNS):
        bare.append(run([sys.executable, "-c", "pass"]).seconds)
        helped.append(run([TRADINGBOT, "--help"]).seconds)
    return [Row("start of --help", median(helped), "s", median(bare), "python -c pass", aim=0.4)]
