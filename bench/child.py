# file: bench/child.py
"""Run a command in a process of its own, so that neither its memory nor its warm caches are the benchmark's."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TRADINGBOT = str(Path(sys.executable).with_name("tradingbot"))
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """Wall and processor seconds from start to exit, and the largest resident memory in MB."""

    seconds: float
    cpu: float
    peak_mb: float


def run(command: Sequence[str], home: Path | None = None) -> Usage:
    """Return what `command` took, with `home` as TRADINGBOT_HOME.

    Raises RuntimeError: With the end of its output when it fails.
    """
    place = {"TRADINGBOT_HOME": str(home)} if home else {}
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **place})
    said = child.stdout.read() if child.stdout else b""
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {said.decode()[-2000:]}")
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * _RSS_UNIT / 1e6)
