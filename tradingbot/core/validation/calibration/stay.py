# file: core/validation/calibration/stay.py
"""Move into an empty home for a while, and leave no trace of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["stay"]

_NAMES = ("TRADINGBOT_HOME", "TRADINGBOT_SIGNING_KEY")


@contextmanager
def stay() -> Iterator[Path]:
    """Make this process live in a new folder, its home, until the context is left; the folder is then deleted.

    Keys are made there too: the one the environment names is not used.
    """
    before, folder = {name: os.environ.pop(name, None) for name in _NAMES}, Path.cwd()
    try:
        with tempfile.TemporaryDirectory(prefix="tradingbot-") as made:
            home = Path(made).resolve()
            os.environ[_NAMES[0]] = str(home)
            os.chdir(home)
            try:
                yield home
            finally:
                os.chdir(folder)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
