# file: core/report/training/sections/net.py
"""What following the models would have earned, day after day."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, tag
from tradingbot.core.report.training.charts.net import net_chart
from tradingbot.core.report.training.record import TrainingRecord

__all__ = ["net"]

_TITLE = "Followed, net of costs"
_NOTE = (
    "The sum of net returns by the day a trade ended in, one unit a trade, over the test windows of all folds. Fees"
    " and spread are taken off. It is no account: impact, funding, size and the desk's rules come with the engine."
)


def net(record: TrainingRecord) -> Html:
    """Return the chart, or that nobody would have traded."""
    curves = [curve for curve in record.curves if curve.total]
    if not curves:
        return card(_TITLE, tag("p", "There is no curve to draw.", class_="note"), anchor="net")
    idle = [curve.name for curve in curves if not any(curve.total)]
    if len(idle) == len(curves):
        return card(
            _TITLE, tag("p", "Whoever followed a model would not have traded once.", class_="note"), anchor="net"
        )
    said = tag("p", f"Without a single trade: {', '.join(idle)}.", class_="aside") if idle else None
    drawn = frame(net_chart(record), "Summed net returns by model", 340)
    return card(_TITLE, drawn, said, note=_NOTE, anchor="net")
