# file: core/market/series.py
"""The names under which the catalog keeps its series, in Nautilus' layout."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.market.arrays import Kind, PriceSide
from tradingbot.core.market.steps import Step

__all__ = ["FOLDERS", "Series", "file_name", "interval_of"]

FOLDERS = {
    Kind.BARS: "bars",
    Kind.QUOTES: "quotes",
    Kind.TRADES: "trades",
    Kind.FUNDING: "funding_rates",
    Kind.MARKS: "mark_prices",
}

_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)-(\d{9})Z_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)-(\d{9})Z\.parquet")
_STAMP = "%Y-%m-%dT%H-%M-%S"


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

    Raises
    ------
    ValueError
        When the name is not one that `file_name` makes.
    """
    found = _NAME.fullmatch(path.name)
    if found is None:
        raise ValueError(f"{path.name} is not a catalog file name")
    first, first_ns, last, last_ns = found.groups()
    return _ns(first) + int(first_ns), _ns(last) + int(last_ns)


def _stamp(ts: int) -> str:
    whole, fraction = divmod(ts, 1_000_000_000)
    return f"{dt.datetime.fromtimestamp(whole, dt.UTC).strftime(_STAMP)}-{fraction:09d}Z"


def _ns(text: str) -> int:
    return int(dt.datetime.strptime(text, _STAMP).replace(tzinfo=dt.UTC).timestamp()) * 1_000_000_000
