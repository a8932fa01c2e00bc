# file: reports/backtest/runfolder.py
"""Run folder: each run of a backtest has its own, so that concurrent runs do not overwrite each other."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.storage.atomicfile import part_path, write_atomic

LATEST = "latest"
"""Beside the runs' folders: a link to the newest, or a file with its name where links are not possible."""


def new_run_folder(runs: Path, now: Callable[[], int] = time.time_ns) -> Path:
    """Make a folder below `runs` that no other run has, and return it; names ascend with the time `now`, UTC ns.

    Only one of several processes can make a folder, so making it is the lock. Raises RunFailed when it cannot be made.
    """
    try:
        runs.mkdir(parents=True, exist_ok=True)
        while True:
            with suppress(FileExistsError):
                folder = runs / _run_id(now())
                folder.mkdir()
                return folder
    except OSError as error:
        raise RunFailed(f"the folder {runs} for runs could not be made: {error.strerror}") from error


def point_latest(runs: Path, marker: str) -> None:
    """Let `latest` name the newest run in `runs` that has the file `marker`.

    Raises RunFailed when what is there cannot be replaced.
    """
    pointed = ""
    # Another process may have finished a newer run meanwhile, and pointed at it before this one did.
    while (newest := max((path.parent.name for path in runs.glob(f"[0-9]*/{marker}")), default="")) != pointed:
        _point(runs / LATEST, newest)
        pointed = newest


def _run_id(ts: int) -> str:
    second, ns = divmod(ts, 1_000_000_000)
    return dt.datetime.fromtimestamp(second, dt.UTC).strftime(f"%Y-%m-%dT%H-%M-%S-{ns // 1_000:06d}Z")


def _point(link: Path, name: str) -> None:
    part = part_path(link)
    try:
        try:
            part.symlink_to(name)
        except OSError:
            write_atomic(link, f"{name}\n")
        else:
            part.replace(link)
    except OSError as error:
        raise RunFailed(f"{link} could not be replaced: {error.strerror}; the run is in {name} beside it") from error
    finally:
        part.unlink(missing_ok=True)
