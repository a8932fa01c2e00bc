# file: core/market/catalog/origins.py
"""Data provenance: where the rows of a series came from, a JSON file per series beside the catalog's data.

Rows that were downloaded or heard live have an origin; rows of imported files have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from tradingbot.core.errors import BadInput
from tradingbot.core.market.series import Series
from tradingbot.core.time import from_iso, to_iso

_FOLDER = "origins"

type Interval = tuple[int, int]
"""First and last stamp, UTC nanoseconds, both included."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Say that `endpoint` was asked at `at` for every row stamped from `start` to `end`, and lacked those of `missing`.

    Rows in the interval that the catalog had already may be of another origin. `venue` names whose rows they are, with
    its environment. All times are UTC nanoseconds.
    """

    source: Literal["download", "live"]
    endpoint: str
    at: int
    start: int
    end: int
    missing: tuple[Interval, ...] = ()
    venue: str = ""


def origins(root: Path, series: Series) -> list[Origin]:
    """Return the origins of a series in order of time, none where nothing is known."""
    path = root / origins_path(series)
    return [_read(row) for row in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def require_one_venue(root: Path, series: Series, venue: str) -> None:
    """Do nothing when no rows of a series came from another venue, or another environment of it, than `venue`.

    Raises BadInput naming them.
    """
    if known := {origin.venue for origin in origins(root, series)} - {"", venue}:
        raise BadInput(
            f"{series} in {root} came from {', '.join(sorted(known))}, and config/venues.json names {venue}; another "
            "--catalog keeps them apart"
        )


def origins_path(series: Series) -> Path:
    """Return the file with the origins of a series, below the catalog's root."""
    return Path(_FOLDER, f"{series.folder.relative_to('data')}.json")


def as_json(known: Iterable[Origin]) -> str:
    """Return the content of such a file, a line for each origin."""
    lines = ",\n".join(json.dumps(_written(origin)) for origin in known)
    return f"[\n{lines}\n]\n"


def with_origin(known: Sequence[Origin], new: Origin, step_ns: int) -> list[Origin]:
    """Return the origins with a new one in place of what it covers, joined with those that it continues.

    `step_ns` is how far apart two rows that follow one another are.
    """
    kept = without(known, new.start, new.end)
    for other in [each for each in kept if _place(each) == _place(new)]:
        if other.end < new.start <= other.end + step_ns or new.end < other.start <= new.end + step_ns:
            kept.remove(other)
            missing = tuple(sorted((*other.missing, *new.missing)))
            new = replace(new, start=min(other.start, new.start), end=max(other.end, new.end), missing=missing)
    return sorted((*kept, new), key=lambda origin: origin.start)


def covered(known: Iterable[Origin], first: int, last: int, step_ns: int) -> bool:
    """Return whether every row from `first` to `last` was asked for; `known` are in order of time."""
    for origin in known:
        if origin.start <= first:
            first = max(first, origin.end + step_ns)
    return first > last


def without(known: Iterable[Origin], start: int | None, end: int | None) -> list[Origin]:
    """Return the origins without what they say of start <= ts <= end; None leaves that end open."""
    low, high = (0 if start is None else start), (2**63 - 1 if end is None else end)
    if low > high:
        return list(known)
    pieces = []
    for origin in known:
        for first, last in ((origin.start, min(origin.end, low - 1)), (max(origin.start, high + 1), origin.end)):
            if first <= last:
                missing = [(max(begin, first), min(stop, last)) for begin, stop in origin.missing]
                cut = tuple((begin, stop) for begin, stop in missing if begin <= stop)
                pieces.append(replace(origin, start=first, end=last, missing=cut))
    return pieces


def _place(origin: Origin) -> tuple[str, str, str]:
    return origin.source, origin.venue, origin.endpoint


def _written(origin: Origin) -> dict[str, object]:
    return {
        "source": origin.source,
        "venue": origin.venue,
        "endpoint": origin.endpoint,
        "at": to_iso(origin.at),
        "start": to_iso(origin.start),
        "end": to_iso(origin.end),
        "missing": [[to_iso(first), to_iso(last)] for first, last in origin.missing],
    }


def _read(row: dict[str, Any]) -> Origin:
    at, start, end = (from_iso(row[name]) for name in ("at", "start", "end"))
    missing = tuple((from_iso(first), from_iso(last)) for first, last in row["missing"])
    return Origin(row["source"], row["endpoint"], at, start, end, missing, row.get("venue", ""))
