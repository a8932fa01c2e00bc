# file: core/market/series.py
"""Series and bar lengths: how people write them (`5m`), and their names in Nautilus' catalog (`5-MINUTE`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.time import DAY, HOUR, MINUTE, SECOND

_UNITS = {"d": ("DAY", DAY), "h": ("HOUR", HOUR), "m": ("MINUTE", MINUTE), "s": ("SECOND", SECOND)}

FOLDERS = {
    Kind.BARS: "bars",
    Kind.QUOTES: "quotes",
    Kind.TRADES: "trades",
    Kind.FUNDING: "funding_rates",
    Kind.MARKS: "mark_prices",
}

_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)-(\d{9})Z_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)-(\d{9})Z\.parquet")
_STAMP = "%Y-%m-%dT%H-%M-%S"


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """The length of a bar: `count` units of `s`, `m`, `h` or `d`."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `5m`, `1h`, `1d`, `30s`.

        Raises BadInput when the text is anything else.
        """
        match = re.fullmatch(r"([1-9]\d{0,3})([smhd])", text.strip())
        if not match:
            raise BadInput(f"bar length was {text!r}, allowed is a number and one of s, m, h, d, such as 5m or 1h")
        return cls(int(match[1]), match[2])

    @classmethod
    def of_ns(cls, ns: int) -> Self | None:
        """Return the step of so many nanoseconds in the largest unit, None when it is no whole seconds."""
        return next(
            (cls(ns // size, unit) for unit, (_, size) in _UNITS.items() if ns >= size and ns % size == 0), None
        )

    @property
    def ns(self) -> int:
        """The length in nanoseconds."""
        return self.count * _UNITS[self.unit][1]

    def bar_type(self, instrument_id: str, side: PriceSide = PriceSide.LAST) -> str:
        """Return Nautilus' bar type, e.g. `BTCUSDT-LINEAR.BYBIT-5-MINUTE-LAST-EXTERNAL`."""
        return f"{instrument_id}-{self.count}-{_UNITS[self.unit][0]}-{side}-EXTERNAL"

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def length(ns: int) -> str:
    """Return nanoseconds as `5m`, `90s`, `0.5s`."""
    return str(Step.of_ns(ns) or f"{ns / SECOND:g}s")


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of data of one instrument; bars have a step and a side too."""

    kind: Kind
    instrument: str
    step: Step | None = None
    side: PriceSide | None = None

    @property
    def bar_type(self) -> str:
        """Nautilus' bar type; only bars have one."""
        if self.step is None or self.side is None:
            raise ValueError(f"{self.kind} of {self.instrument} have no bar type")
        return self.step.bar_type(self.instrument, self.side)

    @property
    def folder(self) -> Path:
        """The series' folder below the catalog's root; Nautilus leaves the slash of currency pairs out."""
        name = self.bar_type if self.kind is Kind.BARS else self.instrument
        return Path("data", FOLDERS[self.kind], name.replace("/", ""))

    def __str__(self) -> str:
        of_bars = f" {self.step} {self.side}" if self.kind is Kind.BARS else ""
        return f"{self.instrument} {self.kind}{of_bars}"


def file_name(first: int, last: int) -> str:
    """Return the name of a file whose rows span `first` to `last`, UTC nanoseconds."""
    return f"{_stamp(first)}_{_stamp(last)}.parquet"


def interval_of(path: Path) -> tuple[int, int]:
    """Return the (first, last) UTC nanoseconds in a file's name.

    Raises ValueError when the name is not one that `file_name` makes.
    """
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise ValueError(f"{path.name} is not a catalog file name")
    return _ns(match[1]) + int(match[2]), _ns(match[3]) + int(match[4])


def _stamp(ts: int) -> str:
    whole, fraction = divmod(ts, SECOND)
    return f"{datetime.fromtimestamp(whole, UTC).strftime(_STAMP)}-{fraction:09d}Z"


def _ns(text: str) -> int:
    return int(datetime.strptime(text, _STAMP).replace(tzinfo=UTC).timestamp()) * SECOND
