# file: core/market/importers/chainpipeline.py
"""Import option chains, checked: one series of quotes per contract, and the underlying's prices as trades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.calendars.clocks import Doubt, doubts, suspected_times
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.writer import CatalogWriter
from tradingbot.core.market.checks.defects import DefectCounter, DefectKind, Findings, Severity
from tradingbot.core.market.checks.order import is_absurd, is_future
from tradingbot.core.market.columns import Kind, Quotes, Trades
from tradingbot.core.market.importers.chainfile import ChainFile, ChainRows
from tradingbot.core.market.importers.importreport import ImportResult, OnDefect
from tradingbot.core.market.importers.sheet import no_data_rows
from tradingbot.core.market.instruments.listings import Listing, option_maker
from tradingbot.core.market.series import Series
from tradingbot.core.progress import Progress
from tradingbot.core.time import SECOND

ASSUMED_CONTRACTS = 10.0
"""Size of a quote whose file has none: the engine fills nothing against size 0."""

_BATCH_ROWS = 1_000_000
_STRIKE_STEPS = 1_000
_STRIKES = 100_000_000
_LAST_DAY = 47_482
"""2100-01-01."""

_SENTENCES: Mapping[DefectKind, str] = {
    DefectKind.ABSURD_TIME: "the time is absent, before 1990 or after 2100",
    DefectKind.AMBIGUOUS_TIME: "the clock showed this hour twice; the order of the rows does not tell which is meant",
    DefectKind.NONEXISTENT_TIME: "the clock was set forward past this time and never showed it",
    DefectKind.FUTURE_TIME: "the time is still to come",
    DefectKind.NAN: "expiry, strike or right is absent or senseless",
    DefectKind.CROSSED_QUOTE: "the ask is below the bid",
    DefectKind.OUT_OF_ORDER: "the time is before that of an earlier row of the contract",
    DefectKind.DUPLICATE_SAME: "an equal row of the contract was there already",
    DefectKind.DUPLICATE_CONFLICTING: "a row of the same contract and time had another quote",
}
_DOUBTS = {DefectKind.AMBIGUOUS_TIME: Doubt.TWICE, DefectKind.NONEXISTENT_TIME: Doubt.NEVER}
_UNSTORABLE = (DefectKind.ABSURD_TIME, DefectKind.NAN, *_DOUBTS)


class ChainChecks:
    """Look at the rows of one contract at a time; `skipped` counts rows without a tradable quote, which is no defect.

    `closes` gives the expiry, UTC nanoseconds, of days since 1970. Whatever is found can be repaired.
    """

    def __init__(self, tick: float, now_ns: int, policy: OnDefect, closes: Callable[[Ints], Ints]) -> None:
        self.skipped: Counter[str] = Counter()
        self._tick = tick
        self._now = now_ns
        self._policy = policy
        self._closes = closes
        self._counters: dict[DefectKind, DefectCounter] = {}
        self._rows, self._first, self._last = 0, np.iinfo(np.int64).max, np.iinfo(np.int64).min

    def feed(self, rows: ChainRows, sane: bool) -> ChainRows:
        """Return the rows to store, in order of time; they are of one contract, or of none (not `sane`)."""
        self._rows += len(rows)
        doubt = doubts(rows.ts)
        bad = {kind: doubt == each for kind, each in _DOUBTS.items()} | {
            DefectKind.ABSURD_TIME: is_absurd(rows.ts) & (doubt == Doubt.NONE),
            DefectKind.FUTURE_TIME: is_future(rows.ts, self._now),
            DefectKind.NAN: np.full(len(rows), not sane),
        }
        rows = self._without(rows, bad)
        if not len(rows):
            return rows
        self._first, self._last = min(self._first, int(rows.ts.min())), max(self._last, int(rows.ts.max()))
        rows = self._tradable(rows)
        rows = self._without(rows, {DefectKind.CROSSED_QUOTE: rows.ask < rows.bid})
        return self._ordered(rows)

    def finish(self) -> Findings:
        """Return what was found."""
        first, last = (self._first, self._last) if self._first <= self._last else (0, 0)
        findings = Findings(self._rows, int(first), int(last), ())
        for kind, counter in self._counters.items():
            findings = findings.joined(counter.defect(kind, Severity.REFUSE, _SENTENCES[kind]))
        return findings

    def _tradable(self, rows: ChainRows) -> ChainRows:
        out = np.zeros(len(rows), np.bool_)
        reasons = {
            "quoted after its expiry": rows.ts > self._closes(rows.expiry),
            "no ask": ~((rows.ask > 0) & np.isfinite(rows.ask)),
            "no bid of a tick or more": ~((rows.bid >= self._tick * (1 - 1e-9)) & np.isfinite(rows.bid)),
        }
        for reason, mask in reasons.items():
            if count := int((mask & ~out).sum()):
                self.skipped[reason] += count
            out |= mask
        return rows.take(~out) if out.any() else rows

    def _without(self, rows: ChainRows, bad: Mapping[DefectKind, BoolArray]) -> ChainRows:
        out = np.zeros(len(rows), np.bool_)
        for kind, mask in bad.items():
            if mask.any():
                self._note(kind, rows, np.flatnonzero(mask))
                if self._policy is not OnDefect.KEEP or kind in _UNSTORABLE:
                    out |= mask
        return rows.take(~out) if out.any() else rows

    def _ordered(self, rows: ChainRows) -> ChainRows:
        if np.any(np.diff(rows.ts) < 0):
            late = rows.ts[1:] < np.maximum.accumulate(rows.ts)[:-1]
            self._note(DefectKind.OUT_OF_ORDER, rows, np.flatnonzero(late) + 1)
            rows = rows.take(np.argsort(rows.ts, kind="stable"))
        again = np.flatnonzero(np.diff(rows.ts) == 0)
        if not len(again):
            return rows
        same = (rows.bid[again] == rows.bid[again + 1]) & (rows.ask[again] == rows.ask[again + 1])
        for kind, index in ((DefectKind.DUPLICATE_SAME, again[same]), (DefectKind.DUPLICATE_CONFLICTING, again[~same])):
            if len(index):
                self._note(kind, rows, index + 1)
        if self._policy is OnDefect.KEEP:
            return rows
        kept = np.ones(len(rows), np.bool_)
        kept[again] = False
        return rows.take(kept)

    def _note(self, kind: DefectKind, rows: ChainRows, index: Ints) -> None:
        where = index[np.argmin(rows.row[index])]
        ts = int(suspected_times(rows.ts[[where]])[0])
        self._counters.setdefault(kind, DefectCounter()).add(len(index), int(rows.row[where]), ts)


class ChainImportPipeline:
    """Bring a file of chains on one underlying into a catalog, in as many passes as its rows need to fit into memory.

    Raises UnknownInstrument when the underlying has no option template.
    """

    def __init__(self, file: ChainFile, underlying: Listing, now_ns: int, advance: Progress) -> None:
        self._file = file
        self._underlying = underlying
        self._now = now_ns
        self._advance = advance
        self._contract = option_maker(underlying.id)
        self._tick = float(self._contract(now_ns, Decimal(1), "C").price_increment)
        self._last_close = cache(underlying.session.last_close)

    def run(self, catalog: Catalog, policy: OnDefect) -> ImportResult:
        """Write all usable quotes, or nothing at all; errors as in `ImportPipeline.run`."""
        keys, counts = self._contracts()
        checks = ChainChecks(self._tick, self._now, policy, self._closes)
        definitions: list[Any] = []
        with catalog.writing() as writer:
            spots: dict[int, float] = {}
            for rows, sane in self._each(keys, counts, spots):
                kept = checks.feed(rows, sane)
                if len(kept):
                    definitions.append(self._write(writer, kept))
            findings = checks.finish()
            refused = policy is OnDefect.REFUSE and bool(findings.refusals)
            if refused:
                writer.abandon()
            else:
                self._write_spots(writer, spots)
                if new := catalog.unknown(definitions):
                    writer.define(new)
        repaired = {str(defect.kind): defect.count for defect in findings.defects if policy is OnDefect.REPAIR}
        added: Counter[str] = Counter()
        for series, count in writer.added.items():
            added[f"{series.kind} of {self._underlying.id}" if series.kind is Kind.TRADES else "quotes"] += count
        notes = [f"{len(definitions)} contracts have a quote that can be traded on"]
        if not self._file.sized:
            notes.append(f"the file has no quote sizes: {ASSUMED_CONTRACTS:.0f} contracts are assumed on both sides")
        return ImportResult("chains", "", findings, refused, dict(added), (), repaired, checks.skipped, tuple(notes))

    def _each(self, keys: Ints, counts: Ints, spots: dict[int, float]) -> Iterator[tuple[ChainRows, bool]]:
        """Yield the rows of each contract, and whether they are of one; note the underlying's prices on the way."""
        done, total = 0, int(counts.sum())
        for number, batch in enumerate(_batches(counts)):
            for code, rows in self._grouped(keys[batch], spots if not number else None):
                yield rows, code >= 0
                done += len(rows)
                self._advance(done, total)

    def _closes(self, days: Ints) -> Ints:
        """Return when contracts dated on these days (since 1970) expire, UTC nanoseconds."""
        distinct, place = np.unique(days, return_inverse=True)
        return np.array([self._last_close(day) for day in distinct.tolist()], np.int64)[place]

    def _codes(self, rows: ChainRows) -> Ints:
        """Return one integer per contract: expiry in seconds, strike in thousandths, right. Senseless rows share -1."""
        strike = np.nan_to_num(np.rint(rows.strike * _STRIKE_STEPS), nan=0.0, posinf=0.0, neginf=0.0)
        sane = (rows.expiry > 0) & (rows.expiry < _LAST_DAY) & (strike > 0) & (strike < _STRIKES) & rows.known
        expiry = self._closes(np.where(sane, rows.expiry, 1)) // SECOND
        return np.where(sane, (expiry * _STRIKES + np.where(sane, strike, 0).astype(np.int64)) * 2 + rows.call, -1)

    def _contracts(self) -> tuple[Ints, Ints]:
        """Return the distinct contracts of the file as sorted codes, and how many rows each has."""
        counts: Counter[int] = Counter()
        for rows in self._file.read():
            codes, times = np.unique(self._codes(rows), return_counts=True)
            counts.update(dict(zip(codes.tolist(), times.tolist(), strict=True)))
        if not counts:
            raise no_data_rows(self._file.path)
        root = self._underlying.id.split("=")[0]
        if others := self._file.underlyings - {root, self._underlying.id}:
            raise DataDefect(f"{self._file.path}: its chains are on {', '.join(sorted(others))}, not on {root} alone")
        keys = np.array(sorted(counts), np.int64)
        return keys, np.array([counts[key] for key in keys.tolist()], np.int64)

    def _grouped(self, keys: Ints, spots: dict[int, float] | None) -> Iterator[tuple[int, ChainRows]]:
        """Yield code and rows of each of the contracts `keys`, which follow one another, in the file's order."""
        parts = []
        for rows in self._file.read():
            if spots is not None:
                _note_spots(rows, spots)
            codes = self._codes(rows)
            parts.append(rows.take((codes >= keys[0]) & (codes <= keys[-1])))
        joined = ChainRows.join(parts)
        codes = self._codes(joined)
        order = np.argsort(codes, kind="stable")
        edges = np.flatnonzero(np.diff(codes[order], prepend=codes[order][:1] - 1))
        for index in np.split(order, edges[1:]):
            yield int(codes[index[0]]), joined.take(index)

    def _write(self, writer: CatalogWriter, rows: ChainRows) -> Any:
        expiry = int(self._closes(rows.expiry[:1])[0])
        strike = Decimal(round(rows.strike[0] * _STRIKE_STEPS)) / _STRIKE_STEPS
        contract = self._contract(expiry, strike, "C" if rows.call[0] else "P")
        series = Series(Kind.QUOTES, str(contract.id))
        sizes = (np.where(size > 0, size, ASSUMED_CONTRACTS) for size in (rows.bid_size, rows.ask_size))
        writer.add(series, contract, Quotes(rows.ts, rows.bid, rows.ask, *sizes))
        writer.seal(series)
        return contract

    def _write_spots(self, writer: CatalogWriter, spots: dict[int, float]) -> None:
        ts = np.array(sorted(spots), np.int64)
        price = np.array([spots[stamp] for stamp in ts.tolist()])
        ids = np.char.add("chain-", ts.astype(np.str_))
        trades = Trades(ts, price, np.ones(len(ts)), np.zeros(len(ts), np.int8), ids)
        writer.add(Series(Kind.TRADES, self._underlying.id), self._underlying.instrument, trades)


def _note_spots(rows: ChainRows, spots: dict[int, float]) -> None:
    """Keep the first price of the underlying at each time; rows of one snapshot repeat it."""
    usable = np.flatnonzero((rows.spot > 0) & (rows.spot < np.inf) & (rows.ts > 0))
    stamps, first = np.unique(rows.ts[usable], return_index=True)
    for stamp, index in zip(stamps.tolist(), usable[first].tolist(), strict=True):
        spots.setdefault(stamp, float(rows.spot[index]))


def _batches(counts: Ints) -> Iterator[slice]:
    """Cut the contracts into runs of at most `_BATCH_ROWS` rows, or of one contract."""
    start, held = 0, 0
    for number, count in enumerate(counts.tolist()):
        if held and held + count > _BATCH_ROWS:
            yield slice(start, number)
            start, held = number, 0
        held += count
    yield slice(start, len(counts))
