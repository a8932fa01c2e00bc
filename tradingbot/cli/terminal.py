# file: cli/terminal.py
"""Terminal output: any encoding, and progress for whatever takes over two seconds: a bar, or lines in a file."""

from __future__ import annotations

import codecs
import io
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tradingbot.core.progress import Progress, Stages, no_progress

_NAME = "tradingbot.plain"
_PLAIN = (
    dict(zip("−–—…‘’“”×·•÷", "---.''\"\"x.*/", strict=True))  # noqa: RUF001 - what is replaced
    | dict(zip("✓✗✕■●○▲▼▶←↑→↓", "vxx#*o^v><^>v", strict=True))
    | dict(zip("▁▂▃▄▅▆▇█", "_.,:-=+#", strict=True))
    | {"≤": "<=", "≥": ">=", "≠": "!=", "±": "+-"}
)
_SIDEWAYS = {"HORIZONTAL", "LEFT", "RIGHT"}
_FIRST_S, _EVERY_S = 2.0, 10.0


def open_terminal() -> None:
    """Let standard output and error write every text, whatever their encoding.

    Rich draws its boxes and bars in ASCII where the encoding is not UTF by itself.
    """
    codecs.register_error(_NAME, _written)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)


def plain(character: str) -> str:
    """Return ASCII that stands for a character: its plain sign, its letter without accents, or a question mark."""
    if character in _PLAIN:
        return _PLAIN[character]
    if "\u2500" <= character <= "\u257f":
        return _line(unicodedata.name(character))
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


def _line(name: str) -> str:
    """Return the ASCII of one of Unicode's box drawings: a stroke, or a plus where two meet."""
    if " AND " in name:
        return "+"
    return "-" if name.split()[-1] in _SIDEWAYS else "|"


def _written(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain, error.object[error.start : error.end])), error.end


@contextmanager
def progress_bar(title: str, quiet: bool = False) -> Iterator[Progress]:
    """Show `title` with a bar and the time left, and give what is called with (done, total); total 0 is not known.

    Where standard error is no terminal, work of over two seconds writes a plain line now and then. Shows nothing when
    `quiet`.
    """
    if quiet:
        yield no_progress
        return
    if not sys.stderr.isatty():
        lines = _ProgressLines(title)
        yield lines.advance
        lines.end()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


@contextmanager
def progress_stages(quiet: bool = False) -> Iterator[Stages]:
    """Give what is called with a stage's title and returns what hears its (done, total); each bar replaces the last."""
    with ExitStack() as stack:

        def stage(title: str) -> Progress:
            stack.pop_all().close()
            return stack.enter_context(progress_bar(title, quiet))

        yield stage


class _ProgressLines:
    """Progress of one piece of work as plain lines, for a log: after two seconds, every ten, and at the end."""

    __slots__ = ("_began", "_next", "_title")

    def __init__(self, title: str) -> None:
        self._title, self._began = title, time.monotonic()
        self._next = self._began + _FIRST_S

    def advance(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY_S
            self._write(f"{done / total:.0%}" if total else "under way", now)

    def end(self) -> None:
        if (now := time.monotonic()) >= self._began + _FIRST_S:
            self._write("done", now)

    def _write(self, state: str, now: float) -> None:
        sys.stderr.write(f"{self._title}: {state} after {now - self._began:.0f} s\n")
        sys.stderr.flush()
