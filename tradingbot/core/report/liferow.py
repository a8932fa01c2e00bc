# file: core/report/liferow.py
"""One candidate's life in a few words: what it learned, how it was judged, whether it may trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tradingbot.core.report.phrase import number

__all__ = ["LifeRow", "life_screen"]


@dataclass(frozen=True, slots=True)
class LifeRow:
    """What training, validation and promotion said of one candidate.

    `auc` and `sharpe` (net, annual) are out of fold, None where undefined; `trades` those of the validation's tests.
    """

    candidate: str
    auc: float | None
    baseline_auc: float | None
    sharpe: float | None
    baseline_sharpe: float | None
    trades: int
    verdict: str
    verdict_reason: str
    promoted: bool
    promotion_reason: str
    training_html: str
    validation_html: str


def life_screen(rows: Sequence[LifeRow]) -> RenderableType:
    """Return the rows for rich to print, each with its three steps."""
    parts: list[RenderableType] = []
    for row in rows:
        table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        table.add_row("trained", _trained(row))
        table.add_row("validated", f"{row.verdict}: {row.verdict_reason} ({row.trades} trades out of sample)")
        table.add_row("✓ promoted" if row.promoted else "✗ refused", row.promotion_reason)
        table.add_row("read", Text(f"{row.training_html}\n{row.validation_html}", overflow="fold", style="dim"))
        parts += [
            Text(row.candidate, style="bold cyan" if row.promoted else "bold dark_orange"),
            Padding(table, (0, 2)),
        ]
    return Group(*parts)


def _trained(row: LifeRow) -> str:
    scores = f"AUC {number(row.auc, 3)}, baseline {number(row.baseline_auc, 3)}"
    if row.sharpe is None:
        return f"{scores}; out of fold it found nothing that pays after costs and abstained"
    return f"{scores}; net Sharpe {number(row.sharpe, 2)}, baseline {number(row.baseline_sharpe, 2)}"
