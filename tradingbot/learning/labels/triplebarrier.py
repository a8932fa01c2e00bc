# file: learning/labels/triplebarrier.py
"""Triple-barrier method: outcome at target, stop or horizon; direction and meta labels; barrier widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import BarrierSpec
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars

type Sides = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of m decisions.

    `ends` [m] is the close (UTC ns) of the bar by which it was known, `touched` [m] 1 for the target, -1 for the stop
    and 0 for time, `gross` [m] the return as a fraction of the entry price, `net` [m] that less the costs.
    """

    ends: Ints
    touched: Sides
    gross: Floats
    net: Floats


def decidable(count: int, events: Ints, horizon: int) -> Ints:
    """Return those of `events`, positions among `count` bars, whose outcome the bars still tell."""
    return events[events + horizon + 1 < count]


def triple_barrier(
    bars: Bars,
    events: Ints,
    side: Sides,
    width: Floats,
    *,
    target: float,
    stop: float,
    horizon: int,
    cost: Floats | float,
) -> Outcome:
    """Return the outcome of entering on `side` (+1 or -1) after the close of the bars at `events` [m].

    What a strategy meets that acts at the close of bar i: it enters at the open of i + 1, its target lies `target` and
    its stop `stop` times `width` [m] (a fraction of the price) from the close of i. A bar that opens beyond a barrier
    ends it at the open; a bar that touches both ends it at the stop; else a barrier is paid at its own price. What is
    left after `horizon` bars leaves at the open of i + `horizon` + 1. `cost` is the round trip's fraction of the price.

    Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, section 3.4, with costs.

    Raises BadInput when shapes, sides, widths, distances, costs or prices are not allowed, or an outcome lies behind
    the last bar.
    """
    _check(bars, events, side, width, target, stop, horizon)
    paid = _cost(cost, len(events))
    opens, highs, lows, closes = (_prices(bars, name) for name in ("open", "high", "low", "close"))
    rows = (_plain(events, np.int64), _plain(side, np.int8), _plain(width, np.float64))
    exits, touched, gross = _walk(opens, highs, lows, closes, *rows, float(target), float(stop), int(horizon))
    return Outcome(bars.ts[exits], touched, gross, gross - paid)


def long_and_short(
    bars: Bars, events: Ints, width: Floats, barriers: BarrierSpec, cost: Floats | float
) -> tuple[Outcome, Outcome]:
    """Return the outcomes of a long and of a short decided at `events` [m]; errors as in `triple_barrier`."""

    def taken(side: int) -> Outcome:
        sides, target, stop = np.full(len(events), side, dtype=np.int8), barriers.target, barriers.stop
        return triple_barrier(bars, events, sides, width, target=target, stop=stop, horizon=barriers.horizon, cost=cost)

    return taken(1), taken(-1)


def barrier_width(volatility: Floats, barriers: BarrierSpec) -> Floats:
    """Return the barrier width as a fraction of the price, from the volatility of one bar (any shape).

    barriers.barrier_width * volatility * sqrt(barriers.horizon), between `barriers.least` and `barriers.most`.
    """
    width = barriers.barrier_width * volatility * np.sqrt(barriers.horizon)
    return np.asarray(np.clip(width, barriers.least, barriers.most), dtype=np.float64)


def direction(long: Outcome, short: Outcome) -> Sides:
    """Return 1 where only a long pays net of costs, -1 where only a short does, 0 where neither or both do: [m].

    Raises BadInput when the two are not of the same decisions.
    """
    _check_sides(long, short)
    return meta(long.net) - meta(short.net)


def span_ends(long: Outcome, short: Outcome) -> Ints:
    """Return when the label is known, which is when both outcomes are: [m], UTC ns. Purging goes by it.

    Raises BadInput when the two are not of the same decisions.
    """
    _check_sides(long, short)
    return np.maximum(long.ends, short.ends)


def meta(net: Floats) -> Sides:
    """Return 1 where the net return is above 0, else 0: [m].

    Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, section 3.6.
    """
    return np.where(net > 0, 1, 0).astype(np.int8)


def _plain(column: npt.NDArray[Any], kind: type) -> npt.NDArray[Any]:
    return np.ascontiguousarray(column, dtype=kind)


_READ = [numba.types.Array(kind, 1, "C", readonly=True) for kind in (numba.float64, numba.int64, numba.int8)]


@numba.njit(
    # Named beforehand, so that a trading process never compiles; what is only read may be read-only.
    (*4 * [_READ[0]], _READ[1], _READ[2], _READ[0], numba.float64, numba.float64, numba.int64),
    cache=True,
    error_model="numpy",
)
def _walk(
    opens: Floats,
    highs: Floats,
    lows: Floats,
    closes: Floats,
    events: Ints,
    side: Sides,
    width: Floats,
    target: float,
    stop: float,
    horizon: int,
) -> tuple[Ints, Sides, Floats]:
    count = len(events)
    exits, touched, gross = np.empty(count, np.int64), np.zeros(count, np.int8), np.empty(count)
    for number in range(count):
        event, sign = events[number], float(side[number])
        paid = closes[event] * (1 + sign * target * width[number])
        lost = closes[event] * (1 - sign * stop * width[number])
        entry, last = opens[event + 1], event + horizon + 1
        exits[number], price = last, opens[last]
        for bar in range(event + 1, last):
            best, worst = (highs[bar], lows[bar]) if sign > 0 else (lows[bar], highs[bar])
            if sign * (opens[bar] - lost) <= 0 or sign * (opens[bar] - paid) >= 0:
                price = opens[bar]
            elif sign * (worst - lost) <= 0:
                price = lost
            elif sign * (best - paid) >= 0:
                price = paid
            else:
                continue
            exits[number] = bar
            touched[number] = -1 if sign * (price - lost) <= 0 else 1
            break
        gross[number] = sign * (price - entry) / entry
    return exits, touched, gross


def _check(bars: Bars, events: Ints, side: Sides, width: Floats, target: float, stop: float, horizon: int) -> None:
    if events.ndim != 1 or events.dtype.kind not in "iu":
        raise BadInput(f"decisions were {events.dtype} in {events.ndim} dimensions, allowed are positions of bars in 1")
    if not events.shape == side.shape == width.shape:
        raise BadInput(f"decisions were {len(events)}, sides {len(side)}, widths {len(width)}, allowed is one of each")
    if horizon < 1 or not (target > 0 and stop > 0):
        raise BadInput(f"horizon, target and stop were {horizon}, {target}, {stop}, allowed is above 0")
    if not np.isin(side, (-1, 1)).all():
        raise BadInput(f"sides were {sorted(set(side.tolist()))}, allowed are -1 and 1")
    if not (np.isfinite(width) & (width > 0) & (width * max(target, stop) < 1)).all():
        raise BadInput("a barrier width was not above 0 or as far as the price, allowed is a fraction in between")
    if len(events) and (events.min() < 0 or (np.diff(events) < 0).any()):
        raise BadInput("decisions did not ascend from 0, allowed are positions of bars in order of time")
    late = int(np.count_nonzero(events + horizon + 1 >= len(bars)))
    if late:
        raise BadInput(f"{late} decisions of {len(events)} end behind the last of {len(bars)} bars, allowed is none")


def _cost(cost: Floats | float, count: int) -> Floats:
    paid = np.asarray(cost, dtype=np.float64)
    if paid.shape not in ((), (count,)):
        raise BadInput(f"costs had shape {paid.shape}, allowed is one, or one for each of {count} decisions")
    if not np.isfinite(paid).all():
        raise BadInput("a cost was not finite, allowed is a fraction of the price")
    return paid


def _prices(bars: Bars, name: str) -> Floats:
    # A price that is none would be compared with the barriers and touch neither: a loss would pass for none.
    column: Floats = _plain(getattr(bars, name), np.float64)
    good = np.isfinite(column) & (column > 0)
    if not good.all():
        place = int(np.argmin(good))
        raise BadInput(f"{name} of bar {place} was {column[place]:g}, allowed is finite and above 0")
    return column


def _check_sides(long: Outcome, short: Outcome) -> None:
    if long.ends.shape != short.ends.shape:
        raise BadInput(f"longs were {len(long.ends)}, shorts {len(short.ends)}, allowed is one of each for a decision")
