# file: core/execution/whereabouts.py
"""Market time, instrument and bar of an exception: a traceback tells the line, not the day it went wrong on."""

from __future__ import annotations

from typing import Any

from tradingbot.core.execution.tape import Tape
from tradingbot.core.portfolio.isotime import to_iso

__all__ = ["whereabouts"]

_COLUMNS = ("open", "high", "low", "close", "volume")


def whereabouts(met: Any, ts: int = 0, tape: Tape | None = None) -> str:
    """Return what is known of the moment a handler raised in: `met` is what it was handed, `ts` the time (UTC ns).

    Where that is no bar, `tape` knows the last one.
    """
    now = ts or int(getattr(met, "ts_event", 0))
    bar_type = getattr(met, "bar_type", None)
    named = getattr(met, "instrument_id", None) or getattr(met, "instrument", None)
    parts = [f"at {to_iso(now)}"] if now else []
    if bar_type is not None:
        shown = ", ".join(f"{name} {getattr(met, name, '?')}" for name in _COLUMNS)
        parts += [f"on the bar {bar_type} ({shown})"]
    elif named is not None:
        parts += [f"on {type(met).__name__} of {named}"]
        last = None if tape is None else tape.last(str(named), now)
        parts += [f"the last bar closed {to_iso(last[0])} at {last[1]:g}"] if last else []
    return ", ".join(parts)
