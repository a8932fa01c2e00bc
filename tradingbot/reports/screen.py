# file: reports/screen.py
"""Terminal building blocks: title lines, labelled lines, warnings and files of a summary on 100 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

WIDTH = 100


def title_lines(name: str, badge: str, *lines: str) -> Table:
    """Return the name of what is summed up with a loud `badge`, and lines below it, cut where the screen ends."""
    first = Text(name, style="not dim bold").append(f"  {badge}" if badge else "", style="not dim bold yellow")
    grid = Table.grid()
    grid.add_column(no_wrap=True, overflow="ellipsis", style="dim")
    for line in (first, *(Text(line) for line in lines if line)):
        grid.add_row(line)
    return grid


def labelled(lines: Iterable[tuple[str, str | Text]], width: int) -> Table:
    """Return lines of text of at most `width` columns, each with its label before it; empty ones are left out."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(max_width=width)
    for label, text in lines:
        if text:
            grid.add_row(label, Text(text) if isinstance(text, str) else text)
    return grid


def warning_lines(sentences: Iterable[str], style: str = "yellow") -> list[RenderableType]:
    """Return every warning on a line of its own."""
    return [Text(f"! {sentence}", style=style) for sentence in sentences]


def file_lines(paths: Mapping[str, str] | None) -> list[RenderableType]:
    """Return the files written, `paths` by what they are, such as `{"html": "report.html"}`."""
    return [Text(f"{name}: {path}", overflow="fold") for name, path in (paths or {}).items()]
