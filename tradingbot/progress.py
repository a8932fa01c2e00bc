# file: progress.py
"""A progress bar on standard error for whatever takes over two seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

__all__ = ["bar", "stages"]


@contextmanager
def bar(title: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show `title` with a bar and the time left, and give what is called with (done, total); total 0 is not known.

    Shows nothing when `quiet` or when standard error is no terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


@contextmanager
def stages(quiet: bool = False) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Give what is called with a stage's title and returns what hears its (done, total); each bar replaces the last."""
    with ExitStack() as stack:

        def stage(title: str) -> Callable[[int, int], None]:
            stack.pop_all().close()
            return stack.enter_context(bar(title, quiet))

        yield stage
