# file: core/market/storable.py
"""Which rows the catalog and the engine cannot hold, however much a person wants to keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tradingbot.core.market.arrays import Columns, Funding, Trades
from tradingbot.core.market.checking.tally import Mask
from tradingbot.core.market.chunks import Chunk, parts, stamps
from tradingbot.core.market.doubts import Doubt, doubts
from tradingbot.core.market.ranges import beyond, numbers
from tradingbot.core.market.tables import LONGEST_ID

__all__ = ["unstorable"]


def unstorable(chunk: Chunk, instrument: Any) -> dict[str, Mask]:
    """Return a mask per reason, shape (n,): True where a row, on any side, cannot be stored; masks do not overlap."""
    ts = stamps(chunk)
    found: dict[str, Mask] = {
        "a time that its clock shows twice, or never": doubts(ts) != Doubt.NONE,
        "no time stamp, or one before 1970": ts <= 0,
    }
    for part in parts(chunk):
        for reason, mask in _reasons(part, instrument).items():
            found[reason] = found[reason] | mask if reason in found else mask
    taken = np.zeros(len(stamps(chunk)), np.bool_)
    for reason, mask in found.items():
        found[reason] = mask & ~taken
        taken |= mask
    return found


def _reasons(part: Columns, instrument: Any) -> Mapping[str, Mask]:
    least = 0.5 * 10.0**-instrument.price_precision
    nothing = np.zeros(len(part), np.bool_)
    prices = [values for _name, values, is_size in numbers(part) if not is_size]
    sizes = [values for _name, values, is_size in numbers(part) if is_size]
    rates = [part.rate] if isinstance(part, Funding) else []
    with np.errstate(invalid="ignore"):
        found = {
            "a number that is absent or infinite": _any(~np.isfinite(each) for each in (*prices, *sizes, *rates)),
            "a number beyond what the engine holds": _any(
                [nothing, *(mask for _name, _values, mask, _most in beyond(part, instrument))]
            ),
        }
        if not isinstance(part, Funding):
            found["a price below the instrument's smallest"] = _any(
                (each != 0) & (np.abs(each) < least) for each in prices
            )
            found["a negative size or volume"] = _any([nothing, *(each < 0 for each in sizes)])
    if isinstance(part, Trades):
        length = np.char.str_len(part.trade_id)
        found[f"a trade id that is empty or longer than {LONGEST_ID}"] = (length == 0) | (length > LONGEST_ID)
    return found


def _any(masks: Any) -> Mask:
    return np.asarray(np.logical_or.reduce(list(masks)), np.bool_)
