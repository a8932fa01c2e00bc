# file: parity.py
"""Use case: compare a paper node with the backtest of its config, and keep the result."""

from __future__ import annotations

import time

from tradingbot.core.config.home import home
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.laneview import ParityTile
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.parity import records as parityrecords
from tradingbot.core.runtime.parity.check import ParityResult, check_node_parity, read_node

_KEPT = 20


def parity(name: str, day: str = "", progress: Progress = no_progress) -> ParityResult:
    """Compare every intent, order and fill of a node with its backtest: of a UTC day, the `last` whole one, or of all.

    Of a day the state of its evening is compared too, where the node kept a checkpoint of it.

    The result lies in state/parity/ from then on, also why there is none; only what was asked wrongly leaves no trace.

    Raises TradingbotError: As `check` does, and RunFailed when the result cannot be kept.
    """
    path = home() / "state" / f"{name}.db"
    if path.parent != home() / "state":
        raise BadInput(f"NODE was {name!r}, allowed is a node's name, without /")
    node = None
    try:
        node = read_node(path, day)
        checked = check_node_parity(node, progress)
    except Exception as error:
        if path.is_file() and not (node is None and isinstance(error, BadInput)):
            _keep(name, ParityTile(time.time_ns(), day, 0, 0, 0, 0, (), _sentence(error)))
        raise
    sentences = tuple(difference.sentence for difference in checked.differences[:_KEPT])
    counts = (checked.intents, checked.orders, checked.fills, len(checked.differences))
    _keep(name, ParityTile(time.time_ns(), checked.span.day, *counts, sentences, "", checked.parts))
    return checked


def _sentence(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _keep(name: str, tile: ParityTile) -> None:
    parityrecords.write_latest(home() / "state" / "parity", name, tile)
