# file: learning/features/catalogue.py
"""Feature catalogue: every feature by its word, and the default choice of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from tradingbot.core.errors import ConfigError
from tradingbot.learning.features import calendar, crossasset, funding, microstructure, price, volatility, volume
from tradingbot.learning.features.feature import Feature

_FAMILIES = (price, volatility, volume, microstructure, funding, crossasset, calendar)

ALL: Mapping[str, type[Feature]] = MappingProxyType(
    {kind.word: kind for family in _FAMILIES for kind in family.FEATURES}
)

DEFAULT: tuple[str, ...] = (
    "momentum 1",
    "momentum 4",
    "momentum 24",
    "momentum 96",
    "distance 24",
    "distance 96",
    "rsi 14",
    "position 48",
    "efficiency 24",
    "realised 24",
    "rogerssatchell 24",
    "volratio 12 96",
    "skew 48",
    "surprise 48",
    "flow 24",
    "conviction 4 48",
    "pricevolume 48",
    "corwinschultz 24",
    "illiquidity 12 96",
    "location 12",
    "hoursin",
    "hourcos",
    "daysin",
    "daycos",
)
"""What bars alone tell."""

FUNDING: tuple[str, ...] = ("fundingrate", "fundingmean 96")
"""To add where there is funding."""

LEADER: tuple[str, ...] = ("leader 1", "leader 4", "leader 24", "relative 24", "beta 96", "leadercorrelation 96")
"""To add where another instrument leads."""


def feature(name: str) -> Feature:
    """Return the feature a name such as "momentum 24" means.

    Raises ConfigError when the word is unknown or its windows are not allowed.
    """
    word, *windows = name.split() or [""]
    if word not in ALL:
        raise ConfigError(f"feature {name!r} had the word {word!r}, allowed is one of {', '.join(sorted(ALL))}")
    if not all(re.fullmatch("[0-9]{1,9}", window) for window in windows):
        raise ConfigError(f"feature {name!r} had a window that is no whole number, allowed is {ALL[word].form()!r}")
    return ALL[word](tuple(map(int, windows)))
