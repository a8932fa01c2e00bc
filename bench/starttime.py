# file: bench/starttime.py
"""How long a person waits for the command line to say anything."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.child import TRADINGBOT, run
from bench.row import Row

_RUNS = 10


def measure() -> list[Row]:
    """Time `--help` and `status` from start to exit, the median of ten, against an interpreter that does nothing."""
    bare, helped, told = [], [], []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(_RUNS):
            bare.append(run([sys.executable, "-c", "pass"]).seconds)
            helped.append(run([TRADINGBOT, "--help"]).seconds)
            told.append(run([TRADINGBOT, "status"], Path(home)).seconds)
    against = "python -c pass"
    return [
        Row("start of --help", median(helped), "s", median(bare), against, aim=0.4),
        Row("start of status", median(told), "s", median(bare), against, aim=0.4),
    ]
