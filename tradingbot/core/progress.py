# file: core/progress.py
"""Progress callback: how far long work has come, told to whoever started it."""

from collections.abc import Callable

type Progress = Callable[[int, int], None]
"""Called with (done, total); total is 0 while it is not known."""

type Stages = Callable[[str], Progress]
"""Called with the title of what begins; returns the progress callback of it."""


def no_progress(_done: int, _total: int) -> None:
    """Show nothing."""
